import { concatenated } from '../http/bytes.ts';
import { type ContentType, contentType } from '../http/content/contentType.ts';
import type { Part } from '../http/content/range.ts';
import type { Span } from '../http/dissect.ts';
import { fieldValue } from './fieldValue.ts';
import type { MessageView } from './messageView.ts';

/**
 * The beginning of a body's data in one piece, without what delimits chunks, and where each byte of it stands in the
 * message.
 */
export interface BodyContent {
  /** Up to the first gap, and at most as many as were asked for. */
  readonly bytes: Uint8Array;
  /** Bytes of data in the body, kept or not. */
  readonly length: number;
  readonly type: ContentType;
  /** Content codings in the order in which they are undone: the one that was applied last comes first. */
  readonly codings: readonly string[];
  /** Where a part of `bytes` stands in the message; null where the bytes are not the message's own, but decompressed. */
  place(part: Part): Part | null;
}

/**
 * Joins a body's data. A body in one piece is not copied.
 *
 * @param limit bytes of data, at most
 */
export function bodyContent(message: MessageView, data: readonly Span[], limit: number): BodyContent {
  const pieces: Uint8Array[] = [];
  /** Where each piece begins, in the data and in the message. */
  const starts: { readonly at: number; readonly offset: number }[] = [];
  let size = 0;
  let length = 0;
  let whole = true;
  for (const { start, end } of data) {
    length += end - start;
    if (!whole || size >= limit) continue;
    const wanted = Math.min(end - start, limit - size);
    const stretch = message.bytes.stretchAt(start);
    const piece =
      stretch?.bytes?.subarray(
        start - stretch.start,
        Math.min(start + wanted, stretch.end) - stretch.start,
      ) ?? new Uint8Array(0);
    if (piece.length > 0) {
      starts.push({ at: size, offset: start });
      pieces.push(piece);
      size += piece.length;
    }
    whole = piece.length === wanted;
  }
  const offsetOf = (at: number): number => {
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (starts[middle].at <= at) low = middle;
      else high = middle;
    }
    return starts[low].offset + at - starts[low].at;
  };
  return {
    bytes: pieces.length === 1 ? pieces[0] : concatenated(pieces, size),
    length,
    type: contentType(fieldValue(message, 'content-type')),
    codings: fieldValue(message, 'content-encoding')
      .split(',')
      .map((coding) => coding.trim().toLowerCase())
      .filter((coding) => coding !== '')
      .reverse(),
    place: ({ start, end }) =>
      starts.length === 0
        ? null
        : { start: offsetOf(start), end: end > start ? offsetOf(end - 1) + 1 : offsetOf(start) },
  };
}

/** The content that decompression gave. Its bytes are not the message's own, so they have no place in it. */
export function decompressedContent(compressed: BodyContent, bytes: Uint8Array): BodyContent {
  return { bytes, length: bytes.length, type: compressed.type, codings: [], place: () => null };
}
