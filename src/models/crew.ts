import type { Assignment, ToWorker, WorkerReport } from '../protocol/worker.ts';
import type { SocketAddress } from '../sockets/transport.ts';
import type { RunningModel } from './served.ts';
import { type StartWorker, Supervisor } from './supervisor.ts';
import type { Tally } from './workerTable.ts';

/** What the server specifies of a model's workers. */
export interface Crew {
  /** Path of the program that a worker runs. */
  readonly script: string;
  readonly workers: number;
  /** The orders for worker `number`, also for one that replaces it: all but where it listens. */
  assignment(number: number): Omit<Assignment, 'listener'>;
  report(number: number, report: WorkerReport): void;
  /** A worker has ended unasked; its replacement starts after this call. */
  died(number: number, tally: Tally | null): void;
}

/** A model whose connections are served by workers. */
export interface SupervisedModel extends RunningModel {
  tell(number: number, order: ToWorker): void;
  tellAll(order: ToWorker): void;
}

/** What the supervisor itself holds of the listening socket. */
export interface SharedListener {
  /** No client can connect any more, and workers that wait for one are woken. */
  shutDown(): void;
  close(): void;
}

/** Starts a crew. Resolves when all workers accept connections; rejects, with the listener closed, where one cannot. */
export async function runCrew(
  crew: Crew,
  listener: SharedListener,
  startWorker: StartWorker,
): Promise<SupervisedModel> {
  const { workers } = crew;
  let running: { supervisor: Supervisor; address: SocketAddress };
  try {
    running = await Supervisor.start({
      workers,
      assignment: (number) => ({ ...crew.assignment(number), listener: null }),
      startWorker,
      report: (number, report) => crew.report(number, report),
      died: (number, tally) => crew.died(number, tally),
    });
  } catch (error) {
    listener.close();
    throw error;
  }
  const { supervisor, address } = running;
  const tell = (number: number, order: ToWorker): void => supervisor.tell(number, order);
  return {
    address,
    tell,
    tellAll: (order) => supervisor.tellAll(order),
    closeConnection(id) {
      // Connection numbers go round the workers (`Numbering`).
      tell(((id - 1) % workers) + 1, { type: 'closeConnection', connection: id });
      return true;
    },
    async stop(grace) {
      const stopped = supervisor.stop(grace);
      listener.shutDown();
      await stopped;
      listener.close();
    },
  };
}
