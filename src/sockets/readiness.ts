import { type DescriptorShares, descriptorShares } from './descriptorLimit.ts';
import { DescriptorShortage } from './descriptorShortage.ts';
import {
  EpollSet,
  type InterestSet,
  KqueueSet,
  PollSet,
  readable,
  type Wakening,
  writable,
} from './interestSet.ts';
import { addressOfAccepted, openListeningSocket } from './listeningSocket.ts';
import type { NativeLibrary } from './nativeLibrary.ts';
import { SendQueue } from './sendQueue.ts';
import { unreadByPeer } from './sockDiag.ts';
import { SystemCallError } from './systemCallError.ts';
import { type Accepted, type Descriptor, type SystemCalls, wouldBlock } from './systemCalls.ts';
import type {
  Listener,
  ListenerEvents,
  ListenOptions,
  SocketAddress,
  Transport,
  TransportConnection,
  TransportEvents,
  UnreadByPeer,
} from './transport.ts';

/** Which of the kernel's interfaces tells who is ready. */
export type ReadinessInterface = 'epoll' | 'kqueue' | 'poll';

/** Connections accepted before the others have their turn. */
const acceptsPerTurn = 64;
const readBytes = 64 * 1024;
const sendBytes = 64 * 1024;

/**
 * The transport that stands on the system calls alone: non-blocking sockets, and an interface of the kernel that tells
 * which are ready. Node's event loop is only asked to wake this up, and serves what else there is: timers, files, the
 * channel to the host.
 */
export class ReadinessTransport implements Transport {
  private readonly library: NativeLibrary;
  private readonly calls: SystemCalls;
  private readonly kind: ReadinessInterface;

  constructor(library: NativeLibrary, calls: SystemCalls, kind = bestInterface(calls)) {
    this.library = library;
    this.calls = calls;
    this.kind = kind;
  }

  async listen(options: ListenOptions, events: ListenerEvents): Promise<Listener> {
    const descriptor = await openListeningSocket(this.calls, options);
    try {
      const shares = await descriptorShares();
      // A response must not wait for the acknowledgement of the one before (Nagle's algorithm). Connections inherit it.
      this.calls.setsockopt(descriptor, 'TCP_NODELAY', 1);
      this.calls.setNonBlocking(descriptor, true);
      return new ReadinessListener(this.library, this.calls, this.kind, descriptor, shares, events);
    } catch (error) {
      this.calls.close(descriptor);
      throw error;
    }
  }
}

function bestInterface({ platform }: SystemCalls): ReadinessInterface {
  switch (platform.name) {
    case 'linux':
      return 'epoll';
    case 'darwin':
      return 'kqueue';
    case 'win32':
      return 'poll';
  }
}

class ReadinessListener implements Listener {
  readonly address: SocketAddress;
  readonly calls: SystemCalls;
  readonly interests: InterestSet;
  /** What every read goes into. */
  readonly readMemory = Buffer.allocUnsafeSlow(readBytes);
  /** Where small pieces are put together before they are sent. */
  readonly sendMemory = Buffer.allocUnsafeSlow(sendBytes);
  private readonly events: ListenerEvents;
  private readonly wakening: Wakening;
  private readonly descriptor: Descriptor;
  private readonly shortage: DescriptorShortage;
  private readonly open = new Map<Descriptor, ReadinessConnection>();
  private interest = 0;
  private listening = true;
  private readonly closed: Promise<void>;
  private resolveClosed: () => void = () => {};

