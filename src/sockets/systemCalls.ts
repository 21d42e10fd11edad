import type { AddressFamily, Platform, SocketOption } from './platform.ts';
import type { SocketAddress } from './transport.ts';

/** A file descriptor; on Windows, a SOCKET. */
export type Descriptor = number;

/** What `recv`, `send`, `writev` and `sendfile` return where the socket is not ready, or its time limit passed (EAGAIN). */
export const wouldBlock = -1;

/** An accepted connection. The caller of `accept` owns the descriptor. */
export interface Accepted {
  readonly descriptor: Descriptor;
  readonly peer: SocketAddress;
}

/** What `poll` is asked of a descriptor, and what it says: `POLLIN` and `POLLOUT` of the platform, `POLLERR`, `POLLHUP`. */
export interface PollEntry {
  readonly descriptor: Descriptor;
  readonly events: number;
  /** Set by `poll`. */
  revents: number;
}

/** Which descriptors `epoll_wait` or `kevent` found ready. */
export interface ReadyEvents {
  /** How many it can tell of at a time. */
  readonly capacity: number;
  descriptor(index: number): Descriptor;
  /** Data, or the end of it, or an error, can be read. */
  readable(index: number): boolean;
  writable(index: number): boolean;
}

/**
 * The socket system calls, as in `man 2`: on descriptors, and synchronous. One that waits blocks its thread, and may be
 * called only where that is intended. Each throws SystemCallError on failure, except that EAGAIN is a return value and
 * EINTR restarts the call. A call may do less than it was asked to (a partial write), and returns how much it did.
 */
export interface SystemCalls {
  readonly platform: Platform;
  /** The kernel's number for the calling thread. */
  readonly thread: number;

  /** A TCP socket, of which no child process inherits the descriptor. */
  socket(domain: AddressFamily): Descriptor;
  /** `value`: 0 or 1 for a switch, bytes for a buffer, milliseconds for SO_RCVTIMEO and SO_SNDTIMEO (0 = no limit). */
  setsockopt(descriptor: Descriptor, option: SocketOption, value: number): void;
  getsockopt(descriptor: Descriptor, option: SocketOption): number;
  /** `address` is numeric; port 0 = any free one, which `getsockname` then tells. */
  bind(descriptor: Descriptor, address: SocketAddress): void;
  getsockname(descriptor: Descriptor): SocketAddress;
  getpeername(descriptor: Descriptor): SocketAddress;
  /** `backlog`: how many connections may wait to be accepted. */
  listen(descriptor: Descriptor, backlog: number): void;
  /**
   * `accept4` where there is one. Null where none waits (non-blocking, or time limit passed), and where the one that
   * waited has gone (ECONNABORTED).
   */
  accept(descriptor: Descriptor, nonBlocking?: boolean): Accepted | null;
  /** Reads into `buffer`; returns how many bytes, 0 at the end of the stream, or `wouldBlock`. */
  recv(descriptor: Descriptor, buffer: Uint8Array): number;
  /** Returns how many of the bytes the kernel took, or `wouldBlock`. A peer that is gone is EPIPE, never a signal. */
  send(descriptor: Descriptor, bytes: Uint8Array): number;
  /** `send` of several pieces in one call, at most 64; returns bytes in all. */
  writev(descriptor: Descriptor, pieces: readonly Uint8Array[]): number;
  /**
   * Has the kernel send `length` bytes of an open file from `offset` on, which never pass through this program. Returns
   * how many; 0 where the file ends before. Linux and macOS.
   */
  sendfile(socket: Descriptor, file: number, offset: number, length: number): number;
  shutdown(descriptor: Descriptor, how: 'SHUT_RD' | 'SHUT_WR' | 'SHUT_RDWR'): void;
  close(descriptor: Descriptor): void;
  /** `fcntl(F_SETFL)` with or without O_NONBLOCK; on Windows, `ioctlsocket(FIONBIO)`. */
  setNonBlocking(descriptor: Descriptor, on: boolean): void;

  /** Waits up to `timeout` milliseconds (-1 = for ever) until one of the descriptors is ready; returns how many are. */
  poll(entries: readonly PollEntry[], timeout: number): number;

  /** Linux. */
  epoll_create1(): Descriptor;
  /** `events`: EPOLLIN, EPOLLOUT, EPOLLRDHUP; ignored for EPOLL_CTL_DEL. */
  epoll_ctl(
    epoll: Descriptor,
    operation: 'EPOLL_CTL_ADD' | 'EPOLL_CTL_MOD' | 'EPOLL_CTL_DEL',
    descriptor: Descriptor,
    events: number,
  ): void;
  /** Room for what `epoll_wait` finds. */
  epollEvents(capacity: number): EpollEvents;
  epoll_wait(epoll: Descriptor, events: EpollEvents, timeout: number): number;
  /** A counter to wake up with whoever waits for it: `wake` makes it readable. Linux. */
  eventfd(): Descriptor;
  wake(eventfd: Descriptor): void;
  /** Resets the counter, so that it is no longer readable. */
  drain(eventfd: Descriptor): void;
  /** A socket that the kernel answers questions about sockets on (`man 7 sock_diag`); it never waits. Linux. */
  sockDiag(): Descriptor;

  /** macOS. */
  kqueue(): Descriptor;
  /** Adds or deletes a filter of the descriptor. */
  kevent_change(
    kqueue: Descriptor,
    descriptor: Descriptor,
    filter: 'EVFILT_READ' | 'EVFILT_WRITE',
    on: boolean,
  ): void;
  keventEvents(capacity: number): KeventEvents;
  kevent_wait(kqueue: Descriptor, events: KeventEvents, timeout: number): number;
}

/** Room for `struct epoll_event`s. */
export interface EpollEvents extends ReadyEvents {
  readonly kind: 'epoll';
  readonly bytes: Uint8Array;
}

/** Room for `struct kevent`s. */
export interface KeventEvents extends ReadyEvents {
  readonly kind: 'kevent';
  readonly bytes: Uint8Array;
}
