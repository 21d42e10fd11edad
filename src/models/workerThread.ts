import { Worker as Thread } from 'node:worker_threads';
import type { Assignment, FromWorker } from '../protocol/worker.ts';
import type { SystemCalls } from '../sockets/systemCalls.ts';
import type { Worker, WorkerListener } from './supervisor.ts';
import { WorkerTable } from './workerTable.ts';

/** What a worker's thread is started with. */
export interface ThreadStart {
  readonly assignment: Assignment;
  readonly table: SharedArrayBuffer;
}

/** Starts a thread that serves. Sockets belong to the process, so one that the thread leaves open is closed here. */
export function startThread(
  script: string,
  calls: SystemCalls,
  assignment: Assignment,
  listener: WorkerListener,
): Worker {
  const table = new WorkerTable();
  const thread = new Thread(script, {
    workerData: { assignment, table: table.memory } satisfies ThreadStart,
    name: `Spark worker ${assignment.number}`,
  });
  let stopped = false;
  let failure: string | null = null;
  thread.on('message', (message: FromWorker) => {
    stopped ||= message.type === 'stopped';
    listener.said(message);
  });
  thread.on('error', (error) => {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  thread.on('exit', (code) => {
    if (table.descriptor !== null) calls.close(table.descriptor);
    const how = failure === null ? `ended with exit code ${code}` : `failed: ${failure}`;
    listener.ended(stopped ? 'has stopped' : how, table.tally);
  });
  return {
    tell: (order) => thread.postMessage(order),
    kill: () => void thread.terminate(),
  };
}
