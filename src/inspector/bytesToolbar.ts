import { html, nothing, type TemplateResult } from 'lit-html';
import { octetName } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { ByteAction } from '../protocol/inspectorMessages.ts';
import { type GrammarRole, grammarRoles } from './grammar.ts';
import { controlGlyphs, otherGlyph } from './hexRow.ts';

export interface BytesToolbarState {
  readonly showsControls: boolean;
  readonly showsLegend: boolean;
  readonly showsParser: boolean;
}

export interface BytesToolbarEvents {
  showControls(shown: boolean): void;
  showLegend(shown: boolean): void;
  showParser(shown: boolean): void;
  act(action: ByteAction): void;
}

const roleNames: Readonly<Record<GrammarRole, string>> = {
  method: 'method',
  target: 'target',
  version: 'version',
  status: 'status',
  name: l10n.t('field name'),
  value: l10n.t('field value'),
  delimiter: 'delimiter',
  framing: l10n.t('framing of chunks'),
  body: 'body',
  unparsed: l10n.t('without meaning'),
};

/** What can be switched above the bytes, and the legend of their tints. */
export function bytesToolbar(state: BytesToolbarState, events: BytesToolbarEvents): TemplateResult {
  const { showsControls, showsLegend, showsParser } = state;
  return html`<div class="bytes-tools" role="toolbar" aria-label=${l10n.t('Bytes')}>
      ${toggle(
        '¶',
        l10n.t('Control characters'),
        l10n.t('Show CR, LF, NUL, TAB and SP in the text'),
        showsControls,
        (shown) => events.showControls(shown),
      )}
      ${toggle('▦', l10n.t('Legend'), l10n.t('Show what tints and lines mean'), showsLegend, (shown) => events.showLegend(shown))}
      ${toggle(
        '▷',
        l10n.t('Parser'),
        l10n.t('Scrub the parser: go through the message byte by byte, as the server read it'),
        showsParser,
        (shown) => events.showParser(shown),
      )}
      ${actions().map(
        ([action, label, title]) =>
          html`<button class="tool" title=${title} @click=${() => events.act(action)}>${label}</button>`,
      )}
    </div>
    ${showsLegend ? legend(showsControls) : nothing}`;
}

/** What is done with the bytes outside of this page: its name, and what it does. */
function actions(): readonly (readonly [ByteAction, string, string])[] {
  return [
    ['openAsText', l10n.t('Open as Text'), l10n.t('Open both messages as text, in an editor')],
    ['compare', l10n.t('Compare with...'), l10n.t('Compare with another exchange')],
    ['openInHexEditor', l10n.t('Open in Hex Editor'), l10n.t('Open a message or its body in the Hex Editor')],
    ['saveAs', l10n.t('Save Bytes As...'), l10n.t('Save a message or its body as a file')],
  ];
}

function toggle(
  sign: string,
  label: string,
  title: string,
  pressed: boolean,
  toggled: (pressed: boolean) => void,
): TemplateResult {
  return html`<button class="tool" title=${title} aria-pressed=${pressed} @click=${() => toggled(!pressed)}>
    <span aria-hidden="true">${sign}</span>${label}
  </button>`;
}

function legend(showsControls: boolean): TemplateResult {
  return html`<ul class="legend" aria-label=${l10n.t('Legend')}>
    ${grammarRoles.map((role) => html`<li><span class="swatch wire role-${role}">A1</span>${roleNames[role]}</li>`)}
    <li><span class="swatch wire boundary">A1</span>${l10n.t('begins a read or write')}</li>
    <li><span class="swatch wire breaks">A1</span>► ${l10n.t('breaks a rule')}</li>
    ${
      showsControls
        ? html`${Object.entries(controlGlyphs).map(
            ([octet, glyph]) =>
              html`<li><span class="swatch wire">${glyph}</span>${octetName(Number(octet))}</li>`,
          )}
            <li><span class="swatch wire">${otherGlyph}</span>${l10n.t('other byte')}</li>`
        : nothing
    }
  </ul>`;
}
