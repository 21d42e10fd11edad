import type { Direction } from '../protocol/capture.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import { type Check, isBoolean, isCount, isNumber, isString, oneOf, orNull, shape } from './shape.ts';

/** What VS Code keeps of the page while it is hidden, and over a window reload. */
export interface PageState {
  readonly exchange: ExchangeKey | null;
  readonly cursor: { readonly direction: Direction; readonly offset: number } | null;
  readonly following: boolean;
  /** Shares of the list in the page, and of the meaning beside the bytes, from 0 to 1. */
  readonly listShare: number;
  readonly meaningShare: number;
}

const isCursor: Check<{ direction: Direction; offset: number }> = shape({
  direction: oneOf('received', 'sent'),
  offset: isCount,
});

const isPageState = shape<PageState>({
  exchange: orNull(isString),
  cursor: orNull(isCursor),
  following: isBoolean,
  listShare: isNumber,
  meaningShare: isNumber,
});

const initial: PageState = {
  exchange: null,
  cursor: null,
  following: true,
  listShare: 0.3,
  meaningShare: 0.45,
};

/** The state that was kept; the initial one where there is none, or one of another shape. */
export function asPageState(value: unknown): PageState {
  return isPageState(value) ? value : initial;
}
