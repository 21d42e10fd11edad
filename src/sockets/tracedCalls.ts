import type { CallTrace, RecordedCall } from './callTrace.ts';
import { now } from './clock.ts';
import { type NativeCallName, type NativeCalls, nativeCallNames } from './nativeCalls.ts';
import { EPOLLIN, epollEventLayout, type Platform } from './platform.ts';
import { decodeSockaddr } from './sockaddr.ts';

const numbers = Object.fromEntries(nativeCallNames.map((name, i) => [name, i])) as Record<
  NativeCallName,
  number
>;
const epollLayout = epollEventLayout(process.arch);

/**
 * The same calls, each recorded as it is made: the trace shows what the C library was asked and what it answered. A call
 * that is restarted after a signal is recorded each time.
 *
 * @param preview how many of the bytes that `recv` and `send` carry are recorded, as text
 */
export function tracedCalls(
  native: NativeCalls,
  trace: CallTrace,
  platform: Platform,
  preview = 0,
): NativeCalls {
  const call: RecordedCall = {
    name: 0,
    descriptor: 0,
    first: 0,
    second: 0,
    third: 0,
    detail: '',
    result: 0,
    errno: 0,
    startedAt: 0,
    endedAt: 0,
    idle: false,
    owner: 0,
  };
  let errno = 0;

  /** Whether no descriptor was ready, or nothing came in time. */
  function foundNothing(name: number, result: number): boolean {
    if (result < 0) return platform.errors[errno] === 'EAGAIN';
    return name === numbers.poll || name === numbers.epoll_wait || name === numbers.kevent;
  }

  /** Records what has just been made. One object serves for all: this runs for every call that is traced. */
  function done(
    name: number,
    startedAt: number,
    result: number,
    descriptor: number,
    first = 0,
    second = 0,
    third = 0,
    detail = '',
    owner = descriptor,
  ): number {
    errno = result < 0 ? native.errno() : 0;
    call.endedAt = now();
    call.name = name;
    call.descriptor = descriptor;
    call.first = first;
    call.second = second;
    call.third = third;
    call.detail = detail;
    call.result = result;
    call.errno = errno;
    call.startedAt = startedAt;
    call.idle = result <= 0 && foundNothing(name, result);
    call.owner = owner;
    trace.record(call);
    return result;
  }

  /** A call that returns a new descriptor. */
  function made(
    name: number,
    startedAt: number,
    result: number,
    descriptor: number,
    first = 0,
    second = 0,
    third = 0,
    detail = '',
  ): number {
    if (result >= 0) trace.born(result);
    return done(name, startedAt, result, descriptor, first, second, third, detail);
  }

  const addressText = (address: Uint8Array, result: number): string =>
    result < 0 ? '' : structText(platform, address);
  const previewText = (bytes: Uint8Array, count: number): string =>
    preview === 0 || count <= 0
      ? ''
      : Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(count, preview)).toString('latin1');

  return {
    gettid: () => native.gettid(),
    errno: () => errno,
    socket(domain, type, protocol) {
      const start = now();
      return made(numbers.socket, start, native.socket(domain, type, protocol), -1, domain, type, protocol);
    },
    setsockopt(fd, level, option, value, length) {
      const start = now();
      const result = native.setsockopt(fd, level, option, value, length);
      return done(numbers.setsockopt, start, result, fd, level, option, firstNumber(value), valueText(value));
    },
    getsockopt(fd, level, option, value, length) {
      const start = now();
      const result = native.getsockopt(fd, level, option, value, length);
      return done(numbers.getsockopt, start, result, fd, level, option, firstNumber(value));
    },
    bind(fd, address, length) {
      const start = now();
      const result = native.bind(fd, address, length);
      return done(numbers.bind, start, result, fd, 0, 0, 0, structText(platform, address));
    },
    getsockname(fd, address, length) {
      const start = now();
      const result = native.getsockname(fd, address, length);
      return done(numbers.getsockname, start, result, fd, 0, 0, 0, addressText(address, result));
    },
    getpeername(fd, address, length) {
      const start = now();
      const result = native.getpeername(fd, address, length);
      return done(numbers.getpeername, start, result, fd, 0, 0, 0, addressText(address, result));
    },
    listen(fd, backlog) {
      const start = now();
      return done(numbers.listen, start, native.listen(fd, backlog), fd, backlog);
    },
    accept(fd, address, length) {
      const start = now();
      const result = native.accept(fd, address, length);
      return made(numbers.accept, start, result, fd, 0, 0, 0, addressText(address, result));
    },
    accept4(fd, address, length, flags) {
      const start = now();
      const result = native.accept4(fd, address, length, flags);
      return made(numbers.accept4, start, result, fd, flags, 0, 0, addressText(address, result));
    },
    recv(fd, buffer, length, flags) {
      const start = now();
      const result = native.recv(fd, buffer, length, flags);
      return done(numbers.recv, start, result, fd, length, flags, 0, previewText(buffer, result));
    },
    send(fd, bytes, length, flags) {
      const start = now();
      const result = native.send(fd, bytes, length, flags);
      return done(numbers.send, start, result, fd, length, flags, 0, previewText(bytes, length));
    },
    writev(fd, vector, count) {
      const start = now();
      const result = native.writev(fd, vector, count);
      let total = 0;
      for (let i = 0; i < count; i++) total += Number(vector[2 * i + 1]);
      return done(numbers.writev, start, result, fd, count, Number(vector[1]), total, '');
    },
    sendfile(socket, file, offset, count) {
      const from = Number(offset[0]);
      const start = now();
      return done(
        numbers.sendfile,
        start,
        native.sendfile(socket, file, offset, count),
        socket,
        file,
        from,
        count,
        '',
      );
    },
    sendfileBsd(file, socket, offset, length) {
      const count = Number(length[0]);
      const start = now();
      const result = native.sendfileBsd(file, socket, offset, length);
      return done(numbers.sendfileBsd, start, result, socket, file, offset, count, '');
    },
    shutdown(fd, how) {
      const start = now();
      return done(numbers.shutdown, start, native.shutdown(fd, how), fd, how);
    },
    close(fd) {
      const start = now();
      return done(numbers.close, start, native.close(fd), fd);
    },
    fcntl(fd, command, argument) {
      const start = now();
      return done(numbers.fcntl, start, native.fcntl(fd, command, argument), fd, command, argument);
    },
    ioctlsocket(fd, command, argument) {
      const start = now();
      const result = native.ioctlsocket(fd, command, argument);
      return done(numbers.ioctlsocket, start, result, fd, command, argument[0]);
    },
    poll(fds, count, timeout) {
      const start = now();
      const result = native.poll(fds, count, timeout);
      const view = new DataView(fds.buffer, fds.byteOffset, fds.byteLength);
      const { fd, events, revents } = platform.pollfd;
      const descriptor = count === 1 ? view.getInt32(fd.at, true) : -1;
      const asked = count === 1 ? String(view.getUint16(events.at, true)) : '';
      const found = count === 1 ? view.getUint16(revents.at, true) : 0;
      return done(numbers.poll, start, result, descriptor, count, timeout, found, asked);
    },
    epoll_create1(flags) {
      const start = now();
      return made(numbers.epoll_create1, start, native.epoll_create1(flags), -1, flags);
    },
    epoll_ctl(epoll, operation, fd, event) {
      const events = (event[0] | (event[1] << 8) | (event[2] << 16)) & 0xffffff;
      const start = now();
      const result = native.epoll_ctl(epoll, operation, fd, event);
      return done(numbers.epoll_ctl, start, result, epoll, operation, fd, events, '', fd);
    },
    epoll_wait(epoll, events, capacity, timeout) {
      const start = now();
      const result = native.epoll_wait(epoll, events, capacity, timeout);
      const first = result > 0 ? firstReady(events) : 0;
      return done(numbers.epoll_wait, start, result, epoll, capacity, timeout, first, '');
    },
    eventfd(initial, flags) {
      const start = now();
      return made(numbers.eventfd, start, native.eventfd(initial, flags), -1, initial, flags);
    },
    read(fd, buffer, length) {
      const start = now();
      return done(numbers.read, start, native.read(fd, buffer, length), fd, length);
    },
    write(fd, bytes, length) {
      const start = now();
      return done(numbers.write, start, native.write(fd, bytes, length), fd, length);
    },
    kqueue() {
      const start = now();
      return made(numbers.kqueue, start, native.kqueue(), -1);
    },
    kevent(kqueue, changes, changeCount, events, capacity, timeout) {
      const start = now();
      const result = native.kevent(kqueue, changes, changeCount, events, capacity, timeout);
      return done(numbers.kevent, start, result, kqueue, changeCount, capacity, 0, '');
    },
  };
}

/** The first descriptor that is ready, and its events: `descriptor * 65536 + events`. */
function firstReady(events: Uint8Array): number {
  const { data } = epollLayout;
  const descriptor = events[data.at] | (events[data.at + 1] << 8) | (events[data.at + 2] << 16);
  return descriptor * 65_536 + (events[0] | (events[1] << 8) || EPOLLIN);
}

function firstNumber(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset).getInt32(0, true);
}

/** A time limit, as `strace` shows it. */
function valueText(value: Uint8Array): string {
  if (value.length !== 16) return '';
  const view = new DataView(value.buffer, value.byteOffset);
  return `{tv_sec=${view.getInt32(0, true)}, tv_usec=${view.getInt32(8, true)}}`;
}

function structText(platform: Platform, bytes: Uint8Array): string {
  const address = decodeSockaddr(platform, bytes);
  if (address === null) return '';
  return address.address.includes(':')
    ? `{sa_family=AF_INET6, sin6_port=htons(${address.port}), sin6_addr="${address.address}"}`
    : `{sa_family=AF_INET, sin_port=htons(${address.port}), sin_addr=inet_addr("${address.address}")}`;
}
