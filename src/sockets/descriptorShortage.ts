import { type DescriptorShares, nextDescriptor, shortageText } from './descriptorLimit.ts';
import type { ListenerEvents } from './transport.ts';

/** Milliseconds between two attempts to accept while descriptors are short. */
const pause = 100;
/** Milliseconds without shortage after which it is over. */
const calmTime = 1_000;

/**
 * A shortage of descriptors, for a listener that lets connections wait meanwhile. It is told of once when it begins, not for
 * each attempt, and once when it is over.
 */
export class DescriptorShortage {
  private readonly shares: DescriptorShares;
  private readonly events: Pick<ListenerEvents, 'failed' | 'recovered'>;
  private readonly attempt: () => void;
  /** The number that the last connection was given, or that the next would have been when it was last looked. */
  private newest = 0;
  /** Makes attempts; null where there is no shortage. */
  private timer: NodeJS.Timeout | null = null;
  private lastShort = 0;

  /** `attempt`: tries to accept. */
  constructor(
    shares: DescriptorShares,
    events: Pick<ListenerEvents, 'failed' | 'recovered'>,
    attempt: () => void,
  ) {
    this.shares = shares;
    this.events = events;
    this.attempt = attempt;
  }

  /** Whether what is left is for the connections that are `open`, or was taken by somebody else. */
  isFull(open: number): boolean {
    const { limit, connections, spare } = this.shares;
    if (open === 0) return false;
    if (open >= connections) return true;
    if (this.newest < limit - spare) return false;
    this.newest = nextDescriptor();
    return this.newest >= limit - spare;
  }

  /** Why no more than `open` connections are accepted. */
  reason(open: number): Error {
    return new Error(`${open} are open, and others wait. ${shortageText(this.shares)}`);
  }

  accepted(descriptor: number): void {
    this.newest = descriptor;
  }

  begin(reason: Error): void {
    this.lastShort = performance.now();
    if (this.timer !== null) return;
    this.events.failed(reason);
    this.timer = setInterval(this.attempt, pause);
  }

  /** Where there is hardly room for one more, or was none a moment ago, it is not over: it would be told of again and again. */
  nobodyWaits(open: number): void {
    if (this.timer === null || open > this.shares.connections / 2) return;
    if (performance.now() - this.lastShort < calmTime) return;
    this.stopWatching();
    this.events.recovered();
  }

  stopWatching(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
