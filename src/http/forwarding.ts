import type { Field, Response } from './message.ts';

/**
 * A request on its way to another server, and that server's answer on its way back (RFC 9110 section 3.7, gateway). The
 * connection hands over the content as it comes, and sends what is answered. After an answer of 101 (Switching Protocols)
 * it is a tunnel: `write`, `end` and the answer's source carry bytes that mean nothing to either side.
 */
export interface Forwarding {
  /** Where the request goes, and when what happened. Always the same object, which changes as things go on. */
  readonly record: ForwardingRecord;
  /** Set by the connection: to be called when there is an answer, or when `writable` has become true. */
  ready: () => void;
  /** False while the other server does not take what it was sent: nothing more may be handed over meanwhile. */
  readonly writable: boolean;
  /** Takes bytes of the content, without their framing. The caller must not change them afterwards. */
  write(bytes: Uint8Array): void;
  /** The content is complete. */
  end(trailers: readonly Field[]): void;
  /** The next answer, each once: interim ones (1xx), then the final one, or 101; null where it has not come yet. */
  answer(): Response | null;
  /** The answer is no longer wanted. Idempotent. */
  close(): void;
}

/** What is known of a forwarded request. Times are milliseconds since the epoch, with fractions; 0 until they are known. */
export interface ForwardingRecord {
  /** Scheme, host and port of the server that it is forwarded to. */
  readonly server: string;
  /** The request target as that server sees it. */
  readonly target: string;
  connectedAt: number;
  /** The request has been sent to its end. */
  sentAt: number;
  /** The final answer's header section was complete. */
  answeredAt: number;
  endedAt: number;
  /** What went wrong there, in a sentence; empty where nothing did. */
  problem: string;
}
