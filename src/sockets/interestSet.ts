import type { NativeLibrary } from './nativeLibrary.ts';
import { EPOLLIN, EPOLLOUT, EPOLLRDHUP, POLLERR, POLLHUP } from './platform.ts';
import type { Descriptor, PollEntry, SystemCalls } from './systemCalls.ts';

/** What to wait for on a descriptor: bits. */
export const readable = 1;
export const writable = 2;

/**
 * Descriptors, and what is waited for on each: level-triggered, so that what was not taken is reported again. There is an
 * implementation for each of the kernel's interfaces (Stevens, UNIX Network Programming, section 6.2; `man 7 epoll`).
 */
export interface InterestSet {
  /** Waits from now on for `wanted` instead of `before`, on a descriptor that is open; 0 = for nothing. */
  change(descriptor: Descriptor, before: number, wanted: number): void;
  /** A descriptor is about to be closed. */
  forget(descriptor: Descriptor, before: number): void;
  /** Looks which descriptors are ready, without waiting. Returns how many can be asked for below. */
  look(): number;
  descriptor(index: number): Descriptor;
  /** Which of `readable` and `writable`; an error is both. */
  ready(index: number): number;
  close(): void;
}

/** Whoever looks when there is something to see. */
export interface Wakening {
  close(): void;
}

/** How many descriptors one look reports; the others come with the next. */
const capacity = 256;

/** The set on Linux; `close` closes its descriptor. */
export class EpollSet implements InterestSet {
  private readonly calls: SystemCalls;
  private readonly epoll: Descriptor;
  private readonly events: ReturnType<SystemCalls['epollEvents']>;

  constructor(calls: SystemCalls) {
    this.calls = calls;
    this.epoll = calls.epoll_create1();
    this.events = calls.epollEvents(capacity);
  }

  change(descriptor: Descriptor, before: number, wanted: number): void {
    if (before === wanted) return;
    const operation = wanted === 0 ? 'EPOLL_CTL_DEL' : before === 0 ? 'EPOLL_CTL_ADD' : 'EPOLL_CTL_MOD';
    const events = (wanted & readable ? EPOLLIN | EPOLLRDHUP : 0) | (wanted & writable ? EPOLLOUT : 0);
    this.calls.epoll_ctl(this.epoll, operation, descriptor, events);
  }

  forget(): void {
    // The kernel takes a closed descriptor out by itself.
  }

  look(): number {
    return this.calls.epoll_wait(this.epoll, this.events, 0);
  }

  descriptor(index: number): Descriptor {
    return this.events.descriptor(index);
  }

  ready(index: number): number {
    return (this.events.readable(index) ? readable : 0) | (this.events.writable(index) ? writable : 0);
  }

  /** An epoll descriptor can itself be waited for: it is readable while one of those in it is ready. */
  wakening(library: NativeLibrary, wake: () => void): Wakening {
    return library.watch(this.epoll, wake);
  }

  close(): void {
    this.calls.close(this.epoll);
  }
}

/** The set on macOS; `close` closes its descriptor. */
export class KqueueSet implements InterestSet {
  private readonly calls: SystemCalls;
  private readonly kqueue: Descriptor;
  private readonly events: ReturnType<SystemCalls['keventEvents']>;

  constructor(calls: SystemCalls) {
    this.calls = calls;
    this.kqueue = calls.kqueue();
    this.events = calls.keventEvents(capacity);
  }

  change(descriptor: Descriptor, before: number, wanted: number): void {
    const changed = before ^ wanted;
    if (changed & readable)
      this.calls.kevent_change(this.kqueue, descriptor, 'EVFILT_READ', (wanted & readable) !== 0);
    if (changed & writable)
      this.calls.kevent_change(this.kqueue, descriptor, 'EVFILT_WRITE', (wanted & writable) !== 0);
  }

  forget(): void {
    // The kernel takes a closed descriptor out by itself.
  }

  look(): number {
    return this.calls.kevent_wait(this.kqueue, this.events, 0);
  }

  descriptor(index: number): Descriptor {
    return this.events.descriptor(index);
  }

  ready(index: number): number {
    return (this.events.readable(index) ? readable : 0) | (this.events.writable(index) ? writable : 0);
  }

  wakening(library: NativeLibrary, wake: () => void): Wakening {
    return library.watch(this.kqueue, wake);
  }

  close(): void {
    this.calls.close(this.kqueue);
  }
}

/** In `poll`, the set is an array of this program, which the kernel reads anew each time. */
export class PollSet implements InterestSet {
  private readonly calls: SystemCalls;
  private readonly events: (wanted: number) => number;
  private readonly entries: PollEntry[] = [];
  private found: PollEntry[] = [];

  constructor(calls: SystemCalls) {
    this.calls = calls;
    const { POLLIN, POLLOUT } = calls.platform;
    this.events = (wanted) => (wanted & readable ? POLLIN : 0) | (wanted & writable ? POLLOUT : 0);
  }

  change(descriptor: Descriptor, before: number, wanted: number): void {
    if (before === wanted) return;
    if (before !== 0) this.forget(descriptor);
    if (wanted !== 0) this.entries.push({ descriptor, events: this.events(wanted), revents: 0 });
  }

  forget(descriptor: Descriptor): void {
    const index = this.entries.findIndex((entry) => entry.descriptor === descriptor);
    if (index >= 0) this.entries.splice(index, 1);
  }

  look(): number {
    return this.lookFor(0);
  }

  descriptor(index: number): Descriptor {
    return this.found[index].descriptor;
  }

  ready(index: number): number {
    const { POLLIN, POLLOUT } = this.calls.platform;
    const { revents } = this.found[index];
    const failed = (revents & (POLLERR | POLLHUP)) !== 0;
    return (failed || revents & POLLIN ? readable : 0) | (failed || revents & POLLOUT ? writable : 0);
  }

  /**
   * Only `poll` itself can wait for such a set, and this thread has other work: so it waits a little, then gives Node's
   * event loop a turn.
   */
  wakening(wake: () => void): Wakening {
    let open = true;
    const turn = (): void => {
      if (!open) return;
      setImmediate(turn);
      if (this.lookFor(shortWait) > 0) wake();
    };
    setImmediate(turn);
    return {
      close: () => {
        open = false;
      },
    };
  }

  close(): void {}

  private lookFor(timeout: number): number {
    const ready = this.calls.poll(this.entries, timeout);
    this.found = ready === 0 ? [] : this.entries.filter((entry) => entry.revents !== 0);
    return this.found.length;
  }
}

/** Milliseconds that `poll` may hold up the thread. */
const shortWait = 10;
