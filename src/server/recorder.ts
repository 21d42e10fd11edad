import type { Recorder } from '../models/served.ts';
import type { CaptureBatch } from '../protocol/capture.ts';
import { LentMemory, ownMemory } from '../protocol/columnMemory.ts';
import type { Numbering } from '../protocol/worker.ts';
import type { CallTrace } from '../sockets/callTrace.ts';
import { type CallColumns, noCalls } from '../sockets/tracedCall.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import { exchangeColumns } from './captureColumns.ts';
import { type Capture, RecordedConnection, type RecordedExchange } from './recordedConnection.ts';
import { type Segment, SegmentRows } from './segmentRows.ts';

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

/** What is recorded, and how it is sent. */
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
  /**
   * Whether `send` is done with a batch when it returns, and tells the recorder nothing before: then the memory of each
   * batch serves for the next.
   */
  readonly lends: boolean;
  /** Takes a batch to whoever stores it, who acknowledges it with `stored`. */
  send(batch: CaptureBatch): void;
}

/**
 * Records what the connections carry and sends it on in batches. Recording is cheap where requests are served: what
 * was carried goes into columns at once; of exchanges, which change, references are kept until a batch leaves.
 */
export class CaptureRecorder implements Recorder, Capture {
  private readonly options: CaptureOptions;
  private changedConnections = new Set<RecordedConnection>();
  private changedExchanges: RecordedExchange[] = [];
  private readonly segments = new SegmentRows();
  private readonly memory: LentMemory | null;
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
    this.memory = options.lends ? new LentMemory() : null;
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
    if (this.segments.byteLength >= batchBytes && this.maySend) this.send();
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
    const { segments } = this;
    const { kept, length } = segment;
    this.byteCount += length;
    const isTooMuch =
      segments.length >= waitingSegments ||
      (segments.byteLength + kept.length > waitingBytes &&
        segments.byteLength + segments.bytesToAdd(segment) > waitingBytes);
    if (isTooMuch) {
      this.leftOutBytes += length;
      return false;
    }
    this.leftOutBytes += length - kept.length;
    segments.add(segment);
    if (segments.byteLength >= batchBytes && this.maySend) this.send();
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
    if (this.isEmpty && !isEnd) return;
    const { lends, trace } = this.options;
    if (trace === null) this.sendWith(noCalls);
    else if (lends) trace.lend(isEnd, (calls) => this.sendWith(calls));
    else this.sendWith(trace.take(isEnd));
  }

  private sendWith(calls: CallColumns): void {
    for (const connection of this.changedConnections) {
      connection.known = true;
      connection.waits = false;
    }
    for (const exchange of this.changedExchanges) exchange.waits = false;
    const { memory } = this;
    const batch: CaptureBatch = {
      sequence: ++this.sequence,
      connections: Array.from(this.changedConnections, (connection) => connection.record()),
      exchanges: exchangeColumns(this.changedExchanges, memory ?? ownMemory),
      ...this.segments.all(memory !== null),
      calls,
      leftOut: {
        exchanges: this.leftOutExchanges,
        bytes: this.leftOutBytes,
        calls: this.options.trace?.leftOut ?? 0,
      },
    };
    this.sentOnlyCalls = this.changedConnections.size === 0;
    this.changedConnections = new Set();
    this.changedExchanges = [];
    this.sentAt = performance.now();
    // What is lent holds until something else is recorded.
    this.segments.clear();
    memory?.reclaim();
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
