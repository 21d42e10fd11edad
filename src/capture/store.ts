import type { ConnectionCalls, UntracedReason } from '../protocol/calls.ts';
import type { CaptureBatch, Direction } from '../protocol/capture.ts';
import type { ConnectionKey, FollowedConnection } from '../protocol/follow.ts';
import type { CaptureSummary, ExchangeDetail, ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import type { TracedCall } from '../sockets/tracedCall.ts';
import type { CaptureChange, CaptureSource, StoredStream } from './captureSource.ts';
import type { QueryTable } from './exchangeQuery.ts';
import { ExchangeSubject } from './exchangeSubject.ts';
import { detailOf, type LocatedExchange, rowOf } from './exchangeView.ts';
import {
  connectionKeyOf,
  followed,
  type LocatedConnection,
  type WholeConnection,
  wholeConnection,
} from './followConnection.ts';
import { HeldCapture, type StoreTotals } from './heldCapture.ts';
import type { RunDescription, RunEnd, RunId, StoredConnection, StoredRun } from './run.ts';

/** The capture's interface for reading; `HeldCapture` decides what is held of it, and for how long. */
export class CaptureStore implements CaptureSource {
  private readonly held: HeldCapture;
  private readonly subject: ExchangeSubject;
  private readonly listeners = new Set<(change: CaptureChange) => void>();

  /** @param maxBytes of memory to hold, at most */
  constructor(maxBytes: number) {
    this.held = new HeldCapture(maxBytes);
    this.subject = this.newSubject();
  }

  get count(): number {
    return this.held.table.length;
  }

  /** Bytes of memory held, as estimated. */
  get size(): number {
    return this.held.size;
  }

  setMaxBytes(maxBytes: number): void {
    this.held.setMaxBytes(maxBytes);
    this.emit('changed');
  }

  addRun(description: RunDescription, beforeReload = false): void {
    this.held.addRun(description, beforeReload);
    this.emit('changed');
  }

  /** @throws RangeError where the run is unknown */
  add(id: RunId, batch: CaptureBatch): void {
    this.held.add(id, batch);
    this.emit('changed');
  }

  /** The run is over: what was open in it is closed, for the reason given. */
  endRun(id: RunId, end: RunEnd): void {
    if (this.held.endRun(id, end)) this.emit('changed');
  }

  /** Lets code that is loaded for it take something out from between the rest. */
  takeOut(take: (held: HeldCapture) => void): void {
    take(this.held);
    this.emit('removed');
  }

  clear(): void {
    this.held.clear();
    this.emit('cleared');
  }

  totals(): StoreTotals {
    return this.held.totals();
  }

  /** After what was kept was stored again: takes over what `totals` knew of, and counts what is missing as lost. */
  resume(totals: StoreTotals): void {
    this.held.resume(totals);
    this.emit('changed');
  }

  /** Runs in the order in which they started. */
  runs(): readonly StoredRun[] {
    return [...this.held.runs.values()];
  }

  run(id: RunId): StoredRun | undefined {
    return this.held.runs.get(id);
  }

  rows(start: number, end: number): readonly ExchangeRow[] {
    const { first } = this.held.table;
    const from = Math.max(0, start);
    const rows: ExchangeRow[] = [];
    for (let i = from; i < Math.min(end, this.count); i++) rows.push(this.rowAt(first + i));
    return rows;
  }

  /** Exchanges of a connection, newest first, at most `limit`. */
  newestExchanges(connection: StoredConnection, limit: number): readonly ExchangeRow[] {
    const { exchanges } = connection;
    const count = Math.min(limit, exchanges.length);
    return Array.from({ length: count }, (_, i) => this.rowAt(exchanges.at(exchanges.length - 1 - i)));
  }

  indexOf(key: ExchangeKey): number {
    const position = this.held.positionOf(key);
    return position === null ? -1 : position - this.held.table.first;
  }

  version(key: ExchangeKey): number {
    const position = this.held.positionOf(key);
    return position === null ? 0 : this.held.table.owner(position).connection.version;
  }

  detail(key: ExchangeKey): ExchangeDetail | null {
    const position = this.held.positionOf(key);
    return position === null ? null : detailOf(this.located(position), this.held.slabs);
  }

  stream(key: ConnectionKey, direction: Direction): StoredStream | null {
    const stored = this.connectionAt(key)?.connection;
    if (stored === undefined) return null;
    const stream = stored[direction];
    const { kept } = stream.cut(this.held.slabs, 0, stream.length);
    return {
      length: stream.length,
      kept,
      openedAt: stored.record.openedAt,
      lastActiveAt: stored.lastActiveAt,
    };
  }

  summary(): CaptureSummary {
    const { displaced, leftOut, lostInReload } = this.totals();
    return { exchanges: this.count, displaced, leftOut, lostInReload };
  }

  queryTable(): QueryTable {
    const { table, runs, watchers, renewalWatchers } = this.held;
    return {
      get first() {
        return table.first;
      },
      get end() {
        return table.end;
      },
      *open() {
        for (const run of runs.values()) yield* run.open;
      },
      subject: this.newSubject(),
      row: (position) => this.rowAt(position),
      keyAt: (position) => this.keyAt(position),
      positionOf: (key) => this.held.positionOf(key),
      watch(watcher) {
        watchers.add(watcher);
        return () => watchers.delete(watcher);
      },
      watchRenewals(watcher) {
        renewalWatchers.add(watcher);
        return () => renewalWatchers.delete(watcher);
      },
    };
  }

  /** The life of a connection as its system calls tell it; connection 0 = that of the listener and the threads. */
  callsOf(run: RunId, connection: number): ConnectionCalls {
    const stored = this.held.runs.get(run);
    return {
      calls: this.held.systemCalls.of(run, connection),
      untraced: untracedReason(stored?.description),
      isIncomplete: this.held.systemCalls.isIncomplete(run) || (stored?.leftOutCalls ?? 0) > 0,
    };
  }

  /** The last `most` calls of a run, in the order in which they arrived. */
  lastCalls(run: RunId, most: number): TracedCall[] {
    return this.held.systemCalls.last(run, most);
  }

  calls(key: ExchangeKey): ConnectionCalls | null {
    const position = this.held.positionOf(key);
    if (position === null) return null;
    const { run, connection } = this.held.table.owner(position);
    return this.callsOf(run.description.id, connection.record.id);
  }

  /** Null where the exchange is not stored. */
  connectionOfExchange(key: ExchangeKey): ConnectionKey | null {
    const position = this.held.positionOf(key);
    if (position === null) return null;
    const { run, connection } = this.held.table.owner(position);
    return connectionKeyOf(run.description.id, connection.record.id);
  }

  /** The exchanges of a connection that are stored, oldest first. */
  exchangesOf(key: ConnectionKey): readonly ExchangeKey[] {
    const connection = this.connectionAt(key)?.connection;
    if (connection === undefined) return [];
    const { exchanges } = connection;
    return Array.from({ length: exchanges.length }, (_, i) => this.keyAt(exchanges.at(i)));
  }

  connectionVersion(key: ConnectionKey): number {
    return this.connectionAt(key)?.connection.version ?? 0;
  }

  follow(key: ConnectionKey, end: number | null): FollowedConnection | null {
    const located = this.locatedConnection(key);
    return located === null ? null : followed(located, this.held.slabs, end);
  }

  wholeConnection(key: ConnectionKey): WholeConnection | null {
    const located = this.locatedConnection(key);
    return located === null ? null : wholeConnection(located, this.held.slabs);
  }

  mark(key: ExchangeKey, marked: boolean): void {
    const position = this.held.positionOf(key);
    if (position === null || this.held.marks.has(position) === marked) return;
    if (marked) this.held.marks.add(position);
    else this.held.marks.delete(position);
    this.held.touched(position);
    this.emit('changed');
  }

  /** Sets the comment on an exchange; an empty text removes it. Does nothing where the exchange is not stored. */
  comment(key: ExchangeKey, text: string): void {
    const position = this.held.positionOf(key);
    if (position === null || (this.held.comments.get(position) ?? '') === text) return;
    if (text === '') this.held.comments.delete(position);
    else this.held.comments.set(position, text);
    this.held.touched(position);
    this.emit('changed');
  }

  onDidChange(listener: (change: CaptureChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private newSubject(): ExchangeSubject {
    const { table, slabs, marks, comments } = this.held;
    return new ExchangeSubject(table, slabs, marks, comments);
  }

  private keyAt(position: number): ExchangeKey {
    const { table } = this.held;
    return `${table.owner(position).run.description.id}/${table.get(position, 'id')}`;
  }

  private rowAt(position: number): ExchangeRow {
    return rowOf(this.located(position));
  }

  private located(position: number): LocatedExchange {
    const { run, connection } = this.held.table.owner(position);
    const { type, marked, comment, previousEndedAt } = this.subject.at(position);
    return {
      run,
      connection,
      exchange: this.held.table.read(position),
      type,
      marked,
      comment,
      previousEndedAt,
    };
  }

  private locatedConnection(key: ConnectionKey): LocatedConnection | null {
    const at = this.connectionAt(key);
    if (at === null) return null;
    const { exchanges } = at.connection;
    const stored = Array.from({ length: exchanges.length }, (_, i) => this.held.table.read(exchanges.at(i)));
    return { key, ...at, stored };
  }

  private connectionAt(key: ConnectionKey): { run: StoredRun; connection: StoredConnection } | null {
    const slash = key.lastIndexOf('/');
    const run = this.held.runs.get(key.slice(0, slash));
    const connection = run?.connections.get(Number(key.slice(slash + 1)));
    return run === undefined || connection === undefined ? null : { run, connection };
  }

  private emit(change: CaptureChange): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}

function untracedReason(run: RunDescription | undefined): UntracedReason {
  if (run?.imported !== undefined) return 'imported';
  return run?.traced === false ? 'off' : 'libuv';
}
