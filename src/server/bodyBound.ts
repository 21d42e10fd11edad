import type { Exchange } from '../http/exchange.ts';
import { Fifo } from '../http/fifo.ts';
import type { Direction } from '../protocol/capture.ts';

/** A run of a connection's bytes, and which of them are kept. Starts are inclusive, ends exclusive. */
export interface BoundedRun {
  readonly start: number;
  readonly keptStart: number;
  readonly keptEnd: number;
  readonly end: number;
}

/**
 * Says which bytes of one direction of a connection are kept: all but those of bodies beyond a bound. Exchanges are
 * added when they begin, and asked for their offsets as they go on.
 */
export class BodyBound {
  private readonly direction: Direction;
  private readonly bodyBytes: number;
  /** Exchanges whose message has not been carried to its end, oldest first. */
  private readonly exchanges = new Fifo<Exchange>();

  constructor(direction: Direction, bodyBytes: number) {
    this.direction = direction;
    this.bodyBytes = bodyBytes;
  }

  begin(exchange: Exchange): void {
    this.exchanges.push(exchange);
  }

  /**
   * Whether all bytes from `start` to `end` are kept, and belong to one message: mostly so, and then there is nothing to
   * cut. Called as `cut` is.
   */
  keepsAll(start: number, end: number): boolean {
    this.forgetBefore(start);
    const exchange = this.exchanges.at(0);
    if (exchange !== undefined && (end > this.endOf(exchange) || end > this.boundOf(exchange))) return false;
    this.forgetBefore(end);
    return true;
  }

  /** How many bytes from `start` on are kept before one that is not; nothing is said of what lies beyond a message. */
  keptFrom(start: number): number {
    this.forgetBefore(start);
    const exchange = this.exchanges.at(0);
    return exchange === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.boundOf(exchange) - start);
  }

  /**
   * Cuts the bytes from `start` to `end` into runs with no gap in what is kept of each: mostly one. Called once the
   * exchanges know what of these bytes is theirs.
   */
  cut(start: number, end: number): BoundedRun[] {
    const runs: BoundedRun[] = [];
    let run = { start, keptStart: start, keptEnd: start };
    for (let at = start; at < end; ) {
      this.forgetBefore(at);
      const exchange = this.exchanges.at(0);
      const messageEnd = exchange === undefined ? end : Math.min(end, this.endOf(exchange));
      const bound = exchange === undefined ? messageEnd : Math.min(messageEnd, this.boundOf(exchange));
      if (bound > at) {
        if (run.keptEnd === run.keptStart) run = { start: run.start, keptStart: at, keptEnd: bound };
        else if (run.keptEnd === at) run.keptEnd = bound;
        else {
          runs.push({ ...run, end: at });
          run = { start: at, keptStart: at, keptEnd: bound };
        }
      }
      at = messageEnd;
    }
    this.forgetBefore(end);
    runs.push({ ...run, end });
    return runs;
  }

  private forgetBefore(offset: number): void {
    for (let one = this.exchanges.at(0); one !== undefined && this.endOf(one) <= offset; ) {
      this.exchanges.shift();
      one = this.exchanges.at(0);
    }
  }

  private endOf(exchange: Exchange): number {
    const end = this.direction === 'received' ? exchange.requestEnd : exchange.responseEnd;
    return end < 0 ? Number.POSITIVE_INFINITY : end;
  }

  /** The first byte that is not kept. */
  private boundOf(exchange: Exchange): number {
    const body = this.direction === 'received' ? exchange.requestBodyStart : exchange.responseBodyStart;
    return body < 0 ? Number.POSITIVE_INFINITY : body + this.bodyBytes;
  }
}
