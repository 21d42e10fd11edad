import type { Tally } from '../models/workerTable.ts';
import type { CaptureBatch, ConnectionRecord } from '../protocol/capture.ts';
import type { Numbering } from '../protocol/worker.ts';
import { followSystemClock, now } from '../sockets/clock.ts';
import type { CallColumns } from '../sockets/tracedCall.ts';
import { noCalls } from '../sockets/tracedCall.ts';
import { exchangeAt, exchangeColumns, type NumberedExchange } from './captureColumns.ts';
import { SegmentRows } from './segmentRows.ts';

/** What is known of what one worker, and those who had its number before, recorded. */
interface WorkerCapture {
  readonly openConnections: Map<number, ConnectionRecord>;
  readonly openExchanges: Map<number, NumberedExchange>;
  highestConnection: number;
  highestExchange: number;
  /** Of the present worker: what it has left out so far, and exchanges and bytes that have arrived. */
  leftOutExchanges: number;
  leftOutBytes: number;
  leftOutCalls: number;
  arrivedExchanges: number;
  arrivedBytes: number;
}

/** A batch on its way to who stores it, and whose it is. */
interface Passed {
  readonly sequence: number;
  readonly worker: number;
  readonly workerSequence: number;
}

/** Makes one capture of those of several workers, and closes in it what a dead worker left open. */
export class WorkerCaptures {
  private readonly workers: readonly WorkerCapture[];
  private readonly send: (batch: CaptureBatch) => void;
  private passed: Passed[] = [];
  private sequence = 0;
  /** Of workers that have died: what they left out, and what they had not sent. */
  private formerExchanges = 0;
  private formerBytes = 0;

  constructor(workers: number, send: (batch: CaptureBatch) => void) {
    this.send = send;
    this.workers = Array.from({ length: workers }, () => ({
      openConnections: new Map(),
      openExchanges: new Map(),
      highestConnection: 0,
      highestExchange: 0,
      leftOutExchanges: 0,
      leftOutBytes: 0,
      leftOutCalls: 0,
      arrivedExchanges: 0,
      arrivedBytes: 0,
    }));
  }

  /** How the worker of this number counts from now on; what a dead one has counted is not used again. */
  numbering(number: number): Numbering {
    const { highestConnection, highestExchange } = this.of(number);
    const step = this.workers.length;
    const after = (highest: number): number => (highest === 0 ? number : highest + step);
    return { connection: after(highestConnection), exchange: after(highestExchange), step };
  }

  /** The worker has a connection of this number. */
  connectionSeen(number: number, connection: number): void {
    const worker = this.of(number);
    worker.highestConnection = Math.max(worker.highestConnection, connection);
  }

  /** Passes on a batch of the worker. */
  take(number: number, batch: CaptureBatch): void {
    const worker = this.of(number);
    for (const record of batch.connections) {
      this.connectionSeen(number, record.id);
      if (record.state === 'closed') worker.openConnections.delete(record.id);
      else worker.openConnections.set(record.id, record);
    }
    this.takeExchanges(worker, batch);
    for (const length of batch.segments.length) worker.arrivedBytes += length;
    worker.leftOutExchanges = batch.leftOut.exchanges;
    worker.leftOutBytes = batch.leftOut.bytes;
    worker.leftOutCalls = batch.leftOut.calls;
    this.pass(number, batch.sequence, batch);
  }

  /** Who stores the batches has all up to this one: whose they were, and the last sequence of each. */
  stored(sequence: number): ReadonlyMap<number, number> {
    const acknowledged = new Map<number, number>();
    const waiting = this.passed.findIndex((one) => one.sequence > sequence);
    const done = this.passed.splice(0, waiting < 0 ? this.passed.length : waiting);
    for (const { worker, workerSequence } of done) {
      if (workerSequence > 0) acknowledged.set(worker, workerSequence);
    }
    return acknowledged;
  }

