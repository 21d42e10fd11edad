import type { Assignment, FromWorker, ToWorker, WorkerReport } from '../protocol/worker.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import type { Tally } from './workerTable.ts';

/** Milliseconds beyond the grace period of a stop that workers get before they are killed. */
const stopPatience = 1_000;
/** Milliseconds. A worker that lived shorter is replaced only after as long: what killed it may kill the next one too. */
const shortLife = 1_000;

/** A thread or process that serves clients. */
export interface Worker {
  tell(order: ToWorker): void;
  /** Ends it by force. */
  kill(): void;
}

/** What a supervisor hears of a worker. */
export interface WorkerListener {
  said(message: FromWorker): void;
  /**
   * Comes last, once: its descriptors are closed. `how`: words to follow "Worker 1". `tally`: null where it is not known.
   */
  ended(how: string, tally: Tally | null): void;
}

/** Starts one worker; what happens to it goes to `listener`. */
export type StartWorker = (assignment: Assignment, listener: WorkerListener) => Worker;

/** What a supervisor starts, and whom it tells. */
export interface SupervisorOptions {
  readonly workers: number;
  /** The orders for worker `number`, also for one that replaces it. */
  assignment(number: number): Assignment;
  readonly startWorker: StartWorker;
  report(number: number, report: WorkerReport): void;
  /** A worker has ended unasked; its replacement starts after this call. */
  died(number: number, tally: Tally | null): void;
}

/** A worker's place in the crew, which its replacements take over. */
interface Place {
  readonly number: number;
  worker: Worker | null;
  startedAt: number;
  timer: NodeJS.Timeout | null;
}

/** Starts workers, replaces those that die, and ends all of them. It never blocks in the kernel itself. */
export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly places: readonly Place[];
  private stopping = false;
  private whenAllEnded: (() => void) | null = null;

  private constructor(options: SupervisorOptions) {
    this.options = options;
    this.places = Array.from({ length: options.workers }, (_, i) => ({
      number: i + 1,
      worker: null,
      startedAt: 0,
      timer: null,
    }));
  }

  /** Resolves when all workers accept connections. Rejects, with none left running, where one cannot. */
  static async start(
    options: SupervisorOptions,
  ): Promise<{ supervisor: Supervisor; address: SocketAddress }> {
    const supervisor = new Supervisor(options);
    const started = supervisor.places.map((place) => supervisor.startFirst(place));
    try {
      const [address] = await Promise.all(started);
      return { supervisor, address };
    } catch (error) {
      const ended = supervisor.allEnded();
      supervisor.stopping = true;
      for (const { worker } of supervisor.places) worker?.kill();
      await Promise.allSettled(started);
      await ended;
      throw error;
    }
  }

  tell(number: number, order: ToWorker): void {
    this.places[number - 1]?.worker?.tell(order);
  }

  tellAll(order: ToWorker): void {
    for (const { worker } of this.places) worker?.tell(order);
  }

  /** Resolves when all workers have ended. Those whose responses take longer than `grace` milliseconds are killed. */
  async stop(grace: number): Promise<void> {
    this.stopping = true;
    for (const place of this.places) if (place.timer !== null) clearTimeout(place.timer);
    const ended = this.allEnded();
    this.tellAll({ type: 'stop', grace });
    const force = setTimeout(() => {
      for (const { worker } of this.places) worker?.kill();
    }, grace + stopPatience);
    await ended;
    clearTimeout(force);
  }

  private startFirst(place: Place): Promise<SocketAddress> {
    return new Promise((resolve, reject) => {
      let listens = false;
      this.startIn(place, {
        said: (message) => {
          if (message.type === 'startFailed') reject(startError(message));
          if (message.type !== 'listening') return;
          listens = true;
          resolve({ address: message.host, port: message.port });
        },
        ended: (how) => {
          if (!listens) reject(new Error(`Worker ${place.number} ${how} while it started.`));
          return !listens;
        },
      });
    });
  }

  /** `first`: told of the worker's start, where that is awaited; its `ended` returns whether it has dealt with the end. */
  private startIn(
    place: Place,
    first: { said(message: FromWorker): void; ended(how: string): boolean } | null,
  ): void {
    const { number } = place;
    place.timer = null;
    place.startedAt = performance.now();
    place.worker = this.options.startWorker(this.options.assignment(number), {
      said: (message) => {
        first?.said(message);
        this.take(number, message);
      },
      ended: (how, tally) => {
        place.worker = null;
        if (!(first?.ended(how) ?? false) && !this.stopping) this.replace(place, how, tally);
        if (this.places.every(({ worker }) => worker === null)) this.whenAllEnded?.();
      },
    });
  }

  private take(number: number, message: FromWorker): void {
    switch (message.type) {
      case 'batch':
      case 'exchange':
      case 'calls':
      case 'log':
        this.options.report(number, message);
        return;
      case 'listening':
      case 'startFailed':
      case 'stopped':
        return;
    }
  }

  private replace(place: Place, how: string, tally: Tally | null): void {
    const lived = performance.now() - place.startedAt;
    const message = `Worker ${place.number} ${how}. Its connections are closed, and another takes its place.`;
    this.options.report(place.number, { type: 'log', level: 'error', message });
    this.options.died(place.number, tally);
    if (lived >= shortLife) this.startIn(place, null);
    else place.timer = setTimeout(() => this.startIn(place, null), shortLife);
  }

  private allEnded(): Promise<void> {
    if (this.places.every(({ worker }) => worker === null)) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenAllEnded = resolve;
    });
  }
}

function startError({ message, failedCall }: Extract<FromWorker, { type: 'startFailed' }>): Error {
  if (failedCall === null) return new Error(message);
  const { call, code, errno, subject } = failedCall;
  return new SystemCallError(call, code, errno, subject);
}
