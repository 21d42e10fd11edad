import type { SystemCalls } from '../sockets/systemCalls.ts';
import type { ListenOptions } from '../sockets/transport.ts';
import { BlockingListener } from './blockingListener.ts';
import { type Crew, runCrew, type SupervisedModel } from './crew.ts';
import { startThread } from './workerThread.ts';

/**
 * The prethreaded server: one socket listens, and a fixed number of threads call `accept` on it, each for itself, each
 * running the loop of the iterative server. The kernel gives every client to one of them.
 *
 * What it shows: as many clients are served at once as there are threads, on all processors, in one process: they
 * share its memory, its descriptors and its death. What breaks it: as many slow clients as there are threads, and
 * whatever kills the process.
 *
 * Described in Stevens, Fenner, Rudoff, "UNIX Network Programming" (volume 1, third edition), section 30.11; there a lock
 * stands around `accept`, which kernels of today do without.
 */
export async function runThreads(
  calls: SystemCalls,
  options: ListenOptions,
  crew: Crew,
): Promise<SupervisedModel> {
  const listener = await BlockingListener.open(calls, options);
  return runCrew(crew, listener, (assignment, supervisor) =>
    startThread(crew.script, calls, { ...assignment, listener: listener.descriptor }, supervisor),
  );
}
