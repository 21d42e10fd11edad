import { type ConnectionObserver, type Exchange, newExchange } from './exchange.ts';
import { Fifo } from './fifo.ts';

/**
 * The exchanges of a connection that have not ended: the one whose request is being read, and those whose response is
 * queued but not fully sent, in the order of their requests (RFC 9112 section 9.3.2).
 */
export class Pipeline {
  /** The exchange whose request is being read; null between two requests. */
  current: Exchange | null = null;
  /** Number of exchanges begun so far. */
  count = 0;
  private readonly observer: ConnectionObserver | null;
  /** Oldest first. The last one may be the present one too. */
  private readonly unsent = new Fifo<Exchange>();

  constructor(observer: ConnectionObserver | null) {
    this.observer = observer;
  }

  /** The exchange whose response was queued last, if that has not been fully sent. */
  get last(): Exchange | undefined {
    return this.unsent.at(this.unsent.length - 1);
  }

  begin(requestStart: number, now: number): Exchange {
    this.count++;
    this.current = newExchange(this.count, requestStart, now);
    return this.current;
  }

  /** The response of the present exchange is queued, or has begun to be. */
  responded(exchange: Exchange): void {
    this.unsent.push(exchange);
  }

  changed(exchange: Exchange): void {
    this.observer?.exchangeChanged(exchange);
  }

  /** Ends the exchanges whose response is among the first `sent` bytes of the connection. */
  endSent(sent: number, now: number): void {
    for (let exchange = this.unsent.at(0); exchange !== undefined; exchange = this.unsent.at(0)) {
      if (exchange.responseEnd < 0 || exchange.responseEnd > sent || exchange === this.current) return;
      this.end(now);
    }
  }

  /** Ends the oldest exchange. */
  end(now: number): void {
    const exchange = this.unsent.shift();
    if (exchange === undefined) return;
    exchange.endedAt = now;
    this.observer?.exchangeChanged(exchange);
  }

  /** The connection is gone, after `received` and `sent` bytes. */
  abort(received: number, sent: number, now: number): void {
    // The present one may have its response under way already.
    if (this.current !== null && this.last !== this.current) this.unsent.push(this.current);
    this.current = null;
    for (let exchange = this.unsent.at(0); exchange !== undefined; exchange = this.unsent.at(0)) {
      exchange.aborted = true;
      if (exchange.requestEnd < 0) exchange.requestEnd = received;
      if (exchange.responseStart >= 0) exchange.responseEnd = Math.max(exchange.responseStart, sent);
      this.end(now);
    }
  }
}
