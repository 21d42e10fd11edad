/**
 * Captured bytes as text that shows what is there: whatever a screen would interpret instead of drawing (control
 * characters, bidirectional and invisible marks, bytes that are not UTF-8) is written as an escape.
 */

/** `escaped`: it stands for something that cannot be shown as it is. */
export interface TextPiece {
  readonly text: string;
  readonly escaped: boolean;
}

/** Control, format, private and unassigned characters, lone surrogates, line and paragraph separators. */
const invisible = /[\p{C}\p{Zl}\p{Zp}]/u;
const plainAscii = /^[\x20-\x7e]*$/;
const shortEscapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

/** Text as pieces that are safe to show. `keep`: control characters that are not escaped. */
export function visiblePieces(bytes: Uint8Array, keep = ''): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  const pushEscape = (text: string) => {
    if (plain !== '') pieces.push({ text: plain, escaped: false });
    plain = '';
    pieces.push({ text, escaped: true });
  };
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length === 0) {
      pushEscape(`\\x${hex(bytes[i], 2)}`);
      i++;
      continue;
    }
    const codePoint = decodeSequence(bytes, i, length);
    const character = String.fromCodePoint(codePoint);
    if (invisible.test(character) && !keep.includes(character)) pushEscape(escapeOf(codePoint));
    else plain += character;
    i += length;
  }
  if (plain !== '') pieces.push({ text: plain, escaped: false });
  return pieces;
}

/** As `visiblePieces`, in one string. */
export function visibleText(bytes: Uint8Array, keep = ''): string {
  const text = asciiText(bytes);
  if (plainAscii.test(text)) return text;
  return visiblePieces(bytes, keep)
    .map((piece) => piece.text)
    .join('');
}

/**
 * Escapes a string that came from the wire but was decoded elsewhere, such as a request target in a list.
 * `keep`: as in `visiblePieces`.
 */
export function visibleString(text: string, keep = ''): string {
  if (plainAscii.test(text)) return text;
  let visible = '';
  for (const character of text) {
    const escaped = invisible.test(character) && !keep.includes(character);
    visible += escaped ? escapeOf(character.codePointAt(0) ?? 0) : character;
  }
  return visible;
}

/** Whether bytes are text: UTF-8 without control characters other than white space. A cut-off last character is fine. */
export function looksLikeText(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; ) {
    const octet = bytes[i];
    if (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d && octet !== 0x0c) return false;
    if (octet === 0x7f) return false;
    const length = sequenceLength(bytes, i);
    if (length === 0) return bytes.length - i < 4 && octet >= 0xc2;
    i += length;
  }
  return true;
}

const octetNames: Readonly<Record<number, string>> = {
  0: 'NUL',
  9: 'TAB',
  10: 'LF',
  13: 'CR',
  27: 'ESC',
  32: 'SP',
  127: 'DEL',
};

/** A name for one byte: `"G"`, `CR`, or a description where it has none. */
export function octetName(octet: number): string {
  const name = octetNames[octet];
  if (name !== undefined) return name;
  if (octet > 0x20 && octet < 0x7f) return `"${String.fromCharCode(octet)}"`;
  return octet < 0x20 ? 'control character' : 'not ASCII';
}

/** Upper-case hexadecimal digits, at least so many. */
export function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function asciiText(bytes: Uint8Array): string {
  let text = '';
  // In pieces, since arguments live on the stack.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

function escapeOf(codePoint: number): string {
  if (codePoint < 0x100) return shortEscapes[codePoint] ?? `\\x${hex(codePoint, 2)}`;
  return `\\u{${hex(codePoint, 4)}}`;
}

/** Length of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7); 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1];
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const outside = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}

function decodeSequence(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return bytes[at];
  let codePoint = bytes[at] & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | (bytes[at + i] & 0x3f);
  return codePoint;
}
