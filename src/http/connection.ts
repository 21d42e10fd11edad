import { copied } from './bytes.ts';
import { ConnectionOutput } from './connectionOutput.ts';
import type { ConnectionObserver, ConnectionState, Exchange } from './exchange.ts';
import type { Forwarding } from './forwarding.ts';
import { KeptMessage } from './keptMessage.ts';
import type { Limits } from './limits.ts';
import type { BodySource, Output, Response } from './message.ts';
import { MessageParser } from './parser.ts';
import { Pipeline } from './pipeline.ts';
import { recurringText } from './recurringText.ts';
import { ParsedRequest } from './request.ts';
import type { RequestHandler } from './requestHandler.ts';
import { isBodiless, type ResponseFrame } from './responseHead.ts';
import type { Violation } from './violation.ts';
import { WaitingInput } from './waitingInput.ts';

/**
 * What a connection asks of the driver that moves its bytes:
 * `read` bytes from the peer; `write` what `takeOutput` returns (and read on while `readable`);
 * `drain`: half-close (`shutdown(SHUT_WR)`), then go on reading; `close` the socket.
 */
export type Wants = 'read' | 'write' | 'drain' | 'close';

const interimContinue = new TextEncoder().encode('HTTP/1.1 100 Continue\r\n\r\n');

/**
 * The server's side of one HTTP/1.1 connection (RFC 9112 section 9) without its socket: bytes go in, bytes to send
 * come out. It never touches a socket, a clock or a file. Times are milliseconds since the epoch.
 */
export class Connection {
  private readonly handler: RequestHandler;
  private readonly limits: Limits;
  private readonly observer: ConnectionObserver | null;
  private readonly client: string;
  private readonly parser: MessageParser;
  private readonly output = new ConnectionOutput();
  private readonly pipeline: Pipeline;
  /**
   * `closing`: nothing more is answered; what is queued is sent, then the peer is drained. `tunnel`: bytes go through that
   * are not HTTP any more.
   */
  private phase: 'open' | 'tunnel' | 'closing' | 'closed' = 'open';
  private request: ParsedRequest | null = null;
  private readonly parsedRequest: ParsedRequest;
  /** Who answers the present request, where it is forwarded; in a tunnel, its other end. */
  private forwarding: Forwarding | null = null;
  /** The answer has begun before the request was complete, and is the connection's last. */
  private closesAfterRequest = false;
  /** A refusal that waits for the end of the request's body, so that the connection can go on. */
  private refusal: Response | null = null;
  private readonly message: KeptMessage;
  /** Input that waits until enough output has left. */
  private readonly waiting = new WaitingInput();
  private peerEnded = false;
  private stopping = false;
  /** Bytes of the connection up to the start of the present message. */
  private messageStart = 0;
  private receivedBytes = 0;
  private drainedBytes = 0;
  private drainDue = 0;
  private lastState: ConnectionState = 'accepted';
  /** Whether output waited for the client at the last `settle`. */
  private outputWaited = false;
  private dueTime: number;
  private reason = '';
  /** Set by the driver: called when there is something to send, though nothing was received or sent just now. */
  whenReady: () => void = () => {};

  /** `client`: address of the other end, for whom requests are forwarded to. */
  constructor(
    handler: RequestHandler,
    limits: Limits,
    now: number,
    observer: ConnectionObserver | null = null,
    client = '',
  ) {
    this.handler = handler;
    this.limits = limits;
    this.observer = observer;
    this.client = client;
    this.parser = new MessageParser({ message: 'request', limits, recognizesRepeats: true });
    this.parsedRequest = new ParsedRequest(this.parser.head);
    this.pipeline = new Pipeline(observer);
    this.message = new KeptMessage(limits.keptMessage);
    this.dueTime = now + limits.headerReadTime;
  }

  /** Takes bytes from the peer. They are not used any more once the call has returned. */
  receive(bytes: Uint8Array, now: number): void {
    this.receivedBytes += bytes.length;
    if (this.phase === 'tunnel') {
      this.forwarding?.write(copied(bytes));
      this.settle(now, false);
      return;
    }
    if (this.phase !== 'open') {
      this.drainedBytes += bytes.length;
      // Not before the last response has left: to close with bytes unread may cost the client that response.
      if (this.drainedBytes > this.limits.drainBytes && this.output.pending === 0)
        this.close('The client went on sending after the last response.');
      return;
    }
    if (this.waiting.isEmpty) this.process(bytes, now);
    else this.waiting.add(bytes);
    this.settle(now, false);
  }

