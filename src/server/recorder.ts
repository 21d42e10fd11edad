import type { Recorder } from '../models/served.ts';
import type { CaptureBatch } from '../protocol/capture.ts';
import type { Numbering } from '../protocol/worker.ts';
import type { CallTrace } from '../sockets/callTrace.ts';
import { noCalls } from '../sockets/tracedCall.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import { exchangeColumns, keptBytes, type Segment, segmentColumns, sentFiles } from './captureColumns.ts';
import { type Capture, RecordedConnection, type RecordedExchange } from './recordedConnection.ts';

/**
 * A batch leaves after this many milliseconds, or when this many bytes wait in it. Each batch costs both sides some time
 * whatever is in it, among others for every connection that took part: under load, few large ones are cheaper.
 */
const batchInterval = 50;
const batchBytes = 1024 * 1024;
/** Batches on their way that the other side has not acknowledged. */
export const unacknowledgedBatches = 8;
/** Beyond these, what waits for an acknowledgement is left out and counted: the server never waits for its record. */
const waitingBytes = 8 * 1024 * 1024;
const waitingSegments = 50_000;
const waitingExchanges = 20_000;
const waitingConnections = 20_000;

export interface CaptureOptions {
  /** Body bytes recorded per exchange and direction; the rest is counted. */
  readonly bodyBytes: number;
  /** Batches that may be on their way before one is acknowledged. */
  readonly unacknowledgedBatches: number;
  readonly numbering: Numbering;
  /** Whether a timer sends what waits; else `ship` does, which has to be called again and again. */
  readonly timer: boolean;
  /** Whose calls travel with the capture; null where they are not traced. */
  readonly trace: CallTrace | null;
  /** Takes a batch to whoever stores it, who acknowledges it with `stored`. */
  send(batch: CaptureBatch): void;
}

/**
 * Records what the connections carry and sends it on in batches. Recording is cheap where requests are served: it
 * keeps references, and columns are made when a batch leaves.
 */
export class CaptureRecorder implements Recorder, Capture {
  private readonly options: CaptureOptions;
  private changedConnections = new Set<RecordedConnection>();
  private changedExchanges: RecordedExchange[] = [];
  private segments: Segment[] = [];
  private segmentBytes = 0;
  /** Where the bytes of responses that were sent since the batch before lie: one that is held in memory is sent often. */
  private readonly sentBytes = new Map<Uint8Array, number>();
  private nextConnection: number;
  private nextExchangeId: number;
  private exchangeCount = 0;
  private byteCount = 0;
  private sentAt = Number.NEGATIVE_INFINITY;
  private sentOnlyCalls = false;
  private sequence = 0;
  private acknowledged = 0;
  private leftOutExchanges = 0;
  private leftOutBytes = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(options: CaptureOptions) {
    this.options = options;
    this.nextConnection = options.numbering.connection;
    this.nextExchangeId = options.numbering.exchange;
    if (options.trace !== null) options.trace.recorded = () => this.schedule();
  }

  get bodyBytes(): number {
    return this.options.bodyBytes;
  }

  opened(
    peer: SocketAddress,
    local: SocketAddress,
    time: number,
    tls = '',
  ): { id: number; recorder: RecordedConnection } {
    const id = this.nextConnection;
    this.nextConnection += this.options.numbering.step;
    const recorder = new RecordedConnection(this, id, { peer, local, tls, openedAt: time });
    this.connectionChanged(recorder);
    return { id, recorder };
  }

  /** The batch of this number, and so all before it, is stored. */
  stored(sequence: number): void {
    this.acknowledged = Math.max(this.acknowledged, sequence);
    if (this.segmentBytes >= batchBytes && this.maySend) this.send();
    else this.schedule();
  }

  /** Sends what waits, where nothing was sent for a while and something may be: for one who has no timers. */
  ship(): void {
    // Whoever came since calls alone were sent is told of at once: who serves it may compute for long.
    const isNews = this.sentOnlyCalls && this.changedConnections.size > 0;
    if (this.maySend && (isNews || performance.now() - this.sentAt >= batchInterval)) this.send();
  }

