import type { Limits } from './limits.ts';

/**
 * What a connection waits for; each wait has a time limit of its own.
 * `request`: the first byte of the first request; `head`, `body`: the rest of a request; `nextRequest`: the one after;
 * `reader`: the client taking what is queued; `peerClose`: the peer's end, after the last response;
 * `upstreamEnd`: the upstream side of a tunnel whose client side has ended; `clientEnd`: the other way round;
 * `source`: whatever produces the response, which has limits of its own, or none.
 */
export type Awaited =
  | 'request'
  | 'head'
  | 'body'
  | 'nextRequest'
  | 'reader'
  | 'peerClose'
  | 'upstreamEnd'
  | 'clientEnd'
  | 'source';

/** How long a connection waits. Times are milliseconds since the epoch. */
export class Deadline {
  private readonly limits: Limits;
  private awaitedNow: Awaited = 'request';
  private dueTime: number;

  /** `now`: when the connection was accepted. */
  constructor(limits: Limits, now: number) {
    this.limits = limits;
    this.dueTime = now + limits.headerReadTime;
  }

  /** What the connection is waiting for. */
  get awaited(): Awaited {
    return this.awaitedNow;
  }

  /** When it has waited long enough; Infinity for never. */
  get due(): number {
    return this.dueTime;
  }

  /**
   * Something has happened on the connection: it goes on waiting, or begins to wait for something else.
   *
   * @param messageStartedAt when the first byte of the present request came
   * @param written whether the client has just taken some of the output
   */
  wait(awaited: Awaited, now: number, messageStartedAt: number, written: boolean): void {
    const { limits, awaitedNow: before } = this;
    this.awaitedNow = awaited;
    switch (awaited) {
      case 'request':
        // It counts from the moment the connection was accepted.
        return;
      case 'head':
        // A limit for the whole head, not for each byte: a client that sends one a second must not go on for ever.
        this.dueTime = messageStartedAt + limits.headerReadTime;
        return;
      case 'body':
        this.dueTime = now + limits.bodyIdleTime;
        return;
      case 'nextRequest':
        this.dueTime = now + limits.keepAliveTime;
        return;
      case 'reader':
        if (written || before !== 'reader') this.dueTime = now + limits.writeStallTime;
        return;
      case 'peerClose':
      case 'clientEnd':
        if (before !== awaited) this.dueTime = now + limits.drainTime;
        return;
      case 'upstreamEnd':
        this.dueTime = now + limits.bodyIdleTime;
        return;
      case 'source':
        this.dueTime = Number.POSITIVE_INFINITY;
    }
  }
}