  /** The peer has shut down its sending side. */
  receiveEnd(now: number): void {
    this.peerEnded = true;
    if (this.phase === 'tunnel') this.forwarding?.end([]);
    else if (this.output.isUnending) this.endStream(now);
    if (this.waiting.isEmpty) this.endInput(now);
    this.settle(now, false);
  }

  /** The next item to send, or null. Each is handed out once; the connection closes the files of slices. */
  takeOutput(): Output | null {
    return this.output.take();
  }

  /** `count` more bytes of what was taken have left, in order. */
  sent(count: number, now: number): void {
    if (this.phase === 'closed') return;
    this.output.acknowledge(count);
    this.pipeline.endSent(this.output.sent, now);
    this.pullStream(now);
    this.continueInput(now);
    this.settle(now, true);
  }

  /** Takes what a body's source, or who a request is forwarded to, has to give by now: the driver's answer to `whenReady`. */
  advance(now: number): void {
    if (this.phase === 'closed') return;
    this.takeAnswers(now);
    this.pullStream(now);
    this.continueInput(now);
    this.settle(now, false);
  }

  get wants(): Wants {
    if (this.phase === 'closed') return 'close';
    if (this.output.pending > 0) return 'write';
    if (this.output.isStreaming) return 'read';
    if (this.phase === 'open' && this.forwarding !== null) return 'read';
    if (this.phase === 'open') return this.peerEnded ? 'close' : 'read';
    return this.peerEnded ? 'close' : 'drain';
  }

  /** Whether the driver should read: false while too much output waits. */
  get readable(): boolean {
    if (this.peerEnded || this.phase === 'closed') return false;
    if (this.phase === 'closing')
      return this.output.pending === 0 || this.drainedBytes <= this.limits.drainBytes;
    if (this.phase === 'tunnel') return this.forwarding?.writable === true;
    if (!this.waiting.isEmpty || this.output.pending >= this.limits.pendingOutput) return false;
    return this.forwarding === null || this.forwarding.writable || this.parser.complete;
  }

  get state(): ConnectionState {
    if (this.phase === 'closed') return 'closed';
    if (this.phase === 'tunnel') return 'tunnel';
    if (this.forwarding !== null && this.parser.complete) return 'responding';
    if (this.output.pending > 0 || this.output.isStreaming) return 'responding';
    if (this.pipeline.current !== null) return 'reading';
    return this.pipeline.count > 0 ? 'idle' : 'accepted';
  }

  /** Why the connection is to be closed, in a sentence; empty while it is not. */
  get closeReason(): string {
    return this.reason;
  }

  /** When `expire` is due if nothing happens before; Infinity for never. */
  get deadline(): number {
    return this.phase === 'closed' ? Number.POSITIVE_INFINITY : this.dueTime;
  }

  expire(now: number): void {
    if (now < this.deadline) return;
    if (this.output.pending > 0) {
      this.close('The client stopped reading.');
    } else if (this.phase === 'tunnel') {
      this.closeTunnel('One side of the tunnel had ended, and the other did not.', now);
    } else if (this.phase === 'closing') {
      this.close('The client did not close after the last response.');
    } else if (this.pipeline.current !== null) {
      this.refuse({ rule: 'request-timeout', offset: this.parser.length }, now);
    } else {
      this.close(this.pipeline.count > 0 ? 'It was idle for too long.' : 'No request came.');
    }
    this.settle(now, false);
  }

  /** Graceful stop: answers under way are finished, then the connection closes. `reason`: why, in a sentence. */
  stop(now: number, reason = 'The server stopped.'): void {
    this.stopping = true;
    if (this.phase === 'tunnel') this.closeTunnel(reason, now);
    if (this.output.isUnending) this.endStream(now);
    if (this.phase === 'open' && this.pipeline.current === null && this.waiting.isEmpty) {
      this.phase = 'closing';
      this.reason = reason;
    }
    this.settle(now, false);
  }

  /** The socket is gone, whoever closed it: ends the exchanges under way and closes open files. Idempotent. */
  release(now: number): void {
    this.forwarding?.close();
    this.forwarding = null;
    this.pipeline.abort(this.receivedBytes, this.output.sent, now);
    this.waiting.clear();
    this.output.release();
    this.close('The client closed the connection.');
    this.settle(now, false);
  }

