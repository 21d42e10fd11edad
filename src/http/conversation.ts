import { ConnectionOutput } from './connectionOutput.ts';
import type { ConnectionObserver, Exchange } from './exchange.ts';
import { ForwardedRequest } from './forwardedRequest.ts';
import type { Limits } from './limits.ts';
import type { BodySource, Response } from './message.ts';
import { Pipeline } from './pipeline.ts';
import type { RequestHandler } from './requestHandler.ts';
import { RequestInput } from './requestInput.ts';
import { framingOf, isBodiless } from './responseHead.ts';
import type { Violation } from './violation.ts';

const interimContinue = new TextEncoder().encode('HTTP/1.1 100 Continue\r\n\r\n');

/**
 * The messages of a connection: requests as they are read, each admitted, then answered or forwarded, and the responses
 * in the order of the requests. When to wait, for how long, and how the connection ends is decided by `Connection`.
 */
export class Conversation {
  readonly input: RequestInput;
  readonly output = new ConnectionOutput();
  readonly pipeline: Pipeline;
  readonly forwarded = new ForwardedRequest();
  /**
   * `closing`: nothing more is answered; what is queued is sent, then the peer is drained. `tunnel`: the bytes that go
   * through are no longer HTTP.
   */
  phase: 'open' | 'tunnel' | 'closing' | 'closed' = 'open';
  /** Why it is not open any more, in a sentence; empty while it is. */
  reason = '';
  /** Whether the client has ended its sending side. */
  peerEnded = false;
  private readonly handler: RequestHandler;
  private readonly limits: Limits;
  private readonly client: string;
  /** A refusal that waits for the end of the request's body, so that the connection can go on. */
  private refusal: Response | null = null;
  private stopping = false;
  private readonly ready: () => void;

  /**
   * @param client address of the other end, which upstream servers are told
   * @param overTls whether it is spoken inside TLS
   * @param ready called when `advance` has something to do though nothing was received or sent
   */
  constructor(
    handler: RequestHandler,
    limits: Limits,
    observer: ConnectionObserver | null,
    client: string,
    overTls: boolean,
    ready: () => void,
  ) {
    this.handler = handler;
    this.limits = limits;
    this.client = client;
    this.ready = ready;
    this.input = new RequestInput(limits, overTls);
    this.pipeline = new Pipeline(observer);
  }

  receive(bytes: Uint8Array, now: number): void {
    this.input.add(bytes);
    this.readRequests(now);
  }

  /** The client has ended its sending side. */
  receiveEnd(now: number): void {
    this.peerEnded = true;
    if (this.phase === 'tunnel') this.forwarded.endTunnel();
    else if (this.output.isUnending) this.endStream(now);
    if (this.input.isUsedUp) this.endInput(now);
  }

  /** `count` more bytes of the output have been sent. */
  sent(count: number, now: number): void {
    this.output.acknowledge(count);
    this.pipeline.endSent(this.output.sent, now);
    this.pullStream(now);
    this.continueInput(now);
  }

  /** Takes what a body's source, or an upstream server, has ready by now. */
  advance(now: number): void {
    this.takeAnswers(now);
    this.pullStream(now);
    this.continueInput(now);
  }

  /** No request after the present one is answered. `reason`: why, in a sentence. */
  stop(now: number, reason: string): void {
    this.stopping = true;
    if (this.phase === 'tunnel') this.closeTunnel(reason, now);
    if (this.output.isUnending) this.endStream(now);
    if (this.phase === 'open' && this.pipeline.current === null && this.input.isUsedUp) {
      this.phase = 'closing';
      this.reason = reason;
    }
  }

  /** The socket is gone: ends the exchanges under way and closes open files. */
  release(now: number): void {
    this.forwarded.cancel();
    this.pipeline.abort(this.input.received, this.output.sent, now);
    this.input.clear();
    this.output.release();
    this.close('The client closed the connection.');
  }

