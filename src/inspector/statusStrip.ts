import { effect } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { hex, octetName } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import type { MessageDetail } from '../protocol/inspector.ts';
import { formatCount } from './format.ts';
import { definedIn } from './grammar.ts';
import type { InspectorState, Mark } from './inspectorState.ts';
import { type ExchangeView, messageOf } from './messageView.ts';
import { spanIndexAt } from './spanIndex.ts';
import { formatSince, type Transfer, transferAt, transfersOf } from './transfers.ts';

const hint = html`<span class="remark">${l10n.t('Point at a byte or a field to see what it is.')}</span>`;

/** Names the bytes under the pointer or, where it points at none, under the cursor. */
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
    ${violation?.offset === offset ? html`<strong class="severe">${l10n.t('breaks {0}', violation.rule)}</strong>` : nothing}
    ${
      index < 0
        ? nothing
        : html`<strong>${message.spans[index].name}</strong><span>${definedIn(message.spans[index].name)}</span>`
    }
    ${transferOf(view, mark.direction, offset)}
    ${length > 1 ? html`<span>${l10n.t('bytes {0} ({1})', `${mark.start}–${mark.end - 1}`, formatCount(length))}</span>` : nothing}`;
}

/** The reads or writes of each message, found once. */
const transfersKnown = new WeakMap<MessageDetail, readonly Transfer[]>();

/** Which read or write carried a byte. */
function transferOf(
  view: ExchangeView,
  direction: Direction,
  offset: number,
): TemplateResult | typeof nothing {
  const { detail } = messageOf(view, direction);
  const transfers = transfersKnown.get(detail) ?? transfersOf(detail.segments);
  transfersKnown.set(detail, transfers);
  const transfer = transferAt(transfers, offset);
  if (transfer === null) return nothing;
  const { number, start, end, time } = transfer;
  const since = formatSince(time, view.detail.times.startedAt);
  const [total, size] = [formatCount(transfers.length), formatCount(end - start)];
  const text =
    direction === 'received'
      ? l10n.t('read {0} of {1}, {2} bytes at {3}', formatCount(number), total, size, since)
      : l10n.t('write {0} of {1}, {2} bytes at {3}', formatCount(number), total, size, since);
  return html`<span class="carried">${text}</span>`;
}
