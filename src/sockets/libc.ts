import type { NativeCalls } from './nativeCalls.ts';
import type { NativeLibrary } from './nativeLibrary.ts';
import {
  type AddressFamily,
  AF_NETLINK,
  epollEventLayout,
  epollOperations,
  errorName,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  FD_CLOEXEC,
  NETLINK_SOCK_DIAG,
  type Platform,
  SOCK_DGRAM,
  type SocketOption,
  shutdownWays,
} from './platform.ts';
import { EpollBuffer, KeventBuffer, keventChange, readPollfds, writePollfds } from './readyEvents.ts';
import { decodeSockaddr, encodeSockaddr, sockaddrBytes } from './sockaddr.ts';
import { optionNumbers, optionValue } from './socketOptions.ts';
import { SystemCallError } from './systemCallError.ts';
import {
  type Accepted,
  type Descriptor,
  type EpollEvents,
  type KeventEvents,
  type PollEntry,
  type SystemCalls,
  wouldBlock,
} from './systemCalls.ts';
import type { SocketAddress } from './transport.ts';

const FIONBIO = -2147195266; // 0x8004667E
const EFD_CLOEXEC_NONBLOCK = 0x80800;
const EPOLL_CLOEXEC = 0x80000;
/** Far below IOV_MAX (1024 or more): copying the addresses of more pieces does not pay. */
const vectorPieces = 64;

/**
 * The system calls of this machine's C library, as `man 2` describes them. One for each thread: the buffers that the
 * structures are built in are its own.
 */
export class Libc implements SystemCalls {
  readonly platform: Platform;
  readonly thread: number;
  private readonly native: NativeCalls;
  private readonly library: NativeLibrary;
  private readonly address = new Uint8Array(sockaddrBytes);
  private readonly length = new Uint32Array(1);
  private readonly lengthBytes = new Uint8Array(this.length.buffer);
  private readonly vector = new BigUint64Array(2 * vectorPieces);
  private readonly offset = new BigInt64Array(1);
  private readonly timespec = new BigInt64Array(2);
  private readonly counter = new Uint8Array(8);
  private readonly epollEvent: Uint8Array;
  private readonly epollEventView: DataView;
  private readonly epollLayout = epollEventLayout(process.arch);
  private pollfds: Uint8Array = new Uint8Array(0);
  private errno = 0;

  /** @param native the library's calls, or what stands before them (a trace) */
  constructor(library: NativeLibrary, native: NativeCalls = library.native) {
    this.library = library;
    this.native = native;
    this.platform = library.platform;
    this.thread = native.gettid();
    this.epollEvent = new Uint8Array(this.epollLayout.size);
    this.epollEventView = new DataView(this.epollEvent.buffer);
  }

  socket(domain: AddressFamily): Descriptor {
    const { families, SOCK_STREAM, SOCK_CLOEXEC } = this.platform;
    const type = SOCK_STREAM | (SOCK_CLOEXEC ?? 0);
    const descriptor = this.checked('socket', this.native.socket(families[domain], type, 0), domain);
    if (SOCK_CLOEXEC === null) this.prepare(descriptor);
    return descriptor;
  }

  setsockopt(descriptor: Descriptor, option: SocketOption, value: number): void {
    const [level, number] = optionNumbers(this.platform, option);
    const bytes = optionValue(this.platform, option, value);
    const result = this.native.setsockopt(descriptor, level, number, bytes, bytes.length);
    this.checked('setsockopt', result, option);
  }

  getsockopt(descriptor: Descriptor, option: SocketOption): number {
    const [level, number] = optionNumbers(this.platform, option);
    const value = new Int32Array(1);
    this.length[0] = value.byteLength;
    const result = this.native.getsockopt(
      descriptor,
      level,
      number,
      new Uint8Array(value.buffer),
      this.lengthBytes,
    );
    this.checked('getsockopt', result, option);
    return value[0];
  }

  bind(descriptor: Descriptor, address: SocketAddress): void {
    const bytes = encodeSockaddr(this.platform, address);
    this.checked('bind', this.native.bind(descriptor, bytes, bytes.length), textOf(address));
  }

  getsockname(descriptor: Descriptor): SocketAddress {
    this.length[0] = sockaddrBytes;
    const result = this.native.getsockname(descriptor, this.address, this.lengthBytes);
    this.checked('getsockname', result, descriptor);
    return this.decodedAddress();
  }

  getpeername(descriptor: Descriptor): SocketAddress {
    this.length[0] = sockaddrBytes;
    const result = this.native.getpeername(descriptor, this.address, this.lengthBytes);
    this.checked('getpeername', result, descriptor);
    return this.decodedAddress();
  }

  listen(descriptor: Descriptor, backlog: number): void {
    this.checked('listen', this.native.listen(descriptor, backlog), descriptor);
  }

