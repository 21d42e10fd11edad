import type { CaptureBatch, Direction, SegmentColumns, SentFile } from '../protocol/capture.ts';
import type { FileBytes, KeptBytes, SegmentMark } from '../protocol/inspector.ts';
import { NumberQueue } from './numberQueue.ts';

/** A reference to a segment is `slab * slabSegments + index`. */
const slabSegments = 65_536;

/** Memory of a segment: its row in the columns and the reference to it. */
const segmentBytes = 7 * 8 + 1 + 8;
const slabBytes = 400;
/** Memory of where a segment's bytes come from; of its path, for the usual length. */
const sentFileBytes = 250;

interface Slab {
  readonly segments: SegmentColumns;
  /** The first of its segments among those of the columns, and how many they are. */
  readonly from: number;
  readonly count: number;
  /** The files of segments that the kernel sent from files, by their index in the slab. */
  readonly files: ReadonlyMap<number, SentFile>;
  readonly bytes: Uint8Array;
}

/** A segment of a stream, with what was kept of it. Offsets as in `SegmentColumns`. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly time: number;
  /** First kept byte, counted as `start`; the bytes belong to the store. */
  readonly keptStart: number;
  readonly kept: Uint8Array;
  /** The file that its bytes come from, where the kernel sent them. */
  readonly file: SentFile | null;
}

/** The segments of all connections, in slabs: one or more for each batch, dropped as a whole, oldest first. */
export class SegmentSlabs {
  /** Number of the oldest slab. */
  first = 0;
  /** Number that the next slab gets. */
  next = 0;
  /** Bytes of memory held. */
  size = 0;
  private readonly slabs = new Map<number, Slab>();

  /** Keeps the segments of a batch; `streamOf` gives the stream that each belongs to. */
  add(
    batch: CaptureBatch,
    streamOf: (connection: number, direction: Direction, time: number) => Stream,
  ): void {
    const { segments, sentFiles } = batch;
    const { connection, direction, offset, length, time } = segments;
    const total = offset.length;
    // A copy: what comes over a channel may be a view of a larger buffer, which it would keep alive.
    const bytes = batch.bytes.slice();
    for (let from = 0; from < total; from += slabSegments) {
      const count = Math.min(slabSegments, total - from);
      const reference = this.next * slabSegments;
      for (let i = 0; i < count; i++) {
        const row = from + i;
        const way = direction[row] === 0 ? 'received' : 'sent';
        const stream = streamOf(connection[row], way, time[row]);
        stream.append(this, reference + i, offset[row], length[row]);
      }
      this.put({ segments, from, count, files: filesWithin(sentFiles, from, from + count), bytes });
    }
  }

  /** Drops the oldest slab; its segments count as not kept from now on. */
  dropFirst(): void {
    this.remove(this.first++);
  }

  /** Drops one that lies among others: no stream that is stored has any segments in it. */
  remove(number: number): void {
    const slab = this.slabs.get(number);
    if (slab !== undefined) this.size -= sizeOf(slab);
    this.slabs.delete(number);
  }

  clear(): void {
    this.slabs.clear();
    this.first = this.next;
    this.size = 0;
  }

  /** Null where its slab was dropped. */
  read(reference: number): Segment | null {
    const slab = this.slabs.get(Math.floor(reference / slabSegments));
    if (slab === undefined) return null;
    const place = reference % slabSegments;
    const { segments, files, bytes } = slab;
    const row = slab.from + place;
    const start = segments.offset[row];
    const keptAt = segments.keptAt[row];
    return {
      start,
      end: start + segments.length[row],
      time: segments.time[row],
      keptStart: start + segments.keptStart[row],
      kept: bytes.subarray(keptAt, keptAt + segments.keptLength[row]),
      file: files.size === 0 ? null : (files.get(place) ?? null),
    };
  }

  isDropped(reference: number): boolean {
    return reference < this.first * slabSegments;
  }

  private put(slab: Slab): void {
    this.slabs.set(this.next++, slab);
    this.size += sizeOf(slab);
  }
}

function sizeOf({ count, files, bytes }: Slab): number {
  return slabBytes + bytes.length + count * segmentBytes + files.size * sentFileBytes;
}

const noFiles: ReadonlyMap<number, SentFile> = new Map();

function filesWithin(sent: readonly SentFile[], from: number, to: number): ReadonlyMap<number, SentFile> {
  if (sent.length === 0) return noFiles;
  const within = sent.filter(({ segment }) => segment >= from && segment < to);
  return new Map(within.map((file) => [file.segment - from, file]));
}

/** One direction of a connection. */
export class Stream {
  /** Bytes that went this way, as far as segments have told. */
  length = 0;
  private readonly references = new NumberQueue();
  private inOrder = true;

