import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writevSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { CaptureBatch, PackedBatch } from '../protocol/capture.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import type { StoreTotals } from './heldCapture.ts';
import { unpackedBatch } from './packedBatch.ts';
import type { RunDescription, RunEnd, RunId } from './run.ts';
import type { CaptureStore } from './store.ts';

/** An entry of the log, which is in the order of events. `totals` are those after it. */
type Frame =
  /** First in each file: what the file before it may have said, but no longer does. */
  | { type: 'file'; number: number; runs: readonly KeptRun[]; totals: StoreTotals }
  | { type: 'run'; run: KeptRun }
  | { type: 'batch'; run: RunId; batch: CaptureBatch; totals: StoreTotals }
  | { type: 'end'; run: RunId; end: RunEnd }
  | { type: 'removed'; runs: readonly RunId[]; totals: StoreTotals }
  /** Written behind the exchange that they are about, and so kept for at least as long. */
  | { type: 'mark'; exchange: ExchangeKey; marked: boolean }
  | { type: 'comment'; exchange: ExchangeKey; text: string };

type WrittenFrame =
  | Exclude<Frame, { type: 'batch' }>
  | (Omit<Extract<Frame, { type: 'batch' }>, 'batch'> & { batch: PackedBatch });

interface KeptRun {
  readonly description: RunDescription;
  readonly end: RunEnd | null;
}

const fileNames = ['capture.0', 'capture.1'] as const;
const lengthBytes = 4;
/** Room for the first frame of a file. */
const reservedBytes = 16 * 1024;

/**
 * Keeps what is captured on disk as it comes, so that it outlasts the process: in two files that take turns, with a common
 * limit. Each holds frames: four bytes of length (big-endian), then a structure as node:v8 serializes it.
 */
export class CaptureLog {
  private readonly folder: string;
  private readonly store: CaptureStore;
  private readonly failed: (error: unknown) => void;
  private maxBytes: number;
  private descriptor: number | null = null;
  private fileNumber = 0;
  private fileBytes = 0;

  /**
   * @param folder for this log alone
   * @param maxBytes both files together; 0 keeps nothing
   * @param failed called with the reason when nothing more can be kept
   */
  constructor(folder: string, store: CaptureStore, maxBytes: number, failed: (error: unknown) => void) {
    this.folder = folder;
    this.store = store;
    this.maxBytes = maxBytes;
    this.failed = failed;
  }

  setMaxBytes(maxBytes: number): void {
    this.maxBytes = maxBytes;
    if (maxBytes === 0) this.clear();
  }

  /**
   * Restores what an earlier process kept, and goes on from there. Reading a file ends at a frame that is cut off or
   * malformed.
   */
  restore(): void {
    const files = fileNames.map((name) => readFrames(path.join(this.folder, name)));
    const known = files
      .filter((file) => file.frames.length > 0)
      .sort((one, other) => one.number - other.number);
    if (known.length === 0) return;
    let totals: StoreTotals | null = null;
    let lastTime = 0;
    const frames = known.flatMap((file) => file.frames);
    const removed = new Set(frames.flatMap((frame) => (frame.type === 'removed' ? frame.runs : [])));
    for (const frame of frames) {
      if (!('run' in frame && removed.has(runOf(frame.run)))) this.replay(frame);
      if ('totals' in frame) totals = frame.totals;
      if (frame.type === 'batch') lastTime = Math.max(lastTime, ...frame.batch.exchanges.endedAt);
    }
    for (const run of this.store.runs()) {
      const time = Math.max(lastTime, run.description.startedAt);
      if (run.beforeReload)
        this.store.endRun(run.description.id, { reason: 'The window was reloaded or closed.', time });
    }
    if (totals !== null) this.store.resume(totals);
    this.continueFile(known[known.length - 1]);
  }

  addRun(description: RunDescription): void {
    this.append({ type: 'run', run: { description, end: null } });
  }

  /** To be called after the batch is stored. */
  addBatch(run: RunId, batch: PackedBatch): void {
    this.append({ type: 'batch', run, batch, totals: this.store.totals() });
  }

  endRun(run: RunId, end: RunEnd): void {
    this.append({ type: 'end', run, end });
  }

  /** To be called after imported runs are removed. */
  addRemoval(runs: readonly RunId[]): void {
    this.append({ type: 'removed', runs, totals: this.store.totals() });
  }

  addMark(exchange: ExchangeKey, marked: boolean): void {
    this.append({ type: 'mark', exchange, marked });
  }

  addComment(exchange: ExchangeKey, text: string): void {
    this.append({ type: 'comment', exchange, text });
  }

  /** Removes what was kept. */
  clear(): void {
    this.closeFile();
    try {
      for (const name of fileNames) rmSync(path.join(this.folder, name), { force: true });
    } catch (error) {
      this.fail(error);
    }
  }

  /** Keeps nothing more; what is kept stays. */
  close(): void {
    this.maxBytes = 0;
    this.closeFile();
  }