  /** `owned`: the bytes are the connection's own, not the driver's. */
  private process(bytes: Uint8Array, now: number, owned = false): void {
    const { parser } = this;
    for (let i = 0; i < bytes.length; ) {
      if (this.phase !== 'open') return;
      if (this.holdsInput) {
        if (owned) this.waiting.putBack(bytes.subarray(i));
        else this.waiting.add(bytes.subarray(i));
        break;
      }
      const headWasComplete = parser.headComplete;
      const next = parser.parse(bytes, i, bytes.length);
      if (this.pipeline.current === null && (parser.started || parser.violation !== null))
        this.pipeline.begin(this.messageStart, now);
      if (parser.violation !== null) {
        this.refuse(parser.violation, now);
        return;
      }
      if (headWasComplete) this.message.keep(bytes, i, next);
      else if (parser.headComplete) this.endHead(next === bytes.length && this.waiting.isEmpty, now);
      i = next;
      if (parser.complete && this.phase === 'open') this.endRequest(now);
    }
    // The input does not outlast this call, but the head is needed until the request is answered.
    if (this.request !== null) parser.head.keep(parser.head.end);
  }

  /** Whether what was received has to wait: for output to leave, or for who the request is forwarded to. */
  private get holdsInput(): boolean {
    if (this.output.pending >= this.limits.pendingOutput) return true;
    if (this.forwarding !== null) return this.parser.complete || !this.forwarding.writable;
    return this.output.isStreaming;
  }

  private continueInput(now: number): void {
    const { waiting } = this;
    if (waiting.isEmpty) return;
    while (this.phase === 'open' && !this.holdsInput) {
      const piece = waiting.take();
      if (piece === undefined) break;
      this.process(piece, now, true);
    }
    // After the last response nothing more is answered.
    if (this.phase !== 'open' && this.phase !== 'tunnel') waiting.clear();
    if (this.peerEnded && waiting.isEmpty) this.endInput(now);
  }

  private endHead(inputUsedUp: boolean, now: number): void {
    const { parser } = this;
    const exchange = this.pipeline.current;
    if (exchange === null) return;
    const { head, framing } = parser;
    this.request = this.parsedRequest.renew(framing.kind !== 'none');
    exchange.headAt = now;
    exchange.requestBodyStart = this.messageStart + head.end;
    exchange.method = this.request.method;
    exchange.target = this.request.target;
    const refusal = this.handler.admit(this.request);
    if (refusal !== null) {
      // A short body is read to its end so that the connection can go on; a longer one is not worth waiting for.
      const short =
        framing.kind === 'none' || (framing.kind === 'length' && framing.length <= this.limits.drainBytes);
      if (short && !head.expectsContinue) this.refusal = refusal;
      else this.respond({ ...refusal, close: true }, now);
      return;
    }
    const forwarding = this.handler.forward?.(this.request, framing, this.client) ?? null;
    if (forwarding !== null) {
      this.beginForwarding(forwarding, exchange);
      return;
    }
    if (this.handler.wantsMessage(this.request)) {
      this.message.begin();
      this.message.keep(head.bytes, head.base, head.base + head.end);
    }
    if (head.expectsContinue && this.request.hasBody && inputUsedUp) {
      exchange.responseStart = this.output.queued;
      this.output.queue(interimContinue);
    }
    this.pipeline.changed(exchange);
  }

  private beginForwarding(forwarding: Forwarding, exchange: Exchange): void {
    this.forwarding = forwarding;
    exchange.forwarding = forwarding.record;
    forwarding.ready = () => this.whenReady();
    this.parser.whenContent = (bytes, start, end) => forwarding.write(copied(bytes, start, end));
    this.pipeline.changed(exchange);
  }

  /** Sends on what was answered to a forwarded request: interim responses too (RFC 9110 section 15.2). */
  private takeAnswers(now: number): void {
    const exchange = this.pipeline.current;
    while (this.phase === 'open' && exchange !== null && exchange === this.pipeline.current) {
      const answer = this.forwarding?.answer() ?? null;
      if (answer === null) return;
      if (answer.status >= 200) this.respond(answer, now);
      else if (answer.status === 101) this.beginTunnel(answer, exchange, now);
      else if (this.parser.head.minorVersion > 0) {
        if (exchange.responseStart < 0) exchange.responseStart = this.output.queued;
        this.output.queueInterim(answer, now);
      }
    }
  }

