import type { Direction, Endpoint } from './capture.ts';
import type { ExchangeKey } from './inspector.ts';

/** Names a connection for as long as it is stored: `run/connection`, as an exchange's key names an exchange. */
export type ConnectionKey = string;

/** How the bytes of a connection are shown. */
export type FollowFormat = 'text' | 'hex';

/** One direction of a connection, or both in order. */
export type ConnectionPart = Direction | 'both';

/**
 * What one read or write carried: bytes `start` (inclusive) to `end` (exclusive), counted from the first byte that the
 * connection received or sent.
 */
export interface FollowedBlock {
  readonly direction: Direction;
  readonly start: number;
  readonly end: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly time: number;
  /** First kept byte, counted as `start`. */
  readonly keptStart: number;
  readonly kept: Uint8Array;
}

/** An exchange of the connection, and where its messages begin, counted as in `FollowedBlock`. */
export interface FollowedExchange {
  readonly key: ExchangeKey;
  readonly id: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly requestStart: number;
  /** -1 while there is none. */
  readonly responseStart: number;
}

/** Both directions of a connection, in order. */
export interface FollowedConnection {
  readonly key: ConnectionKey;
  readonly id: number;
  readonly serverName: string;
  readonly peer: Endpoint;
  /** Milliseconds since the epoch, with fractions. */
  readonly openedAt: number;
  /** 0 while it is open. */
  readonly closedAt: number;
  readonly closeReason: string;
  /** How many of its reads and writes are stored; the first of `blocks` is number `first` of these, counted from 0. */
  readonly total: number;
  readonly first: number;
  readonly blocks: readonly FollowedBlock[];
  /** When the block before `blocks` was read or written; 0 where there is none. */
  readonly timeBefore: number;
  readonly exchanges: readonly FollowedExchange[];
}