  private closeFile(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  private append(frame: WrittenFrame): void {
    if (this.maxBytes === 0) return;
    try {
      const body = serialize(frame);
      const size = lengthBytes + body.length;
      // A frame too large for its file is not kept; the totals of the next one account for it.
      if (size + reservedBytes > this.maxBytes / 2) return;
      if (this.descriptor === null || this.fileBytes + size > this.maxBytes / 2) this.nextFile();
      this.write(body);
    } catch (error) {
      this.fail(error);
    }
  }

  private continueFile(file: KeptFile): void {
    this.fileNumber = file.number + 1;
    if (this.maxBytes === 0) return;
    try {
      this.descriptor = openSync(file.path, 'a', 0o600);
      ftruncateSync(this.descriptor, file.size);
      this.fileBytes = file.size;
    } catch (error) {
      this.fail(error);
    }
  }

  private nextFile(): void {
    this.closeFile();
    this.descriptor = openSync(path.join(this.folder, fileNames[this.fileNumber % 2]), 'w', 0o600);
    this.fileBytes = 0;
    const runs = this.store.runs().map(({ description, end }) => ({ description, end }));
    this.write(serialize({ type: 'file', number: this.fileNumber++, runs, totals: this.store.totals() }));
  }

  private write(body: Buffer): void {
    if (this.descriptor === null) return;
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(body.length);
    const size = lengthBytes + body.length;
    const written = writevSync(this.descriptor, [length, body]);
    if (written < size) {
      ftruncateSync(this.descriptor, this.fileBytes);
      throw new Error(`Only ${written} of ${size} bytes could be written to ${this.folder}.`);
    }
    this.fileBytes += size;
  }

  private fail(error: unknown): void {
    this.close();
    this.failed(error);
  }

  private replay(frame: Frame): void {
    const { store } = this;
    switch (frame.type) {
      case 'file':
        for (const run of frame.runs) this.replayRun(run);
        return;
      case 'run':
        this.replayRun(frame.run);
        return;
      case 'batch':
        if (store.run(frame.run) !== undefined) store.add(frame.run, frame.batch);
        return;
      case 'end':
        if (store.run(frame.run) !== undefined) store.endRun(frame.run, frame.end);
        return;
      case 'removed':
        return;
      case 'mark':
        store.mark(frame.exchange, frame.marked);
        return;
      case 'comment':
        store.comment(frame.exchange, frame.text);
        return;
    }
  }

  private replayRun({ description, end }: KeptRun): void {
    if (this.store.run(description.id) === undefined) this.store.addRun(description, true);
    if (end !== null) this.store.endRun(description.id, end);
  }
}

function runOf(run: RunId | KeptRun): RunId {
  return typeof run === 'string' ? run : run.description.id;
}

/** A file of the log, as far as its frames are whole. */
interface KeptFile {
  readonly path: string;
  /** Rises with each file begun; -1 where there is none. */
  readonly number: number;
  readonly frames: readonly Frame[];
  /** Bytes of the whole frames. */
  readonly size: number;
}

function readFrames(file: string): KeptFile {
  const bytes = readIfThere(file);
  const frames: Frame[] = [];
  let number = -1;
  let at = 0;
  while (at + lengthBytes <= bytes.length) {
    const end = at + lengthBytes + bytes.readUInt32BE(at);
    const frame = end <= bytes.length ? readFrame(bytes.subarray(at + lengthBytes, end)) : null;
    if (frame === null) break;
    if (frames.length === 0) {
      if (frame.type !== 'file') break;
      number = frame.number;
    }
    frames.push(frame);
    at = end;
  }
  return { path: file, number, frames, size: at };
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function readFrame(bytes: Buffer): Frame | null {
  let value: unknown;
  try {
    value = deserialize(bytes);
  } catch {
    // Cut off, or of another version: what follows cannot be trusted either.
    return null;
  }
  if (!isWrittenFrame(value)) return null;
  if (value.type !== 'batch') return value;
  const batch = unpackedBatch(value.batch);
  return batch === null ? null : { ...value, batch };
}

/** But for what a batch holds. */
function isWrittenFrame(value: unknown): value is WrittenFrame {
  if (!isObject(value)) return false;
  switch (value.type) {
    case 'file':
      return (
        Number.isInteger(value.number) &&
        Array.isArray(value.runs) &&
        value.runs.every(isKeptRun) &&
        isTotals(value.totals)
      );
    case 'run':
      return isKeptRun(value.run);
    case 'batch':
      return typeof value.run === 'string' && isTotals(value.totals);
    case 'end':
      return typeof value.run === 'string' && isRunEnd(value.end);
    case 'removed':
      return (
        Array.isArray(value.runs) &&
        value.runs.every((run) => typeof run === 'string') &&
        isTotals(value.totals)
      );
    case 'mark':
      return typeof value.exchange === 'string' && typeof value.marked === 'boolean';
    case 'comment':
      return typeof value.exchange === 'string' && typeof value.text === 'string';
    default:
      return false;
  }
}

function isKeptRun(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.description)) return false;
  const { id, serverName, root, startedAt, traced, imported } = value.description;
  return (
    (imported === undefined || isImportedFrom(imported)) &&
    (traced === undefined || typeof traced === 'boolean') &&
    [id, serverName, root].every((text) => typeof text === 'string') &&
    Number.isFinite(startedAt) &&
    (value.end === null || isRunEnd(value.end))
  );
}

function isImportedFrom(value: unknown): boolean {
  return isObject(value) && typeof value.file === 'string' && typeof value.rebuilt === 'boolean';
}

function isRunEnd(value: unknown): boolean {
  return isObject(value) && typeof value.reason === 'string' && Number.isFinite(value.time);
}

function isTotals(value: unknown): boolean {
  return (
    isObject(value) &&
    [value.captured, value.displaced, value.leftOut, value.lostInReload].every((count) =>
      Number.isInteger(count),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
