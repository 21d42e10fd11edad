import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { ConnectionRecorder } from '../models/served.ts';
import type { ConnectionRecord } from '../protocol/capture.ts';
import { BodyBound } from './bodyBound.ts';
import type { NumberedExchange } from './captureColumns.ts';
import type { Segment } from './segmentRows.ts';

const nothing = new Uint8Array(0);

/** What the connections of a capture share. */
export interface Capture {
  /** Body bytes kept per exchange and direction. */
  readonly bodyBytes: number;
  /** A number for an exchange, counted over all connections; 0 if it has to be left out. */
  nextExchange(): number;
  exchangeChanged(exchange: RecordedExchange): void;
  /** Whether it is recorded; else it is left out, and counted. */
  segment(segment: Segment): boolean;
  connectionChanged(connection: RecordedConnection): void;
}

/** An exchange of which the batch that is being made may have to tell. */
export interface RecordedExchange extends NumberedExchange {
  /** Whether that batch tells of it. */
  waits: boolean;
}

/** What is known of a connection from its beginning. */
export type OpenedConnection = Pick<ConnectionRecord, 'peer' | 'local' | 'tls' | 'openedAt'>;

/** Records one connection. */
export class RecordedConnection implements ConnectionRecorder {
  readonly id: number;
  /** Whether the capture's other side knows of the connection, or will from what is recorded of it. */
  known = false;
  /** Whether the batch that is being made tells of it. */
  waits = false;
  private readonly capture: Capture;
  private readonly opened: OpenedConnection;
  private state: ConnectionState = 'accepted';
  private closedAt = 0;
  private closeReason = '';
  private bytesReceived = 0;
  private bytesSent = 0;
  private exchangeCount = 0;
  private readonly receivedBound: BodyBound;
  private readonly sentBound: BodyBound;
  /** The exchange that began last, and what it is recorded as: null where it is left out. */
  private newest: Exchange | null = null;
  private newestRecorded: RecordedExchange | null = null;
  /** The exchanges before it that go on, where requests are pipelined. */
  private readonly earlier = new Map<Exchange, RecordedExchange | null>();

  constructor(capture: Capture, id: number, opened: OpenedConnection) {
    this.capture = capture;
    this.id = id;
    this.opened = opened;
    this.receivedBound = new BodyBound('received', capture.bodyBytes);
    this.sentBound = new BodyBound('sent', capture.bodyBytes);
  }

  received(bytes: Uint8Array, time: number): void {
    const start = this.bytesReceived;
    this.bytesReceived += bytes.length;
    this.segment(0, this.receivedBound, bytes, start, time);
  }

  sent(bytes: Uint8Array, time: number): boolean {
    const start = this.bytesSent;
    this.bytesSent += bytes.length;
    return this.segment(1, this.sentBound, bytes, start, time);
  }

  get heldAhead(): number {
    return this.sentBound.keptFrom(this.bytesSent);
  }

  sentFile(path: string, offset: number, length: number, time: number): void {
    const start = this.bytesSent;
    this.bytesSent += length;
    this.recordRun(1, start, this.bytesSent, 0, nothing, time, { path, offset });
    this.capture.connectionChanged(this);
  }

  exchangeChanged(exchange: Exchange): void {
    const recorded = this.recordedOf(exchange);
    if (exchange.endedAt > 0) this.earlier.delete(exchange);
    if (recorded === null) return;
    this.known = true;
    this.capture.exchangeChanged(recorded);
  }

  private recordedOf(exchange: Exchange): RecordedExchange | null {
    if (exchange === this.newest) return this.newestRecorded;
    const earlier = this.earlier.get(exchange);
    if (earlier !== undefined) return earlier;
    if (this.newest !== null && this.newest.endedAt === 0) this.earlier.set(this.newest, this.newestRecorded);
    const id = this.capture.nextExchange();
    this.newest = exchange;
    this.newestRecorded = id === 0 ? null : { id, connection: this.id, exchange, waits: false };
    this.exchangeCount++;
    this.receivedBound.begin(exchange);
    this.sentBound.begin(exchange);
    return this.newestRecorded;
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
    this.capture.connectionChanged(this);
  }

  get isClosed(): boolean {
    return this.closedAt > 0;
  }

  record(): ConnectionRecord {
    return {
      id: this.id,
      ...this.opened,
      state: this.state,
      closedAt: this.closedAt,
      bytesReceived: this.bytesReceived,
      bytesSent: this.bytesSent,
      exchangeCount: this.exchangeCount,
      closeReason: this.closeReason,
    };
  }

  /** Whether any of the bytes are held. */
  private segment(
    direction: 0 | 1,
    bound: BodyBound,
    bytes: Uint8Array,
    offset: number,
    time: number,
  ): boolean {
    const end = offset + bytes.length;
    let held = false;
    if (bound.keepsAll(offset, end)) {
      held = true;
      this.recordRun(direction, offset, end, 0, bytes, time);
    } else {
      for (const run of bound.cut(offset, end)) {
        const isKept = run.keptEnd > run.keptStart;
        held ||= isKept;
        const kept = isKept ? bytes.subarray(run.keptStart - offset, run.keptEnd - offset) : nothing;
        this.recordRun(direction, run.start, run.end, run.keptStart - run.start, kept, time);
      }
    }
    this.capture.connectionChanged(this);
    return held;
  }

  private recordRun(
    direction: 0 | 1,
    offset: number,
    end: number,
    keptStart: number,
    kept: Uint8Array,
    time: number,
    file: Segment['file'] = null,
  ): void {
    const segment = {
      connection: this.id,
      direction,
      offset,
      length: end - offset,
      keptStart,
      kept,
      time,
      file,
    };
    if (this.capture.segment(segment)) this.known = true;
  }
}