  private readRequests(now: number): void {
    const { input, pipeline } = this;
    const { parser } = input;
    while (this.phase === 'open' && !input.isUsedUp && !this.holdsInput) {
      const headEnded = input.step();
      if (pipeline.current === null && (parser.started || parser.violation !== null))
        pipeline.begin(input.messageStart, now);
      if (parser.violation !== null) this.refuse(parser.violation, now);
      else if (headEnded) this.endHead(now);
      if (parser.complete && this.phase === 'open') this.endRequest(now);
    }
    if (this.phase === 'open') input.rest();
    // After the last response nothing more is answered.
    else input.clear();
  }

  /** Whether received bytes have to wait: for output to be sent, or for the upstream server. */
  private get holdsInput(): boolean {
    if (this.output.pending >= this.limits.pendingOutput) return true;
    if (this.forwarded.isUnderWay) return this.input.isComplete || !this.forwarded.isWritable;
    return this.output.isStreaming;
  }

  private continueInput(now: number): void {
    const { input } = this;
    if (input.isUsedUp) return;
    this.readRequests(now);
    if (this.peerEnded && input.isUsedUp) this.endInput(now);
  }

  private endHead(now: number): void {
    const { input, limits, handler } = this;
    const exchange = this.pipeline.current;
    if (exchange === null) return;
    const { head } = input;
    const { framing } = input.parser;
    const request = input.beginRequest();
    exchange.headAt = now;
    exchange.requestBodyStart = input.messageStart + head.end;
    exchange.method = request.method;
    exchange.target = request.target;
    const refusal = handler.admit(request);
    if (refusal !== null) {
      // A short body is read to its end so that the connection can go on; a longer one is not worth waiting for.
      const short =
        framing.kind === 'none' || (framing.kind === 'length' && framing.length <= limits.drainBytes);
      if (short && !head.expectsContinue) this.refusal = refusal;
      else this.respond({ ...refusal, close: true }, now);
      return;
    }
    const forwarding = handler.forward?.(request, framing, this.client) ?? null;
    if (forwarding !== null) {
      this.forwarded.begin(forwarding, input, exchange, this.ready);
      this.pipeline.changed(exchange);
      return;
    }
    if (handler.wantsMessage(request)) {
      input.message.begin();
      input.message.keep(head.bytes, head.base, head.base + head.end);
    }
    if (head.expectsContinue && request.hasBody && input.isUsedUp) {
      exchange.responseStart = this.output.queued;
      this.output.queue(interimContinue);
    }
    this.pipeline.changed(exchange);
  }

