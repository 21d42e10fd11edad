import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import type { Assignment, FromWorker, ToWorker } from '../protocol/worker.ts';
import type { Worker, WorkerListener } from './supervisor.ts';
import type { Tally } from './workerTable.ts';

/** What a worker's process is told, from its assignment on. */
export type ToWorkerProcess = ToWorker | { readonly type: 'start'; readonly assignment: Assignment };

/** What a worker's process says; `tally` when the thread that served in it has ended, just before it ends itself. */
export type FromWorkerProcess = FromWorker | { readonly type: 'tally'; readonly tally: Tally | null };

/** The descriptor by which a child process knows the listening socket that it inherits. */
export const inheritedListener = 4;

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

/** Starts a process that serves through libuv; all that this function starts share one listening socket. */
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
  const { process: child } = cluster.fork(nodeEnvironment());
  return workerOf(child, { ...assignment, listener: null }, listener);
}

/** The desktop editor's own program is Node where this is set. */
function nodeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
}

function workerOf(child: ChildProcess, assignment: Assignment, listener: WorkerListener): Worker {
  let stopped = false;
  let tally: Tally | null = null;
  let failure = '';
  const tell = (message: ToWorkerProcess): void => {
    // One that is about to end hears nothing more; its end is told by itself.
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