  private beginTunnel(answer: Response, exchange: Exchange, now: number): void {
    exchange.status = answer.status;
    exchange.respondedAt = now;
    if (exchange.responseStart < 0) exchange.responseStart = this.output.queued;
    this.output.queueInterim(answer, now);
    exchange.responseBodyStart = this.output.queued;
    this.pipeline.responded(exchange);
    this.phase = 'tunnel';
    for (let piece = this.waiting.take(); piece !== undefined; piece = this.waiting.take())
      this.forwarding?.write(piece);
    if (this.peerEnded) this.forwarding?.end([]);
    if (answer.source !== undefined) this.output.beginStream(this.heard(answer.source), false);
    this.pipeline.changed(exchange);
  }

  private closeTunnel(reason: string, now: number): void {
    const exchange = this.pipeline.last;
    if (exchange !== undefined) {
      exchange.requestEnd = this.receivedBytes;
      exchange.responseEnd = this.output.sent;
      this.pipeline.end(now);
    }
    this.pipeline.current = null;
    this.close(reason);
  }

  private endRequest(now: number): void {
    const { request, parser, message } = this;
    const exchange = this.pipeline.current;
    if (request === null || exchange === null) return;
    exchange.requestEndedAt = now;
    if (this.forwarding !== null) {
      this.endForwardedRequest(this.forwarding, exchange, now);
      return;
    }
    exchange.requestEnd = this.messageStart + parser.length;
    if (message.isTooLong) {
      this.refuse({ rule: 'body-too-large', offset: parser.length }, now);
      return;
    }
    this.respond(this.refusal ?? this.handler.respond(request, message.whole()), now);
  }

  private endForwardedRequest(forwarding: Forwarding, exchange: Exchange, now: number): void {
    forwarding.end(this.parser.trailers);
    // Where it ends is open until the answer: one that switches protocols goes on with what is then a tunnel's.
    if (exchange.status === 0) return;
    exchange.requestEnd = this.messageStart + this.parser.length;
    if (this.closesAfterRequest) this.beClosing();
    this.nextMessage();
    this.pipeline.endSent(this.output.sent, now);
  }

  private refuse(violation: Violation, now: number): void {
    const exchange = this.pipeline.current ?? this.pipeline.begin(this.messageStart, now);
    exchange.violation = violation;
    this.nameExchange(exchange);
    this.forwarding?.close();
    if (exchange.status !== 0) {
      this.close('The request broke off, or broke a rule, when its answer had already begun.');
      return;
    }
    this.forwarding = null;
    this.respond({ ...this.handler.refuse(violation), close: true }, now);
  }

  /** Method and target, as far as the request line came. */
  private nameExchange(exchange: Exchange): void {
    const { head } = this.parser;
    const bytes = head.bytes;
    exchange.method = recurringText(bytes, head.base + head.methodStart, head.base + head.methodEnd);
    exchange.target = recurringText(bytes, head.base + head.targetStart, head.base + head.targetEnd);
  }

  private respond(response: Response, now: number): void {
    const { pipeline, output } = this;
    const exchange = pipeline.current;
    if (exchange === null) return;
    const bodiless = exchange.method === 'HEAD' || isBodiless(response.status);
    const framing = this.framing(response, bodiless);
    const close = response.close === true || !this.persists() || (framing === 'connection' && !bodiless);
    const connection = close ? 'close' : this.parser.head.minorVersion === 0 ? 'keep-alive' : '';
    exchange.status = response.status;
    exchange.respondedAt = now;
    if (exchange.responseStart < 0) exchange.responseStart = output.queued;
    // An answer that begins before its request is complete, and goes on beside it.
    const isEarly = this.forwarding !== null && !this.parser.complete && response.close !== true;
    if (exchange.requestEnd < 0 && !isEarly)
      exchange.requestEnd = this.parser.complete
        ? this.messageStart + this.parser.length
        : this.receivedBytes;
    if (response.source !== undefined) this.heard(response.source);
    exchange.responseBodyStart = output.queueResponse(response, bodiless, { now, connection, framing });
    if (!output.isStreaming) exchange.responseEnd = output.queued;
    pipeline.responded(exchange);
    this.pullStream(now);
    pipeline.changed(exchange);
    if (isEarly) {
      this.closesAfterRequest = close;
      return;
    }
    if (close) this.beClosing();
    this.nextMessage();
  }

  private beClosing(): void {
    this.phase = 'closing';
    this.reason = 'The response was the last of the connection.';
  }

  /** To HTTP/1.0 nothing is sent in chunks; where no body follows, nothing is said of one. */
  private framing(response: Response, bodiless: boolean): ResponseFrame['framing'] {
    if (response.source === undefined || response.sourceLength !== undefined) return 'length';
    return bodiless || this.parser.head.minorVersion === 0 ? 'connection' : 'chunked';
  }

