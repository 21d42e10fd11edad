import { now } from '../sockets/clock.ts';
import { type DescriptorShares, shortageText } from '../sockets/descriptorLimit.ts';
import type { Service } from './served.ts';

/** Milliseconds without anybody turned away, after which a crowd has gone. */
const calmTime = 1_000;

/** Counts who is served, and says in the log when others were turned away: once for a crowd, not for each. */
export class Crowd {
  /** Where descriptors are what bounds it. */
  shares: DescriptorShares | null = null;
  private readonly service: Service;
  private served = 0;
  private turnedAway = 0;
  private lastTurnedAway = 0;

  constructor(service: Service) {
    this.service = service;
  }

  /** `how` others are turned away. */
  admits(how: string): boolean {
    if (this.served < this.most) {
      this.served++;
      return true;
    }
    this.turnedAway++;
    this.lastTurnedAway = now();
    if (this.turnedAway === 1) {
      const why = this.shares?.connections === this.most ? ` ${shortageText(this.shares)}` : '';
      this.service.log('warning', `There are ${this.most} connections: others are turned away ${how}.${why}`);
    }
    return false;
  }

  private get most(): number {
    return Math.min(this.service.limits.connections, this.shares?.connections ?? Number.POSITIVE_INFINITY);
  }

  leave(): void {
    this.served--;
  }

  /** Says in the log when it is over: not at the first free place, or in a crowd that would be said again and again. */
  look(time: number): void {
    if (this.turnedAway === 0 || this.served > this.most / 2 || time - this.lastTurnedAway < calmTime) return;
    this.service.log('warning', `${this.turnedAway} connections were turned away. There is room again.`);
    this.turnedAway = 0;
  }
}
