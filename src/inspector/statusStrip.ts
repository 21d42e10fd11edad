import { effect } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { hex, octetName } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import { formatCount } from './format.ts';
import { definedIn } from './grammar.ts';
import type { InspectorState, Mark } from './inspectorState.ts';
import { type ExchangeView, messageOf } from './messageView.ts';
import { spanIndexAt } from './spanIndex.ts';

const hint = html`<span class="remark">${l10n.t('Point at a byte or a field to see what it is.')}</span>`;

/** Names what is under the pointer; where it points at nothing, what is under the cursor. */
export function statusStrip(state: InspectorState): HTMLElement {
  const element = document.createElement('footer');
  element.className = 'strip';
  effect(() => {
    const view = state.view.value;
    const pointed = state.pointed.value;
    const chosen = state.chosen.value;
    const mark = pointed ?? chosen;
    const offset = pointed === null ? chosen?.offset : (state.pointedOffset.value ?? pointed.start);
    if (view === null) render(nothing, element);
    else if (mark === null) render(hint, element);
    else render(describe(view, mark, offset ?? mark.start), element);
  });
  return element;
}

function describe(view: ExchangeView, mark: Mark, offset: number): TemplateResult {
  const message = messageOf(view, mark.direction);
  const octet = message.bytes.at(offset);
  const index = spanIndexAt(message.spans, offset);
  const { violation } = message;
  const length = mark.end - mark.start;
  return html`<span>${mark.direction === 'received' ? l10n.t('Request byte {0}', offset) : l10n.t('Response byte {0}', offset)}</span>
    <span class="wire">${octet < 0 ? l10n.t('not kept') : html`0x${hex(octet, 2)} ${octetName(octet)}`}</span>
    ${
      index < 0
        ? nothing
        : html`<strong>${message.spans[index].name}</strong><span>${definedIn(message.spans[index].name)}</span>`
    }
    ${length > 1 ? html`<span>${l10n.t('bytes {0} ({1})', `${mark.start}–${mark.end - 1}`, formatCount(length))}</span>` : nothing}
    ${violation?.offset === offset ? html`<strong class="severe">${l10n.t('breaks {0}', violation.rule)}</strong>` : nothing}`;
}