  /** Numbers of the slabs that its segments are in. */
  slabs(): Set<number> {
    const { references } = this;
    return new Set(
      Array.from({ length: references.length }, (_, i) => Math.floor(references.at(i) / slabSegments)),
    );
  }

  append(slabs: SegmentSlabs, reference: number, offset: number, length: number): void {
    const { references } = this;
    while (references.length > 0 && slabs.isDropped(references.at(0))) references.shift();
    if (offset < this.length) this.inOrder = false;
    references.push(reference);
    this.length = Math.max(this.length, offset + length);
  }

  clear(): void {
    this.references.clear();
  }

  /** What is stored of the bytes from `start` to `end` (exclusive), one character per byte; what is missing, left out. */
  text(slabs: SegmentSlabs, start: number, end: number): string {
    let text = '';
    for (const { keptStart, kept } of this.overlapping(slabs, start, end)) {
      const from = Math.max(keptStart, start) - keptStart;
      const to = Math.min(kept.length, end - keptStart);
      if (from < to) text += Buffer.from(kept.buffer, kept.byteOffset + from, to - from).toString('latin1');
    }
    return text;
  }

  /**
   * What is stored of the bytes from `start` to `end` (exclusive), with offsets counted from `start`. Runs of kept
   * bytes that adjoin are joined; the caller owns them.
   */
  cut(
    slabs: SegmentSlabs,
    start: number,
    end: number,
  ): { kept: KeptBytes[]; segments: SegmentMark[]; files?: FileBytes[] } {
    const marks: SegmentMark[] = [];
    const files: FileBytes[] = [];
    const pieces: KeptBytes[] = [];
    for (const segment of this.overlapping(slabs, start, end)) {
      marks.push({
        start: Math.max(segment.start, start) - start,
        end: Math.min(segment.end, end) - start,
        time: segment.time,
      });
      if (segment.file !== null) addFileBytes(files, segment, segment.file, start, end);
      const from = Math.max(segment.keptStart, start);
      const to = Math.min(segment.keptStart + segment.kept.length, end);
      if (from >= to) continue;
      const bytes = segment.kept.subarray(from - segment.keptStart, to - segment.keptStart);
      pieces.push({ offset: from - start, bytes });
    }
    return { kept: joined(pieces), segments: marks, ...(files.length === 0 ? {} : { files }) };
  }

  /** All that is stored of it, in order. The bytes belong to the store. */
  all(slabs: SegmentSlabs): Segment[] {
    return this.overlapping(slabs, 0, Number.POSITIVE_INFINITY);
  }

  private overlapping(slabs: SegmentSlabs, start: number, end: number): Segment[] {
    const { references } = this;
    const found: Segment[] = [];
    for (let i = this.inOrder ? this.firstEndingAfter(slabs, start) : 0; i < references.length; i++) {
      const segment = slabs.read(references.at(i));
      if (segment === null || segment.end <= start) continue;
      if (segment.start < end) found.push(segment);
      else if (this.inOrder) break;
    }
    return this.inOrder ? found : found.sort((one, other) => one.start - other.start);
  }

  /** Binary search; only where the segments are in order. Dropped ones stand at the front. */
  private firstEndingAfter(slabs: SegmentSlabs, offset: number): number {
    let low = 0;
    let high = this.references.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = slabs.read(this.references.at(middle));
      if (segment === null || segment.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Adds what lies between `start` and `end` of a segment that came out of a file; ranges of it that adjoin are one. */
function addFileBytes(
  files: FileBytes[],
  segment: Segment,
  { path, offset }: SentFile,
  start: number,
  end: number,
): void {
  const from = Math.max(segment.start, start);
  const to = Math.min(segment.end, end);
  const range = { start: from - start, end: to - start, path, offset: offset + from - segment.start };
  const last = files.at(-1);
  const adjoins =
    last !== undefined &&
    last.end === range.start &&
    last.path === path &&
    last.offset + last.end - last.start === range.offset;
  if (adjoins) files[files.length - 1] = { ...last, end: range.end };
  else files.push(range);
}

/** Joins runs that adjoin, and copies each into a buffer of its own. */
function joined(pieces: readonly KeptBytes[]): KeptBytes[] {
  const runs: KeptBytes[] = [];
  for (let i = 0; i < pieces.length; ) {
    const { offset } = pieces[i];
    let end = offset;
    let next = i;
    while (next < pieces.length && pieces[next].offset === end) end += pieces[next++].bytes.length;
    const bytes = new Uint8Array(end - offset);
    for (; i < next; i++) bytes.set(pieces[i].bytes, pieces[i].offset - offset);
    runs.push({ offset, bytes });
  }
  return runs;
}