  /** Sends on the responses of the upstream server: interim ones too (RFC 9110 section 15.2). */
  private takeAnswers(now: number): void {
    const exchange = this.pipeline.current;
    while (this.phase === 'open' && exchange !== null && exchange === this.pipeline.current) {
      const answer = this.forwarded.answer();
      if (answer === null) return;
      if (answer.status >= 200) this.respond(answer, now);
      else if (answer.status === 101) this.beginTunnel(answer, exchange, now);
      else if (this.input.head.minorVersion > 0) {
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
    this.forwarded.becomeTunnel(this.input);
    if (this.peerEnded) this.forwarded.endTunnel();
    if (answer.source !== undefined) {
      // Without framing: the protocol in the tunnel delimits its own messages.
      this.output.beginStream(this.heard(answer.source), 'length');
    }
    this.pipeline.changed(exchange);
  }

  /** Whether both sides of a tunnel have ended, and all that went through has arrived. */
  get isSpentTunnel(): boolean {
    return this.phase === 'tunnel' && this.peerEnded && !this.output.isStreaming && this.output.pending === 0;
  }

  closeTunnel(reason: string, now: number): void {
    const exchange = this.pipeline.last;
    if (exchange !== undefined) {
      exchange.requestEnd = this.input.received;
      exchange.responseEnd = this.output.sent;
      this.pipeline.end(now);
    }
    this.pipeline.current = null;
    this.close(reason);
  }

  private endRequest(now: number): void {
    const { request, message, messageEnd } = this.input;
    const exchange = this.pipeline.current;
    if (request === null || exchange === null) return;
    exchange.requestEndedAt = now;
    if (this.forwarded.isUnderWay) {
      this.endForwardedRequest(exchange, now);
      return;
    }
    exchange.requestEnd = messageEnd;
    if (message.isTooLong) {
      this.refuse({ rule: 'body-too-large', offset: this.input.parser.length }, now);
      return;
    }
    this.respond(this.refusal ?? this.handler.respond(request, message.whole()), now);
  }

  private endForwardedRequest(exchange: Exchange, now: number): void {
    this.forwarded.end(this.input);
    // Its end stays open until the answer: after a switch of protocols, what follows belongs to the tunnel.
    if (exchange.status === 0) return;
    exchange.requestEnd = this.input.messageEnd;
    if (this.forwarded.closesWithRequest) this.beClosing();
    this.nextMessage();
    this.pipeline.endSent(this.output.sent, now);
  }

  refuse(violation: Violation, now: number): void {
    const exchange = this.pipeline.current ?? this.pipeline.begin(this.input.messageStart, now);
    exchange.violation = violation;
    this.input.nameExchange(exchange);
    this.forwarded.cancel();
    if (exchange.status !== 0) {
      this.close('The request broke off, or broke a rule, when its answer had already begun.');
      return;
    }
    this.respond({ ...this.handler.refuse(violation), close: true }, now);
  }

  private respond(response: Response, now: number): void {
    const { input, pipeline, output } = this;
    const exchange = pipeline.current;
    if (exchange === null) return;
    const bodiless = exchange.method === 'HEAD' || isBodiless(response.status);
    const { minorVersion } = input.head;
    const framing = framingOf(response, bodiless, minorVersion);
    const close = response.close === true || !this.persists() || (framing === 'connection' && !bodiless);
    const connection = close ? 'close' : minorVersion === 0 ? 'keep-alive' : '';
    exchange.status = response.status;
    exchange.respondedAt = now;
    if (exchange.responseStart < 0) exchange.responseStart = output.queued;
    // The response begins before its request is complete, and is sent while the rest is read.
    const isEarly = this.forwarded.isUnderWay && !input.isComplete && response.close !== true;
    if (exchange.requestEnd < 0 && !isEarly)
      exchange.requestEnd = input.isComplete ? input.messageEnd : input.received;
    if (response.source !== undefined) this.heard(response.source);
    exchange.responseBodyStart = output.queueResponse(response, bodiless, {
      now: this.handler.date?.() ?? now,
      connection,
      framing,
    });
    if (!output.isStreaming) exchange.responseEnd = output.queued;
    pipeline.responded(exchange);
    this.pullStream(now);
    pipeline.changed(exchange);
    if (isEarly) {
      this.forwarded.closesWithRequest = close;
      return;
    }
    if (close) this.beClosing();
    this.nextMessage();
  }

  private beClosing(): void {
    this.phase = 'closing';
    this.reason = 'The response was the last of the connection.';
  }

  private heard(source: BodySource): BodySource {
    source.ready = this.ready;
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
        // More telling than that this was to be the last response.
        this.reason = problem
          ? `The answer of ${server} broke off. ${problem}`
          : 'The rest of the response could not be had.';
        this.close(this.reason);
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
    if (this.forwarded.isUnderWay && !this.input.isComplete && this.phase === 'open') {
      // A server that has sent its whole answer takes no more of the request.
      exchange.requestEnd = this.input.received;
      this.beClosing();
      this.nextMessage();
    }
    this.pipeline.endSent(this.output.sent, now);
  }

  /** RFC 9112 section 9.3. */
  private persists(): boolean {
    const { head } = this.input;
    if (this.stopping || this.pipeline.count >= this.limits.requestsPerConnection) return false;
    if (head.connectionClose) return false;
    return head.minorVersion > 0 || head.connectionKeepAlive;
  }

  private nextMessage(): void {
    this.input.nextMessage();
    this.forwarded.forget();
    this.pipeline.current = null;
    this.refusal = null;
  }

  /** The peer sends no more: a request that has begun will never be complete (RFC 9112 section 8). */
  private endInput(now: number): void {
    if (this.phase !== 'open') return;
    if (this.pipeline.current !== null && !this.input.isComplete)
      this.refuse({ rule: 'request-incomplete', offset: this.input.parser.length }, now);
    else this.reason = 'The client closed the connection.';
  }

  close(reason: string): void {
    this.phase = 'closed';
    if (this.reason === '') this.reason = reason;
  }
}
