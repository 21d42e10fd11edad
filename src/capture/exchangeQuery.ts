import type { FilterProblem, ListOrder, ListQuery } from '../protocol/exchangeList.ts';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import { runBounded } from './boundedRun.ts';
import { ExchangeOrder } from './exchangeOrder.ts';
import type { ExchangeSubject } from './exchangeSubject.ts';
import { parseFilter } from './filter.ts';
import type { Condition } from './filterSubject.ts';

/** What a query sees of the store: exchanges by a position that never changes. */
export interface QueryTable {
  /** Position of the oldest exchange stored, and the one after the newest. */
  readonly first: number;
  readonly end: number;
  /** Positions of exchanges that go on, and change without being told of. */
  open(): Iterable<number>;
  readonly subject: ExchangeSubject;
  row(position: number): ExchangeRow;
  keyAt(position: number): ExchangeKey;
  positionOf(key: ExchangeKey): number | null;
  /** Reports the position of each exchange that comes or changes. Returns the unsubscribing function. */
  watch(watcher: (position: number) => void): () => void;
  /**
   * Reports that exchanges were taken out from between others, which now have new positions after all former ones, in the
   * same order. `renewed` gives the new position of the first exchange that was at a position, or after it. Returns the
   * unsubscribing function.
   */
  watchRenewals(watcher: (renewed: (position: number) => number) => void): () => void;
}

/** Exchanges between two looks at the clock, where testing one costs little. */
const batchOfColumns = 512;
/** Milliseconds after which a user's regular expression is stopped, for one slice of exchanges. */
const longestExpression = 300;

/**
 * The exchanges that pass a filter, in the user's order. It keeps up with the store by going through what came or changed
 * only; after a change of the filter it goes through everything, a slice at a time.
 */
export class ExchangeQuery {
  private readonly table: QueryTable;
  private readonly unwatch: () => void;
  private condition: Condition | null = null;
  private list: ListQuery = { filter: '', order: null, paused: false };
  private order: ExchangeOrder;
  /** Exchanges from `scannedFrom` (inclusive) up to `scanned` (exclusive) have been gone through. */
  private scannedFrom: number;
  private scanned: number;
  private scanStart: number;
  /** Where the list was paused; infinite where it was not. */
  private limit = Number.POSITIVE_INFINITY;
  private changed = new Set<number>();
  private problemFound: FilterProblem | null = null;

  constructor(table: QueryTable) {
    this.table = table;
    this.order = new ExchangeOrder(table.subject, null);
    this.scannedFrom = table.first;
    this.scanned = table.first;
    this.scanStart = table.first;
    const unwatch = table.watch((position) => {
      // Those not gone through yet are seen when their turn comes.
      if (position >= this.scannedFrom && position < this.scanned) this.changed.add(position);
    });
    const unwatchRenewals = table.watchRenewals((renewed) => {
      // As if all had come anew; what a paused list shows stays the same.
      if (Number.isFinite(this.limit)) this.limit = renewed(this.limit);
    });
    this.unwatch = () => {
      unwatch();
      unwatchRenewals();
    };
  }

  get count(): number {
    return this.order.length;
  }

  /**
   * Exchanges removed from the list's start since the last `set`, because they are stored no longer; less those that
   * were found to stand before all others, so that what stood at an index stands at `index - removed`.
   */
  get removed(): number {
    return this.order.removed;
  }

  /** What the filter asks, in plain words; empty where it lets everything through. */
  get words(): string {
    return this.condition?.words ?? '';
  }

  /** What is wrong with the last filter that was set: the list still shows what it did before. */
  get problem(): FilterProblem | null {
    return this.problemFound;
  }

  /** From 0 to 1: how much of what is stored has been gone through. */
  get progress(): number {
    const start = Math.max(this.scanStart, this.table.first);
    const whole = this.visibleEnd - start;
    const left = this.visibleEnd - this.scanned + Math.max(0, this.scannedFrom - start);
    return whole <= 0 || left <= 0 ? 1 : 1 - left / whole;
  }

  get arrivedWhilePaused(): number {
    return Math.max(0, this.table.end - Math.max(this.limit, this.table.first));
  }

  /**
   * Changes what is listed; `update` must follow. A filter with a problem changes nothing but `problem`.
   *
   * @param newestFirst whether what is wanted first are the newest exchanges: a search begins with them
   */
  set(list: ListQuery, newestFirst = false): void {
    const before = this.list;
    this.limit = !list.paused ? Number.POSITIVE_INFINITY : Math.min(this.limit, this.table.end);
    const sameOrder = JSON.stringify(list.order) === JSON.stringify(before.order);
    const parsed = parseFilter(list.filter);
    this.problemFound = parsed.problem;
    const filter = parsed.problem === null ? list.filter : before.filter;
    this.list = { ...list, filter };
    if (filter === before.filter && sameOrder) return;
    if (parsed.condition !== null) this.condition = list.filter.trim() === '' ? null : parsed.condition;
    this.restart(list.order, newestFirst && list.order === null && this.condition !== null);
  }

