import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { Forwarding, ForwardingRecord } from '../../http/forwarding.ts';
import { endToEndTrailers } from '../../http/hopByHop.ts';
import type { Limits } from '../../http/limits.ts';
import type { BodySource, Field, Response } from '../../http/message.ts';
import { chunkOf, lastChunkWith } from '../../http/streamedBody.ts';
import { type ReceivedHead, UpstreamResponse } from '../../http/upstreamResponse.ts';
import { now } from '../../sockets/clock.ts';
import { forwardedLocation, type Upstream } from './routes.ts';

/** Content of an answer that waits to be sent on: beyond it, the other server is not read. */
const mostWaiting = 256 * 1024;
/** How long nothing is said until the kernel asks whether the other side is still there, in milliseconds. */
const keepAliveTime = 60_000;

/** A request as it is sent to an upstream server. */
export interface ForwardedRequest {
  readonly upstream: Upstream;
  readonly method: string;
  /** The request target as the other server sees it. */
  readonly target: string;
  /** Request line and header section. */
  readonly head: Uint8Array;
  /** Whether the content goes in chunks. */
  readonly chunked: boolean;
  /** Whether it asks for a WebSocket. */
  readonly upgrades: boolean;
  /** Whether the client takes trailers. */
  readonly takesTrailers: boolean;
}

/**
 * One request to another server, on a connection of its own, and its answer. The connection is not used again: one that is
 * kept may be closed by the other end just when a request is on its way, and then nobody knows whether that was served.
 */
export class UpstreamExchange implements Forwarding {
  readonly record: ForwardingRecord;
  ready: () => void = () => {};
  private readonly request: ForwardedRequest;
  private readonly pages: Pages;
  private readonly socket: Socket;
  private readonly response: UpstreamResponse;
  /** What could not be forwarded is answered with, until the connection has taken it. */
  private failure: Response | null = null;
  private tunnel = false;
  /** How long the other server may be silent, in milliseconds; 0 where silence means nothing. */
  private silenceTime: number;
  private closed = false;

