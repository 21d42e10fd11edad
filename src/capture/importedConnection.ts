import type { RuleId } from '../http/rules.ts';
import type { Direction, Endpoint } from '../protocol/capture.ts';

/** What one read or write carried, or what a file says as a whole. */
export interface ImportedSegment {
  readonly direction: Direction;
  /** Counted from the first byte that the connection received or sent. */
  readonly offset: number;
  readonly length: number;
  /** Where the bytes that the file has of it begin, from its own start; and these bytes. */
  readonly keptStart: number;
  readonly kept: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** An exchange that was read from a file. Offsets, times and unknown values as in `Exchange` (src/http/exchange.ts). */
export interface ImportedExchange {
  readonly number: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly requestStart: number;
  readonly requestBodyStart: number;
  readonly requestEnd: number;
  readonly responseStart: number;
  readonly responseBodyStart: number;
  readonly responseEnd: number;
  readonly startedAt: number;
  readonly headAt: number;
  readonly requestEndedAt: number;
  readonly respondedAt: number;
  readonly endedAt: number;
  readonly aborted: boolean;
  readonly rule: RuleId | '';
  readonly ruleOffset: number;
  readonly marked: boolean;
  readonly comment: string;
}

/** What a file says of a connection as a whole. */
export interface ImportedLife {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly openedAt: number;
  readonly closedAt: number;
  readonly closeReason: string;
  /** Its bytes were made from what a HAR file says. */
  readonly rebuilt: boolean;
}

/** A connection that was read from a file. */
export interface ImportedConnection extends ImportedLife {
  /** In each direction in the order of their offsets, without overlaps. */
  readonly segments: readonly ImportedSegment[];
  /** In their order on the connection. */
  readonly exchanges: readonly ImportedExchange[];
}
