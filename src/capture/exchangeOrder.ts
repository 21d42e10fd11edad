import type { ListColumn, ListOrder } from '../protocol/exchangeList.ts';
import type { ExchangeSubject } from './exchangeSubject.ts';

type Key = number | string;

const keys: Readonly<Record<ListColumn, (subject: ExchangeSubject) => Key>> = {
  id: (subject) => subject.id,
  connection: (subject) => subject.connection,
  time: (subject) => subject.startedAt,
  method: (subject) => subject.method,
  target: (subject) => subject.target,
  status: (subject) => subject.status,
  type: (subject) => subject.type,
  requestSize: (subject) => subject.requestSize,
  responseSize: (subject) => subject.responseSize,
  // What goes on has taken longest, as far as is known.
  duration: (subject) => subject.duration ?? Number.POSITIVE_INFINITY,
  comment: (subject) => subject.comment,
  waterfall: (subject) => subject.startedAt,
};

/** Positions of exchanges in the user's order; equal ones, and all where there is no order, oldest first. */
export class ExchangeOrder {
  private readonly subject: ExchangeSubject;
  private readonly order: ListOrder;
  private positions: number[] = [];
  /** Number removed from the start, because they are no longer stored, less those that were inserted before all others. */
  removed = 0;

  constructor(subject: ExchangeSubject, order: ListOrder) {
    this.subject = subject;
    this.order = order;
  }

  get length(): number {
    return this.positions.length;
  }

  slice(start: number, end: number): number[] {
    return this.positions.slice(start, Math.max(start, end));
  }

  /** -1 where it is not in it. */
  indexOf(position: number): number {
    if (this.order !== null) return this.positions.indexOf(position);
    const index = this.firstFrom(position);
    return this.positions[index] === position ? index : -1;
  }

  dropBefore(first: number): void {
    if (this.order !== null) {
      if (this.positions.some((position) => position < first)) {
        this.positions = this.positions.filter((position) => position >= first);
      }
      return;
    }
    const dropped = this.firstFrom(first);
    if (dropped === 0) return;
    this.positions.splice(0, dropped);
    this.removed += dropped;
  }

  /** Takes positions out, where they are in it; before their keys are read anew. */
  remove(changed: readonly number[]): void {
    if (changed.length === 0) return;
    const out = new Set(changed);
    // Without an order, nothing before the first of them can be one of them.
    const from = this.order === null ? this.firstFrom(changed[0]) : 0;
    let to = from;
    for (let i = from; i < this.positions.length; i++) {
      if (!out.has(this.positions[i])) this.positions[to++] = this.positions[i];
    }
    this.positions.length = to;
  }

  /** @param found positions that are not in it, ascending */
  insert(found: readonly number[]): void {
    if (found.length === 0) return;
    const last = this.positions.at(-1);
    if (this.order === null && last === undefined) {
      this.positions = found.slice();
      return;
    }
    if (this.order === null && (last === undefined || last < found[0])) {
      for (const position of found) this.positions.push(position);
      return;
    }
    if (this.order === null && found[found.length - 1] < this.positions[0]) {
      this.positions = found.concat(this.positions);
      this.removed -= found.length;
      return;
    }
    this.positions = this.order === null ? mergedAscending(this.positions, found) : this.merged(found);
  }

  private firstFrom(position: number): number {
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.positions[middle] < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private merged(found: readonly number[]): number[] {
    const before = this.keyed(this.positions);
    const added = this.keyed(found).sort((one, other) => this.compare(one, other));
    return merge(before, added, (one, other) => this.compare(one, other) < 0).map(({ position }) => position);
  }

  private keyed(positions: readonly number[]): Keyed[] {
    const read = this.order === null ? keys.id : keys[this.order.column];
    return positions.map((position) => ({ position, key: read(this.subject.at(position)) }));
  }

  private compare(one: Keyed, other: Keyed): number {
    const before = one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
    return (this.order?.descending === true ? -before : before) || one.position - other.position;
  }
}

interface Keyed {
  readonly position: number;
  readonly key: Key;
}

function mergedAscending(before: readonly number[], added: readonly number[]): number[] {
  return merge(before, added, (one, other) => one < other);
}

/** Both are in order already. */
function merge<T>(before: readonly T[], added: readonly T[], isBefore: (one: T, other: T) => boolean): T[] {
  const merged: T[] = [];
  let i = 0;
  for (const one of added) {
    while (i < before.length && isBefore(before[i], one)) merged.push(before[i++]);
    merged.push(one);
  }
  while (i < before.length) merged.push(before[i++]);
  return merged;
}
