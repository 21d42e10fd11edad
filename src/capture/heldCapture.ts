import type { CaptureBatch, ConnectionRecord, Direction } from '../protocol/capture.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import { CallStore } from './callStore.ts';
import { ExchangeTable, rowBytes } from './exchangeTable.ts';
import { endsOf } from './exchangeView.ts';
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
 * The captured data held in memory of a bounded size: beyond that, the oldest go first. Every operation takes time in
 * proportion to what is added, not to what is held.
 */
export class HeldCapture {
  /** Runs in the order in which they started. */
  readonly runs = new Map<RunId, StoredRun>();
  readonly table = new ExchangeTable<ExchangeOwner>();
  readonly slabs = new SegmentSlabs();
  readonly systemCalls = new CallStore();
  /** Positions of exchanges that the user marked. */
  readonly marks = new Set<number>();
  /** What the user wrote about exchanges, by position. */
  readonly comments = new Map<number, string>();
  /** Called with the position of each exchange that is new or changed. */
  readonly watchers = new Set<(position: number) => void>();
  /** As `QueryTable.watchRenewals`. */
  readonly renewalWatchers = new Set<(renewed: (position: number) => number) => void>();
  /** Closed connections without any stored exchange, oldest first. */
  private readonly bare = new Map<StoredConnection, StoredRun>();
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

  /** Bytes of memory held, as estimated. */
  get size(): number {
    return this.slabs.size + this.indexBytes + this.systemCalls.size;
  }

  setMaxBytes(maxBytes: number): void {
    this.maxBytes = maxBytes;
    this.displaceBeyondBound();
  }

  addRun(description: RunDescription, beforeReload = false): void {
    this.runs.set(description.id, new StoredRun(description, beforeReload));
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
  }

  /** The run is over: what was open in it is closed, for the reason given. Returns whether it was not over before. */
  endRun(id: RunId, end: RunEnd): boolean {
    const run = this.knownRun(id);
    if (run.end !== null) return false;
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
    return true;
  }

  /** Exchanges, of so many bytes in the table, were taken out of it: all that a run had. The run goes too. */
  tookOut(run: StoredRun, exchanges: number, bytes: number): void {
    this.captured -= exchanges;
    this.indexBytes -= bytes;
    for (const connection of [...run.connections.values()]) this.removeConnection(run, connection);
    if (this.runs.has(run.description.id)) this.removeRun(run);
  }

  clear(): void {
    for (const run of this.runs.values()) {
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
    for (const run of [...this.runs.values()]) this.clearConnections(run);
  }

  totals(): StoreTotals {
    let leftOut = this.formerLeftOut;
    for (const run of this.runs.values()) leftOut += run.leftOut;
    const { captured, displaced, lostInReload } = this;
    return { captured, displaced, leftOut, lostInReload };
  }

  /** After what was kept was stored again: takes over what `totals` knew of, and counts what is missing as lost. */
  resume(totals: StoreTotals): void {
    const lost = Math.max(0, totals.captured - totals.displaced - this.captured);
    this.lostInReload = lost;
    this.displaced = Math.max(0, totals.captured - lost - this.table.length);
    this.captured = totals.captured;
    this.formerLeftOut += Math.max(0, totals.leftOut - this.totals().leftOut);
  }

  /** Null where the exchange is not held. */
  positionOf(key: ExchangeKey): number | null {
    const slash = key.lastIndexOf('/');
    const run = this.runs.get(key.slice(0, slash));
    return run?.positions.get(Number(key.slice(slash + 1))) ?? null;
  }

  /** The exchange, or what is known of it, has changed. */
  touched(position: number): void {
    this.table.owner(position).connection.version++;
    this.tellWatchers(position);
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
      if (known === undefined && run.removedOpen.size > 0 && run.removedOpen.has(id)) {
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
        if (connection.exchanges.length === 1) {
          run.version++;
          this.bare.delete(connection);
        }
        this.captured++;
      } else {
        this.table.replace(position, exchanges, row);
      }
      this.indexBytes += this.rowSize(position);
      connection.activeAt(Math.max(exchanges.startedAt[row], exchanges.endedAt[row]));
      this.tellWatchers(position);
      if (!ended) run.open.add(position);
      else if (known !== undefined) run.open.delete(position);
    }
  }

  private rowSize(position: number): number {
    return rowBytes + 2 * this.table.target(position).length;
  }

  /** A closed connection stays as long as any of its exchanges; without any, until it is the oldest to go. */
  private settleClosed(run: StoredRun, id: number): void {
    const connection = run.connections.get(id);
    if (connection !== undefined && connection.exchanges.length === 0) this.bare.set(connection, run);
  }

  private displaceBeyondBound(): void {
    this.systemCalls.bound(this.maxBytes);
    while (this.size > this.maxBytes) {
      const oldest =
        this.table.length > 0 ? this.table.owner(this.table.first).slab : Number.POSITIVE_INFINITY;
      const bare = this.bare.size === 0 ? undefined : this.bare.entries().next().value;
      if (this.slabs.first < this.slabs.next && this.slabs.first < oldest) this.slabs.dropFirst();
      else if (bare !== undefined && bare[0].slab <= oldest) this.removeConnection(bare[1], bare[0]);
      else if (this.table.length > 0) this.displaceOldest();
      else break;
    }
  }

  private displaceOldest(): void {
    const position = this.table.first;
    const { run, connection } = this.table.owner(position);
    const id = this.table.get(position, 'id');
    this.indexBytes -= this.rowSize(position);
    run.positions.delete(id);
    if (run.open.size > 0 && run.open.delete(position)) run.removedOpen.add(id);
    connection.exchanges.shift();
    connection.version++;
    if (connection.exchanges.length === 0) run.version++;
    if (this.marks.size > 0) this.marks.delete(position);
    if (this.comments.size > 0) this.comments.delete(position);
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

  /** A run that is over is removed with its last connection. */
  private removeRun(run: StoredRun): void {
    this.formerLeftOut += run.leftOut;
    this.runs.delete(run.description.id);
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
    if (run.end !== null) this.runs.delete(run.description.id);
  }

  private abort(position: number, time: number): void {
    const { connection } = this.table.owner(position);
    const ends = endsOf(this.table.read(position), connection);
    this.table.set(position, 'requestEnd', ends.request);
    if (this.table.get(position, 'responseStart') >= 0)
      this.table.set(position, 'responseEnd', ends.response);
    this.table.set(position, 'endedAt', time);
    this.table.set(position, 'aborted', 1);
    connection.activeAt(time);
    this.tellWatchers(position);
    connection.version++;
  }

  private tellWatchers(position: number): void {
    if (this.watchers.size === 0) return;
    for (const watcher of this.watchers) watcher(position);
  }

  private knownRun(id: RunId): StoredRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new RangeError(`No run ${id}.`);
    return run;
  }
}

/** A stand-in for a connection whose record was not kept. */
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
