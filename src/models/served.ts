import type { ConnectionState, Exchange } from '../http/exchange.ts';
import type { Limits } from '../http/limits.ts';
import type { RequestHandler } from '../http/requestHandler.ts';
import type { CallTrace } from '../sockets/callTrace.ts';
import type { SocketAddress } from '../sockets/transport.ts';

/** What a model reports of one connection as it serves it. */
export interface ConnectionRecorder {
  /**
   * Called after the connection has taken the bytes: by then its exchanges know which of them are theirs. They are lent
   * for the call.
   */
  received(bytes: Uint8Array, time: number): void;
  /** Returns whether it holds on to the bytes; if not, they may change once they have been sent. */
  sent(bytes: Uint8Array, time: number): boolean;
  /** How many of the next bytes it would hold on to: what follows them need not pass through the program. */
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

/** What every model is given to serve with. */
export interface Service {
  readonly handler: RequestHandler;
  /** Answers clients that speak without TLS where TLS is required. */
  readonly withoutTls?: RequestHandler;
  readonly limits: Limits;
  readonly recorder: Recorder;
  /** Records the system calls of this thread; null where they are not traced. */
  readonly trace: CallTrace | null;
  /** Logs a message for people, in a sentence. */
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

/** A running model. */
export interface RunningModel {
  readonly address: SocketAddress;
  /** Closes one connection, whatever it is doing; false where none of that id is known to exist. */
  closeConnection(id: number): boolean;
  /** Stops gracefully: responses under way get `grace` milliseconds. Resolves when every socket is closed. */
  stop(grace: number): Promise<void>;
}
