import type { Platform } from './platform.ts';
import {
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  epollEventLayout,
  type Field,
  kevent,
} from './platform.ts';
import type { EpollEvents, KeventEvents, PollEntry } from './systemCalls.ts';

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An array of `struct epoll_event`; each event's data is the descriptor. */
export class EpollBuffer implements EpollEvents {
  readonly kind = 'epoll';
  readonly capacity: number;
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly layout: ReturnType<typeof epollEventLayout>;

  constructor(capacity: number, architecture: string) {
    this.capacity = capacity;
    this.layout = epollEventLayout(architecture);
    this.bytes = new Uint8Array(capacity * this.layout.size);
    this.view = viewOf(this.bytes);
  }

  descriptor(index: number): number {
    return this.view.getUint32(index * this.layout.size + this.layout.data.at, true);
  }

  readable(index: number): boolean {
    return (this.events(index) & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) !== 0;
  }

  writable(index: number): boolean {
    return (this.events(index) & (EPOLLOUT | EPOLLHUP | EPOLLERR)) !== 0;
  }

  private events(index: number): number {
    return this.view.getUint32(index * this.layout.size + this.layout.events.at, true);
  }
}

/** An array of `struct kevent`. */
export class KeventBuffer implements KeventEvents {
  readonly kind = 'kevent';
  readonly capacity: number;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.bytes = new Uint8Array(capacity * kevent.size);
    this.view = viewOf(this.bytes);
  }

  descriptor(index: number): number {
    return this.view.getUint32(index * kevent.size + kevent.ident.at, true);
  }

  readable(index: number): boolean {
    return this.filter(index) === kevent.EVFILT_READ;
  }

  writable(index: number): boolean {
    return this.filter(index) === kevent.EVFILT_WRITE;
  }

  private filter(index: number): number {
    return this.view.getInt16(index * kevent.size + kevent.filter.at, true);
  }
}

/** A `struct kevent` that adds or deletes a filter. */
export function keventChange(
  descriptor: number,
  filter: 'EVFILT_READ' | 'EVFILT_WRITE',
  on: boolean,
): Uint8Array {
  const bytes = new Uint8Array(kevent.size);
  const view = viewOf(bytes);
  view.setBigUint64(kevent.ident.at, BigInt(descriptor), true);
  view.setInt16(kevent.filter.at, kevent[filter], true);
  view.setUint16(kevent.flags.at, on ? kevent.EV_ADD : kevent.EV_DELETE, true);
  return bytes;
}

/** Writes an array of `struct pollfd`. */
export function writePollfds(platform: Platform, bytes: Uint8Array, entries: readonly PollEntry[]): void {
  const { size, fd, events, revents } = platform.pollfd;
  const view = viewOf(bytes);
  entries.forEach((entry, i) => {
    writeInteger(view, i * size, fd, entry.descriptor);
    writeInteger(view, i * size, events, entry.events);
    writeInteger(view, i * size, revents, 0);
  });
}

/** Takes over what `poll` found; where nothing is ready, there is nothing to read. */
export function readPollfds(
  platform: Platform,
  bytes: Uint8Array,
  entries: readonly PollEntry[],
  anyReady: boolean,
): void {
  const { size, revents } = platform.pollfd;
  const view = viewOf(bytes);
  for (let i = 0; i < entries.length; i++)
    entries[i].revents = anyReady ? view.getInt16(i * size + revents.at, true) : 0;
}

function writeInteger(view: DataView, start: number, { at, bytes }: Field, value: number): void {
  if (bytes === 8) view.setBigInt64(start + at, BigInt(value), true);
  else if (bytes === 4) view.setInt32(start + at, value, true);
  else view.setInt16(start + at, value, true);
}
