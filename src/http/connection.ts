import { Conversation } from './conversation.ts';
import { type Awaited, Deadline } from './deadline.ts';
import type { ConnectionObserver, ConnectionState } from './exchange.ts';
import type { Limits } from './limits.ts';
import type { Output } from './message.ts';
import type { RequestHandler } from './requestHandler.ts';
import { StagedClose } from './stagedClose.ts';

/**
 * What a connection asks of the driver that moves its bytes:
 * `read` bytes from the peer; `write` what `takeOutput` returns (and read on while `readable`);
 * `drain`: half-close (`shutdown(SHUT_WR)`), then go on reading; `close` the socket.
 */
export type Wants = 'read' | 'write' | 'drain' | 'close';

/**
 * The server's side of one HTTP/1.1 connection (RFC 9112 section 9) without its socket: bytes go in, bytes to send
 * come out. It never touches a socket, a clock or a file. Times are milliseconds since the epoch.
 */
export class Connection {
  private readonly limits: Limits;
  private readonly observer: ConnectionObserver | null;
  private readonly conversation: Conversation;
  private readonly deadlines: Deadline;
  private readonly stagedClose: StagedClose;
  private lastState: ConnectionState = 'accepted';
  /** Set by the driver: called when `advance` has something to do although nothing was received or sent just now. */
  whenReady: () => void = () => {};

  /**
   * @param client address of the other end, which upstream servers are told
   * @param overTls whether the bytes are those inside TLS
   */
  constructor(
    handler: RequestHandler,
    limits: Limits,
    now: number,
    observer: ConnectionObserver | null = null,
    client = '',
    overTls = false,
  ) {
    this.limits = limits;
    this.observer = observer;
    this.conversation = new Conversation(handler, limits, observer, client, overTls, () => this.whenReady());
    this.deadlines = new Deadline(limits, now);
    this.stagedClose = new StagedClose(limits);
  }

  /** Takes bytes from the peer, and does not keep them beyond the call. */
  receive(bytes: Uint8Array, now: number): void {
    const { conversation } = this;
    conversation.input.received += bytes.length;
    switch (conversation.phase) {
      case 'open':
        conversation.receive(bytes, now);
        break;
      case 'tunnel':
        conversation.forwarded.tunnel(bytes);
        break;
      case 'closing':
        if (this.stagedClose.drain(bytes.length, conversation.output.pending))
          conversation.close('The client went on sending after the last response.');
    }
    this.settle(now, false);
  }

  /** The peer has shut down its sending side. */
  receiveEnd(now: number): void {
    this.conversation.receiveEnd(now);
    this.settle(now, false);
  }

  /** The next item to send, or null. Each is handed out once. The connection owns the files of slices, and closes them. */
  takeOutput(): Output | null {
    return this.conversation.output.take();
  }

  /** `count` more bytes of what was taken have been sent, in order. */
  sent(count: number, now: number): void {
    if (this.conversation.phase === 'closed') return;
    this.conversation.sent(count, now);
    this.settle(now, true);
  }

  /** Takes what a body's source, or an upstream server, has ready by now: the driver's answer to `whenReady`. */
  advance(now: number): void {
    if (this.conversation.phase === 'closed') return;
    this.conversation.advance(now);
    this.settle(now, false);
  }

  get wants(): Wants {
    const { phase, output, forwarded, peerEnded } = this.conversation;
    if (phase === 'closed') return 'close';
    if (output.pending > 0) return 'write';
    if (output.isStreaming) return 'read';
    if (phase === 'open' && forwarded.isUnderWay) return 'read';
    if (phase === 'open') return peerEnded ? 'close' : 'read';
    return peerEnded ? 'close' : 'drain';
  }

