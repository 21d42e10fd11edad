import { randomBytes } from 'node:crypto';
import type { LiveChange } from '../../protocol/live.ts';

/** Changes that are remembered for streams that resume. */
const remembered = 200;

/** One event of the streams. */
export interface NumberedChange {
  /** Value of the event's `id` field. */
  readonly id: string;
  readonly change: LiveChange;
}

/** The changes so far, each with an id from which a stream can be resumed. */
export class ChangeHistory {
  /** Tells the ids of this run of the server from those of the run before. */
  private readonly epoch = randomBytes(4).toString('hex');
  private readonly changes: LiveChange[] = [];
  private count = 0;

  /** Where a stream stands that has been told all there is. */
  get latest(): string {
    return `${this.epoch}-${this.count}`;
  }

  add(change: LiveChange): NumberedChange {
    this.count++;
    this.changes.push(change);
    if (this.changes.length > remembered) this.changes.shift();
    return { id: this.latest, change };
  }

  /** The events after the one with this id; where that is no longer remembered, one that says that anything may have changed. */
  after(id: string): NumberedChange[] {
    const missed = this.missed(id);
    if (missed === 0) return [];
    if (missed < 0 || missed > this.changes.length) return [{ id: this.latest, change: { paths: null } }];
    return this.changes.slice(-missed).map((change, i) => ({
      id: `${this.epoch}-${this.count - missed + i + 1}`,
      change,
    }));
  }

  /** -1 for an id that is not of this run. */
  private missed(id: string): number {
    const [epoch, count] = id.split('-');
    return epoch === this.epoch && /^\d+$/.test(count ?? '') ? this.count - Number(count) : -1;
  }
}
