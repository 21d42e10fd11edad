import type { Response } from '../http/message.ts';
import type { RequestHandler } from '../http/requestHandler.ts';
import type { ToWorker } from '../protocol/worker.ts';
import { followSystemClock, now } from '../sockets/clock.ts';
import { nextDescriptor } from '../sockets/descriptorLimit.ts';
import { addressOfAccepted } from '../sockets/listeningSocket.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import type { Accepted, Descriptor, PollEntry, SystemCalls } from '../sockets/systemCalls.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import type { Service } from './served.ts';
import type { WorkerTable } from './workerTable.ts';

/**
 * Milliseconds that a wait in the kernel lasts, at most. A thread that is stuck there longer can be neither stopped nor
 * paused by a debugger, and holds up the end of its process.
 */
export const longestWait = 250;

/** Errors of `accept` that pass when somebody gives a descriptor or memory back. */
const shortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Descriptors that a client may take: its socket, a file, and another one while it is looked whether that is there compressed. */
const descriptorsEach = 3;

/** What a thread without an event loop does for those above it, between two waits. */
export interface Duties {
  /** The next order of the supervisor, or null; never waits. */
  nextOrder(): ToWorker | null;
  /** An order that is not the worker's own affair. */
  carryOut(order: Exclude<ToWorker, { type: 'stop' | 'closeConnection' }>): void;
  /** Passes on what was recorded, where it is time to. */
  ship(): void;
}

export interface BlockingWorkerOptions {
  readonly calls: SystemCalls;
  /** The listening socket, set up by `waitInSlices`. The worker does not close it. */
  readonly listener: Descriptor;
  readonly service: Service;
  readonly duties: Duties;
  readonly table: WorkerTable;
  /** How many descriptors this process may have open. */
  readonly descriptorLimit: number;
  /** Counts the workers of this process, from 1. */
  readonly place: number;
}

/** Makes a listening socket one whose `accept` waits no longer than `longestWait`. */
export function waitInSlices(calls: SystemCalls, listener: Descriptor): void {
  if (acceptHasTimeLimit(calls)) calls.setsockopt(listener, 'SO_RCVTIMEO', longestWait);
  else calls.setNonBlocking(listener, true);
}

/** Elsewhere, `accept` knows no time limit: `poll` waits in its place, and of the threads it wakes one gets the client. */
function acceptHasTimeLimit(calls: SystemCalls): boolean {
  return calls.platform.name === 'linux';
}

/** A thread that serves with blocking system calls, and what it has to look to between them. */
export class BlockingWorker {
  readonly calls: SystemCalls;
  readonly service: Service;
  /** What `recv` reads into, for one connection after the other. */
  readonly buffer = new Uint8Array(64 * 1024);
  private readonly listener: Descriptor;
  /** Of the listening socket. */
  readonly address: SocketAddress;
  private readonly duties: Duties;
  private readonly table: WorkerTable;
  private readonly listenerEntry: PollEntry;
  private stopOrdered = false;
  private cutTime = Number.POSITIVE_INFINITY;
  private connectionToClose = 0;
  private readonly descriptorLimit: number;
  private readonly place: number;
  private shortageTold = false;

  constructor(options: BlockingWorkerOptions) {
    const { calls, listener, service, duties, table, descriptorLimit, place } = options;
    this.calls = calls;
    this.listener = listener;
    this.address = calls.getsockname(listener);
    this.duties = duties;
    this.table = table;
    this.descriptorLimit = descriptorLimit;
    this.place = place;
    this.listenerEntry = { descriptor: listener, events: calls.platform.POLLIN, revents: 0 };
    this.service = { ...service, handler: givingWay(service.handler, () => this.othersWait()) };
  }

  /** Looks to the worker's duties; false where it is to end. */
  goesOn(): boolean {
    this.attend();
    return !this.stopOrdered;
  }

  /** Takes orders, and passes on what was recorded. */
  attend(): void {
    followSystemClock();
    for (let order = this.duties.nextOrder(); order !== null; order = this.duties.nextOrder())
      this.take(order);
    this.duties.ship();
  }