  /** Whether the driver should read: false while too much output waits. */
  get readable(): boolean {
    const { phase, input, output, forwarded, peerEnded } = this.conversation;
    if (peerEnded || phase === 'closed') return false;
    if (phase === 'closing') return this.stagedClose.isReadable(output.pending);
    if (phase === 'tunnel') return forwarded.isWritable;
    if (!input.isUsedUp || output.pending >= this.limits.pendingOutput) return false;
    return forwarded.isWritable || input.isComplete;
  }

  get state(): ConnectionState {
    const { phase, input, output, forwarded, pipeline } = this.conversation;
    if (phase === 'closed') return 'closed';
    if (phase === 'tunnel') return 'tunnel';
    if (forwarded.isUnderWay && input.isComplete) return 'responding';
    if (output.pending > 0 || output.isStreaming) return 'responding';
    if (pipeline.current !== null) return 'reading';
    return pipeline.count > 0 ? 'idle' : 'accepted';
  }

  /** Why the connection is to be closed, in a sentence; empty while it is not. */
  get closeReason(): string {
    return this.conversation.reason;
  }

  /** Whether the peer would take part of a body for the whole if the socket were closed now: then it is to be reset. */
  get isCutShort(): boolean {
    return this.conversation.output.isOpenEnded;
  }

  /** When to call `expire` if nothing happens before; Infinity for never. */
  get deadline(): number {
    return this.conversation.phase === 'closed' ? Number.POSITIVE_INFINITY : this.deadlines.due;
  }

  /** Acts on the deadline where it has passed: refuses the request, or closes. */
  expire(now: number): void {
    if (now < this.deadline) return;
    const { conversation } = this;
    switch (this.deadlines.awaited) {
      case 'request':
        conversation.close('No request came.');
        break;
      case 'nextRequest':
        conversation.close('It was idle for too long.');
        break;
      case 'head':
      case 'body':
        conversation.refuse({ rule: 'request-timeout', offset: conversation.input.parser.length }, now);
        break;
      case 'reader':
        conversation.close('The client stopped reading.');
        break;
      case 'peerClose':
        conversation.close('The client did not close after the last response.');
        break;
      case 'upstreamEnd':
      case 'clientEnd':
        conversation.closeTunnel('One side of the tunnel had ended, and the other did not.', now);
    }
    this.settle(now, false);
  }

  /** Graceful stop: answers under way are finished, then the connection closes. `reason`: why, in a sentence. */
  stop(now: number, reason = 'The server stopped.'): void {
    this.conversation.stop(now, reason);
    this.settle(now, false);
  }

  /** The socket is gone, whoever closed it: ends the exchanges under way and closes open files. Idempotent. */
  release(now: number): void {
    this.conversation.release(now);
    this.settle(now, false);
  }

  /** Sets the next deadline and reports a change of state. `written`: whether output was sent just now. */
  private settle(now: number, written: boolean): void {
    const { conversation } = this;
    if (conversation.isSpentTunnel) conversation.closeTunnel('Both sides of the tunnel have ended.', now);
    this.deadlines.wait(this.awaited, now, conversation.pipeline.current?.startedAt ?? now, written);
    const { state } = this;
    if (state === this.lastState) return;
    this.lastState = state;
    this.observer?.stateChanged(state);
  }

  private get awaited(): Awaited {
    const { phase, input, output, forwarded, pipeline, peerEnded } = this.conversation;
    if (output.pending > 0) return 'reader';
    if (phase === 'tunnel') {
      // A tunnel may idle for as long as it likes; once one side has ended, the other must end in time.
      if (!output.isStreaming) return 'clientEnd';
      return peerEnded ? 'upstreamEnd' : 'source';
    }
    if (output.isStreaming) return 'source';
    if (phase === 'closing') return 'peerClose';
    if (forwarded.isUnderWay && (input.isComplete || !forwarded.isWritable)) return 'source';
    if (pipeline.current !== null) return input.request === null ? 'head' : 'body';
    return pipeline.count > 0 ? 'nextRequest' : 'request';
  }
}
