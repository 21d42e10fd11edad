import { html, nothing, type TemplateResult } from 'lit-html';
import { type ByteFormat, byteFormats } from '../http/byteEncodings.ts';
import { readingsOf } from './byteReadings.ts';
import type { Chosen } from './inspectorState.ts';
import { type ExchangeView, messageOf } from './messageView.ts';

/** Bytes of a selection that are read as text and numbers, and that are copied. */
const readLimit = 4096;
export const copyLimit = 16 * 1024 * 1024;

const formatNames: Readonly<Record<ByteFormat, string>> = {
  hex: 'Hex',
  hexDump: 'Hex dump',
  escaped: 'Escaped string',
  cArray: 'C array',
  jsArray: 'JavaScript array',
  base64: 'Base64',
  text: 'Text',
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
  return html`<div class="selection" role="group" aria-label="Selected bytes" tabindex="0">
    <dl>
      ${readings.map(({ name, text }) => html`<div><dt>${name}</dt><dd class="wire">${text}</dd></div>`)}
    </dl>
    <label
      >Copy as
      <select
        aria-label="Copy the selected bytes as"
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