  /** Closes what the worker left open; what it had recorded and not sent is counted as left out. */
  died(number: number, reason: string, tally: Tally | null): void {
    const worker = this.of(number);
    followSystemClock();
    const time = now();
    if (tally !== null) {
      this.formerExchanges += Math.max(
        0,
        tally.exchanges - worker.arrivedExchanges - worker.leftOutExchanges,
      );
      this.formerBytes += Math.max(0, tally.bytes - worker.arrivedBytes);
    }
    this.formerExchanges += worker.leftOutExchanges;
    this.formerBytes += worker.leftOutBytes;
    const connections = [...worker.openConnections.values()];
    const exchanges = [...worker.openExchanges.values()].map((one) =>
      cutOff(one, worker.openConnections, time),
    );
    worker.openConnections.clear();
    worker.openExchanges.clear();
    worker.leftOutExchanges = 0;
    worker.leftOutBytes = 0;
    worker.arrivedExchanges = 0;
    worker.arrivedBytes = 0;
    this.passed = this.passed.map((one) => (one.worker === number ? { ...one, workerSequence: 0 } : one));
    this.pass(number, 0, {
      sequence: 0,
      connections: connections.map((record) => ({
        ...record,
        state: 'closed',
        closedAt: time,
        closeReason: reason,
      })),
      exchanges: exchangeColumns(exchanges),
      ...new SegmentRows().all(false),
      calls: noCalls,
      leftOut: { exchanges: 0, bytes: 0, calls: 0 },
    });
  }

  /** Calls that belong to no worker: those of the supervisor. */
  takeCalls(calls: CallColumns): void {
    this.pass(1, 0, {
      sequence: 0,
      connections: [],
      exchanges: exchangeColumns([]),
      ...new SegmentRows().all(false),
      calls,
      leftOut: { exchanges: 0, bytes: 0, calls: 0 },
    });
  }

  private takeExchanges(worker: WorkerCapture, { exchanges }: CaptureBatch): void {
    for (let row = 0; row < exchanges.id.length; row++) {
      const id = exchanges.id[row];
      if (id > worker.highestExchange) {
        worker.highestExchange = id;
        worker.arrivedExchanges++;
      }
      if (exchanges.endedAt[row] > 0) worker.openExchanges.delete(id);
      else worker.openExchanges.set(id, exchangeAt(exchanges, row));
    }
  }

  private pass(worker: number, workerSequence: number, batch: CaptureBatch): void {
    const leftOut = { exchanges: this.formerExchanges, bytes: this.formerBytes, calls: 0 };
    for (const { leftOutExchanges, leftOutBytes, leftOutCalls } of this.workers) {
      leftOut.calls += leftOutCalls;
      leftOut.exchanges += leftOutExchanges;
      leftOut.bytes += leftOutBytes;
    }
    this.sequence++;
    this.passed.push({ sequence: this.sequence, worker, workerSequence });
    this.send({ ...batch, sequence: this.sequence, leftOut });
  }

  private of(number: number): WorkerCapture {
    const worker = this.workers[number - 1];
    if (worker === undefined) throw new RangeError(`There is no worker ${number}.`);
    return worker;
  }
}

/** As it stands when the connection goes: see `Connection.release`. */
function cutOff(
  { id, connection, exchange }: NumberedExchange,
  connections: ReadonlyMap<number, ConnectionRecord>,
  time: number,
): NumberedExchange {
  const { bytesReceived, bytesSent } = connections.get(connection) ?? { bytesReceived: 0, bytesSent: 0 };
  const requestEnd = exchange.requestEnd < 0 ? bytesReceived : exchange.requestEnd;
  const responseEnd = exchange.responseStart < 0 ? -1 : Math.max(exchange.responseStart, bytesSent);
  return { id, connection, exchange: { ...exchange, requestEnd, responseEnd, aborted: true, endedAt: time } };
}
