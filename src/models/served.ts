import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { Limits } from '../http/limits.ts';
import type { RequestHandler } from '../http/requestHandler.ts';
import type { CallTrace } from '../sockets/callTrace.ts';
import type { SocketAddress } from '../sockets/transport.ts';

/** What a model tells of one connection as it serves it. Bytes must not change after the call. */
export interface ConnectionRecorder {
  /** Told after the connection has taken the bytes: by then its exchanges know which of them are theirs. */
  received(bytes: Uint8Array, time: number): void;
  /** Whether it holds on to the bytes; else they may change after all once they have left. */
  sent(bytes: Uint8Array, time: number): boolean;
  /** How many of the bytes that are sent next it would hold on to: what follows them need not pass through the program. */
  readonly heldAhead: number;
  /** The kernel has sent `length` bytes of a file, from `offset` on, by itself. */
  sentFile(path: string, offset: number, length: number, time: number): void;
  exchangeChanged(exchange: Exchange): void;
  stateChanged(state: ConnectionState): void;
  /** `reason`: a sentence. */
  closed(reason: string, time: number): void;
}

/** Where a model reports what happens; the same for every model. */
export interface Recorder {
  /** Numbers a connection, counted from 1, and returns where its events go. `tls`: as in `TransportConnection`. */
  opened(
    peer: SocketAddress,
    local: SocketAddress,
    time: number,
    tls?: string,
  ): { id: number; recorder: ConnectionRecorder | null };
}

/** What every model serves with. */
export interface Service {
  readonly handler: RequestHandler;
  /** Answers who speaks without TLS where it is spoken. */
  readonly withoutTls?: RequestHandler;
  readonly limits: Limits;
  readonly recorder: Recorder;
  /** Records the system calls of this thread; null where they are not traced. */
  readonly trace: CallTrace | null;
  /** Something that a person should know of, in a sentence. */
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

/** A running model. */
export interface RunningModel {
  readonly address: SocketAddress;
  /** Closes one connection, whatever it is doing; false where it is known that there is none of that id. */
  closeConnection(id: number): boolean;
  /** Stops gracefully: answers under way get `grace` milliseconds. Resolves when every socket is closed. */
  stop(grace: number): Promise<void>;
}
