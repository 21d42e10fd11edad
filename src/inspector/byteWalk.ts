import type { HexLayout, HexRow } from './hexLayout.ts';
import { type ByteRange, neighbourSpan } from './spanIndex.ts';

/** What the keyboard walks through: the bytes of a message as they stand in rows. */
export interface WalkedBytes {
  readonly layout: HexLayout;
  /** Of the message; at least 1. */
  readonly length: number;
  readonly spans: readonly ByteRange[];
  /** Rows of a full page. */
  readonly pageRows: number;
}

/**
 * Where a key leads from a byte; null for a key that leads nowhere. Bytes in a row that were not kept are one stop, at
 * the first of them.
 */
export function byteTarget(key: string, from: number, bytes: WalkedBytes): number | null {
  const { layout, length } = bytes;
  const target = unbounded(key, from, bytes);
  if (target === null) return null;
  const within = Math.min(Math.max(0, target), length - 1);
  const row = layout.row(layout.rowOf(within));
  return row.bytes === null ? row.start : within;
}

function unbounded(
  key: string,
  from: number,
  { layout, length, spans, pageRows }: WalkedBytes,
): number | null {
  const index = layout.rowOf(from);
  const row = layout.row(index);
  const inRow = (other: number) => sameColumn(from, row, layout.row(other));
  switch (key) {
    case 'ArrowLeft':
      return (row.bytes === null ? row.start : from) - 1;
    case 'ArrowRight':
      return row.bytes === null ? row.end : from + 1;
    case 'ArrowUp':
      return index === 0 ? from : inRow(index - 1);
    case 'ArrowDown':
      return index + 1 < layout.rowCount ? inRow(index + 1) : length - 1;
    case 'Home':
      return row.start;
    case 'End':
      return row.end - 1;
    case 'PageUp':
      return index < pageRows ? 0 : inRow(index - pageRows);
    case 'PageDown':
      return index + pageRows < layout.rowCount ? inRow(index + pageRows) : length - 1;
    case 'Ctrl+Home':
      return 0;
    case 'Ctrl+End':
      return length - 1;
    case 'Alt+ArrowRight':
    case 'Alt+ArrowDown':
      return neighbourSpan(spans, from, 1)?.start ?? from;
    case 'Alt+ArrowLeft':
    case 'Alt+ArrowUp':
      return neighbourSpan(spans, from, -1)?.start ?? from;
    default:
      return null;
  }
}

/** The byte of another row that stands below or above one, or is nearest to that. */
function sameColumn(from: number, row: HexRow, other: HexRow): number {
  if (other.bytes === null) return other.start;
  const column = row.bytes === null ? 0 : from - row.start + row.column;
  return Math.min(Math.max(other.start, other.start - other.column + column), other.end - 1);
}