  constructor(
    library: NativeLibrary,
    calls: SystemCalls,
    kind: ReadinessInterface,
    descriptor: Descriptor,
    shares: DescriptorShares,
    events: ListenerEvents,
  ) {
    this.calls = calls;
    this.shortage = new DescriptorShortage(shares, events, () => this.accept());
    this.events = events;
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve;
    });
    this.descriptor = descriptor;
    this.address = calls.getsockname(descriptor);
    const wake = (): void => this.turn();
    if (kind === 'poll') {
      const set = new PollSet(calls);
      this.wakening = set.wakening(wake);
      this.interests = set;
    } else {
      const set = kind === 'epoll' ? new EpollSet(calls) : new KqueueSet(calls);
      this.wakening = set.wakening(library, wake);
      this.interests = set;
    }
    this.want(readable);
  }

  close(): Promise<void> {
    if (this.listening) {
      this.listening = false;
      this.shortage.stopWatching();
      this.interests.forget(this.descriptor, this.interest);
      this.calls.close(this.descriptor);
      this.endIfDone();
    }
    return this.closed;
  }

  forget(descriptor: Descriptor): void {
    this.open.delete(descriptor);
    // There may be room for one who waits.
    if (this.listening && !this.shortage.isFull(this.open.size)) this.want(readable);
    this.endIfDone();
  }

  /** One turn: everybody who is ready, once. */
  private turn(): void {
    const count = this.interests.look();
    if (count === 0) return;
    this.events.turnBegan();
    for (let i = 0; i < count; i++) {
      const descriptor = this.interests.descriptor(i);
      // A number may be another's by now, if its owner was closed in this turn: then nothing is found there.
      if (descriptor !== this.descriptor) this.open.get(descriptor)?.ready(this.interests.ready(i));
      else if (this.listening) this.accept();
    }
    this.events.turnEnded();
  }

  /** Accepts those who wait, for as long as there are descriptors for them and for what they ask for. */
  private accept(): void {
    if (this.shortage.isFull(this.open.size)) {
      this.pauseAccepting(this.shortage.reason(this.open.size));
      return;
    }
    this.want(readable);
    for (let i = 0; i < acceptsPerTurn && !this.shortage.isFull(this.open.size); i++) {
      try {
        const accepted = this.calls.accept(this.descriptor, true);
        if (accepted === null) {
          this.shortage.nobodyWaits(this.open.size);
          return;
        }
        this.take(accepted);
      } catch (error) {
        this.pauseAccepting(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
  }

  private take({ descriptor, peer }: Accepted): void {
    this.shortage.accepted(descriptor);
    const local = addressOfAccepted(this.calls, descriptor, this.address);
    const connection = new ReadinessConnection(this, descriptor, peer, local);
    this.open.set(descriptor, connection);
    connection.start(this.events);
  }

  private pauseAccepting(reason: Error): void {
    // Whoever waits would wake this up again and again.
    this.want(0);
    this.shortage.begin(reason);
  }

  private want(interest: number): void {
    this.interests.change(this.descriptor, this.interest, interest);
    this.interest = interest;
  }

  private endIfDone(): void {
    if (this.listening || this.open.size > 0) return;
    this.wakening.close();
    this.interests.close();
    this.resolveClosed();
  }
}

/** The connection of a non-blocking socket. */
class ReadinessConnection implements TransportConnection {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  private readonly listener: ReadinessListener;
  readonly descriptor: Descriptor;
  private events: TransportEvents | null = null;
  private readonly queue = new SendQueue();
  /** Bytes that the kernel has taken. */
  private taken = 0;
  /** Somebody wants to send a file as soon as there is room. */
  private awaitsRoom = false;
  private interest = 0;
  private paused = false;
  private peerEnded = false;
  private halfClosing = false;
  private closed = false;

  constructor(
    listener: ReadinessListener,
    descriptor: Descriptor,
    peer: SocketAddress,
    local: SocketAddress,
  ) {
    this.listener = listener;
    this.descriptor = descriptor;
    this.peer = peer;
    this.local = local;
  }

  start(listenerEvents: ListenerEvents): void {
    this.events = listenerEvents.accepted(this);
    this.updateInterest();
  }

  /** `what` of `readable` and `writable` the socket is. */
  ready(what: number): void {
    if (what & writable && this.interest & writable) this.writeOn();
    if (what & readable && !this.paused && !this.peerEnded && !this.closed) this.read();
  }

  write(bytes: Uint8Array): void {
    this.queue.push(bytes);
  }

  flush(): number {
    if (this.closed || this.queue.isEmpty || this.interest & writable) return 0;
    const taken = this.transfer();
    this.updateInterest();
    return taken;
  }

  sendFile(file: number, offset: number, length: number): number {
    const count = this.attempt(() => this.listener.calls.sendfile(this.descriptor, file, offset, length));
    this.awaitsRoom = count === wouldBlock;
    if (count > 0) this.taken += count;
    this.updateInterest();
    return count;
  }

  unread(): UnreadByPeer {
    return unreadByPeer(this.listener.calls, this.local, this.peer, this.taken);
  }

  pause(): void {
    this.paused = true;
    this.updateInterest();
  }

  resume(): void {
    this.paused = false;
    this.updateInterest();
  }

  halfClose(): void {
    this.halfClosing = true;
    const taken = this.flush();
    if (taken > 0) this.events?.flushed(taken);
    if (this.queue.isEmpty) this.shutdown();
  }

  close(): void {
    this.end('');
  }

  reset(): void {
    if (this.closed) return;
    this.attempt(() => {
      // With no time to linger, what is not sent yet is dropped, and the peer is told so (man 7 socket).
      this.listener.calls.setsockopt(this.descriptor, 'SO_LINGER', 0);
      return 0;
    });
    this.end('');
  }

  private read(): void {
    const { calls, readMemory } = this.listener;
    let count: number;
    try {
      count = calls.recv(this.descriptor, readMemory);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (count === wouldBlock) return;
    if (count > 0) {
      this.events?.received(readMemory.subarray(0, count));
      return;
    }
    this.peerEnded = true;
    this.updateInterest();
    this.events?.ended();
  }

  private writeOn(): void {
    const told = this.awaitsRoom;
    this.awaitsRoom = false;
    const taken = !this.queue.isEmpty ? this.transfer() : 0;
    if (this.closed) return;
    this.updateInterest();
    if (taken > 0 || told) this.events?.flushed(taken);
    if (this.halfClosing && this.queue.isEmpty) this.shutdown();
  }

  /** Returns how many of the queued bytes the kernel took. */
  private transfer(): number {
    const { calls, sendMemory } = this.listener;
    const taken = this.attempt(() => this.queue.transfer(calls, this.descriptor, sendMemory));
    if (taken === wouldBlock) return 0;
    this.taken += taken;
    return taken;
  }

  /** A failed transfer ends the connection; its driver, who is in the middle of something, hears of it afterwards. */
  private attempt(transfer: () => number): number {
    try {
      return transfer();
    } catch (error) {
      setImmediate(() => this.fail(error));
      this.queue.clear();
      return wouldBlock;
    }
  }

  private shutdown(): void {
    if (this.closed) return;
    this.halfClosing = false;
    try {
      this.listener.calls.shutdown(this.descriptor, 'SHUT_WR');
    } catch (error) {
      // ENOTCONN: the peer has reset the connection, which the next read tells of.
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  private updateInterest(): void {
    if (this.closed) return;
    const wanted =
      (this.paused || this.peerEnded ? 0 : readable) |
      (!this.queue.isEmpty || this.awaitsRoom ? writable : 0);
    if (wanted === this.interest) return;
    this.listener.interests.change(this.descriptor, this.interest, wanted);
    this.interest = wanted;
  }

  private fail(error: unknown): void {
    if (!(error instanceof SystemCallError)) throw error;
    this.end(error.code);
  }

  private end(error: string): void {
    if (this.closed) return;
    this.closed = true;
    this.queue.clear();
    this.listener.interests.forget(this.descriptor, this.interest);
    this.listener.calls.close(this.descriptor);
    const events = this.events;
    this.events = null;
    this.listener.forget(this.descriptor);
    // As a socket of node:net does: not while its driver is in the middle of closing it.
    if (error === '') queueMicrotask(() => events?.closed(''));
    else events?.closed(error);
  }
}
