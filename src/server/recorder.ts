import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { ConnectionRecorder, Recorder } from '../models/served.ts';
import type { CaptureBatch, ConnectionRecord, ExchangeColumns, SegmentColumns } from '../protocol/capture.ts';
import type { SocketAddress } from '../sockets/transport.ts';

/** A batch leaves after this many milliseconds, or when this many bytes wait in it. */
const batchInterval = 50;
const batchBytes = 256 * 1024;
/** Batches on their way that the other side has not acknowledged. */
const unacknowledgedBatches = 8;
/** Beyond these, what waits for an acknowledgement is left out and counted: the server never waits for its record. */
const waitingBytes = 8 * 1024 * 1024;
const waitingExchanges = 20_000;
/** Stands for the number of an exchange that is not recorded. */
const leftOut = 0;

export interface CaptureOptions {
  /** Body bytes recorded per exchange and direction; the rest is counted. */
  readonly bodyBytes: number;
  /** Takes a batch to whoever stores it, who acknowledges it with `stored`. */
  send(batch: CaptureBatch): void;
}

interface Segment {
  readonly connection: number;
  readonly direction: 0 | 1;
  readonly offset: number;
  readonly length: number;
  readonly keptStart: number;
  readonly kept: Uint8Array;
  readonly time: number;
}

interface NumberedExchange {
  readonly id: number;
  readonly connection: number;
  readonly exchange: Exchange;
}

/**
 * Records what the connections carry and sends it on in batches. Recording is cheap where requests are served: it
 * keeps references, and columns are made when a batch leaves.
 */
export class CaptureRecorder implements Recorder {
  private readonly options: CaptureOptions;
  private readonly connections = new Map<number, RecordedConnection>();
  private changedConnections = new Set<RecordedConnection>();
  private changedExchanges = new Map<Exchange, NumberedExchange>();
  private segments: Segment[] = [];
  private segmentBytes = 0;
  private connectionCount = 0;
  private exchangeCount = 0;
  private sequence = 0;
  private acknowledged = 0;
  private leftOutExchanges = 0;
  private leftOutBytes = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(options: CaptureOptions) {
    this.options = options;
  }

  opened(
    peer: SocketAddress,
    local: SocketAddress,
    time: number,
  ): { id: number; recorder: ConnectionRecorder } {
    const id = ++this.connectionCount;
    const recorder = new RecordedConnection(this, id, peer, local, time);
    this.connections.set(id, recorder);
    this.connectionChanged(recorder);
    return { id, recorder };
  }

  /** The batch of this number, and so all before it, is stored. */
  stored(sequence: number): void {
    this.acknowledged = Math.max(this.acknowledged, sequence);
    if (this.timer === null) this.schedule();
  }

  /** Sends what waits, whether or not earlier batches were acknowledged: nothing will be sent after. */
  finish(): void {
    this.send();
  }

  /** Body bytes kept per exchange and direction. */
  get bodyBytes(): number {
    return this.options.bodyBytes;
  }

  /** A number for an exchange, counted over all connections; 0 if it has to be left out. */
  nextExchange(): number {
    this.exchangeCount++;
    if (this.changedExchanges.size < waitingExchanges) return this.exchangeCount;
    this.leftOutExchanges++;
    return leftOut;
  }

  connectionChanged(connection: RecordedConnection): void {
    this.changedConnections.add(connection);
    this.schedule();
  }

  exchangeChanged(id: number, connection: number, exchange: Exchange): void {
    this.changedExchanges.set(exchange, { id, connection, exchange });
    this.schedule();
  }

  segment(segment: Segment): void {
    if (this.segmentBytes + segment.kept.length > waitingBytes) {
      this.leftOutBytes += segment.length;
      return;
    }
    this.leftOutBytes += segment.length - segment.kept.length;
    this.segments.push(segment);
    this.segmentBytes += segment.kept.length;
    if (this.segmentBytes >= batchBytes && this.maySend) this.send();
    else this.schedule();
  }

  forget(connection: number): void {
    this.connections.delete(connection);
  }

  private get maySend(): boolean {
    return this.sequence - this.acknowledged < unacknowledgedBatches;
  }

  private schedule(): void {
    if (this.timer !== null || !this.maySend || this.isEmpty) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.maySend) this.send();
    }, batchInterval);
  }

  private get isEmpty(): boolean {
    return (
      this.changedConnections.size === 0 && this.changedExchanges.size === 0 && this.segments.length === 0
    );
  }

  private send(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.isEmpty) return;
    const batch: CaptureBatch = {
      sequence: ++this.sequence,
      connections: Array.from(this.changedConnections, (connection) => connection.record()),
      exchanges: exchangeColumns([...this.changedExchanges.values()]),
      segments: segmentColumns(this.segments),
      bytes: this.joinedBytes(),
      leftOut: { exchanges: this.leftOutExchanges, bytes: this.leftOutBytes },
    };
    this.changedConnections = new Set();
    this.changedExchanges = new Map();
    this.segments = [];
    this.segmentBytes = 0;
    this.options.send(batch);
  }

  private joinedBytes(): Uint8Array {
    const bytes = new Uint8Array(this.segmentBytes);
    let offset = 0;
    for (const segment of this.segments) {
      bytes.set(segment.kept, offset);
      offset += segment.kept.length;
    }
    return bytes;
  }
}

/** Numbers connections and records nothing: capture is off. */
export class NoRecorder implements Recorder {
  private connectionCount = 0;

  opened(): { id: number; recorder: null } {
    return { id: ++this.connectionCount, recorder: null };
  }
}