  get stopping(): boolean {
    return this.stopOrdered;
  }

  /** Why a connection must be closed now, whatever it is doing; empty where it need not. */
  reasonToCut(connection: number, time: number): string {
    if (this.connectionToClose === connection) return 'It was closed by hand.';
    return time >= this.cutTime ? 'The server stopped.' : '';
  }

  /** Waits for the next client; null where none came while it waited, or where there are no descriptors for one. */
  accept(): Accepted | null {
    const { calls, listener } = this;
    if (this.isShort()) {
      this.waitForDescriptors();
      return null;
    }
    try {
      if (!acceptHasTimeLimit(calls) && calls.poll([this.listenerEntry], longestWait) === 0)
        return this.nobody();
      const client = calls.accept(listener);
      if (client === null) return this.nobody();
      this.table.setDescriptor(client.descriptor);
      return client;
    } catch (error) {
      this.acceptFailed(error);
      return null;
    }
  }

  /** The end of what `accept` began. */
  close({ descriptor }: Accepted): void {
    this.calls.close(descriptor);
    this.table.clearDescriptor();
  }

  /** Whether a client waits in the accept queue. */
  othersWait(): boolean {
    return this.calls.poll([this.listenerEntry], 0) > 0;
  }

  /** Where the client has connected to. */
  localAddress(client: Accepted): SocketAddress {
    return addressOfAccepted(this.calls, client.descriptor, this.address);
  }

  private take(order: ToWorker): void {
    switch (order.type) {
      case 'stop':
        this.stopOrdered = true;
        this.cutTime = now() + order.grace;
        break;
      case 'closeConnection':
        this.connectionToClose = order.connection;
        break;
      default:
        this.duties.carryOut(order);
    }
  }

  private acceptFailed(error: unknown): void {
    if (!(error instanceof SystemCallError)) throw error;
    if (error.code === 'EINVAL') {
      // It does not listen any more: the supervisor has shut it down, and says so too.
      this.stopOrdered = true;
      return;
    }
    if (!shortages.has(error.code)) throw error;
    this.tellShortage(error.message);
    // Until there is one again: `accept` does not wait for that.
    this.calls.poll([], longestWait);
  }

  /**
   * Whether descriptors do not suffice for this worker and those before it. So they do for the ones that accept, all at the
   * same time even; and the first one always may, so that no two wait for each other.
   */
  private isShort(): boolean {
    return this.place > 1 && nextDescriptor() + this.place * descriptorsEach > this.descriptorLimit;
  }

  private waitForDescriptors(): void {
    if (!this.othersWait()) this.nobody();
    else this.tellShortage(tooFewForAll);
    this.calls.poll([], longestWait);
  }

  /** Once for a shortage, not for each attempt. */
  private tellShortage(reason: string): void {
    if (!this.shortageTold)
      this.service.log('warning', `Not every connection can be accepted at once: ${reason}`);
    this.shortageTold = true;
  }

  /** No client waits: a shortage, if there was one, is over. */
  private nobody(): null {
    if (this.shortageTold) this.service.log('warning', 'Connections are accepted again.');
    this.shortageTold = false;
    return null;
  }
}

const tooFewForAll =
  'there are too few file descriptors for all workers, and some wait. Raise the limit (ulimit -n), or have fewer workers.';

/** Answers, and lets the connection end with the answer where others wait: they could wait for long. */
function givingWay(handler: RequestHandler, othersWait: () => boolean): RequestHandler {
  const last = <Answer extends Response | null>(answer: Answer): Answer =>
    answer !== null && othersWait() ? { ...answer, close: true } : answer;
  return {
    admit: (request) => last(handler.admit(request)),
    wantsMessage: (request) => handler.wantsMessage(request),
    respond: (request, message) => last(handler.respond(request, message)),
    refuse: (violation) => handler.refuse(violation),
    date: () => handler.date?.() ?? Date.now(),
  };
}
