import { html, nothing, type TemplateResult } from 'lit-html';
import { type ByteFormat, byteFormats } from '../http/byteEncodings.ts';
import { l10n } from '../l10n/l10n.ts';
import { readingsOf } from './byteReadings.ts';
import type { Chosen } from './inspectorState.ts';
import { type ExchangeView, messageOf } from './messageView.ts';

/** Bytes of a selection that are read as text and numbers, at most. */
const readLimit = 4096;
/** Bytes of a selection that are copied, at most. */
export const copyLimit = 16 * 1024 * 1024;

const formatNames: Readonly<Record<ByteFormat, string>> = {
  hex: l10n.t('Hex'),
  hexDump: l10n.t('Hex dump'),
  escaped: l10n.t('Escaped string'),
  cArray: 'C array',
  jsArray: l10n.t('JavaScript array'),
  base64: 'Base64',
  text: l10n.t('Text'),
};

/** What the selected bytes are, and the ways to copy them. */
export function selectionPanel(
  view: ExchangeView | null,
  chosen: Chosen | null,
  copy: (format: ByteFormat) => void,
): TemplateResult | typeof nothing {
  if (view === null || chosen === null) return nothing;
  const { start, end, direction } = chosen;
  const { bytes } = messageOf(view, direction);
  const readings = readingsOf(bytes.slice(start, end, readLimit), end - start);
  return html`<div class="selection" role="group" aria-label=${l10n.t('Selected bytes')} tabindex="0">
    <dl>
      ${readings.map(({ name, text }) => html`<div><dt>${name}</dt><dd class="wire">${text}</dd></div>`)}
    </dl>
    <label
      >${l10n.t('Copy as')}
      <select
        aria-label=${l10n.t('Copy the selected bytes as')}
        @change=${(event: Event) => {
          if (!(event.target instanceof HTMLSelectElement)) return;
          const { value } = event.target;
          const format = byteFormats.find((known) => known === value);
          event.target.selectedIndex = 0;
          if (format !== undefined) copy(format);
        }}
      >
        <option value="">…</option>
        ${byteFormats.map((format) => html`<option value=${format}>${formatNames[format]}</option>`)}
      </select></label
    >
  </div>`;
}
