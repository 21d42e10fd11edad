import type { SegmentMark } from '../protocol/inspector.ts';

/** One read or write: bytes `start` (inclusive) to `end` (exclusive) of a message. Numbers count from 1. */
export interface Transfer extends SegmentMark {
  readonly number: number;
}

/** What one read or write carried may be stored in pieces of one time, which belong together. */
export function transfersOf(segments: readonly SegmentMark[]): readonly Transfer[] {
  const transfers: Transfer[] = [];
  for (const { start, end, time } of segments) {
    const last = transfers.at(-1);
    if (last !== undefined && last.time === time && last.end === start) {
      transfers[transfers.length - 1] = { ...last, end };
    } else {
      transfers.push({ start, end, time, number: transfers.length + 1 });
    }
  }
  return transfers;
}

/** The read or write that carried a byte; null where it is not known. */
export function transferAt(transfers: readonly Transfer[], offset: number): Transfer | null {
  const candidate = transfers[firstStartingAt(transfers, offset + 1) - 1];
  return candidate !== undefined && offset < candidate.end ? candidate : null;
}

/** The reads or writes that begin at bytes `start` (inclusive) to `end` (exclusive). */
export function transfersBeginning(
  transfers: readonly Transfer[],
  start: number,
  end: number,
): readonly Transfer[] {
  return transfers.slice(firstStartingAt(transfers, start), firstStartingAt(transfers, end));
}

/** Index of the first that starts at `offset` or after it. */
function firstStartingAt(transfers: readonly Transfer[], offset: number): number {
  let low = 0;
  let high = transfers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (transfers[middle].start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** "+0.41 ms". @param origin milliseconds since the epoch, as the time itself */
export function formatSince(time: number, origin: number): string {
  return `+${sinceNumber(time, origin)} ms`;
}

function sinceNumber(time: number, origin: number): string {
  const passed = Math.max(0, time - origin);
  return passed < 10 ? passed.toFixed(2) : passed < 100 ? passed.toFixed(1) : passed.toFixed(0);
}

/**
 * What stands on the ruler beside a row in which these reads or writes begin: "read 2 · +0.41 ms", or
 * "writes 3–7 · +1.20–1.90 ms"; empty for none.
 */
export function rulerLabel(beginning: readonly Transfer[], verb: 'read' | 'write', origin: number): string {
  const first = beginning[0];
  const last = beginning.at(-1);
  if (first === undefined || last === undefined) return '';
  if (first === last) return `${verb} ${first.number} · ${formatSince(first.time, origin)}`;
  const times = `+${sinceNumber(first.time, origin)}–${sinceNumber(last.time, origin)} ms`;
  return `${verb}s ${first.number}–${last.number} · ${times}`;
}

export const verbs = { received: 'read', sent: 'write' } as const;
