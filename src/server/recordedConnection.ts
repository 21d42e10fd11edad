import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { ConnectionRecorder } from '../models/served.ts';
import type { ConnectionRecord } from '../protocol/capture.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import { BodyBound } from './bodyBound.ts';
import type { NumberedExchange, Segment } from './captureColumns.ts';

/** What the connections of a capture share. */
export interface Capture {
  /** Body bytes kept per exchange and direction. */
  readonly bodyBytes: number;
  /** A number for an exchange, counted over all connections; 0 if it has to be left out. */
  nextExchange(): number;
  exchangeChanged(exchange: NumberedExchange): void;
  /** Whether it is recorded; else it is left out, and counted. */
  segment(segment: Segment): boolean;
  connectionChanged(connection: RecordedConnection): void;
}

/** Records one connection. */
export class RecordedConnection implements ConnectionRecorder {
  readonly id: number;
  /** Whether the capture's other side knows of the connection, or will from what is recorded of it. */
  known = false;
  private readonly capture: Capture;
  private readonly peer: SocketAddress;
  private readonly local: SocketAddress;
  private readonly openedAt: number;
  private state: ConnectionState = 'accepted';
  private closedAt = 0;
  private closeReason = '';
  private bytesReceived = 0;
  private bytesSent = 0;
  private exchangeCount = 0;
  private readonly receivedBound: BodyBound;
  private readonly sentBound: BodyBound;
  /** The exchanges that go on; null for one that is left out. */
  private readonly exchanges = new Map<Exchange, NumberedExchange | null>();

  constructor(capture: Capture, id: number, peer: SocketAddress, local: SocketAddress, openedAt: number) {
    this.capture = capture;
    this.id = id;
    this.peer = peer;
    this.local = local;
    this.openedAt = openedAt;
    this.receivedBound = new BodyBound('received', capture.bodyBytes);
    this.sentBound = new BodyBound('sent', capture.bodyBytes);
  }

  received(bytes: Uint8Array, time: number): void {
    const start = this.bytesReceived;
    this.bytesReceived += bytes.length;
    this.segment(0, this.receivedBound, bytes, start, time);
  }

  sent(bytes: Uint8Array, time: number): void {
    const start = this.bytesSent;
    this.bytesSent += bytes.length;
    this.segment(1, this.sentBound, bytes, start, time);
  }

  exchangeChanged(exchange: Exchange): void {
    let numbered = this.exchanges.get(exchange);
    if (numbered === undefined) {
      const id = this.capture.nextExchange();
      numbered = id === 0 ? null : { id, connection: this.id, exchange };
      this.exchangeCount++;
      this.exchanges.set(exchange, numbered);
      this.receivedBound.begin(exchange);
      this.sentBound.begin(exchange);
    }
    if (exchange.endedAt > 0) this.exchanges.delete(exchange);
    if (numbered === null) return;
    this.known = true;
    this.capture.exchangeChanged(numbered);
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
      peer: this.peer,
      local: this.local,
      state: this.state,
      openedAt: this.openedAt,
      closedAt: this.closedAt,
      bytesReceived: this.bytesReceived,
      bytesSent: this.bytesSent,
      exchangeCount: this.exchangeCount,
      closeReason: this.closeReason,
    };
  }

  private segment(direction: 0 | 1, bound: BodyBound, bytes: Uint8Array, offset: number, time: number): void {
    for (const { start, keptStart, keptEnd, end } of bound.cut(offset, offset + bytes.length)) {
      const recorded = this.capture.segment({
        connection: this.id,
        direction,
        offset: start,
        length: end - start,
        keptStart: keptStart - start,
        kept: bytes.subarray(keptStart - offset, keptEnd - offset),
        time,
      });
      if (recorded) this.known = true;
    }
    this.capture.connectionChanged(this);
  }
}