  constructor(request: ForwardedRequest, limits: Limits, pages: Pages) {
    const { upstream, method, target, head, upgrades } = request;
    this.request = request;
    this.pages = pages;
    this.record = {
      server: upstream.origin,
      target,
      connectedAt: 0,
      sentAt: 0,
      answeredAt: 0,
      endedAt: 0,
      problem: '',
    };
    this.response = new UpstreamResponse(method, limits, upgrades);
    this.socket = dial(upstream);
    this.socket.once(upstream.secure ? 'secureConnect' : 'connect', () => {
      this.record.connectedAt = now();
    });
    this.socket.on('data', (bytes) => this.receive(bytes));
    this.socket.on('end', () => this.peerEnded());
    this.socket.on('drain', () => this.ready());
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.fail(failureText(error, upstream)));
    this.socket.on('close', () => {
      if (!this.closed && !this.response.isComplete)
        this.fail('It closed the connection before its answer was complete.');
    });
    this.silenceTime = limits.upstreamTime;
    // Any byte that goes either way shows that somebody is there.
    this.socket.setTimeout(this.silenceTime, () => this.lookAgain());
    this.socket.write(head);
  }

  get writable(): boolean {
    return this.closed || !this.socket.writableNeedDrain;
  }

  write(bytes: Uint8Array): void {
    if (this.closed || bytes.length === 0 || !this.socket.writable) return;
    this.socket.write(this.request.chunked && !this.tunnel ? chunkOf(bytes) : bytes);
  }

  end(trailers: readonly Field[]): void {
    if (this.closed) return;
    if (this.tunnel) this.socket.end();
    else {
      if (this.request.chunked) this.socket.write(lastChunkWith(endToEndTrailers(trailers)));
      this.record.sentAt = now();
    }
  }

  answer(): Response | null {
    const { failure } = this;
    if (failure !== null) {
      this.failure = null;
      return failure;
    }
    const head = this.response.nextHead();
    return head === null ? null : this.answerOf(head);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.record.endedAt ||= now();
    this.socket.destroy();
  }

  private answerOf(head: ReceivedHead): Response {
    const { status, reason, length } = head;
    const fields = head.fields.map(
      ([name, value]): Field =>
        /^(?:content-)?location$/i.test(name)
          ? [name, forwardedLocation(this.request.upstream, value)]
          : [name, value],
    );
    if (status < 200 && status !== 101) return { status, reason, fields, body: [] };
    this.record.answeredAt = now();
    if (status === 101) {
      this.tunnel = true;
      this.allowSilence();
      const switching: Field[] = [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
      ];
      return { status, reason, fields: [...fields, ...switching], body: [], source: this.content(false) };
    }
    const isEventStream = head.fields.some(
      ([name, value]) => name.toLowerCase() === 'content-type' && /^text\/event-stream\b/i.test(value),
    );
    const unending = isEventStream && length === null;
    if (unending) this.allowSilence();
    const answer = {
      status,
      reason,
      fields,
      body: [],
      source: this.content(unending),
    };
    return length === null ? answer : { ...answer, sourceLength: length };
  }

  private content(unending: boolean): BodySource {
    const exchange = this;
    return {
      ready: () => {},
      unending,
      read: () => this.read(),
      close: () => this.close(),
      get trailers() {
        return exchange.request.takesTrailers ? exchange.response.trailers : [];
      },
    };
  }

  private read(): Uint8Array | 'ended' | 'failed' | null {
    const piece = this.response.takeContent();
    if (piece !== null) {
      if (this.response.pending < mostWaiting && this.socket.isPaused()) this.goOn();
      return piece;
    }
    if (this.response.problem !== '' || this.record.problem !== '') return 'failed';
    return this.response.isComplete ? 'ended' : null;
  }

  private receive(bytes: Uint8Array): void {
    this.response.receive(bytes);
    if (this.response.pending >= mostWaiting) this.rest();
    this.received();
  }

  /** The client does not keep up: for as long, silence is not the other server's. */
  private rest(): void {
    this.socket.pause();
    this.socket.setTimeout(0);
  }

  private goOn(): void {
    this.socket.resume();
    this.socket.setTimeout(this.silenceTime);
  }

  /** Events come when they come. Whether anybody is there at all, the kernel asks now and then. */
  private allowSilence(): void {
    this.silenceTime = 0;
    this.socket.setTimeout(0);
    this.socket.setKeepAlive(true, keepAliveTime);
  }

  private peerEnded(): void {
    this.response.end();
    this.received();
  }

  private received(): void {
    const { problem, excessBytes } = this.response;
    if (problem !== '') {
      this.fail(problem);
      return;
    }
    if (this.response.isComplete && this.record.endedAt === 0) {
      this.record.endedAt = now();
      this.pages.ended('');
    }
    if (excessBytes > 0)
      this.record.problem = `It sent ${excessBytes} bytes more than its answer has: they were dropped.`;
    this.ready();
  }

  /**
   * The time of silence is over. That may be since this process was held up, or the machine slept, and what came meanwhile
   * is yet to be read: so sockets are looked at once more before it counts.
   */
  private lookAgain(): void {
    const before = this.progress();
    setImmediate(() => {
      if (this.progress() === before) this.timedOut();
    });
  }

  private progress(): string {
    const { bytesRead, bytesWritten } = this.socket;
    return `${this.record.connectedAt} ${bytesRead} ${bytesWritten}`;
  }

  private timedOut(): void {
    if (this.response.hasAnswered) {
      const seconds = this.silenceTime / 1000;
      this.fail(
        `It sent nothing for ${seconds} seconds in the middle of its answer (spark.limits.upstreamSeconds, --upstream-timeout).`,
      );
      return;
    }
    const connected = this.record.connectedAt > 0;
    const problem = connected ? 'No answer began in time.' : 'It did not take the connection in time.';
    this.fail(problem, () => this.pages.timeout(connected));
  }

  /** `problem`: a sentence. */
  private fail(problem: string, page = () => this.pages.failed(problem)): void {
    if (this.closed || this.record.problem !== '' || this.response.isComplete) return;
    this.record.problem = problem;
    this.record.endedAt = now();
    this.pages.ended(problem);
    // Once an answer has begun, only a cut connection tells the client that it will not be whole.
    if (!this.response.hasAnswered) this.failure = { ...page(), close: true };
    this.socket.destroy();
    this.ready();
  }
}

/** What the client is told where there is no answer. */
export interface Pages {
  /** `problem`: a sentence. */
  failed(problem: string): Response;
  /** `connected`: it took the connection, but gave no answer. */
  timeout(connected: boolean): Response;
  /** The answer is whole, or never will be: `problem` says why, and is empty where it is. */
  ended(problem: string): void;
}

function dial({ secure, hostname, port }: Upstream): Socket {
  // In a tunnel, one side may end before the other.
  const options = { host: hostname, port, noDelay: true, allowHalfOpen: true };
  if (!secure) return connect(options);
  // On this machine nobody else answers, and certificates are made on the spot.
  const isLoopback = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|::1)$/i.test(hostname);
  return connectSecurely({
    ...options,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: !isLoopback,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  });
}

function failureText(error: NodeJS.ErrnoException, { hostname, port }: Upstream): string {
  const { code = '' } = error;
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens there: ${hostname} refused the connection to port ${port} (ECONNREFUSED).`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `It reset the connection (${code}).`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname} has no address (${code}).`;
    default:
      return `The connection to it failed: ${error.message || code}.`;
  }
}
