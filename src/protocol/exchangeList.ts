import type { RuleId } from '../http/rules.ts';

/** Rows as columns, each as long as `id`; for their meaning see `ExchangeRow`. Flags are 0 or 1. */
export interface ExchangeRowColumns {
  /** The runs that occur, which are the part of a key before the slash; `run` is the index of each row's own. */
  readonly runs: readonly string[];
  readonly run: Uint16Array;
  readonly id: Float64Array;
  readonly connection: Float64Array;
  readonly number: Float64Array;
  readonly method: readonly string[];
  readonly target: readonly string[];
  readonly type: readonly string[];
  readonly status: Uint16Array;
  readonly requestSize: Float64Array;
  readonly responseSize: Float64Array;
  readonly startedAt: Float64Array;
  readonly requestEndedAt: Float64Array;
  readonly respondedAt: Float64Array;
  /** NaN for null. */
  readonly duration: Float64Array;
  readonly rule: readonly (RuleId | '')[];
  readonly aborted: Uint8Array;
  readonly beforeReload: Uint8Array;
  readonly imported: Uint8Array;
  readonly marked: Uint8Array;
  readonly comment: readonly string[];
  readonly connectionStart: Float64Array;
  readonly connectionEnd: Float64Array;
  readonly previousEndedAt: Float64Array;
}

/** Columns of the list, by which it can be sorted. */
export type ListColumn =
  | 'id'
  | 'connection'
  | 'time'
  | 'method'
  | 'target'
  | 'status'
  | 'type'
  | 'requestSize'
  | 'responseSize'
  | 'duration'
  | 'comment'
  | 'waterfall';

/** The order of the list; null: as the exchanges arrived, oldest first. */
export type ListOrder = { readonly column: ListColumn; readonly descending: boolean } | null;

/** What the list shows. */
export interface ListQuery {
  /** In the filter language (src/capture/filter.ts). */
  readonly filter: string;
  readonly order: ListOrder;
  /** Exchanges that arrive from now on are not listed. */
  readonly paused: boolean;
}

/** Rows to send along with the answer to a query: those from an index on, or the last ones. */
export interface RowWindow {
  readonly start: number | 'end';
  readonly length: number;
}

/** Rows of a list from an index on. */
export interface ListedRows {
  readonly start: number;
  readonly rows: ExchangeRowColumns;
}

/** What is wrong with a filter: UTF-16 units of its text, `start` inclusive, `end` exclusive. */
export interface FilterProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** The result of the last query. */
export interface ListView {
  /** The `query` number of the last query received. A filter with a problem changes nothing else of the view. */
  readonly query: number;
  /**
   * Number of rows; and how many were removed from the list's start since the query, for want of memory, less those that
   * were inserted before all others: what was at `index` is now at `index - removed`.
   */
  readonly count: number;
  readonly removed: number;
  /** The filter in plain words; empty where there is none. */
  readonly words: string;
  readonly problem: FilterProblem | null;
  /** Share of the capture that the filter has gone through: below 1, rows may still be added. */
  readonly progress: number;
  /** Exchanges that arrived since the list was paused. */
  readonly arrivedWhilePaused: number;
}

/** A completion of a filter: `text` replaces what lies from the message's `start` (inclusive) to its `end` (exclusive). */
export interface FilterSuggestion {
  readonly text: string;
  readonly summary: string;
}

/** How the page is laid out: kept for the workspace. The page reads it; the host only stores it. */
export type PageLayout = Readonly<Record<string, unknown>>;

/** A command of the list's context menu, which the page carries out. */
export type ListCommand =
  | { readonly kind: 'sort'; readonly column: ListColumn; readonly descending: boolean }
  | { readonly kind: 'unsort' }
  | { readonly kind: 'hideColumn'; readonly column: ListColumn }
  | { readonly kind: 'chooseColumns' }
  | { readonly kind: 'resetColumns' };
