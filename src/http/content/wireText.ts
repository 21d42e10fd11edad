/**
 * Bytes as text that can be edited without losing one: visible ASCII stands for itself, everything else is escaped
 * (`\r`, `\n`, `\t`, `\xNN`, `\\`). A line break follows each `\n`, for the eye only: line breaks in the text mean nothing.
 */
export function wireText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x0d) text += '\\r';
    else if (byte === 0x0a) text += '\\n\n';
    else if (byte === 0x09) text += '\\t';
    else if (byte === 0x5c) text += '\\\\';
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${hexByte(byte)}`;
  }
  return text;
}

/** Bytes as pairs of hexadecimal digits, 16 in a line; `bytesOfHex` reads them. */
export function wireHex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    lines.push(Array.from(bytes.subarray(at, at + 16), hexByte).join(' '));
  }
  return lines.join('\n');
}

/** The bytes, or the problem with the text, in a sentence. */
export type WireBytes = { readonly bytes: Uint8Array } | { readonly problem: string };

/** The bytes of a text in the form of `wireText`. A character beyond ASCII stands for its UTF-8. */
export function bytesOfText(text: string): WireBytes {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const token = /\\(?:x([0-9a-fA-F]{2})|([rnt0\\]))|[\r\n]+|[^\\\r\n]+|(\\)/g;
  for (const [part, hex, letter, lone] of text.matchAll(token)) {
    if (lone !== undefined) {
      return { problem: 'A backslash begins \\r, \\n, \\t, \\0, \\xNN or \\\\. Write \\\\ for a backslash.' };
    }
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(escapes[letter]);
    else if (part[0] !== '\r' && part[0] !== '\n') for (const byte of encoder.encode(part)) bytes.push(byte);
  }
  return { bytes: Uint8Array.from(bytes) };
}

/** The bytes that pairs of hexadecimal digits stand for; white space between pairs is ignored. */
export function bytesOfHex(text: string): WireBytes {
  const pairs = text.match(/\S{1,2}/g) ?? [];
  const wrong = pairs.find((pair) => !/^[0-9a-fA-F]{2}$/.test(pair));
  if (wrong !== undefined) return { problem: `Bytes are two hexadecimal digits each, not "${wrong}".` };
  return { bytes: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)) };
}

const escapes: Readonly<Record<string, number>> = { r: 0x0d, n: 0x0a, t: 0x09, '0': 0, '\\': 0x5c };

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
