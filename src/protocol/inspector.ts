import type { ForwardingRecord } from '../http/forwarding.ts';
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
  /** 1 for the first exchange of its connection. */
  readonly number: number;
  readonly method: string;
  readonly target: string;
  /** 0 while there is none. */
  readonly status: number;
  /** Media type of the response, in lower case and without parameters; empty while there is none. */
  readonly type: string;
  /** Bytes on the wire so far. */
  readonly requestSize: number;
  readonly responseSize: number;
  /** Milliseconds since the epoch, with fractions; 0 until they are known. */
  readonly startedAt: number;
  readonly requestEndedAt: number;
  readonly respondedAt: number;
  /** Milliseconds from the request's first byte to the response's last; null while it goes on. */
  readonly duration: number | null;
  readonly rule: RuleId | '';
  readonly aborted: boolean;
  /** Captured before the window was reloaded. */
  readonly beforeReload: boolean;
  /** Read from a file. */
  readonly imported: boolean;
  /** The user marked it. */
  readonly marked: boolean;
  /** What the user wrote about it; empty for nothing. */
  readonly comment: string;
  /** When its connection is known to have been in use, so far: the scale of its waterfall. */
  readonly connectionStart: number;
  readonly connectionEnd: number;
  /** When the previous exchange on the connection ended; 0 where none is stored, -1 while it goes on. */
  readonly previousEndedAt: number;
}

/** A run of bytes of a message that was kept. `offset` counts from the message's first byte. */
export interface KeptBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * One read or write that carried bytes `start` (inclusive) to `end` (exclusive) of the message, counted from the message's
 * first byte.
 */
export interface SegmentMark {
  readonly start: number;
  readonly end: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly time: number;
}

/**
 * Bytes of the message that the kernel sent from a file by itself (`sendfile`), so that none were kept. `start` and `end`
 * as in `SegmentMark`.
 */
export interface FileBytes {
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** First byte of them, counted from the beginning of the file. */
  readonly offset: number;
}

/** One direction of an exchange, with all its bytes that were kept, in order. */
export interface MessageDetail {
  readonly direction: Direction;
  /** Bytes on the wire so far, kept or not. */
  readonly length: number;
  readonly complete: boolean;
  readonly kept: readonly KeptBytes[];
  readonly segments: readonly SegmentMark[];
  /** In order, and never where bytes were kept; absent where there are none. */
  readonly files?: readonly FileBytes[];
}

/** The stages of an exchange: milliseconds since the epoch, with fractions; 0 where not known (yet). */
export interface ExchangeTimes {
  /** The first byte of the request arrived. */
  readonly startedAt: number;
  readonly headAt: number;
  readonly requestEndedAt: number;
  /** The response was ready: its first byte was queued. */
  readonly respondedAt: number;
  readonly endedAt: number;
}

/** The connection that an exchange belongs to. */
export interface ExchangeConnection {
  /** 1 for the first exchange of its connection. */
  readonly exchangeNumber: number;
  /** Where the request begins, counted from the first byte that the connection received. */
  readonly requestStart: number;
  /** Where the response begins, counted from the first byte that the connection sent; -1 while there is none. */
  readonly responseStart: number;
  /** Whether one read brought the end of the previous request together with the first bytes of this one. */
  readonly readWithPrevious: boolean;
  /** Whether one read brought the end of this request together with bytes after it. */
  readonly readWithNext: boolean;
  /** As in `ConnectionRecord` (src/protocol/capture.ts). */
  readonly openedAt: number;
  readonly closedAt: number;
  readonly closeReason: string;
  readonly exchangeCount: number;
  /** TLS version and cipher, such as `TLS 1.3, TLS_AES_256_GCM_SHA384`; empty without TLS. */
  readonly tls: string;
}

/** Where an exchange was imported from. */
export interface ImportedFrom {
  /** The file's name. */
  readonly file: string;
  /** Its bytes were rebuilt from a HAR file: they are not those on the wire. */
  readonly rebuilt: boolean;
}

/** All that is stored of an exchange. */
export interface ExchangeDetail {
  readonly row: ExchangeRow;
  readonly times: ExchangeTimes;
  readonly connection: ExchangeConnection;
  readonly serverName: string;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Null: captured here. */
  readonly imported: ImportedFrom | null;
  /** Offset of the byte that broke `row.rule`, from the first byte of the request. */
  readonly ruleOffset: number;
  /** Where the request was forwarded to; null where it was answered here. */
  readonly forwarding: ForwardingRecord | null;
  readonly request: MessageDetail;
  readonly response: MessageDetail;
}

/** What the user should know about the capture as a whole. */
export interface CaptureSummary {
  readonly exchanges: number;
  /** How many were dropped to make room for newer ones. */
  readonly displaced: number;
  /** Served, but not recorded: the server was too busy for the recorder to follow. */
  readonly leftOut: number;
  /** Captured before the window was reloaded, but not kept on disk. */
  readonly lostInReload: number;
}

/** Content codings that the page cannot undo by itself. */
export type HostCoding = 'br' | 'zstd';

/** The result of undoing a content coding; unless `end` is `whole`, `bytes` is only what could be had of it, or empty. */
export interface Decompressed {
  readonly bytes: Uint8Array;
  /**
   * `cut`: there is more than is decompressed for a view; `broken`: the data ends early or is malformed; `unavailable`:
   * neither the browser nor this version of Node.js knows the coding.
   */
  readonly end: 'whole' | 'cut' | 'broken' | 'unavailable';
}
