import type { CaptureSource } from '../capture/captureSource.ts';
import { ExchangeQuery } from '../capture/exchangeQuery.ts';
import { filterTerm } from '../capture/filter.ts';
import { completeFilter, withTerm } from '../capture/filterCompletion.ts';
import { rowColumns } from '../capture/rowColumns.ts';
import type { ListedRows, ListQuery, ListView, RowWindow } from '../protocol/exchangeList.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import type { ToInspector } from '../protocol/inspectorMessages.ts';

/** Rows sent in one message, however many are asked for. */
const mostRows = 1000;
/** Milliseconds that a search through the capture keeps the extension host at a time. */
const slice = 20;
/** Exchanges looked at for values to suggest. */
const sample = 500;

/** The list of one inspector page: which exchanges it shows in which order, and its rows. */
export class ListFeed {
  private readonly capture: CaptureSource;
  private readonly post: (message: ToInspector) => void;
  private opened: ExchangeQuery | null = null;
  private number = 0;
  private filter = '';
  /** Rows that the last query asked for with it; null when all of them were sent. */
  private window: RowWindow | null = null;

  constructor(capture: CaptureSource, post: (message: ToInspector) => void) {
    this.capture = capture;
    this.post = post;
  }

  /** Changes what is listed; the answer is `update` and `firstRows`. */
  set(number: number, list: ListQuery, window: RowWindow): void {
    this.number = number;
    this.filter = list.filter;
    this.window = window;
    this.query.set(list, window.start === 'end');
  }

  /** Goes through what is new, for a slice of time. Returns whether all of it was gone through. */
  update(): boolean {
    return this.query.update(slice);
  }

  get view(): ListView {
    const { count, removed, words, problem, progress, arrivedWhilePaused } = this.query;
    return { query: this.number, count, removed, words, problem, progress, arrivedWhilePaused };
  }

  /** The keys of all that is listed, in the list's order. */
  keys(): readonly ExchangeKey[] {
    return this.query.keys();
  }

  indexOf(key: ExchangeKey): number {
    return this.query.indexOf(key);
  }

  /**
   * The rows that the last query asked for, as far as they are found; null once they were sent.
   *
   * @param isComplete whether all that is captured was gone through
   */
  firstRows(isComplete: boolean): ListedRows | null {
    if (this.window === null) return null;
    const { start, length } = this.window;
    const { count } = this.query;
    const from = start === 'end' ? Math.max(0, count - length) : Math.min(start, count);
    // The search begins at the end that is asked for: what is found later lies beyond these rows.
    if (isComplete || count >= (start === 'end' ? length : from + length)) this.window = null;
    return this.listedRows(from, from + length);
  }

  /** `start` inclusive, `end` exclusive; clamped to what is listed. */
  sendRows(start: number, end: number): void {
    const listed = this.listedRows(Math.min(start, this.query.count), end);
    this.post({ type: 'rows', query: this.number, ...listed });
  }

  suggest(text: string, caret: number): void {
    this.post({
      type: 'suggestions',
      filter: text,
      ...completeFilter(text, caret, this.query.newest(sample)),
    });
  }

  /** Proposes to the page the filter that it has, narrowed by one more term. */
  filterBy(operator: string, value: string, excluded: boolean): void {
    this.post({ type: 'filter', filter: withTerm(this.filter, filterTerm(operator, value, excluded)) });
  }

  dispose(): void {
    this.opened?.dispose();
  }

  private listedRows(start: number, end: number): ListedRows {
    return { start, rows: rowColumns(this.query.rows(start, Math.min(end, start + mostRows))) };
  }

  /** Opened when it is first needed: what was captured before a window reload is stored by then. */
  private get query(): ExchangeQuery {
    this.opened ??= new ExchangeQuery(this.capture.queryTable());
    return this.opened;
  }
}