class RecordedConnection implements ConnectionRecorder {
  readonly id: number;
  private readonly capture: CaptureRecorder;
  private readonly peer: SocketAddress;
  private readonly local: SocketAddress;
  private readonly openedAt: number;
  private state: ConnectionState = 'accepted';
  private closedAt = 0;
  private closeReason = '';
  private readonly carried: [received: number, sent: number] = [0, 0];
  private exchangeCount = 0;
  /** Ids of the exchanges that go on, and the newest of them: what is received or sent now belongs to it. */
  private readonly ids = new Map<Exchange, number>();
  private newest: Exchange | null = null;

  constructor(
    capture: CaptureRecorder,
    id: number,
    peer: SocketAddress,
    local: SocketAddress,
    openedAt: number,
  ) {
    this.capture = capture;
    this.id = id;
    this.peer = peer;
    this.local = local;
    this.openedAt = openedAt;
  }

  received(bytes: Uint8Array, time: number): void {
    const body = this.newest !== null && this.newest.requestEnd < 0 ? this.newest.requestBodyStart : -1;
    this.segment(0, bytes, body, time);
  }

  sent(bytes: Uint8Array, time: number): void {
    // The exchange whose response these bytes belong to: the oldest that goes on.
    const [exchange] = this.ids.keys();
    this.segment(1, bytes, exchange?.responseBodyStart ?? -1, time);
  }

  exchangeChanged(exchange: Exchange): void {
    let id = this.ids.get(exchange);
    if (id === undefined) {
      id = this.capture.nextExchange();
      this.exchangeCount++;
      this.newest = exchange;
      this.ids.set(exchange, id);
    }
    if (exchange.endedAt > 0) {
      this.ids.delete(exchange);
      if (this.newest === exchange) this.newest = null;
    }
    if (id !== leftOut) this.capture.exchangeChanged(id, this.id, exchange);
  }

  stateChanged(state: ConnectionState): void {
    if (this.closedAt > 0) return;
    this.state = state;
    this.capture.connectionChanged(this);
  }

  closed(reason: string, time: number): void {
    this.state = 'closed';
    this.closedAt = time;
    this.closeReason = reason;
    this.capture.forget(this.id);
    this.capture.connectionChanged(this);
  }

  record(): ConnectionRecord {
    return {
      id: this.id,
      peer: this.peer,
      local: this.local,
      state: this.state,
      openedAt: this.openedAt,
      closedAt: this.closedAt,
      bytesReceived: this.carried[0],
      bytesSent: this.carried[1],
      exchangeCount: this.exchangeCount,
      closeReason: this.closeReason,
    };
  }

  /** `bodyStart`: where the body that these bytes may belong to began; -1 where that is not known. */
  private segment(direction: 0 | 1, bytes: Uint8Array, bodyStart: number, time: number): void {
    const offset = this.carried[direction];
    this.carried[direction] += bytes.length;
    const room = bodyStart < 0 ? bytes.length : bodyStart + this.capture.bodyBytes - offset;
    const keptLength = Math.max(0, Math.min(bytes.length, room));
    const kept = keptLength === bytes.length ? bytes : bytes.subarray(0, keptLength);
    this.capture.segment({
      connection: this.id,
      direction,
      offset,
      length: bytes.length,
      keptStart: 0,
      kept,
      time,
    });
    this.capture.connectionChanged(this);
  }
}

function exchangeColumns(rows: readonly NumberedExchange[]): ExchangeColumns {
  const numbers = (value: (exchange: Exchange) => number) =>
    Float64Array.from(rows, (row) => value(row.exchange));
  return {
    id: Float64Array.from(rows, (row) => row.id),
    connection: Float64Array.from(rows, (row) => row.connection),
    number: numbers((exchange) => exchange.number),
    method: rows.map((row) => row.exchange.method),
    target: rows.map((row) => row.exchange.target),
    status: Uint16Array.from(rows, (row) => row.exchange.status),
    requestStart: numbers((exchange) => exchange.requestStart),
    requestBodyStart: numbers((exchange) => exchange.requestBodyStart),
    requestEnd: numbers((exchange) => exchange.requestEnd),
    responseStart: numbers((exchange) => exchange.responseStart),
    responseBodyStart: numbers((exchange) => exchange.responseBodyStart),
    responseEnd: numbers((exchange) => exchange.responseEnd),
    startedAt: numbers((exchange) => exchange.startedAt),
    headAt: numbers((exchange) => exchange.headAt),
    requestEndedAt: numbers((exchange) => exchange.requestEndedAt),
    respondedAt: numbers((exchange) => exchange.respondedAt),
    endedAt: numbers((exchange) => exchange.endedAt),
    aborted: Uint8Array.from(rows, (row) => (row.exchange.aborted ? 1 : 0)),
    rule: rows.map((row) => row.exchange.violation?.rule ?? ''),
    ruleOffset: numbers((exchange) => exchange.violation?.offset ?? 0),
  };
}

function segmentColumns(segments: readonly Segment[]): SegmentColumns {
  const numbers = (value: (segment: Segment) => number) => Float64Array.from(segments, value);
  return {
    connection: numbers((segment) => segment.connection),
    direction: Uint8Array.from(segments, (segment) => segment.direction),
    offset: numbers((segment) => segment.offset),
    length: numbers((segment) => segment.length),
    keptStart: numbers((segment) => segment.keptStart),
    keptLength: numbers((segment) => segment.kept.length),
    time: numbers((segment) => segment.time),
  };
}
