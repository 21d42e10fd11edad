import type { FileBytes } from '../protocol/inspector.ts';
import type { MessageBytes } from './messageBytes.ts';

/**
 * One row of the hex view: bytes from `start` (inclusive) to `end` (exclusive), of which the first stands in column
 * `column`. A gap is one row, however many bytes it lacks.
 */
export interface HexRow {
  readonly start: number;
  readonly end: number;
  readonly column: number;
  /** Null: these bytes were not kept. */
  readonly bytes: Uint8Array | null;
  /** As in `Stretch`. */
  readonly file?: FileBytes;
}

interface Block {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array | null;
  readonly file?: FileBytes;
}

/** Which bytes stand in which row, found by arithmetic: nothing is made per row or per byte. */
export class HexLayout {
  /** Bytes in a full row. */
  readonly columns: number;
  readonly rowCount: number;
  private readonly blocks: readonly Block[];

  constructor(bytes: MessageBytes, columns: number) {
    this.columns = columns;
    const blocks: Block[] = [];
    let firstRow = 0;
    for (const stretch of bytes.stretches) {
      const rows =
        stretch.bytes === null ? 1 : Math.ceil(stretch.end / columns) - Math.floor(stretch.start / columns);
      blocks.push({ ...stretch, firstRow, rowCount: rows });
      firstRow += rows;
    }
    this.blocks = blocks;
    this.rowCount = firstRow;
  }

  /** `index` from 0 to `rowCount - 1`. */
  row(index: number): HexRow {
    const block = this.blocks[this.blockAt((candidate) => candidate.firstRow + candidate.rowCount <= index)];
    if (block === undefined) throw new RangeError(`There is no row ${index} among ${this.rowCount}.`);
    if (block.bytes === null) {
      const { start, end, file } = block;
      return { start, end, column: 0, bytes: null, ...(file === undefined ? {} : { file }) };
    }
    const base = (Math.floor(block.start / this.columns) + index - block.firstRow) * this.columns;
    const start = Math.max(block.start, base);
    const end = Math.min(block.end, base + this.columns);
    return {
      start,
      end,
      column: start - base,
      bytes: block.bytes.subarray(start - block.start, end - block.start),
    };
  }

  /** The row that shows an offset; -1 for an offset outside the message. */
  rowOf(offset: number): number {
    const block = this.blocks[this.blockAt((candidate) => candidate.end <= offset)];
    if (block === undefined || offset < block.start) return -1;
    if (block.bytes === null) return block.firstRow;
    return block.firstRow + Math.floor(offset / this.columns) - Math.floor(block.start / this.columns);
  }

  /** Index of the first block that is not before what is sought. */
  private blockAt(isBefore: (block: Block) => boolean): number {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.blocks[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
