import type { ConnectionCalls, UntracedReason } from '../protocol/calls.ts';
import type { CaptureBatch, ConnectionRecord, Direction } from '../protocol/capture.ts';
import type { ConnectionKey, FollowedConnection } from '../protocol/follow.ts';
import type { CaptureSummary, ExchangeDetail, ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import type { TracedCall } from '../sockets/tracedCall.ts';
import { CallStore } from './callStore.ts';
import type { CaptureChange, CaptureSource, StoredStream } from './captureSource.ts';
import type { QueryTable } from './exchangeQuery.ts';
import { ExchangeSubject } from './exchangeSubject.ts';
import { ExchangeTable, rowBytes } from './exchangeTable.ts';
import { detailOf, endsOf, type LocatedExchange, rowOf } from './exchangeView.ts';
import {
  connectionKeyOf,
  followed,
  type LocatedConnection,
  type WholeConnection,
  wholeConnection,
} from './followConnection.ts';
import {
  type ExchangeOwner,
  type RunDescription,
  type RunEnd,
  type RunId,
  StoredConnection,
  StoredRun,
} from './run.ts';
import { SegmentSlabs, type Stream } from './segments.ts';

/** Memory of a connection: its record, two streams and places in indexes. */
const connectionBytes = 1400;

/** What was counted before a window reload, to go on from. */
export interface StoreTotals {
  /** Exchanges that ever arrived since the last clear, stored or not. */
  readonly captured: number;
  readonly displaced: number;
  readonly leftOut: number;
  readonly lostInReload: number;
}

/**
 * What was captured, in memory of a bounded size: beyond it, the oldest go first. Everything costs time in proportion
 * to what is added, not to what is stored.
 */
export class CaptureStore implements CaptureSource {
  private readonly storedRuns = new Map<RunId, StoredRun>();
  private readonly table = new ExchangeTable<ExchangeOwner>();
  private readonly slabs = new SegmentSlabs();
  private readonly systemCalls = new CallStore();
  /** Closed connections without any stored exchange, oldest first. */
  private readonly bare = new Map<StoredConnection, StoredRun>();
  private readonly listeners = new Set<(change: CaptureChange) => void>();
  /** Are told the position of each exchange that is stored anew or in another state. */
  private readonly watchers = new Set<(position: number) => void>();
  /** Positions of exchanges that the user marked. */
  private readonly marks = new Set<number>();
  /** What the user wrote about exchanges, by position. */
  private readonly comments = new Map<number, string>();
  private readonly subject = new ExchangeSubject(this.table, this.slabs, this.marks, this.comments);
  private maxBytes: number;
  /** Memory of rows and connections; segments count themselves. */
  private indexBytes = 0;
  private captured = 0;
  private displaced = 0;
  private lostInReload = 0;
  /** Left out by runs that are no longer stored. */
  private formerLeftOut = 0;

  /** @param maxBytes of memory to hold, at most */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get count(): number {
    return this.table.length;
  }

  /** Bytes of memory held, as estimated. */
  get size(): number {
    return this.slabs.size + this.indexBytes + this.systemCalls.size;
  }

  setMaxBytes(maxBytes: number): void {
    this.maxBytes = maxBytes;
    this.displaceBeyondBound();
    this.emit('changed');
  }

  /** Runs in the order in which they started. */
  runs(): readonly StoredRun[] {
    return [...this.storedRuns.values()];
  }

  run(id: RunId): StoredRun | undefined {
    return this.storedRuns.get(id);
  }

  addRun(description: RunDescription, beforeReload = false): void {
    this.storedRuns.set(description.id, new StoredRun(description, beforeReload));
    this.emit('changed');
  }

  /** @throws RangeError where the run is unknown */
  add(id: RunId, batch: CaptureBatch): void {
    const run = this.knownRun(id);
    const slab = this.slabs.next;
    for (const record of batch.connections) this.addConnection(run, record);
    this.slabs.add(batch, (connection, direction, time) => this.streamOf(run, connection, direction, time));
    this.addExchanges(run, batch, slab);
    this.systemCalls.add(id, batch.calls);
    run.leftOutCalls = batch.leftOut.calls;
    for (const { id: connection, state } of batch.connections) {
      if (state === 'closed') this.settleClosed(run, connection);
    }
    run.leftOutSinceStart = batch.leftOut.exchanges;
    this.displaceBeyondBound();
    this.emit('changed');
  }

  /** The run is over: what was open in it is closed, for the reason given. */
  endRun(id: RunId, end: RunEnd): void {
    const run = this.knownRun(id);
    if (run.end !== null) return;
    run.end = end;
    run.version++;
    for (const position of run.open) this.abort(position, end.time);
    run.open.clear();
    run.removedOpen.clear();
    if (run.connections.size === 0) this.removeRun(run);
    for (const connection of [...run.connections.values()]) {
      if (connection.isClosed) continue;
      connection.record = {
        ...connection.record,
        state: 'closed',
        closedAt: end.time,
        closeReason: end.reason,
      };
      connection.version++;
      this.settleClosed(run, connection.record.id);
    }
    this.emit('changed');
  }

  rows(start: number, end: number): readonly ExchangeRow[] {
    const { first } = this.table;
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
    const position = this.positionOf(key);
    return position === null ? -1 : position - this.table.first;
  }

  version(key: ExchangeKey): number {
    const position = this.positionOf(key);
    return position === null ? 0 : this.table.owner(position).connection.version;
  }

  detail(key: ExchangeKey): ExchangeDetail | null {
    const position = this.positionOf(key);
    return position === null ? null : detailOf(this.located(position), this.slabs);
  }

  stream(key: ConnectionKey, direction: Direction): StoredStream | null {
    const stored = this.connectionAt(key)?.connection;
    if (stored === undefined) return null;
    const stream = stored[direction];
    const { kept } = stream.cut(this.slabs, 0, stream.length);
    return {
      length: stream.length,
      kept,
      openedAt: stored.record.openedAt,
      lastActiveAt: stored.lastActiveAt,
    };
  }

  summary(): CaptureSummary {
    const { displaced, lostInReload } = this;
    return { exchanges: this.count, displaced, leftOut: this.totals().leftOut, lostInReload };
  }

  totals(): StoreTotals {
    let leftOut = this.formerLeftOut;
    for (const run of this.storedRuns.values()) leftOut += run.leftOut;
    const { captured, displaced, lostInReload } = this;
    return { captured, displaced, leftOut, lostInReload };
  }

  /** After what was kept was stored again: takes over what `totals` knew of, and counts what is missing as lost. */
  resume(totals: StoreTotals): void {
    const lost = Math.max(0, totals.captured - totals.displaced - this.captured);
    this.lostInReload = lost;
    this.displaced = Math.max(0, totals.captured - lost - this.count);
    this.captured = totals.captured;
    this.formerLeftOut += Math.max(0, totals.leftOut - this.totals().leftOut);
    this.emit('changed');
  }

  clear(): void {
    for (const run of this.storedRuns.values()) {
      for (const position of run.open) run.removedOpen.add(this.table.get(position, 'id'));
      run.open.clear();
      run.positions.clear();
      run.leftOutBeforeClear = run.leftOutSinceStart;
    }
    this.table.clear();
    this.marks.clear();
    this.comments.clear();
    this.slabs.clear();
    this.systemCalls.clear();
    this.bare.clear();
    this.indexBytes = 0;
    this.captured = 0;
    this.displaced = 0;
    this.lostInReload = 0;
    this.formerLeftOut = 0;
    for (const run of [...this.storedRuns.values()]) this.clearConnections(run);
    this.emit('cleared');
  }

  queryTable(): QueryTable {
    const { table, storedRuns, watchers } = this;
    return {
      get first() {
        return table.first;
      },
      get end() {
        return table.end;
      },
      *open() {
        for (const run of storedRuns.values()) yield* run.open;
      },
      subject: new ExchangeSubject(table, this.slabs, this.marks, this.comments),
      row: (position) => this.rowAt(position),
      positionOf: (key) => this.positionOf(key),
      watch(watcher) {
        watchers.add(watcher);
        return () => watchers.delete(watcher);
      },
    };
  }

  /** The life of a connection as its system calls tell it; connection 0 = that of the listener and the threads. */
  callsOf(run: RunId, connection: number): ConnectionCalls {
    const stored = this.storedRuns.get(run);
    return {
      calls: this.systemCalls.of(run, connection),
      untraced: untracedReason(stored?.description),
      isIncomplete: this.systemCalls.isIncomplete(run) || (stored?.leftOutCalls ?? 0) > 0,
    };
  }

  /** The last `most` calls of a run, in the order in which they arrived. */
  lastCalls(run: RunId, most: number): TracedCall[] {
    return this.systemCalls.last(run, most);
  }

  calls(key: ExchangeKey): ConnectionCalls | null {
    const position = this.positionOf(key);
    if (position === null) return null;
    const { run, connection } = this.table.owner(position);
    return this.callsOf(run.description.id, connection.record.id);
  }

  /** Null where the exchange is not stored. */
  connectionOfExchange(key: ExchangeKey): ConnectionKey | null {
    const position = this.positionOf(key);
    if (position === null) return null;
    const { run, connection } = this.table.owner(position);
    return connectionKeyOf(run.description.id, connection.record.id);
  }

  /** The exchanges of a connection that are stored, oldest first. */
  exchangesOf(key: ConnectionKey): readonly ExchangeKey[] {
    const connection = this.connectionAt(key)?.connection;
    if (connection === undefined) return [];
    return this.newestExchanges(connection, connection.exchanges.length)
      .map((row) => row.key)
      .toReversed();
  }

  connectionVersion(key: ConnectionKey): number {
    return this.connectionAt(key)?.connection.version ?? 0;
  }

  follow(key: ConnectionKey, end: number | null): FollowedConnection | null {
    const located = this.locatedConnection(key);
    return located === null ? null : followed(located, this.slabs, end);
  }

  wholeConnection(key: ConnectionKey): WholeConnection | null {
    const located = this.locatedConnection(key);
    return located === null ? null : wholeConnection(located, this.slabs);
  }

  mark(key: ExchangeKey, marked: boolean): void {
    const position = this.positionOf(key);
    if (position === null || this.marks.has(position) === marked) return;
    if (marked) this.marks.add(position);
    else this.marks.delete(position);
    this.table.owner(position).connection.version++;
    this.tellWatchers(position);
    this.emit('changed');
  }

  /** Writes about an exchange; an empty text takes away what was written. Nothing happens where it is not stored. */
  comment(key: ExchangeKey, text: string): void {
    const position = this.positionOf(key);
    if (position === null || (this.comments.get(position) ?? '') === text) return;
    if (text === '') this.comments.delete(position);
    else this.comments.set(position, text);
    this.table.owner(position).connection.version++;
    this.tellWatchers(position);
    this.emit('changed');
  }

  onDidChange(listener: (change: CaptureChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private clearConnections(run: StoredRun): void {
    for (const connection of [...run.connections.values()]) {
      if (connection.isClosed) {
        run.removeConnection(connection);
        continue;
      }
      connection.exchanges.clear();
      connection.received.clear();
      connection.sent.clear();
      connection.version++;
      this.indexBytes += connectionBytes;
    }
    run.version++;
    if (run.end !== null) this.storedRuns.delete(run.description.id);
  }

  private addConnection(run: StoredRun, record: ConnectionRecord): void {
    const known = run.connections.get(record.id);
    if (known !== undefined) {
      known.record = record;
      known.activeAt(record.closedAt);
      known.version++;
      return;
    }
    const connection = new StoredConnection(record, this.slabs.next);
    connection.activeAt(Math.max(record.openedAt, record.closedAt));
    run.addConnection(connection);
    this.indexBytes += connectionBytes;
  }

  private connectionOf(run: StoredRun, id: number): StoredConnection {
    const known = run.connections.get(id);
    if (known !== undefined) return known;
    this.addConnection(run, unknownConnection(id, run));
    return this.connectionOf(run, id);
  }

  private streamOf(run: StoredRun, id: number, direction: Direction, time: number): Stream {
    const connection = this.connectionOf(run, id);
    connection.activeAt(time);
    connection.version++;
    return direction === 'received' ? connection.received : connection.sent;
  }

  private addExchanges(run: StoredRun, { exchanges }: CaptureBatch, slab: number): void {
    for (let row = 0; row < exchanges.id.length; row++) {
      const id = exchanges.id[row];
      const ended = exchanges.endedAt[row] > 0;
      const known = run.positions.get(id);
      if (known === undefined && run.removedOpen.has(id)) {
        if (ended) run.removedOpen.delete(id);
        continue;
      }
      const connection = this.connectionOf(run, exchanges.connection[row]);
      connection.version++;
      if (known !== undefined) this.indexBytes -= this.rowSize(known);
      const position = known ?? this.table.append(connection.owner(run, slab), exchanges, row);
      if (known === undefined) {
        run.positions.set(id, position);
        connection.exchanges.push(position);
        if (connection.exchanges.length === 1) run.version++;
        this.bare.delete(connection);
        this.captured++;
      } else {
        this.table.replace(position, exchanges, row);
      }
      this.indexBytes += this.rowSize(position);
      connection.activeAt(Math.max(exchanges.startedAt[row], exchanges.endedAt[row]));
      this.tellWatchers(position);
      if (ended) run.open.delete(position);
      else run.open.add(position);
    }
  }

  private rowSize(position: number): number {
    return rowBytes + 2 * this.table.target(position).length;
  }

  /** A connection that is closed stays for as long as one of its exchanges, or until its turn comes. */
  private settleClosed(run: StoredRun, id: number): void {
    const connection = run.connections.get(id);
    if (connection !== undefined && connection.exchanges.length === 0) this.bare.set(connection, run);
  }

  private displaceBeyondBound(): void {
    this.systemCalls.bound(this.maxBytes);
    while (this.size > this.maxBytes) {
      const oldest = this.count > 0 ? this.table.owner(this.table.first).slab : Number.POSITIVE_INFINITY;
      const [bare] = this.bare;
      if (this.slabs.first < this.slabs.next && this.slabs.first < oldest) this.slabs.dropFirst();
      else if (bare !== undefined && bare[0].slab <= oldest) this.removeConnection(bare[1], bare[0]);
      else if (this.count > 0) this.displaceOldest();
      else break;
    }
  }

  private displaceOldest(): void {
    const position = this.table.first;
    const { run, connection } = this.table.owner(position);
    const id = this.table.get(position, 'id');
    this.indexBytes -= this.rowSize(position);
    run.positions.delete(id);
    if (run.open.delete(position)) run.removedOpen.add(id);
    connection.exchanges.shift();
    connection.version++;
    if (connection.exchanges.length === 0) run.version++;
    this.marks.delete(position);
    this.comments.delete(position);
    this.table.dropFirst();
    this.displaced++;
    if (connection.isClosed && connection.exchanges.length === 0) this.removeConnection(run, connection);
  }

  private removeConnection(run: StoredRun, connection: StoredConnection): void {
    run.removeConnection(connection);
    this.bare.delete(connection);
    this.indexBytes -= connectionBytes;
    if (run.end !== null && run.connections.size === 0) this.removeRun(run);
  }

  /** A run that is over goes with its last connection. */
  private removeRun(run: StoredRun): void {
    this.formerLeftOut += run.leftOut;
    this.storedRuns.delete(run.description.id);
  }

  private abort(position: number, time: number): void {
    const { exchange, connection } = this.located(position);
    const ends = endsOf(exchange, connection);
    this.table.set(position, 'requestEnd', ends.request);
    if (exchange.responseStart >= 0) this.table.set(position, 'responseEnd', ends.response);
    this.table.set(position, 'endedAt', time);
    this.table.set(position, 'aborted', 1);
    connection.activeAt(time);
    this.tellWatchers(position);
    connection.version++;
  }

  private rowAt(position: number): ExchangeRow {
    return rowOf(this.located(position));
  }

  private located(position: number): LocatedExchange {
    const { run, connection } = this.table.owner(position);
    const { type, marked, comment, previousEndedAt } = this.subject.at(position);
    return { run, connection, exchange: this.table.read(position), type, marked, comment, previousEndedAt };
  }

  private tellWatchers(position: number): void {
    for (const watcher of this.watchers) watcher(position);
  }

  private positionOf(key: ExchangeKey): number | null {
    const slash = key.lastIndexOf('/');
    const run = this.storedRuns.get(key.slice(0, slash));
    return run?.positions.get(Number(key.slice(slash + 1))) ?? null;
  }

  private locatedConnection(key: ConnectionKey): LocatedConnection | null {
    const at = this.connectionAt(key);
    if (at === null) return null;
    const { exchanges } = at.connection;
    const stored = Array.from({ length: exchanges.length }, (_, i) => this.table.read(exchanges.at(i)));
    return { key, ...at, stored };
  }

  private connectionAt(key: ConnectionKey): { run: StoredRun; connection: StoredConnection } | null {
    const slash = key.lastIndexOf('/');
    const run = this.storedRuns.get(key.slice(0, slash));
    const connection = run?.connections.get(Number(key.slice(slash + 1)));
    return run === undefined || connection === undefined ? null : { run, connection };
  }

  private knownRun(id: RunId): StoredRun {
    const run = this.storedRuns.get(id);
    if (run === undefined) throw new RangeError(`No run ${id}.`);
    return run;
  }

  private emit(change: CaptureChange): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}

/** Stands in where a connection's record was not kept. */
function unknownConnection(id: number, run: StoredRun): ConnectionRecord {
  const nowhere = { address: '', port: 0 };
  return {
    id,
    peer: nowhere,
    local: nowhere,
    tls: '',
    state: 'accepted',
    openedAt: run.description.startedAt,
    closedAt: 0,
    bytesReceived: 0,
    bytesSent: 0,
    exchangeCount: 0,
    closeReason: '',
  };
}

function untracedReason(run: RunDescription | undefined): UntracedReason {
  if (run?.imported !== undefined) return 'imported';
  return run?.traced === false ? 'off' : 'libuv';
}