  /**
   * Goes through what came or changed, for about this many milliseconds.
   *
   * @returns whether all was gone through
   */
  update(milliseconds: number): boolean {
    const { first } = this.table;
    const until = performance.now() + milliseconds;
    this.order.dropBefore(first);
    this.scannedFrom = Math.max(this.scannedFrom, first);
    this.scanned = Math.max(this.scanned, first);
    this.updateChanged(first);
    const newer: number[] = [];
    const older: number[] = [];
    this.bounded(() => {
      this.scanNewer(newer, until);
      this.scanOlder(older, until);
    });
    this.order.insert(newer);
    this.order.insert(older.reverse());
    return this.scanned >= this.visibleEnd && this.scannedFrom <= Math.max(this.scanStart, first);
  }

  /** `start` inclusive, `end` exclusive; both are clamped to what is listed. */
  rows(start: number, end: number): readonly ExchangeRow[] {
    const { first } = this.table;
    return this.order
      .slice(start, end)
      .filter((position) => position >= first)
      .map((position) => this.table.row(position));
  }

  /** Of all that is listed, in its order. */
  keys(): readonly ExchangeKey[] {
    const { first } = this.table;
    return this.order
      .slice(0, this.count)
      .filter((position) => position >= first)
      .map((position) => this.table.keyAt(position));
  }

  /** Where an exchange stands in the list; -1 where it does not. */
  indexOf(key: ExchangeKey): number {
    const position = this.table.positionOf(key);
    return position === null ? -1 : this.order.indexOf(position);
  }

  /** The newest exchanges stored, whatever the filter: each is read before the next is asked for. */
  *newest(limit: number): Generator<ExchangeSubject> {
    const { first, end, subject } = this.table;
    for (let position = end - 1; position >= Math.max(first, end - limit); position--) {
      yield subject.at(position);
    }
  }

  dispose(): void {
    this.unwatch();
  }

  private get visibleEnd(): number {
    return Math.min(this.table.end, this.limit);
  }

  private restart(order: ListOrder, newestFirst: boolean): void {
    this.order = new ExchangeOrder(this.table.subject, order);
    this.scanStart = this.table.first;
    this.scannedFrom = newestFirst ? Math.max(this.visibleEnd, this.scanStart) : this.scanStart;
    this.scanned = this.scannedFrom;
    this.changed.clear();
  }

  private updateChanged(first: number): void {
    for (const position of this.table.open()) this.changed.add(position);
    if (this.changed.size === 0) return;
    const { scanned } = this;
    const from = Math.max(first, this.scannedFrom);
    const changed = [...this.changed]
      .filter((position) => position >= from && position < scanned)
      .sort((one, other) => one - other);
    this.changed.clear();
    this.order.remove(changed);
    const found: number[] = [];
    this.bounded(() => {
      for (const position of changed) if (this.passes(position)) found.push(position);
    });
    this.order.insert(found);
  }

  /** Goes on towards the newest exchange. */
  private scanNewer(found: number[], until: number): void {
    const end = this.visibleEnd;
    if (this.condition === null) {
      for (; this.scanned < end; this.scanned++) found.push(this.scanned);
      return;
    }
    while (this.scanned < end) {
      const next = Math.min(end, this.scanned + this.step);
      for (; this.scanned < next; this.scanned++) if (this.passes(this.scanned)) found.push(this.scanned);
      if (performance.now() >= until) return;
    }
  }

  /** Goes on towards the oldest exchange; what is found is in descending order. */
  private scanOlder(found: number[], until: number): void {
    const start = Math.max(this.scanStart, this.table.first);
    while (this.scannedFrom > start) {
      const next = Math.max(start, this.scannedFrom - this.step);
      while (this.scannedFrom > next) if (this.passes(--this.scannedFrom)) found.push(this.scannedFrom);
      if (performance.now() >= until) return;
    }
  }

  /** Exchanges between two looks at the clock. */
  private get step(): number {
    return this.condition?.cost === 'columns' ? batchOfColumns : 4;
  }

  private passes(position: number): boolean {
    const subject = this.table.subject.at(position);
    return this.condition === null || this.condition.matches(subject);
  }

  /** Stops a user's regular expression that would run for ever, and reports it as the problem. */
  private bounded(run: () => void): void {
    if (this.condition?.hasExpression !== true) {
      run();
      return;
    }
    if (runBounded(run, longestExpression)) return;
    this.condition = { ...this.condition, hasExpression: false, cost: 'columns', matches: () => false };
    this.problemFound = {
      message: 'This expression takes too long on what was captured, and was stopped: make it simpler.',
      start: 0,
      end: this.list.filter.length,
    };
  }
}
