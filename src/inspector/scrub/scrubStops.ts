import type { Span } from '../../http/dissect.ts';

/** Stops in a run of body data that has more bytes than that. */
const mostInData = 64;

interface Stretch {
  /** Bytes of the message: `start` inclusive, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Stops before and up to the end of it. */
  readonly firstStop: number;
  readonly lastStop: number;
}

/**
 * The places at which a parser can be stopped on its way through a message: after each byte, but for long runs of body
 * data, where nothing changes from byte to byte; these are gone through in larger steps. Stop 0 is before the first byte.
 */
export class ScrubStops {
  /** Bytes that the parser takes in all. */
  readonly end: number;
  /** The last stop. */
  readonly last: number;
  private readonly stretches: readonly Stretch[];

  /** `spans` tile the message; `end`: bytes that are gone through, at most. */
  constructor(spans: readonly Span[], end: number) {
    const stretches: Stretch[] = [];
    let stop = 0;
    let from = 0;
    const add = (to: number, stops: number) => {
      if (to <= from) return;
      stretches.push({ start: from, end: to, firstStop: stop, lastStop: stop + stops });
      stop += stops;
      from = to;
    };
    for (const { name, start, end: spanEnd } of spans) {
      const to = Math.min(spanEnd, end);
      const isData = name === 'message-body' || name === 'chunk-data';
      if (!isData || to - start <= mostInData) continue;
      add(start, start - from);
      add(to, mostInData);
    }
    add(end, end - from);
    this.end = from;
    this.last = stop;
    this.stretches = stretches;
  }

  /** How many bytes the parser has been fed with at a stop. */
  fedAt(stop: number): number {
    if (stop <= 0 || this.last === 0) return 0;
    const within = Math.min(stop, this.last);
    const { start, end, firstStop, lastStop } = this.stretch(({ lastStop }) => lastStop >= within);
    return start + Math.ceil(((end - start) * (within - firstStop)) / (lastStop - firstStop));
  }

  /** The first stop at which as many bytes have been fed. */
  stopAt(fed: number): number {
    if (fed <= 0 || this.last === 0) return 0;
    const within = Math.min(fed, this.end);
    const { start, end, firstStop, lastStop } = this.stretch((stretch) => stretch.end >= within);
    return firstStop + Math.floor(((within - start - 1) * (lastStop - firstStop)) / (end - start)) + 1;
  }

  /** The first stretch that has come that far; all behind it have too. */
  private stretch(hasCome: (stretch: Stretch) => boolean): Stretch {
    let low = 0;
    let high = this.stretches.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (hasCome(this.stretches[middle])) high = middle;
      else low = middle + 1;
    }
    return this.stretches[low];
  }
}
