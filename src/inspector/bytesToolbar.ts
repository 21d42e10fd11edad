import { html, nothing, type TemplateResult } from 'lit-html';
import { octetName } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import { type GrammarRole, grammarRoles } from './grammar.ts';
import { controlGlyphs, otherGlyph } from './hexRow.ts';
import { icon } from './icons.ts';

export interface BytesToolbarState {
  readonly showsControls: boolean;
  readonly showsLegend: boolean;
  readonly showsParser: boolean;
  /** Key of the exchange whose bytes are shown; empty for none. */
  readonly exchange: string;
}

export interface BytesToolbarEvents {
  showControls(shown: boolean): void;
  showLegend(shown: boolean): void;
  showParser(shown: boolean): void;
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

/** What can be switched above the bytes, a menu of what else can be done with them, and the legend of their tints. */
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
      <button
        class="tool more"
        aria-haspopup="menu"
        aria-label=${l10n.t('More Actions...')}
        title=${l10n.t('More Actions...')}
        data-vscode-context=${menuContext(state.exchange)}
        @click=${showMenu}
      >
        ${icon('ellipsis')}
      </button>
    </div>
    ${showsLegend ? legend(showsControls) : nothing}`;
}

/** Which of the manifest's menus the button shows. */
function menuContext(exchange: string): string {
  return JSON.stringify({ webviewSection: 'bytesToolbar', exchange, preventDefaultContextMenuItems: true });
}

/** Asks for a context menu at the button: that opens VS Code's own menu. */
function showMenu({ currentTarget }: Event): void {
  if (!(currentTarget instanceof HTMLElement)) return;
  const { left: clientX, bottom: clientY } = currentTarget.getBoundingClientRect();
  currentTarget.dispatchEvent(
    new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY }),
  );
}

function toggle(
  sign: string,
  label: string,
  title: string,
  pressed: boolean,
  toggled: (pressed: boolean) => void,
): TemplateResult {
  return html`<button class="tool" title=${title} aria-pressed=${pressed} @click=${() => toggled(!pressed)}>
    <span aria-hidden="true">${sign}</span><span class="label">${label}</span>
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
