import type { ConnectionObserver, ConnectionState } from './exchange.ts';
import type { Limits } from './limits.ts';
import type { Output, RequestHandler } from './message.ts';

/**
 * What a connection asks of the driver that moves its bytes:
 * `read` bytes from the peer; `write` what `takeOutput` returns (and read on while `readable`);
 * `drain`: half-close (`shutdown(SHUT_WR)`), then go on reading; `close` the socket.
 */
export type Wants = 'read' | 'write' | 'drain' | 'close';

/**
 * The server's side of one HTTP/1.1 connection (RFC 9112 section 9) without its socket: bytes go in, bytes to send
 * come out. It never touches a socket, a clock or a file. Times are milliseconds since the epoch.
 */
export declare class Connection {
  constructor(handler: RequestHandler, limits: Limits, now: number, observer?: ConnectionObserver | null);

  /** Takes bytes from the peer. `bytes` must stay unchanged until the next call of `receive`. */
  receive(bytes: Uint8Array, now: number): void;
  /** The peer has shut down its sending side. */
  receiveEnd(now: number): void;

  /** The next item to send, or null. Each item is handed out once; slices of files are closed by `sent` or `release`. */
  takeOutput(): Output | null;
  /** `count` more bytes of what was taken have left, in order. */
  sent(count: number, now: number): void;

  get wants(): Wants;
  /** Whether the driver should read: false while too much output waits. */
  get readable(): boolean;
  get state(): ConnectionState;

  /** When `expire` is due if nothing happens before; Infinity for never. */
  get deadline(): number;
  expire(now: number): void;

  /** Graceful stop: answers under way are finished, then the connection closes. */
  stop(now: number): void;
  /** The socket is gone, whoever closed it: ends the exchanges under way and closes open files. Idempotent. */
  release(now: number): void;
}
