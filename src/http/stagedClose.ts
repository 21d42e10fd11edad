import type { Limits } from './limits.ts';

/**
 * Closes a connection in stages once its last response is queued (RFC 9112 section 9.6): the response is sent; the sending
 * side is shut down (half-close); what still comes is read and thrown away, up to a bound and for a time; then the socket
 * is closed. To close it at once, with bytes unread, would reset it, and a reset may overtake the response: a client that
 * has sent too much would never learn why it was refused.
 */
export class StagedClose {
  private readonly most: number;
  private thrownAway = 0;

  constructor(limits: Limits) {
    this.most = limits.drainBytes;
  }

  /** More has come, and is thrown away. Returns whether to close now: not before the response has been sent. */
  drain(count: number, pendingOutput: number): boolean {
    this.thrownAway += count;
    return this.isExhausted && pendingOutput === 0;
  }

  /** Whether to read on: while the response waits to be sent, only up to the bound. */
  isReadable(pendingOutput: number): boolean {
    return pendingOutput === 0 || !this.isExhausted;
  }

  private get isExhausted(): boolean {
    return this.thrownAway > this.most;
  }
}
