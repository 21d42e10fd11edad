import { type CallColumns, type TracedCall, tracedCall } from '../sockets/tracedCall.ts';
import type { RunId } from './run.ts';

/** Memory of a call: its columns and the reference to its detail. */
const callBytes = 96;
/** Calls may take one part in so many of the capture's memory. */
const share = 4;

interface Chunk {
  readonly run: RunId;
  readonly columns: CallColumns;
  readonly bytes: number;
}

/** The system calls that were traced, in chunks as they came; the oldest go first. */
export class CallStore {
  /** Bytes of memory held, as estimated. */
  size = 0;
  private chunks: Chunk[] = [];
  /** How many chunks at the front were dropped. */
  private dropped = 0;
  /** Runs of which calls were dropped. */
  private readonly incomplete = new Set<RunId>();

  add(run: RunId, columns: CallColumns): void {
    if (columns.name.length === 0) return;
    let bytes = columns.name.length * callBytes;
    for (const { length } of columns.detail) bytes += 2 * length;
    this.chunks.push({ run, columns, bytes });
    this.size += bytes;
  }

  /** Drops the oldest calls until they take no more than their share of `maxBytes`. */
  bound(maxBytes: number): void {
    while (this.size > maxBytes / share && this.dropped < this.chunks.length) {
      const { bytes, run } = this.chunks[this.dropped++];
      this.size -= bytes;
      this.incomplete.add(run);
    }
    if (this.dropped * 2 < this.chunks.length) return;
    this.chunks = this.chunks.slice(this.dropped);
    this.dropped = 0;
  }

  clear(): void {
    this.chunks = [];
    this.dropped = 0;
    this.size = 0;
    this.incomplete.clear();
  }

  /** Whether calls of the run were dropped, and so the oldest of a connection may be missing. */
  isIncomplete(run: RunId): boolean {
    return this.incomplete.has(run);
  }

  /** The last `most` calls of a run, in the order in which they arrived. */
  last(run: RunId, most: number): TracedCall[] {
    const calls: TracedCall[] = [];
    for (let i = this.chunks.length - 1; i >= this.dropped; i--) {
      const { run: owner, columns } = this.chunks[i];
      if (owner !== run) continue;
      for (let row = columns.name.length - 1; row >= 0; row--) {
        if (calls.length === most) return calls.reverse();
        calls.push(tracedCall(columns, row));
      }
    }
    return calls.reverse();
  }

  /** The calls of a connection in the order in which they were made; 0 = those of the listener and the threads. */
  of(run: RunId, connection: number): TracedCall[] {
    const calls: TracedCall[] = [];
    for (let i = this.dropped; i < this.chunks.length; i++) {
      const { run: owner, columns } = this.chunks[i];
      if (owner !== run) continue;
      for (let row = columns.connection.indexOf(connection); row >= 0; ) {
        calls.push(tracedCall(columns, row));
        row = columns.connection.indexOf(connection, row + 1);
      }
    }
    return calls.sort((one, other) => one.startedAt - other.startedAt);
  }
}
