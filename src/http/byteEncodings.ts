/** Bytes written as text, in the forms that programs and people use. */

export const byteFormats = ['hex', 'hexDump', 'escaped', 'cArray', 'jsArray', 'base64', 'text'] as const;

/** One of the formats. */
export type ByteFormat = (typeof byteFormats)[number];

/** Writes bytes in one of the formats. @param offset of the first byte: a hex dump counts from it */
export function writeBytes(bytes: Uint8Array, format: ByteFormat, offset = 0): string {
  switch (format) {
    case 'hex':
      return Array.from(bytes, pair).join(' ');
    case 'hexDump':
      return hexDumpLines(bytes, offset).join('\n');
    case 'escaped':
      return `"${escapedBytes(bytes).replaceAll('"', '\\"')}"`;
    case 'cArray':
      return `const unsigned char bytes[${bytes.length}] = {\n${listed(bytes)}\n};`;
    case 'jsArray':
      return `Uint8Array.of(\n${listed(bytes)}\n)`;
    case 'base64':
      return base64(bytes);
    case 'text':
      return new TextDecoder().decode(bytes);
  }
}

function pair(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, '0');
}

const perLine = 16;

function hexDumpLines(bytes: Uint8Array, offset: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = bytes.subarray(at, at + perLine);
    const characters = Array.from(line, (octet) =>
      isGraphic(octet) ? String.fromCharCode(octet) : '.',
    ).join('');
    const digits = Array.from(line, pair)
      .join(' ')
      .padEnd(perLine * 3 - 1);
    lines.push(`${(offset + at).toString(16).toUpperCase().padStart(8, '0')}  ${digits}  ${characters}`);
  }
  return lines;
}

function isGraphic(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}

const shortEscapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };

/** In ASCII, with an escape for every byte that is not visible; "\\x" always takes two digits. */
function escapedBytes(bytes: Uint8Array): string {
  return Array.from(
    bytes,
    (octet) => shortEscapes[octet] ?? (isGraphic(octet) ? String.fromCharCode(octet) : `\\x${pair(octet)}`),
  ).join('');
}

function listed(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = Array.from(bytes.subarray(at, at + perLine), (octet) => `0x${pair(octet)}`);
    lines.push(`  ${line.join(', ')},`);
  }
  return lines.join('\n');
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces, since arguments live on the stack.
  for (let at = 0; at < bytes.length; at += 8190)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + 8190)));
  return text;
}
