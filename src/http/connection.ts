import { bytesOf } from './bytes.ts';
import { type ConnectionObserver, type ConnectionState, type Exchange, newExchange } from './exchange.ts';
import { Fifo } from './fifo.ts';
import type { Forwarding } from './forwarding.ts';
import type { Limits } from './limits.ts';
import type { BodySource, Output, RequestHandler, Response } from './message.ts';
import { OutputQueue } from './outputQueue.ts';
import { MessageParser } from './parser.ts';
import { recurringText } from './recurringText.ts';
import { ParsedRequest } from './request.ts';
import { bodyLength, isBodiless, type ResponseFrame, responseHead } from './responseHead.ts';
import { StreamedBody } from './streamedBody.ts';
import type { Violation } from './violation.ts';

/**
 * What a connection asks of the driver that moves its bytes:
 * `read` bytes from the peer; `write` what `takeOutput` returns (and read on while `readable`);
 * `drain`: half-close (`shutdown(SHUT_WR)`), then go on reading; `close` the socket.
 */
export type Wants = 'read' | 'write' | 'drain' | 'close';

/** Bodies up to this size leave in one piece with their head: one write, one segment. */
const joinedBody = 64 * 1024;
const textEncoder = new TextEncoder();
const interimContinue = textEncoder.encode('HTTP/1.1 100 Continue\r\n\r\n');

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
  private readonly output = new OutputQueue();
  /**
   * `closing`: nothing more is answered; what is queued is sent, then the peer is drained. `tunnel`: bytes go through that
   * are not HTTP any more.
   */
  private phase: 'open' | 'tunnel' | 'closing' | 'closed' = 'open';
  private exchange: Exchange | null = null;
  private request: ParsedRequest | null = null;
  private readonly parsedRequest: ParsedRequest;
  /** Who answers the present request, where it is forwarded; in a tunnel, its other end. */
  private forwarding: Forwarding | null = null;
  /** The answer has begun before the request was complete, and is the connection's last. */
  private closesAfterRequest = false;
  /** A refusal that waits for the end of the request's body, so that the connection can go on. */
  private refusal: Response | null = null;
  /** The bytes of the request, where the handler wants them. */
  private message: Uint8Array[] | null = null;
  private messageLength = 0;
  /** Exchanges whose response is queued but not sent to its end, oldest first. */
  private readonly unsent = new Fifo<Exchange>();
  /** Input that waits until enough output has left. */
  private waitingInput: Uint8Array | null = null;
  /** The body under way whose end is not known yet. */
  private stream: StreamedBody | null = null;
  private peerEnded = false;
  private stopping = false;
  private exchangeCount = 0;
  /** Bytes of the connection up to the start of the present message. */
  private messageStart = 0;
  private receivedBytes = 0;
  private queuedBytes = 0;
  private sentBytes = 0;
  private drainedBytes = 0;
  private drainDue = 0;
  private lastState: ConnectionState = 'accepted';
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
    this.parser = new MessageParser({ message: 'request', limits });
    this.parsedRequest = new ParsedRequest(this.parser.head);
    this.dueTime = now + limits.headerReadTime;
  }

  /** Takes bytes from the peer. They are not used any more once the call has returned. */
  receive(bytes: Uint8Array, now: number): void {
    this.receivedBytes += bytes.length;
    if (this.phase === 'tunnel') {
      this.forwarding?.write(bytes.slice());
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
    if (this.waitingInput !== null) this.waitingInput = joined(this.waitingInput, bytes);
    else this.process(bytes, now);
    this.settle(now, false);
  }

  /** The peer has shut down its sending side. */
  receiveEnd(now: number): void {
    this.peerEnded = true;
    if (this.phase === 'tunnel') this.forwarding?.end([]);
    else if (this.stream?.isUnending === true) this.endStream(now);
    if (this.waitingInput === null) this.endInput(now);
    this.settle(now, false);
  }

  /** The next item to send, or null. Each is handed out once; the connection closes the files of slices. */
  takeOutput(): Output | null {
    return this.output.take();
  }

  /** `count` more bytes of what was taken have left, in order. */
  sent(count: number, now: number): void {
    if (this.phase === 'closed') return;
    this.output.sent(count);
    this.sentBytes += count;
    this.endExchanges(now);
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
    if (this.stream !== null) return 'read';
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
    if (this.waitingInput !== null || this.output.pending >= this.limits.pendingOutput) return false;
    return this.forwarding === null || this.forwarding.writable || this.parser.complete;
  }

  get state(): ConnectionState {
    if (this.phase === 'closed') return 'closed';
    if (this.phase === 'tunnel') return 'tunnel';
    if (this.forwarding !== null && this.parser.complete) return 'responding';
    if (this.output.pending > 0 || this.stream !== null) return 'responding';
    if (this.exchange !== null) return 'reading';
    return this.exchangeCount > 0 ? 'idle' : 'accepted';
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
    } else if (this.exchange !== null) {
      this.refuse({ rule: 'request-timeout', offset: this.parser.length }, now);
    } else {
      this.close(this.exchangeCount > 0 ? 'It was idle for too long.' : 'No request came.');
    }
    this.settle(now, false);
  }

  /** Graceful stop: answers under way are finished, then the connection closes. `reason`: why, in a sentence. */
  stop(now: number, reason = 'The server stopped.'): void {
    this.stopping = true;
    if (this.phase === 'tunnel') this.closeTunnel(reason, now);
    if (this.stream?.isUnending === true) this.endStream(now);
    if (this.phase === 'open' && this.exchange === null && this.waitingInput === null) {
      this.phase = 'closing';
      this.reason = reason;
    }
    this.settle(now, false);
  }

  /** The socket is gone, whoever closed it: ends the exchanges under way and closes open files. Idempotent. */
  release(now: number): void {
    this.stream?.close();
    this.stream = null;
    this.forwarding?.close();
    this.forwarding = null;
    // The present one may have its response under way already.
    if (this.exchange !== null && this.unsent.at(this.unsent.length - 1) !== this.exchange)
      this.unsent.push(this.exchange);
    for (let exchange = this.unsent.shift(); exchange !== undefined; exchange = this.unsent.shift()) {
      exchange.aborted = true;
      exchange.endedAt = now;
      if (exchange.requestEnd < 0) exchange.requestEnd = this.receivedBytes;
      if (exchange.responseStart >= 0)
        exchange.responseEnd = Math.max(exchange.responseStart, this.sentBytes);
      this.observer?.exchangeChanged(exchange);
    }
    this.exchange = null;
    this.waitingInput = null;
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
        this.waitingInput = owned ? bytes.subarray(i) : bytes.slice(i);
        break;
      }
      const headWasComplete = parser.headComplete;
      const next = parser.parse(bytes, i, bytes.length);
      if (this.exchange === null && (parser.started || parser.violation !== null)) this.beginExchange(now);
      if (parser.violation !== null) {
        this.refuse(parser.violation, now);
        return;
      }
      if (headWasComplete) this.keepMessage(bytes, i, next);
      else if (parser.headComplete) this.endHead(next === bytes.length, now);
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
    return this.stream !== null;
  }

  private continueInput(now: number): void {
    const waiting = this.waitingInput;
    if (waiting === null || this.phase !== 'open' || this.holdsInput) return;
    this.waitingInput = null;
    this.process(waiting, now, true);
    if (this.peerEnded && this.waitingInput === null) this.endInput(now);
  }

  private beginExchange(now: number): void {
    this.exchangeCount++;
    this.exchange = newExchange(this.exchangeCount, this.messageStart, now);
  }

  private endHead(inputUsedUp: boolean, now: number): void {
    const { parser, exchange } = this;
    if (exchange === null) return;
    const { head, framing } = parser;
    this.request = this.parsedRequest.renew(framing.kind !== 'none');
    exchange.headAt = now;
    exchange.requestBodyStart = this.messageStart + head.end;
    this.nameExchange(exchange);
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
      this.message = [];
      this.messageLength = 0;
      this.keepMessage(head.bytes, head.base, head.base + head.end);
    }
    if (head.expectsContinue && this.request.hasBody && inputUsedUp) {
      exchange.responseStart = this.queuedBytes;
      this.queue(interimContinue);
    }
    this.observer?.exchangeChanged(exchange);
  }

  private beginForwarding(forwarding: Forwarding, exchange: Exchange): void {
    this.forwarding = forwarding;
    exchange.forwarding = forwarding.record;
    forwarding.ready = () => this.whenReady();
    this.parser.whenContent = (bytes, start, end) => forwarding.write(bytes.slice(start, end));
    this.observer?.exchangeChanged(exchange);
  }

  /** Sends on what was answered to a forwarded request: interim responses too (RFC 9110 section 15.2). */
  private takeAnswers(now: number): void {
    const { exchange } = this;
    while (this.phase === 'open' && exchange !== null && exchange === this.exchange) {
      const answer = this.forwarding?.answer() ?? null;
      if (answer === null) return;
      if (answer.status >= 200) this.respond(answer, now);
      else if (answer.status === 101) this.beginTunnel(answer, exchange, now);
      else if (this.parser.head.minorVersion > 0) {
        if (exchange.responseStart < 0) exchange.responseStart = this.queuedBytes;
        this.queue(bytesOf(responseHead(answer, { now, connection: '' })));
      }
    }
  }

  private beginTunnel(answer: Response, exchange: Exchange, now: number): void {
    exchange.status = answer.status;
    exchange.respondedAt = now;
    if (exchange.responseStart < 0) exchange.responseStart = this.queuedBytes;
    this.queue(bytesOf(responseHead(answer, { now, connection: '' })));
    exchange.responseBodyStart = this.queuedBytes;
    this.unsent.push(exchange);
    this.phase = 'tunnel';
    if (this.waitingInput !== null) this.forwarding?.write(this.waitingInput);
    this.waitingInput = null;
    if (this.peerEnded) this.forwarding?.end([]);
    if (answer.source !== undefined) this.beginStream(answer.source, false);
    this.observer?.exchangeChanged(exchange);
  }

  private closeTunnel(reason: string, now: number): void {
    const exchange = this.unsent.shift();
    if (exchange !== undefined) {
      exchange.requestEnd = this.receivedBytes;
      exchange.responseEnd = this.sentBytes;
      exchange.endedAt = now;
      this.observer?.exchangeChanged(exchange);
    }
    this.exchange = null;
    this.close(reason);
  }

  private keepMessage(bytes: Uint8Array, start: number, end: number): void {
    if (this.message === null) return;
    this.messageLength += end - start;
    if (this.messageLength > this.limits.keptMessage) this.message = null;
    else this.message.push(bytes.slice(start, end));
  }

  private endRequest(now: number): void {
    const { request, exchange, parser } = this;
    if (request === null || exchange === null) return;
    exchange.requestEndedAt = now;
    if (this.forwarding !== null) {
      this.endForwardedRequest(this.forwarding, exchange, now);
      return;
    }
    exchange.requestEnd = this.messageStart + parser.length;
    if (this.messageLength > this.limits.keptMessage) {
      this.refuse({ rule: 'body-too-large', offset: parser.length }, now);
      return;
    }
    const message = this.message === null ? null : concatenated(this.message, this.messageLength);
    this.respond(this.refusal ?? this.handler.respond(request, message), now);
  }

  private endForwardedRequest(forwarding: Forwarding, exchange: Exchange, now: number): void {
    forwarding.end(this.parser.trailers);
    // Where it ends is open until the answer: one that switches protocols goes on with what is then a tunnel's.
    if (exchange.status === 0) return;
    exchange.requestEnd = this.messageStart + this.parser.length;
    if (this.closesAfterRequest) this.beClosing();
    this.nextMessage();
    this.endExchanges(now);
  }

  private refuse(violation: Violation, now: number): void {
    if (this.exchange === null) this.beginExchange(now);
    const { exchange } = this;
    if (exchange === null) return;
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
    const { exchange } = this;
    if (exchange === null) return;
    const bodiless = exchange.method === 'HEAD' || isBodiless(response.status);
    const framing = this.framing(response, bodiless);
    const close = response.close === true || !this.persists() || (framing === 'connection' && !bodiless);
    const connection = close ? 'close' : this.parser.head.minorVersion === 0 ? 'keep-alive' : '';
    exchange.status = response.status;
    exchange.respondedAt = now;
    if (exchange.responseStart < 0) exchange.responseStart = this.queuedBytes;
    // An answer that begins before its request is complete, and goes on beside it.
    const isEarly = this.forwarding !== null && !this.parser.complete && response.close !== true;
    if (exchange.requestEnd < 0 && !isEarly)
      exchange.requestEnd = this.parser.complete
        ? this.messageStart + this.parser.length
        : this.receivedBytes;
    exchange.responseBodyStart = this.queueResponse(response, bodiless, { now, connection, framing });
    if (this.stream === null) exchange.responseEnd = this.queuedBytes;
    this.unsent.push(exchange);
    this.pullStream(now);
    this.observer?.exchangeChanged(exchange);
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

  /** Returns where the body starts in what the connection sends. */
  private queueResponse(response: Response, bodiless: boolean, frame: ResponseFrame): number {
    const start = this.queuedBytes;
    const { encoded, body, source } = response;
    if (encoded !== undefined && frame.connection === '') {
      encoded.renew(response, frame.now);
      this.queue(bodiless ? encoded.bytes.subarray(0, encoded.bodyStart) : encoded.bytes);
      return start + encoded.bodyStart;
    }
    const text = responseHead(response, frame);
    // Octets of another server's fields go on as they came.
    const head = response.reason === undefined ? textEncoder.encode(text) : bytesOf(text);
    if (source !== undefined) {
      this.queue(head);
      if (bodiless) source.close();
      else this.beginStream(source, frame.framing === 'chunked');
    } else if (bodiless) {
      this.queue(head);
      this.output.discard(body);
    } else if (body.length === 1 && !('file' in body[0]) && bodyLength(body) <= joinedBody) {
      this.queue(joined(head, body[0]));
    } else {
      this.queue(head);
      for (const part of body) this.queue(part);
    }
    return start + head.length;
  }

  /** To HTTP/1.0 nothing is sent in chunks; where no body follows, nothing is said of one. */
  private framing(response: Response, bodiless: boolean): ResponseFrame['framing'] {
    if (response.source === undefined || response.sourceLength !== undefined) return 'length';
    return bodiless || this.parser.head.minorVersion === 0 ? 'connection' : 'chunked';
  }

  private beginStream(source: BodySource, chunked: boolean): void {
    source.ready = () => this.whenReady();
    this.stream = new StreamedBody(source, chunked);
  }

  private pullStream(now: number): void {
    if (this.stream === null || this.phase === 'closed') return;
    const { queued, state } = this.stream.pull(this.output, this.limits.pendingOutput);
    this.queuedBytes += queued;
    if (state === 'failed') {
      const { server, problem } = this.unsent.at(this.unsent.length - 1)?.forwarding ?? {};
      if (problem) this.close(`The answer of ${server} broke off. ${problem}`);
      else this.close('The rest of the response could not be had.');
    } else if (state === 'ended') this.streamEnded(now);
  }

  private endStream(now: number): void {
    if (this.stream === null) return;
    this.queuedBytes += this.stream.end(this.output);
    this.streamEnded(now);
  }

  private streamEnded(now: number): void {
    this.stream = null;
    const exchange = this.unsent.at(this.unsent.length - 1);
    if (exchange === undefined || this.phase === 'tunnel') return;
    exchange.responseEnd = this.queuedBytes;
    if (this.forwarding !== null && !this.parser.complete && this.phase === 'open') {
      // Who has answered to the end takes no more of the request.
      exchange.requestEnd = this.receivedBytes;
      this.beClosing();
      this.nextMessage();
    }
    this.endExchanges(now);
  }

  private queue(item: Output): void {
    this.output.push(item);
    this.queuedBytes += item.length;
  }

  /** RFC 9112 section 9.3. */
  private persists(): boolean {
    const { head } = this.parser;
    if (this.stopping || this.exchangeCount >= this.limits.requestsPerConnection) return false;
    if (head.connectionClose) return false;
    return head.minorVersion > 0 || head.connectionKeepAlive;
  }

  private nextMessage(): void {
    this.messageStart += this.parser.length;
    this.parser.reset();
    this.parser.whenContent = null;
    this.forwarding = null;
    this.closesAfterRequest = false;
    this.exchange = null;
    this.request = null;
    this.refusal = null;
    this.message = null;
    this.messageLength = 0;
  }

  /** The peer will send no more: a request that was begun will never be complete (RFC 9112 section 8). */
  private endInput(now: number): void {
    if (this.phase !== 'open') return;
    if (this.exchange !== null && this.parser.complete) {
      this.reason = 'The client closed the connection.';
    } else if (this.exchange !== null) {
      this.refuse({ rule: 'request-incomplete', offset: this.parser.length }, now);
    } else {
      this.reason = 'The client closed the connection.';
    }
  }

  private endExchanges(now: number): void {
    for (let exchange = this.unsent.at(0); exchange !== undefined; exchange = this.unsent.at(0)) {
      if (exchange.responseEnd < 0 || exchange.responseEnd > this.sentBytes) return;
      if (exchange === this.exchange) return;
      this.unsent.shift();
      exchange.endedAt = now;
      this.observer?.exchangeChanged(exchange);
    }
  }

  private close(reason: string): void {
    this.phase = 'closed';
    if (this.reason === '') this.reason = reason;
  }

  /** Sets the next deadline and reports a change of state. `written`: whether output has left just now. */
  private settle(now: number, written: boolean): void {
    if (this.phase === 'tunnel' && this.stream === null && this.peerEnded && this.output.pending === 0)
      this.closeTunnel('Both sides of the tunnel have ended.', now);
    this.dueTime = this.nextDeadline(now, written);
    const { state } = this;
    if (state === this.lastState) return;
    this.lastState = state;
    this.observer?.stateChanged(state);
  }

  private nextDeadline(now: number, written: boolean): number {
    const { limits } = this;
    if (this.output.pending > 0) {
      const begins = this.dueTime === Number.POSITIVE_INFINITY || this.lastState !== 'responding';
      return written || begins ? now + limits.writeStallTime : this.dueTime;
    }
    if (this.phase === 'tunnel') return this.tunnelDeadline(now);
    if (this.stream !== null) return Number.POSITIVE_INFINITY;
    if (this.phase === 'closing') {
      if (this.drainDue === 0) this.drainDue = now + limits.drainTime;
      return this.drainDue;
    }
    // Who it is forwarded to has limits of its own.
    if (this.forwarding !== null && (this.parser.complete || !this.forwarding.writable))
      return Number.POSITIVE_INFINITY;
    if (this.exchange !== null) {
      return this.request === null
        ? this.exchange.startedAt + limits.headerReadTime
        : now + limits.bodyIdleTime;
    }
    return this.exchangeCount > 0 ? now + limits.keepAliveTime : this.dueTime;
  }

  /** A tunnel may rest for as long as it likes; once a side has ended, the other one may not. */
  private tunnelDeadline(now: number): number {
    if (this.stream === null) {
      if (this.drainDue === 0) this.drainDue = now + this.limits.drainTime;
      return this.drainDue;
    }
    return this.peerEnded ? now + this.limits.bodyIdleTime : Number.POSITIVE_INFINITY;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function concatenated(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
