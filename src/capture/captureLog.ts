import { closeSync, ftruncateSync, openSync, rmSync, truncateSync, writevSync } from 'node:fs';
import path from 'node:path';
import { serialize } from 'node:v8';
import type { CaptureBatch, PackedBatch } from '../protocol/capture.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import {
  type Frame,
  fileNames,
  type KeptFile,
  type KeptRun,
  lengthBytes,
  logFormat,
  readFrames,
  type Unreadable,
  type WrittenFrame,
} from './captureLogFile.ts';
import type { StoreTotals } from './heldCapture.ts';
import type { RunDescription, RunEnd, RunId } from './run.ts';
import type { CaptureStore } from './store.ts';

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
   * Restores what an earlier process kept, as far as it is understood, and goes on from there. The rest is removed.
   *
   * @returns why there was a rest; null where there was none
   */
  restore(): Unreadable | null {
    let unreadable: Unreadable | null = null;
    try {
      const files = fileNames.map((name) => readFrames(this.folder, name));
      this.resume(files.filter(({ number }) => number >= 0));
      for (const file of files) {
        if (file.unreadable === null) continue;
        unreadable ??= file.unreadable;
        removeRest(file);
      }
    } catch (error) {
      this.fail(error);
    }
    return unreadable;
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
    const [number, totals] = [this.fileNumber++, this.store.totals()];
    this.write(serialize({ type: 'file', format: logFormat, number, runs, totals }));
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

  private resume(files: readonly KeptFile[]): void {
    const known = [...files].sort((one, other) => one.number - other.number);
    if (known.length === 0) return;
    let totals: StoreTotals | null = null;
    let lastTime = 0;
    const frames = known.flatMap((file) => file.frames);
    const removed = new Set(frames.flatMap((frame) => (frame.type === 'removed' ? frame.runs : [])));
    for (const frame of frames) {
      if (!('run' in frame && removed.has(runOf(frame.run)))) this.replay(frame);
      if ('totals' in frame) totals = frame.totals;
      if (frame.type === 'batch') lastTime = Math.max(lastTime, lastEndIn(frame.batch));
    }
    for (const run of this.store.runs()) {
      const time = Math.max(lastTime, run.description.startedAt);
      if (run.beforeReload)
        this.store.endRun(run.description.id, { reason: 'The window was reloaded or closed.', time });
    }
    if (totals !== null) this.store.resume(totals);
    this.continueFile(known[known.length - 1]);
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

function lastEndIn({ exchanges }: CaptureBatch): number {
  return exchanges.endedAt.reduce((last, time) => Math.max(last, time), 0);
}

/** What is not understood is not to be found, and told of, once more. */
function removeRest({ path: file, frames, size }: KeptFile): void {
  if (frames.length === 0) rmSync(file, { force: true });
  else truncateSync(file, size);
}
