/** Several ranges in one answer: multipart/byteranges (RFC 9110 section 14.6). */
import { randomBytes } from 'node:crypto';
import type { Output } from '../http/message.ts';
import type { ByteRange } from './range.ts';

/** The response to a request for several ranges. */
export interface Multipart {
  /** Value of the answer's Content-Type. */
  readonly type: string;
  readonly body: readonly Output[];
}

/** `size`: of the whole, in bytes; `type`: its media type; `content` gives the bytes of a range. */
export function multipart(
  ranges: readonly ByteRange[],
  size: number,
  type: string,
  content: (range: ByteRange) => readonly Output[],
): Multipart {
  // Unguessable, so that no file can hold it.
  const boundary = randomBytes(16).toString('hex');
  const body = ranges.flatMap((range, index) => [
    textBytes(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`,
    ),
    ...content(range),
  ]);
  body.push(textBytes(`\r\n--${boundary}--\r\n`));
  return { type: `multipart/byteranges; boundary=${boundary}`, body };
}

/** Value of Content-Range (RFC 9110 section 14.4); its last position is inclusive. */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

const encoder = new TextEncoder();

function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}
