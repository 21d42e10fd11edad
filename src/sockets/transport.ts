import type { DescriptorShares } from './descriptorLimit.ts';

/** The address that a socket is bound or connected to. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** Both ends of a connection. */
export interface Addresses {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
}

/**
 * How many of the bytes sent on a connection the program at its other end has yet to read. `absent`: that end is no socket
 * of this machine, or is closed; `unknown`: it cannot be asked about now.
 */
export type UnreadByPeer = number | 'absent' | 'unknown';

/** What a driver is told of a connection. No call comes after `closed`. */
export interface TransportEvents {
  /** Bytes from the peer, in order. They are lent for the call: their memory is the next read's. */
  received(bytes: Uint8Array): void;
  /** The peer has shut down its sending side. */
  ended(): void;
  /** The kernel has taken `count` more bytes of what was written: those that no `flush` has told of. */
  flushed(count: number): void;
  /** The socket is closed. `error`: the errno name, as ECONNRESET, where that was the cause; else empty. */
  closed(error: string): void;
}

/** An accepted connection of an event-driven transport. */
export interface TransportConnection {
  /** Its file descriptor; -1 where the transport does not show it. */
  readonly descriptor: number;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  /** TLS version and cipher, such as `TLS 1.3, TLS_AES_256_GCM_SHA384`; empty or missing without TLS. */
  readonly tls?: string;
  /** The client speaks without TLS where TLS is required. */
  readonly withoutTls?: boolean;
  /** `approached` has told of it before. */
  readonly approached?: boolean;
  /** Bytes to be sent, in order, with the next `flush`. They must not change until the kernel has taken them. */
  write(bytes: Uint8Array): void;
  /**
   * Sends what was written, in one system call where that takes it. Returns how many more bytes the kernel has taken
   * by now; of those that remain, `flushed` tells as they leave.
   */
  flush(): number;
  /**
   * Has the kernel send bytes of an open file, which do not pass through this program; only when all that was written has
   * been taken. Returns how many it took, 0 where the file ends before, or `wouldBlock`: then `flushed` tells, of no byte,
   * when it is worth another attempt. Transports that cannot do it have no such method.
   */
  sendFile?(file: number, offset: number, length: number): number;
  /** Until the other end has read them, bytes that `sendFile` sent change if the file is written to. There where `sendFile` is. */
  unread?(): UnreadByPeer;
  pause(): void;
  resume(): void;
  /** Half-close after all that was written: `shutdown(SHUT_WR)`. */
  halfClose(): void;
  /** Closes at once, written or not. */
  close(): void;
  /** Closes at once with a reset (RST), so that the peer knows that something is missing. */
  reset(): void;
}

/** What a listener's owner is told. */
export interface ListenerEvents {
  /** Takes over an accepted connection; its events go to what is returned. */
  accepted(connection: TransportConnection): TransportEvents;
  /**
   * A client is there, with whom TLS has to be agreed on first: `accepted` follows, or `refused`, unless the listener is
   * closed meanwhile. False: there is no room; the client is let go unheard.
   */
  approached?(addresses: Addresses): boolean;
  /**
   * A turn of the event loop begins: the sockets that are ready are now read one after the other, until `turnEnded`.
   * Bytes that are received outside of a turn are one by themselves.
   */
  turnBegan(): void;
  turnEnded(): void;
  /** A connection came to nothing, since no TLS was agreed on. `reason`: a sentence. */
  refused?(addresses: Addresses, reason: string): void;
  /** A connection could not be accepted, or the next one will not be; listening goes on. Told once, until `recovered`. */
  failed(error: Error): void;
  /** What `failed` told of is over. */
  recovered(): void;
}

/** A listening socket. */
export interface Listener {
  readonly address: SocketAddress;
  /** Where it cannot let connections wait: how many there may be, by the descriptors there are. */
  readonly shares?: DescriptorShares;
  /** Accepts no more; connections go on. Resolves when the listening socket is closed. */
  close(): Promise<void>;
}

/** How many connections may wait to be accepted by default. */
export const defaultBacklog = 511;

/** Where to listen. `host` is a name, which is looked up, or an address. */
export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** How many connections may wait to be accepted; the kernel has a bound of its own. */
  readonly backlog?: number;
}

/** A way to get an event-driven listener and connections. */
export interface Transport {
  /** Resolves when connections are accepted. Rejects with SystemCallError. */
  listen(options: ListenOptions, events: ListenerEvents): Promise<Listener>;
}
