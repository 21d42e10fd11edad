/** Messages between the extension host and the inspector's page. */
import type { ByteFormat } from '../http/byteEncodings.ts';
import type { CallLines } from './calls.ts';
import type {
  ExchangeRowColumns,
  FilterSuggestion,
  ListColumn,
  ListCommand,
  ListedRows,
  ListQuery,
  ListView,
  PageLayout,
  RowWindow,
} from './exchangeList.ts';
import type { ConnectionKey, ConnectionPart, FollowedConnection, FollowFormat } from './follow.ts';
import type { CaptureSummary, Decompressed, ExchangeDetail, ExchangeKey, HostCoding } from './inspector.ts';

/** Page to extension host. */
export type FromInspector =
  /** The page's script runs; the host answers with `list`, and `detail` for what was selected before. */
  | { readonly type: 'ready' }
  /** Changes what the list shows, and asks for rows of it. Numbers count up. */
  | { readonly type: 'query'; readonly query: number; readonly list: ListQuery; readonly window: RowWindow }
  /** Asks for rows of the list: `start` inclusive, `end` exclusive. */
  | { readonly type: 'rows'; readonly start: number; readonly end: number }
  /** Asks for an exchange, and for its changes while it goes on. Null: none. */
  | { readonly type: 'select'; readonly exchange: ExchangeKey | null }
  /**
   * How many system calls of the selected exchange's connection the page shows, from now on: answered with `calls`, and
   * again when there are others. 0 = none.
   */
  | { readonly type: 'calls'; readonly limit: number }
  /**
   * Asks for both directions of a connection: the blocks before number `end`, or the newest (null), and these again as
   * they change. A `connection` of null ends that.
   */
  | { readonly type: 'follow'; readonly connection: ConnectionKey | null; readonly end: number | null }
  /** Copies all that is stored of a connection, or of one direction of it. */
  | {
      readonly type: 'copyConnection';
      readonly connection: ConnectionKey;
      readonly part: ConnectionPart;
      readonly format: FollowFormat;
    }
  /** Exports a connection with its exchanges; the host asks how. */
  | { readonly type: 'exportConnection'; readonly connection: ConnectionKey }
  /** Asks for completions of a filter at `caret`, a position in its text; answered with `suggestions`. */
  | { readonly type: 'complete'; readonly text: string; readonly caret: number }
  /**
   * Asks for the filter narrowed by a term: exchanges for which the operator has the value or, with `excluded`, has not.
   * Answered with `filter`.
   */
  | {
      readonly type: 'filterBy';
      readonly operator: string;
      readonly value: string;
      readonly excluded: boolean;
    }
  | { readonly type: 'mark'; readonly exchange: ExchangeKey; readonly marked: boolean }
  /** The user chooses which columns to show; the host asks, and answers with `columns`. */
  | { readonly type: 'chooseColumns'; readonly shown: readonly ListColumn[] }
  /** The user changed the layout, which the host keeps for the workspace. */
  | { readonly type: 'layout'; readonly layout: PageLayout }
  /** Whether exchanges of a server stay when it starts again. */
  | { readonly type: 'preserve'; readonly preserve: boolean }
  | { readonly type: 'clear' }
  /** Opens a page in the browser, if the extension host trusts its address. */
  | { readonly type: 'openLink'; readonly url: string }
  /** Asks for the bytes without their content coding; answered with `decompressed` of the same number. */
  | {
      readonly type: 'decompress';
      readonly number: number;
      readonly coding: HostCoding;
      readonly bytes: Uint8Array;
    }
  /** Puts a text into the clipboard. */
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'startServer' };

/** Extension host to page. */
export type ToInspector =
  /** The list changed: at most 20 a second. `selectedIndex`: where the selected exchange stands now, -1 for nowhere. */
  | {
      readonly type: 'list';
      readonly summary: CaptureSummary;
      readonly selectedIndex: number;
      readonly serverRuns: boolean;
      readonly preserve: boolean;
      readonly view: ListView;
      /** The rows that the last query asked for with it, until all of them are there; null: none. */
      readonly rows: ListedRows | null;
    }
  /** Rows of a query's view that were asked for; those of an earlier query are to be ignored. */
  | {
      readonly type: 'rows';
      readonly query: number;
      readonly start: number;
      readonly rows: ExchangeRowColumns;
    }
  | {
      readonly type: 'suggestions';
      /** The text that they were asked for; `start` (inclusive) and `end` (exclusive) are positions in it. */
      readonly filter: string;
      readonly start: number;
      readonly end: number;
      readonly suggestions: readonly FilterSuggestion[];
    }
  /** The user chose a filter elsewhere. */
  | { readonly type: 'filter'; readonly filter: string }
  /** The columns that the user chose to see: the answer to `chooseColumns`. */
  | { readonly type: 'columns'; readonly shown: readonly ListColumn[] }
  /** A command of the list's context menu. */
  | { readonly type: 'listCommand'; readonly command: ListCommand }
  | { readonly type: 'detail'; readonly detail: ExchangeDetail }
  | { readonly type: 'calls'; readonly exchange: ExchangeKey; readonly calls: CallLines }
  | { readonly type: 'followed'; readonly followed: FollowedConnection }
  /** The connection that is followed is no longer stored. */
  | { readonly type: 'followedGone'; readonly connection: ConnectionKey }
  /** Follows a connection as the user asked for elsewhere (in the tree, or by a command). */
  | { readonly type: 'followConnection'; readonly connection: ConnectionKey }
  /** The user chose elsewhere to copy the selected bytes. */
  | { readonly type: 'copyBytes'; readonly format: ByteFormat }
  /** The selected exchange is no longer stored. */
  | { readonly type: 'gone'; readonly exchange: ExchangeKey; readonly reason: string }
  | { readonly type: 'decompressed'; readonly number: number; readonly result: Decompressed }
  /** Selects an exchange as the user did elsewhere (in the tree). */
  | { readonly type: 'reveal'; readonly exchange: ExchangeKey };
