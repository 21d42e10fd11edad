/** Where a socket is bound, or whom it is connected to. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** What a driver is told of a connection. No call comes after `closed`. */
export interface TransportEvents {
  /** Bytes from the peer, in order. They belong to the receiver. */
  received(bytes: Uint8Array): void;
  /** The peer has shut down its sending side. */
  ended(): void;
  /** `count` more bytes of what was written have been handed to the kernel. */
  flushed(count: number): void;
  /** The socket is closed. `error`: the errno name, as ECONNRESET, where that was the cause; else empty. */
  closed(error: string): void;
}

/** An accepted connection of an event-driven transport. */
export interface TransportConnection {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  /** Sends bytes, in order; `flushed` acknowledges them. The transport owns them until then. */
  write(bytes: Uint8Array): void;
  /** Holds writes back until `uncork`, so that they leave in one system call. */
  cork(): void;
  uncork(): void;
  pause(): void;
  resume(): void;
  /** Half-close after all that was written: `shutdown(SHUT_WR)`. */
  halfClose(): void;
  /** Closes at once, written or not. */
  close(): void;
}

export interface ListenerEvents {
  /** Takes over an accepted connection; its events go to what is returned. */
  accepted(connection: TransportConnection): TransportEvents;
  /** A connection could not be accepted, or the next one will not be; listening goes on. */
  failed(error: Error): void;
}

export interface Listener {
  readonly address: SocketAddress;
  /** Accepts no more; connections go on. Resolves when the listening socket is closed. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}

/** A way to get an event-driven listener and connections. */
export interface Transport {
  /** Resolves when connections are accepted. Rejects with SystemCallError. */
  listen(options: ListenOptions, events: ListenerEvents): Promise<Listener>;
}
