import { LF } from '../../http/bytes.ts';
import type {
  FollowedBlock,
  FollowedConnection,
  FollowedExchange,
  FollowFormat,
} from '../../protocol/follow.ts';

/** One row of a followed connection. Ranges of bytes count as in `FollowedBlock`, `end` exclusive. */
export type FollowRow =
  | { readonly kind: 'exchange'; readonly exchange: FollowedExchange; readonly part: 'request' | 'response' }
  | {
      readonly kind: 'block';
      readonly block: FollowedBlock;
      /** Milliseconds since the block before; null for the first. */
      readonly pause: number | null;
    }
  | { readonly kind: 'bytes'; readonly block: FollowedBlock; readonly start: number; readonly end: number }
  | { readonly kind: 'missing'; readonly block: FollowedBlock; readonly start: number; readonly end: number };

/** Bytes of a row of text that has no end of its own, and of a row of hexadecimal. */
const mostOfText = 120;
const perHexRow = 16;

/** All rows of a connection, in order: exchanges as they begin, reads and writes, and their bytes. */
export function followRows(followed: FollowedConnection, format: FollowFormat): FollowRow[] {
  const rows: FollowRow[] = [];
  const beginnings = {
    received: beginningsOf(followed, 'request'),
    sent: beginningsOf(followed, 'response'),
  };
  let before = followed.timeBefore;
  for (const block of followed.blocks) {
    const own = beginnings[block.direction];
    let start = block.start;
    const began = own.get(start);
    if (began !== undefined) rows.push(began);
    rows.push({ kind: 'block', block, pause: before === 0 ? null : Math.max(0, block.time - before) });
    before = block.time;
    for (const [offset, beginning] of own) {
      if (offset <= start || offset >= block.end) continue;
      addBytes(rows, block, start, offset, format);
      rows.push(beginning);
      start = offset;
    }
    addBytes(rows, block, start, block.end, format);
  }
  return rows;
}

/** Where the messages of one direction begin, in order. */
function beginningsOf(
  { exchanges }: FollowedConnection,
  part: 'request' | 'response',
): ReadonlyMap<number, FollowRow> {
  const offsetOf = (exchange: FollowedExchange) =>
    part === 'request' ? exchange.requestStart : exchange.responseStart;
  return new Map(
    exchanges
      .filter((exchange) => offsetOf(exchange) >= 0)
      .sort((one, other) => offsetOf(one) - offsetOf(other))
      .map((exchange) => [offsetOf(exchange), { kind: 'exchange', exchange, part }]),
  );
}

function addBytes(
  rows: FollowRow[],
  block: FollowedBlock,
  from: number,
  to: number,
  format: FollowFormat,
): void {
  const keptFrom = Math.min(Math.max(from, block.keptStart), to);
  const keptTo = Math.max(keptFrom, Math.min(to, block.keptStart + block.kept.length));
  if (keptFrom > from) rows.push({ kind: 'missing', block, start: from, end: keptFrom });
  for (let start = keptFrom; start < keptTo; ) {
    const end = format === 'hex' ? Math.min(start + perHexRow, keptTo) : lineEnd(block, start, keptTo);
    rows.push({ kind: 'bytes', block, start, end });
    start = end;
  }
  if (to > keptTo) rows.push({ kind: 'missing', block, start: keptTo, end: to });
}

/** The end (exclusive) of the row: behind the next LF, or in a long line before a character that would be cut. */
function lineEnd({ kept, keptStart }: FollowedBlock, start: number, to: number): number {
  const most = Math.min(start + mostOfText, to);
  for (let offset = start; offset < most; offset++) {
    if (kept[offset - keptStart] === LF) return offset + 1;
  }
  let end = most;
  // Bytes 10xxxxxx continue a UTF-8 character, which has at most three of them.
  while (end < to && end > most - 3 && (kept[end - keptStart] & 0xc0) === 0x80) end--;
  return end;
}
