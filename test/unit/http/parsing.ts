import { bytesOf } from '../../../src/http/bytes.ts';
import { defaultLimits, type Limits } from '../../../src/http/limits.ts';
import { MessageParser } from '../../../src/http/parser.ts';

/** A parser that was fed with pieces, one after the other, until it would take no more. */
export function parsed(
  message: 'request' | 'response',
  pieces: readonly Uint8Array[],
  limits: Partial<Limits> = {},
): MessageParser {
  const parser = new MessageParser({ message, limits: { ...defaultLimits, ...limits } });
  for (const piece of pieces) {
    for (let i = 0; i < piece.length && parser.violation === null && !parser.complete; ) {
      i = parser.parse(piece, i, piece.length);
    }
  }
  return parser;
}

/** Bytes one by one, as the slowest network brings them. */
export function byteByByte(text: string): Uint8Array[] {
  return Array.from(bytesOf(text), (octet) => Uint8Array.of(octet));
}
