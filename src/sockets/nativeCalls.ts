/**
 * The C functions themselves: numbers and memory in, a number out, and `errno` for what happened where it is -1. The
 * parameters are those of `man 2`, in its order.
 */
export interface NativeCalls {
  /** The kernel's number for the calling thread. */
  gettid(): number;
  /** Of the last call of this thread that returned -1; to be asked at once. */
  errno(): number;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number;
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, length: Uint8Array): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint8Array): number;
  getpeername(fd: number, address: Uint8Array, length: Uint8Array): number;
  listen(fd: number, backlog: number): number;
  accept(fd: number, address: Uint8Array, length: Uint8Array): number;
  accept4(fd: number, address: Uint8Array, length: Uint8Array, flags: number): number;
  recv(fd: number, buffer: Uint8Array, length: number, flags: number): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  /** `vector`: count times an address and a length. */
  writev(fd: number, vector: BigUint64Array, count: number): number;
  /** Linux. */
  sendfile(socket: number, file: number, offset: BigInt64Array, count: number): number;
  /** macOS: `length` tells what to send and what was sent. */
  sendfileBsd(file: number, socket: number, offset: number, length: BigInt64Array): number;
  shutdown(fd: number, how: number): number;
  /** `closesocket` on Windows. */
  close(fd: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  /** Windows. */
  ioctlsocket(fd: number, command: number, argument: Uint32Array): number;
  /** `WSAPoll` on Windows. */
  poll(fds: Uint8Array, count: number, timeout: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  epoll_wait(epoll: number, events: Uint8Array, capacity: number, timeout: number): number;
  eventfd(initial: number, flags: number): number;
  read(fd: number, buffer: Uint8Array, length: number): number;
  write(fd: number, bytes: Uint8Array, length: number): number;
  kqueue(): number;
  kevent(
    kqueue: number,
    changes: Uint8Array,
    changeCount: number,
    events: Uint8Array,
    capacity: number,
    timeout: BigInt64Array,
  ): number;
}

/** The calls by name; a call's place in this table is its number in a trace. */
export const nativeCallNames = [
  'socket',
  'setsockopt',
  'getsockopt',
  'bind',
  'getsockname',
  'getpeername',
  'listen',
  'accept',
  'accept4',
  'recv',
  'send',
  'writev',
  'sendfile',
  'sendfileBsd',
  'shutdown',
  'close',
  'fcntl',
  'ioctlsocket',
  'poll',
  'epoll_create1',
  'epoll_ctl',
  'epoll_wait',
  'eventfd',
  'read',
  'write',
  'kqueue',
  'kevent',
] as const satisfies readonly Exclude<keyof NativeCalls, 'errno' | 'gettid'>[];

/** The name of a C function. */
export type NativeCallName = (typeof nativeCallNames)[number];
