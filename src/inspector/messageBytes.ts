import type { FileBytes, KeptBytes } from '../protocol/inspector.ts';

/** A stretch of a message: `start` inclusive, `end` exclusive. `bytes` is null where they were not kept. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array | null;
  /** Of bytes that were not kept: the file that the kernel sent them from by itself. */
  readonly file?: FileBytes;
}

/** The bytes of one message, of which parts may be missing. */
export class MessageBytes {
  readonly length: number;
  /** What was kept and what was not, in order; together they are the whole message. */
  readonly stretches: readonly Stretch[];

  /** `kept` and `files` in order, without overlaps. */
  constructor(kept: readonly KeptBytes[], length: number, files: readonly FileBytes[] = []) {
    const stretches: Stretch[] = [];
    let position = 0;
    const gap = (start: number, end: number) => {
      for (const file of files) {
        if (file.end <= start || file.start >= end) continue;
        if (file.start > start) stretches.push({ start, end: file.start, bytes: null });
        const from = Math.max(start, file.start);
        start = Math.min(end, file.end);
        stretches.push({ start: from, end: start, bytes: null, file });
      }
      if (start < end) stretches.push({ start, end, bytes: null });
    };
    for (const { offset, bytes } of kept) {
      if (bytes.length === 0) continue;
      if (offset > position) gap(position, offset);
      position = offset + bytes.length;
      stretches.push({ start: offset, end: position, bytes });
    }
    if (length > position) gap(position, length);
    this.length = Math.max(length, position);
    this.stretches = stretches;
  }

  /** The stretch that holds an offset; null outside the message. */
  stretchAt(offset: number): Stretch | null {
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.stretches[middle].end <= offset) low = middle + 1;
      else high = middle;
    }
    const stretch = this.stretches[low];
    return stretch !== undefined && stretch.start <= offset ? stretch : null;
  }

  /** The byte at an offset; -1 where it was not kept or does not exist. */
  at(offset: number): number {
    const stretch = this.stretchAt(offset);
    return stretch?.bytes ? stretch.bytes[offset - stretch.start] : -1;
  }

  /** The kept ones of the bytes `start` (inclusive) to `end` (exclusive), at most `limit` of them. */
  slice(start: number, end: number, limit = Number.POSITIVE_INFINITY): Uint8Array {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (const stretch of this.stretches) {
      if (stretch.bytes === null || stretch.end <= start) continue;
      if (stretch.start >= end || size >= limit) break;
      const from = Math.max(start, stretch.start) - stretch.start;
      const to = Math.min(Math.min(end, stretch.end) - stretch.start, from + limit - size);
      parts.push(stretch.bytes.subarray(from, to));
      size += to - from;
    }
    if (parts.length === 1) return parts[0];
    const joined = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  /** How many of the bytes `start` (inclusive) to `end` (exclusive) were not kept. */
  missing(start: number, end: number): number {
    let missing = 0;
    for (const stretch of this.stretches) {
      if (stretch.bytes !== null) continue;
      missing += Math.max(0, Math.min(end, stretch.end) - Math.max(start, stretch.start));
    }
    return missing;
  }

  /** The range, extended over all of the missing bytes in which it begins or ends. */
  withWholeGaps(start: number, end: number): { start: number; end: number } {
    const first = this.stretchAt(start);
    const last = this.stretchAt(end - 1);
    return {
      start: first?.bytes === null ? first.start : start,
      end: last?.bytes === null ? last.end : end,
    };
  }
}
