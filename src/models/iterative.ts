import type { SystemCalls } from '../sockets/systemCalls.ts';
import type { ListenOptions } from '../sockets/transport.ts';
import { serve } from './blockingConnection.ts';
import type { BlockingWorker } from './blockingWorker.ts';
import type { Crew, SupervisedModel } from './crew.ts';
import { runThreads } from './threads.ts';

/**
 * The iterative server: it accepts a client, serves it to the end, closes, and only then accepts the next. Meanwhile all
 * others wait in the kernel's accept queue, whose length is the backlog.
 *
 * What it shows: the life of a server in its plainest form, and why that is not enough. What breaks it: one client
 * that is slow, or keeps its connection, holds up all the others; once the backlog is full, new ones cannot connect.
 *
 * Described in Stevens, Fenner, Rudoff, "UNIX Network Programming" (volume 1, third edition), sections 1.5 and 30.3.
 *
 * One thread runs this loop in the model `iterative`; in `threads` and `processes` several do, on one listening socket.
 */
export function serveOneByOne(worker: BlockingWorker): void {
  while (worker.goesOn()) {
    const client = worker.accept();
    if (client === null) continue;
    try {
      serve(worker, client);
    } finally {
      worker.close(client);
    }
  }
}

/** Serves in a thread of its own, so that the calling one is never busy with a client. `crew`: of one worker. */
export function runIterative(
  calls: SystemCalls,
  options: ListenOptions,
  crew: Crew,
): Promise<SupervisedModel> {
  return runThreads(calls, options, crew);
}
