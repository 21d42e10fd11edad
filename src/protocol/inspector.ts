import type { RuleId } from '../http/rules.ts';
import type { Direction, Endpoint } from './capture.ts';

/**
 * Names an exchange for as long as it is stored, also across a window reload: `run/exchange`, where the run is one
 * life of one server.
 */
export type ExchangeKey = string;

/** One line of the inspector's list. */
export interface ExchangeRow {
  readonly key: ExchangeKey;
  /** Counts from 1 in a run of the server. */
  readonly id: number;
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  /** 0 while there is none. */
  readonly status: number;
  /** Bytes on the wire so far. */
  readonly requestSize: number;
  readonly responseSize: number;
  readonly startedAt: number;
  /** Milliseconds from the request's first byte to the response's last; null while it goes on. */
  readonly duration: number | null;
  readonly rule: RuleId | '';
  readonly aborted: boolean;
  /** Captured before the window was reloaded. */
  readonly beforeReload: boolean;
}

/** A run of bytes of a message that was kept. `offset` counts from the message's first byte. */
export interface KeptBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One read or write that carried bytes of the message. Offsets count from the message's first byte. */
export interface SegmentMark {
  readonly start: number;
  readonly end: number;
  readonly time: number;
}

/** One direction of an exchange, with all its bytes that were kept, in order. */
export interface MessageDetail {
  readonly direction: Direction;
  /** Bytes on the wire so far, kept or not. */
  readonly length: number;
  readonly complete: boolean;
  readonly kept: readonly KeptBytes[];
  readonly segments: readonly SegmentMark[];
}

/** When an exchange came how far: milliseconds since the epoch, with fractions; 0 where that is not known (yet). */
export interface ExchangeTimes {
  /** Of its first byte. */
  readonly startedAt: number;
  readonly headAt: number;
  readonly requestEndedAt: number;
  /** The answer was ready: its first byte was queued. */
  readonly respondedAt: number;
  readonly endedAt: number;
}

/** The connection that an exchange belongs to. */
export interface ExchangeConnection {
  /** 1 for the first exchange of its connection. */
  readonly exchangeNumber: number;
  /** Where the request begins, counted from the first byte that the connection received. */
  readonly requestStart: number;
  /** Whether one read brought the end of the request before together with the first bytes of this one. */
  readonly readWithPrevious: boolean;
  /** Whether one read brought the end of this request together with bytes behind it. */
  readonly readWithNext: boolean;
  /** As in `ConnectionRecord` (src/protocol/capture.ts). */
  readonly openedAt: number;
  readonly closedAt: number;
  readonly closeReason: string;
  readonly exchangeCount: number;
}

export interface ExchangeDetail {
  readonly row: ExchangeRow;
  readonly times: ExchangeTimes;
  readonly connection: ExchangeConnection;
  readonly serverName: string;
  readonly peer: Endpoint;
  readonly ruleOffset: number;
  readonly request: MessageDetail;
  readonly response: MessageDetail;
}

/** What the user should know about the capture as a whole. */
export interface CaptureSummary {
  readonly exchanges: number;
  /** Oldest exchanges displaced by newer ones. */
  readonly displaced: number;
  /** Served, but not recorded: the server was busier than the record could follow. */
  readonly leftOut: number;
  /** Known to have been captured before the window was reloaded, but not kept on disk. */
  readonly lostInReload: number;
}

/** Content codings that the page cannot undo by itself. */
export type HostCoding = 'br' | 'zstd';

/** What undoing a content coding gave; `bytes` may be the beginning only. */
export interface Decompressed {
  readonly bytes: Uint8Array;
  /** `cut`: there is more than is decompressed for a view; `broken`: the data ends early or is malformed. */
  readonly end: 'whole' | 'cut' | 'broken' | 'unavailable';
}

/** Page to extension host. */
export type FromInspector =
  /** The page's script runs; the host answers with `list`, and `detail` for what was selected before. */
  | { readonly type: 'ready' }
  /** Asks for rows of the list, newest last: `start` inclusive, `end` exclusive. */
  | { readonly type: 'rows'; readonly start: number; readonly end: number }
  /** Asks for an exchange, and for its changes while it goes on. Null: none. */
  | { readonly type: 'select'; readonly exchange: ExchangeKey | null }
  | { readonly type: 'clear' }
  /** Opens a page outside: only where the extension host knows and trusts it. */
  | { readonly type: 'openLink'; readonly url: string }
  /** Asks for the bytes without their content coding; answered with `decompressed` of the same number. */
  | {
      readonly type: 'decompress';
      readonly number: number;
      readonly coding: HostCoding;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'startServer' };

/** Extension host to page. */
export type ToInspector =
  /** The list changed: at most 20 a second. `selectedIndex`: where the selected exchange stands now, -1 for nowhere. */
  | {
      readonly type: 'list';
      readonly summary: CaptureSummary;
      readonly selectedIndex: number;
      readonly serverRuns: boolean;
    }
  | { readonly type: 'rows'; readonly start: number; readonly rows: readonly ExchangeRow[] }
  | { readonly type: 'detail'; readonly detail: ExchangeDetail }
  /** The selected exchange is no longer stored. */
  | { readonly type: 'gone'; readonly exchange: ExchangeKey; readonly reason: string }
  | { readonly type: 'decompressed'; readonly number: number; readonly result: Decompressed }
  /** Selects an exchange as the user did elsewhere (in the tree). */
  | { readonly type: 'reveal'; readonly exchange: ExchangeKey };