  /** Exchanges begun and bytes carried since the start, recorded or left out. */
  get tally(): { exchanges: number; bytes: number } {
    return { exchanges: this.exchangeCount, bytes: this.byteCount };
  }

  /** Sends what waits, whether or not earlier batches were acknowledged: nothing will be sent after. */
  finish(): void {
    this.send(true);
  }

  nextExchange(): number {
    this.exchangeCount++;
    if (this.changedExchanges.length >= waitingExchanges) {
      this.leftOutExchanges++;
      return 0;
    }
    const id = this.nextExchangeId;
    this.nextExchangeId += this.options.numbering.step;
    return id;
  }

  exchangeChanged(exchange: RecordedExchange): void {
    if (exchange.waits) return;
    exchange.waits = true;
    this.changedExchanges.push(exchange);
    this.schedule();
  }

  connectionChanged(connection: RecordedConnection): void {
    // One that came and went in a crowd, before anybody heard of it, is not told of at all.
    if (connection.isClosed && !connection.known && this.changedConnections.size > waitingConnections) {
      this.changedConnections.delete(connection);
      return;
    }
    if (connection.waits) return;
    connection.waits = true;
    this.changedConnections.add(connection);
    this.schedule();
  }

  segment(segment: Segment): boolean {
    const { kept, length } = segment;
    this.byteCount += length;
    const shared = segment.direction === 1 ? this.sentBytes.get(kept) : undefined;
    const added = shared === undefined ? kept.length : 0;
    if (this.segments.length >= waitingSegments || this.segmentBytes + added > waitingBytes) {
      this.leftOutBytes += length;
      return false;
    }
    this.leftOutBytes += length - kept.length;
    segment.keptAt = shared ?? this.segmentBytes;
    if (shared === undefined && segment.direction === 1) this.sentBytes.set(kept, this.segmentBytes);
    this.segments.push(segment);
    this.segmentBytes += added;
    if (this.segmentBytes >= batchBytes && this.maySend) this.send();
    else this.schedule();
    return true;
  }

  private get maySend(): boolean {
    return this.sequence - this.acknowledged < this.options.unacknowledgedBatches;
  }

  private schedule(): void {
    if (!this.options.timer || this.timer !== null || !this.maySend || this.isEmpty) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.maySend) this.send();
    }, batchInterval);
  }

  private get isEmpty(): boolean {
    return (
      this.changedConnections.size === 0 &&
      this.changedExchanges.length === 0 &&
      this.segments.length === 0 &&
      (this.options.trace?.isEmpty ?? true)
    );
  }

  private send(isEnd = false): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { trace } = this.options;
    if (this.isEmpty && !isEnd) return;
    for (const connection of this.changedConnections) {
      connection.known = true;
      connection.waits = false;
    }
    for (const exchange of this.changedExchanges) exchange.waits = false;
    const batch: CaptureBatch = {
      sequence: ++this.sequence,
      connections: Array.from(this.changedConnections, (connection) => connection.record()),
      exchanges: exchangeColumns(this.changedExchanges),
      segments: segmentColumns(this.segments),
      sentFiles: sentFiles(this.segments),
      bytes: keptBytes(this.segments, this.segmentBytes),
      calls: trace?.take(isEnd) ?? noCalls,
      leftOut: {
        exchanges: this.leftOutExchanges,
        bytes: this.leftOutBytes,
        calls: trace?.leftOut ?? 0,
      },
    };
    this.sentOnlyCalls = this.changedConnections.size === 0;
    this.changedConnections = new Set();
    this.changedExchanges = [];
    this.segments = [];
    this.segmentBytes = 0;
    this.sentBytes.clear();
    this.sentAt = performance.now();
    this.options.send(batch);
  }
}

/** Numbers connections and records nothing: capture is off. */
export class NoRecorder implements Recorder {
  private next: number;
  private readonly step: number;

  constructor({ connection, step }: Numbering) {
    this.next = connection;
    this.step = step;
  }

  opened(): { id: number; recorder: null } {
    const id = this.next;
    this.next += this.step;
    return { id, recorder: null };
  }
}
