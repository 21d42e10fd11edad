import type { Limits } from './limits.ts';

/**
 * Whom a connection waits for; each has a time of its own.
 * `request`: nothing has come yet; `head`, `body`: the rest of one; `nextRequest`: between two;
 * `reader`: the client is to take what is queued; `farewell`: all is said, and the other side is to end;
 * `otherSide`: the client's side of a tunnel has ended, and the other goes on; `secondSide`: the other way round;
 * `source`: who makes the answer has limits of its own, or takes all the time there is.
 */
export type Awaited =
  | 'request'
  | 'head'
  | 'body'
  | 'nextRequest'
  | 'reader'
  | 'farewell'
  | 'otherSide'
  | 'secondSide'
  | 'source';

/** Until when a connection waits. Times are milliseconds since the epoch. */
export class Deadline {
  private readonly limits: Limits;
  private awaitedNow: Awaited = 'request';
  private dueTime: number;

  /** `now`: when the connection was accepted. */
  constructor(limits: Limits, now: number) {
    this.limits = limits;
    this.dueTime = now + limits.headerReadTime;
  }

  /** Whom the connection has been waiting for. */
  get awaited(): Awaited {
    return this.awaitedNow;
  }

  /** When it has waited long enough; Infinity for never. */
  get due(): number {
    return this.dueTime;
  }

  /**
   * Something has happened on the connection: it goes on to wait, or begins to wait for somebody else.
   *
   * @param messageStartedAt when the present request began to come
   * @param written whether the client has taken some of the output just now
   */
  wait(awaited: Awaited, now: number, messageStartedAt: number, written: boolean): void {
    const { limits, awaitedNow: before } = this;
    this.awaitedNow = awaited;
    switch (awaited) {
      case 'request':
        // From the moment the connection was accepted.
        return;
      case 'head':
        // In all, and not from byte to byte: who sends one a second would otherwise never come to an end.
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
      case 'farewell':
      case 'secondSide':
        if (before !== awaited) this.dueTime = now + limits.drainTime;
        return;
      case 'otherSide':
        this.dueTime = now + limits.bodyIdleTime;
        return;
      case 'source':
        this.dueTime = Number.POSITIVE_INFINITY;
    }
  }
}