  accept(descriptor: Descriptor, nonBlocking = false): Accepted | null {
    const { SOCK_CLOEXEC, SOCK_NONBLOCK } = this.platform;
    for (;;) {
      this.length[0] = sockaddrBytes;
      const result =
        SOCK_CLOEXEC !== null && SOCK_NONBLOCK !== null
          ? this.native.accept4(
              descriptor,
              this.address,
              this.lengthBytes,
              SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0),
            )
          : this.native.accept(descriptor, this.address, this.lengthBytes);
      if (result >= 0) {
        const peer = this.decodedAddress();
        if (SOCK_CLOEXEC === null && !this.prepareAccepted(result, nonBlocking)) return null;
        return { descriptor: result, peer };
      }
      const error = this.error();
      if (error === 'EINTR') continue;
      if (error === 'EAGAIN' || error === 'ECONNABORTED') return null;
      throw this.failure('accept', descriptor);
    }
  }

  recv(descriptor: Descriptor, buffer: Uint8Array): number {
    for (;;) {
      const result = this.native.recv(descriptor, buffer, buffer.length, 0);
      if (result >= 0) return result;
      if (this.mayRepeat('recv', descriptor)) continue;
      return wouldBlock;
    }
  }

  send(descriptor: Descriptor, bytes: Uint8Array): number {
    const flags = this.platform.MSG_NOSIGNAL ?? 0;
    for (;;) {
      const result = this.native.send(descriptor, bytes, bytes.length, flags);
      if (result >= 0) return result;
      if (this.mayRepeat('send', descriptor)) continue;
      return wouldBlock;
    }
  }

  writev(descriptor: Descriptor, pieces: readonly Uint8Array[]): number {
    // Winsock has no writev; and for one piece, `send` is the same and cheaper.
    if (pieces.length === 1 || this.platform.name === 'win32') return this.send(descriptor, pieces[0]);
    const count = Math.min(pieces.length, vectorPieces);
    for (let i = 0; i < count; i++) {
      this.vector[2 * i] = this.library.addressOf(pieces[i]);
      this.vector[2 * i + 1] = BigInt(pieces[i].length);
    }
    for (;;) {
      const result = this.native.writev(descriptor, this.vector, count);
      if (result >= 0) return result;
      if (this.mayRepeat('writev', descriptor)) continue;
      return wouldBlock;
    }
  }

  sendfile(socket: Descriptor, file: number, offset: number, length: number): number {
    for (;;) {
      const result =
        this.platform.name === 'darwin'
          ? this.sendfileBsd(socket, file, offset, length)
          : this.sendfileLinux(socket, file, offset, length);
      if (result >= 0) return result;
      if (this.mayRepeat('sendfile', socket)) continue;
      return wouldBlock;
    }
  }

  shutdown(descriptor: Descriptor, how: keyof typeof shutdownWays): void {
    this.checked('shutdown', this.native.shutdown(descriptor, shutdownWays[how]), descriptor);
  }

  close(descriptor: Descriptor): void {
    // Not again after EINTR: on Linux the descriptor is free by then, and may be another's.
    if (this.native.close(descriptor) < 0 && this.error() !== 'EINTR')
      throw this.failure('close', descriptor);
  }

  setNonBlocking(descriptor: Descriptor, on: boolean): void {
    if (this.platform.name === 'win32') {
      const result = this.native.ioctlsocket(descriptor, FIONBIO, Uint32Array.of(on ? 1 : 0));
      this.checked('ioctlsocket', result, descriptor);
      return;
    }
    const { O_NONBLOCK } = this.platform;
    const flags = this.checked('fcntl', this.native.fcntl(descriptor, F_GETFL, 0), descriptor);
    const wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted !== flags) this.checked('fcntl', this.native.fcntl(descriptor, F_SETFL, wanted), descriptor);
  }

  poll(entries: readonly PollEntry[], timeout: number): number {
    const size = entries.length * this.platform.pollfd.size;
    if (this.pollfds.length < size) this.pollfds = new Uint8Array(2 * size);
    writePollfds(this.platform, this.pollfds, entries);
    const ready = this.waited('poll', this.native.poll(this.pollfds, entries.length, timeout));
    readPollfds(this.platform, this.pollfds, entries, ready > 0);
    return ready;
  }

  epoll_create1(): Descriptor {
    return this.checked('epoll_create1', this.native.epoll_create1(EPOLL_CLOEXEC), 'EPOLL_CLOEXEC');
  }

  epoll_ctl(
    epoll: Descriptor,
    operation: keyof typeof epollOperations,
    descriptor: Descriptor,
    events: number,
  ): void {
    this.epollEventView.setUint32(this.epollLayout.events.at, events, true);
    this.epollEventView.setUint32(this.epollLayout.data.at, descriptor, true);
    const result = this.native.epoll_ctl(epoll, epollOperations[operation], descriptor, this.epollEvent);
    this.checked('epoll_ctl', result, `${operation} ${descriptor}`);
  }

  epollEvents(capacity: number): EpollEvents {
    return new EpollBuffer(capacity, process.arch);
  }

  epoll_wait(epoll: Descriptor, events: EpollEvents, timeout: number): number {
    const result = this.native.epoll_wait(epoll, events.bytes, events.capacity, timeout);
    return this.waited('epoll_wait', result);
  }

  eventfd(): Descriptor {
    return this.checked('eventfd', this.native.eventfd(0, EFD_CLOEXEC_NONBLOCK), 'EFD_CLOEXEC');
  }

  wake(eventfd: Descriptor): void {
    this.counter.fill(0);
    this.counter[0] = 1;
    // EAGAIN: the counter is at its highest, and so readable.
    if (this.native.write(eventfd, this.counter, 8) < 0) this.mayRepeat('write', eventfd);
  }

  drain(eventfd: Descriptor): void {
    if (this.native.read(eventfd, this.counter, 8) < 0) this.mayRepeat('read', eventfd);
  }

  sockDiag(): Descriptor {
    const { SOCK_CLOEXEC, SOCK_NONBLOCK } = this.platform;
    const type = SOCK_DGRAM | (SOCK_CLOEXEC ?? 0) | (SOCK_NONBLOCK ?? 0);
    return this.checked('socket', this.native.socket(AF_NETLINK, type, NETLINK_SOCK_DIAG), 'AF_NETLINK');
  }

  kqueue(): Descriptor {
    return this.checked('kqueue', this.native.kqueue(), '');
  }

  kevent_change(
    kqueue: Descriptor,
    descriptor: Descriptor,
    filter: 'EVFILT_READ' | 'EVFILT_WRITE',
    on: boolean,
  ): void {
    const change = keventChange(descriptor, filter, on);
    this.timespec.fill(0n);
    const result = this.native.kevent(kqueue, change, 1, change, 0, this.timespec);
    this.checked('kevent', result, `${filter} ${descriptor}`);
  }

  keventEvents(capacity: number): KeventEvents {
    return new KeventBuffer(capacity);
  }

  kevent_wait(kqueue: Descriptor, events: KeventEvents, timeout: number): number {
    this.timespec[0] = BigInt(Math.floor(timeout / 1000));
    this.timespec[1] = BigInt(timeout % 1000) * 1_000_000n;
    const result = this.native.kevent(kqueue, events.bytes, 0, events.bytes, events.capacity, this.timespec);
    return this.waited('kevent', result);
  }

  /** BSD lets no flag be passed when the socket is made, and no child process may inherit it. */
  private prepare(descriptor: Descriptor): void {
    if (this.platform.name === 'win32') return;
    this.checked('fcntl', this.native.fcntl(descriptor, F_SETFD, FD_CLOEXEC), descriptor);
    if (this.platform.options.SO_NOSIGPIPE !== null) this.setsockopt(descriptor, 'SO_NOSIGPIPE', 1);
  }

  /** False, with the socket closed, where its client has left already: macOS refuses options then (EINVAL). */
  private prepareAccepted(descriptor: Descriptor, nonBlocking: boolean): boolean {
    try {
      this.prepare(descriptor);
      // Otherwise it would inherit the listener's mode on BSD, and be blocking elsewhere.
      this.setNonBlocking(descriptor, nonBlocking);
      return true;
    } catch (error) {
      this.close(descriptor);
      if (error instanceof SystemCallError) return false;
      throw error;
    }
  }

  private sendfileLinux(socket: Descriptor, file: number, offset: number, length: number): number {
    this.offset[0] = BigInt(offset);
    return this.native.sendfile(socket, file, this.offset, length);
  }

  /** It may have sent something even where it fails with EAGAIN. */
  private sendfileBsd(socket: Descriptor, file: number, offset: number, length: number): number {
    this.offset[0] = BigInt(length);
    const result = this.native.sendfileBsd(file, socket, offset, this.offset);
    const sent = Number(this.offset[0]);
    return result === 0 || (sent > 0 && ['EAGAIN', 'EINTR'].includes(this.error())) ? sent : -1;
  }

  private decodedAddress(): SocketAddress {
    return decodeSockaddr(this.platform, this.address) ?? { address: '', port: 0 };
  }

  /** The name of the last call's error. To be read at once: other code of this thread sets errno too. */
  private error(): string {
    this.errno = this.native.errno();
    return errorName(this.platform, this.errno);
  }

  /** For the error that was asked for last. */
  private failure(call: string, subject: string | number): SystemCallError {
    const named = typeof subject === 'number' ? `(descriptor ${subject})` : subject;
    return new SystemCallError(call, errorName(this.platform, this.errno), this.errno, named);
  }

  private checked(call: string, result: number, subject: string | number): number {
    if (result >= 0) return result;
    this.error();
    throw this.failure(call, subject);
  }

  /** After a failed transfer: true after EINTR, false after EAGAIN, and thrown after anything else. */
  private mayRepeat(call: string, subject: number): boolean {
    const error = this.error();
    if (error === 'EINTR') return true;
    if (error === 'EAGAIN') return false;
    throw this.failure(call, subject);
  }

  /** A wait that a signal interrupted has found nothing: its caller looks at the clock before it waits again. */
  private waited(call: string, result: number): number {
    if (result >= 0) return result;
    if (this.error() === 'EINTR') return 0;
    throw this.failure(call, '');
  }
}

function textOf({ address, port }: SocketAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
