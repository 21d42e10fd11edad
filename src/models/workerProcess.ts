import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import type { Assignment, FromWorker, ToWorker } from '../protocol/worker.ts';
import type { Worker, WorkerListener } from './supervisor.ts';
import type { Tally } from './workerTable.ts';

/** Messages to a worker's process, from its assignment on. */
export type ToWorkerProcess = ToWorker | { readonly type: 'start'; readonly assignment: Assignment };

/** Messages from a worker's process; `tally` comes when its serving thread has ended, just before it ends itself. */
export type FromWorkerProcess = FromWorker | { readonly type: 'tally'; readonly tally: Tally | null };

/** The descriptor number under which a child process inherits the listening socket. */
const inheritedListener = 4;

const serialization = 'advanced';

/** Starts a process that serves, with real system calls, on a listening socket that it inherits. */
export function startProcess(
  script: string,
  listeningSocket: number,
  assignment: Assignment,
  listener: WorkerListener,
): Worker {
  const child = fork(script, [], {
    serialization,
    env: nodeEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', listeningSocket],
  });
  return workerOf(child, { ...assignment, listener: inheritedListener }, listener);
}

/** Starts a process that serves through libuv; all processes that this function starts share one listening socket. */
export function startClusterProcess(
  script: string,
  assignment: Assignment,
  listener: WorkerListener,
): Worker {
  // Each process accepts for itself: the kernel chooses which, not this one.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: script,
    args: [],
    serialization,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const worker = cluster.fork(nodeEnvironment());
  // What cannot be started says so twice; once is enough, but nobody hearing it would end this process.
  worker.on('error', () => {});
  const { process: child } = worker;
  return workerOf(child, { ...assignment, listener: null }, listener);
}

/** Makes the desktop editor's own program run as Node. */
function nodeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
}

function workerOf(child: ChildProcess, assignment: Assignment, listener: WorkerListener): Worker {
  let stopped = false;
  let tally: Tally | null = null;
  let failure = '';
  const tell = (message: ToWorkerProcess): void => {
    // A child that is about to end gets no messages; its end is reported by its exit.
    if (child.connected) child.send(message, () => {});
  };
  child.on('message', (message: FromWorkerProcess) => {
    if (message.type === 'tally') {
      tally = message.tally;
      return;
    }
    stopped ||= message.type === 'stopped';
    listener.said(message);
  });
  child.on('error', (error) => {
    failure = `could not be started: ${error.message}`;
    if (child.pid === undefined) listener.ended(failure, null);
  });
  child.on('close', (code, signal) => {
    if (child.pid === undefined) return;
    const end = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    listener.ended(stopped ? 'has stopped' : `(process ${child.pid}) ${end}`, tally);
  });
  tell({ type: 'start', assignment });
  return { tell, kill: () => void child.kill('SIGKILL') };
}
