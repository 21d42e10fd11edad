import type { ConnectionCalls } from '../protocol/calls.ts';
import type { Direction } from '../protocol/capture.ts';
import type { ConnectionKey, FollowedConnection } from '../protocol/follow.ts';
import type {
  CaptureSummary,
  ExchangeDetail,
  ExchangeKey,
  ExchangeRow,
  KeptBytes,
} from '../protocol/inspector.ts';
import type { QueryTable } from './exchangeQuery.ts';
import type { WholeConnection } from './followConnection.ts';

/**
 * What has happened to the capture: exchanges came, went on or were displaced; an import was removed; or everything was
 * cleared.
 */
export type CaptureChange = 'changed' | 'removed' | 'cleared';

/** What went one way over a connection. */
export interface StoredStream {
  /** Bytes on the wire so far, kept or not. */
  readonly length: number;
  /** In order; offsets count from the first byte. */
  readonly kept: readonly KeptBytes[];
  /** Milliseconds since the epoch, with fractions. */
  readonly openedAt: number;
  readonly lastActiveAt: number;
}

/** What views see of the captured exchanges. Rows stand in the order in which they arrived, oldest first. */
export interface CaptureSource {
  /** Exchanges stored; their indices run from 0 (oldest) to `count - 1`. Displacing the oldest shifts all indices. */
  readonly count: number;
  /** `start` inclusive, `end` exclusive; both are clamped to what is stored. */
  rows(start: number, end: number): readonly ExchangeRow[];
  /** What an `ExchangeQuery` lists from. */
  queryTable(): QueryTable;
  /** Marks an exchange, or takes the mark away; nothing happens where it is not stored. */
  mark(key: ExchangeKey, marked: boolean): void;
  /** Sets the comment on an exchange; an empty text removes it. */
  comment(key: ExchangeKey, text: string): void;
  /** Where an exchange stands now; -1 where it is not stored. */
  indexOf(key: ExchangeKey): number;
  /** The caller owns every `Uint8Array` of the answer: exact length, own buffer. Null where it is not stored. */
  detail(key: ExchangeKey): ExchangeDetail | null;
  /** Changes whenever `detail(key)` may have changed; 0 where it is not stored. */
  version(key: ExchangeKey): number;
  /** The system calls of the connection that the exchange is on; null where the exchange is not stored. */
  calls(key: ExchangeKey): ConnectionCalls | null;
  /** Changes whenever `follow(connection)` may have changed; 0 where it is not stored. */
  connectionVersion(connection: ConnectionKey): number;
  /**
   * Reads and writes of a connection before number `end`, or the newest ones (null). The caller owns the bytes. Null
   * where the connection is not stored.
   */
  follow(connection: ConnectionKey, end: number | null): FollowedConnection | null;
  /** One direction of a connection; null where the connection is not stored. The caller owns the bytes. */
  stream(connection: ConnectionKey, direction: Direction): StoredStream | null;
  /** All that is stored of a connection; null where it is not stored. The bytes belong to the store. */
  wholeConnection(connection: ConnectionKey): WholeConnection | null;
  summary(): CaptureSummary;
  /** Removes all exchanges and closed connections, also what was kept on disk. */
  clear(): void;
  /** The listener is called at once for every batch: it has to coalesce by itself. Returns the unsubscribing function. */
  onDidChange(listener: (change: CaptureChange) => void): () => void;
}
