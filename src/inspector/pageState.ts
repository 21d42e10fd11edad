import type { Direction } from '../protocol/capture.ts';
import type { ListColumn, ListOrder } from '../protocol/exchangeList.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import { type ColumnChoice, initialColumns, isListColumn } from './listColumns.ts';
import {
  arrayOf,
  type Check,
  isBoolean,
  isCount,
  isNumber,
  isString,
  oneOf,
  orNull,
  shape,
} from './shape.ts';

/** How the page is laid out: the host keeps it for the workspace. */
export interface Layout {
  /** Shares of the list in the page, and of the meaning beside the bytes, from 0 to 1. */
  readonly listShare: number;
  readonly meaningShare: number;
  readonly columns: ColumnChoice;
  /** Whether exchanges that arrive are announced to screen readers. */
  readonly announces: boolean;
  /** Whether a line is explained when the pointer or the focus rests on it. */
  readonly explains: boolean;
}

/** What VS Code keeps of the page while it is hidden, and over a window reload. */
export interface PageState extends Layout {
  readonly exchange: ExchangeKey | null;
  readonly cursor: { readonly direction: Direction; readonly offset: number } | null;
  readonly following: boolean;
  readonly filter: string;
  readonly order: ListOrder;
}

const isCursor: Check<{ direction: Direction; offset: number }> = shape({
  direction: oneOf('received', 'sent'),
  offset: isCount,
});

const isWidths: Check<ColumnChoice['widths']> = (value): value is ColumnChoice['widths'] =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([column, width]) => isListColumn(column) && isNumber(width));

const layoutChecks = {
  listShare: isNumber,
  meaningShare: isNumber,
  columns: shape<ColumnChoice>({ shown: arrayOf(isListColumn), widths: isWidths }),
  announces: isBoolean,
  explains: isBoolean,
};

const isLayout = shape<Layout>(layoutChecks);

const isListOrder: Check<ListOrder> = orNull(
  shape<{ column: ListColumn; descending: boolean }>({ column: isListColumn, descending: isBoolean }),
);

const isPageState = shape<PageState>({
  ...layoutChecks,
  exchange: orNull(isString),
  cursor: orNull(isCursor),
  following: isBoolean,
  filter: isString,
  order: isListOrder,
});

const initialLayout: Layout = {
  listShare: 0.35,
  meaningShare: 0.45,
  columns: initialColumns,
  announces: false,
  explains: true,
};

/** The layout that was kept for the workspace, as JSON; the initial one where there is none, or one of another shape. */
export function asLayout(json: string | undefined): Layout {
  try {
    const kept: unknown = JSON.parse(json ?? 'null');
    // Earlier versions did not keep `explains`.
    const value = typeof kept === 'object' ? { explains: initialLayout.explains, ...kept } : null;
    if (isLayout(value)) return layoutOf(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return initialLayout;
}

/** Only the properties of the layout, from an object that may have more. */
export function layoutOf({ listShare, meaningShare, columns, announces, explains }: Layout): Layout {
  return { listShare, meaningShare, columns, announces, explains };
}

/** The state that was kept; with the layout given where there is none, or one of another shape. */
export function asPageState(value: unknown, layout: Layout): PageState {
  if (isPageState(value)) return value;
  return { ...layout, exchange: null, cursor: null, following: true, filter: '', order: null };
}
