import type { SegmentColumns, SentFile } from '../protocol/capture.ts';

/** What one read or write carried, or a part of it. Offsets as in `SegmentColumns`. */
export interface Segment {
  readonly connection: number;
  readonly direction: 0 | 1;
  readonly offset: number;
  readonly length: number;
  readonly keptStart: number;
  /** What is kept of it. */
  readonly kept: Uint8Array;
  readonly time: number;
  /** Whose bytes they are, where the kernel sent them by itself. */
  readonly file: { readonly path: string; readonly offset: number } | null;
}

const firstRows = 1024;
const firstBytes = 64 * 1024;
/** Room for more than this is given up once it is no longer filled. */
const lastingBytes = 2 * 1024 * 1024;

function columnsFor(rows: number) {
  return {
    connection: new Float64Array(rows),
    direction: new Uint8Array(rows),
    offset: new Float64Array(rows),
    length: new Float64Array(rows),
    keptStart: new Float64Array(rows),
    keptLength: new Float64Array(rows),
    keptAt: new Float64Array(rows),
    time: new Float64Array(rows),
  } satisfies SegmentColumns;
}

/** The segments of the batch that is being made, with their bytes, in memory that is used for batch after batch. */
export class SegmentRows {
  /** How many there are. */
  length = 0;
  /** How many bytes of them are kept. */
  byteLength = 0;
  private columns = columnsFor(firstRows);
  private bytes = new Uint8Array(firstBytes);
  private files: SentFile[] = [];
  /** Where the bytes lie that were sent since the last batch: a response that is held in memory is sent often. */
  private readonly sentAt = new Map<Uint8Array, number>();

  /** How many bytes this segment would add: none where they were sent before, and are there. */
  bytesToAdd({ direction, kept }: Segment): number {
    return direction === 1 && this.sentAt.has(kept) ? 0 : kept.length;
  }

  /** Copies the bytes. Those that are sent must not change: they may be sent again, and are recognised by their object. */
  add({ connection, direction, offset, length, keptStart, kept, time, file }: Segment): void {
    if (this.length === this.columns.direction.length) this.grow();
    const { columns } = this;
    const row = this.length++;
    columns.connection[row] = connection;
    columns.direction[row] = direction;
    columns.offset[row] = offset;
    columns.length[row] = length;
    columns.keptStart[row] = keptStart;
    columns.keptLength[row] = kept.length;
    columns.keptAt[row] = direction === 1 ? this.keepSent(kept) : this.keep(kept);
    columns.time[row] = time;
    if (file !== null) this.files.push({ segment: row, ...file });
  }

  /**
   * @param lent the columns and bytes hold only until a segment is added; else they are copies
   */
  all(lent: boolean): { segments: SegmentColumns; sentFiles: SentFile[]; bytes: Uint8Array } {
    const { columns, length, bytes, byteLength, files } = this;
    const cut = lent ? 'subarray' : 'slice';
    return {
      segments: {
        connection: columns.connection[cut](0, length),
        direction: columns.direction[cut](0, length),
        offset: columns.offset[cut](0, length),
        length: columns.length[cut](0, length),
        keptStart: columns.keptStart[cut](0, length),
        keptLength: columns.keptLength[cut](0, length),
        keptAt: columns.keptAt[cut](0, length),
        time: columns.time[cut](0, length),
      },
      sentFiles: files,
      bytes: bytes[cut](0, byteLength),
    };
  }

  clear(): void {
    if (this.bytes.length > lastingBytes && this.byteLength <= lastingBytes)
      this.bytes = new Uint8Array(lastingBytes);
    this.length = 0;
    this.byteLength = 0;
    this.files = [];
    this.sentAt.clear();
  }

  private keepSent(kept: Uint8Array): number {
    const known = this.sentAt.get(kept);
    if (known !== undefined) return known;
    const at = this.keep(kept);
    this.sentAt.set(kept, at);
    return at;
  }

  private keep(kept: Uint8Array): number {
    const at = this.byteLength;
    const end = at + kept.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
    }
    this.bytes.set(kept, at);
    this.byteLength = end;
    return at;
  }

  private grow(): void {
    const { columns } = this;
    const larger = columnsFor(2 * this.length);
    larger.connection.set(columns.connection);
    larger.direction.set(columns.direction);
    larger.offset.set(columns.offset);
    larger.length.set(columns.length);
    larger.keptStart.set(columns.keptStart);
    larger.keptLength.set(columns.keptLength);
    larger.keptAt.set(columns.keptAt);
    larger.time.set(columns.time);
    this.columns = larger;
  }
}
