import { hex } from '../http/visibleText.ts';

const perLine = 16;

/** Bytes as lines of offset, hexadecimal and ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = bytes.subarray(at, at + perLine);
    const digits = Array.from(line, (octet) => hex(octet, 2)).join(' ');
    const characters = Array.from(line, (octet) =>
      octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·',
    ).join('');
    lines.push(`${hex(at, 6)}  ${digits.padEnd(perLine * 3 - 1)}  ${characters}`);
  }
  return lines.join('\n');
}