  private heard(source: BodySource): BodySource {
    source.ready = () => this.whenReady();
    return source;
  }

  private pullStream(now: number): void {
    const { output } = this;
    if (!output.isStreaming || this.phase === 'closed') return;
    switch (output.pull(this.limits.pendingOutput)) {
      case 'ended':
        this.streamEnded(now);
        break;
      case 'failed': {
        const { server, problem } = this.pipeline.last?.forwarding ?? {};
        if (problem) this.close(`The answer of ${server} broke off. ${problem}`);
        else this.close('The rest of the response could not be had.');
      }
    }
  }

  private endStream(now: number): void {
    this.output.endStream();
    this.streamEnded(now);
  }

  private streamEnded(now: number): void {
    const exchange = this.pipeline.last;
    if (exchange === undefined || this.phase === 'tunnel') return;
    exchange.responseEnd = this.output.queued;
    if (this.forwarding !== null && !this.parser.complete && this.phase === 'open') {
      // Who has answered to the end takes no more of the request.
      exchange.requestEnd = this.receivedBytes;
      this.beClosing();
      this.nextMessage();
    }
    this.pipeline.endSent(this.output.sent, now);
  }

  /** RFC 9112 section 9.3. */
  private persists(): boolean {
    const { head } = this.parser;
    if (this.stopping || this.pipeline.count >= this.limits.requestsPerConnection) return false;
    if (head.connectionClose) return false;
    return head.minorVersion > 0 || head.connectionKeepAlive;
  }

  private nextMessage(): void {
    this.messageStart += this.parser.length;
    this.parser.reset();
    this.parser.whenContent = null;
    this.forwarding = null;
    this.closesAfterRequest = false;
    this.pipeline.current = null;
    this.request = null;
    this.refusal = null;
    this.message.clear();
  }

  /** The peer will send no more: a request that was begun will never be complete (RFC 9112 section 8). */
  private endInput(now: number): void {
    if (this.phase !== 'open') return;
    if (this.pipeline.current !== null && this.parser.complete) {
      this.reason = 'The client closed the connection.';
    } else if (this.pipeline.current !== null) {
      this.refuse({ rule: 'request-incomplete', offset: this.parser.length }, now);
    } else {
      this.reason = 'The client closed the connection.';
    }
  }

  private close(reason: string): void {
    this.phase = 'closed';
    if (this.reason === '') this.reason = reason;
  }

  /** Sets the next deadline and reports a change of state. `written`: whether output has left just now. */
  private settle(now: number, written: boolean): void {
    if (this.phase === 'tunnel' && !this.output.isStreaming && this.peerEnded && this.output.pending === 0)
      this.closeTunnel('Both sides of the tunnel have ended.', now);
    this.dueTime = this.nextDeadline(now, written);
    this.outputWaited = this.output.pending > 0;
    const { state } = this;
    if (state === this.lastState) return;
    this.lastState = state;
    this.observer?.stateChanged(state);
  }

  private nextDeadline(now: number, written: boolean): number {
    const { limits } = this;
    if (this.output.pending > 0)
      return written || !this.outputWaited ? now + limits.writeStallTime : this.dueTime;
    if (this.phase === 'tunnel') return this.tunnelDeadline(now);
    if (this.output.isStreaming) return Number.POSITIVE_INFINITY;
    if (this.phase === 'closing') {
      if (this.drainDue === 0) this.drainDue = now + limits.drainTime;
      return this.drainDue;
    }
    // Who it is forwarded to has limits of its own.
    if (this.forwarding !== null && (this.parser.complete || !this.forwarding.writable))
      return Number.POSITIVE_INFINITY;
    if (this.pipeline.current !== null) {
      return this.request === null
        ? this.pipeline.current.startedAt + limits.headerReadTime
        : now + limits.bodyIdleTime;
    }
    return this.pipeline.count > 0 ? now + limits.keepAliveTime : this.dueTime;
  }

  /** A tunnel may rest for as long as it likes; once a side has ended, the other one may not. */
  private tunnelDeadline(now: number): number {
    if (!this.output.isStreaming) {
      if (this.drainDue === 0) this.drainDue = now + this.limits.drainTime;
      return this.drainDue;
    }
    return this.peerEnded ? now + this.limits.bodyIdleTime : Number.POSITIVE_INFINITY;
  }
}
