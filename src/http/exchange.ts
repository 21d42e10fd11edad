import type { ForwardingRecord } from './forwarding.ts';
import type { Violation } from './violation.ts';

/** How far a connection has come; `closed` is final. `tunnel`: after 101, bytes go through it that are not HTTP. */
export type ConnectionState = 'accepted' | 'reading' | 'responding' | 'idle' | 'tunnel' | 'closed';

/**
 * One request and its response on a connection. Offsets count bytes from the first byte that the connection received
 * (request) or sent (response); an end is exclusive and -1 until it is known. Times are milliseconds since the epoch,
 * with fractions; 0 until they are known. The connection owns the object and changes it as the exchange goes on.
 */
export interface Exchange {
  /** 1 for the first exchange of its connection. */
  readonly number: number;
  requestStart: number;
  /** Where the request's header section ends and its body, if any, starts. */
  requestBodyStart: number;
  requestEnd: number;
  responseStart: number;
  responseBodyStart: number;
  responseEnd: number;
  /** As on the wire; empty where the start line is not known (yet). */
  method: string;
  target: string;
  /** Status code of the final response; 0 until there is one. */
  status: number;
  /** Why the request was refused as malformed. Its offset counts from the first byte of the request. */
  violation: Violation | null;
  /** Where the request was forwarded to; null where it was answered here. */
  forwarding: ForwardingRecord | null;
  /** The connection ended before the exchange did. */
  aborted: boolean;
  startedAt: number;
  headAt: number;
  requestEndedAt: number;
  respondedAt: number;
  endedAt: number;
}

/** Is told whenever an exchange or the state of a connection has changed. It must not block: the connection waits. */
export interface ConnectionObserver {
  exchangeChanged(exchange: Exchange): void;
  stateChanged(state: ConnectionState): void;
}

/** An exchange whose request starts at `requestStart`; nothing else of it is known yet. */
export function newExchange(number: number, requestStart: number, now: number): Exchange {
  return {
    number,
    requestStart,
    requestBodyStart: -1,
    requestEnd: -1,
    responseStart: -1,
    responseBodyStart: -1,
    responseEnd: -1,
    method: '',
    target: '',
    status: 0,
    violation: null,
    forwarding: null,
    aborted: false,
    startedAt: now,
    headAt: 0,
    requestEndedAt: 0,
    respondedAt: 0,
    endedAt: 0,
  };
}
