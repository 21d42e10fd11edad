import type { SystemCalls } from '../sockets/systemCalls.ts';
import type { ListenOptions } from '../sockets/transport.ts';
import { BlockingListener } from './blockingListener.ts';
import { type Crew, runCrew, type SharedListener, type SupervisedModel } from './crew.ts';
import { hasClusterProcesses, startClusterProcess, startProcess } from './workerProcess.ts';

/**
 * The preforked server: the parent opens the listening socket and starts a fixed number of children, who inherit it
 * and call `accept` on it, each for itself. The parent serves nobody: it looks after its children.
 *
 * What it shows: processes share nothing but the socket, so the death of one harms only the client that it was serving,
 * and another takes its place. What breaks it: as many slow clients as there are children; and memory, since each is a
 * whole program.
 *
 * Described in Stevens, Fenner, Rudoff, "UNIX Network Programming" (volume 1, third edition), section 30.6.
 */
export async function runProcesses(
  calls: SystemCalls,
  options: ListenOptions,
  crew: Crew,
): Promise<SupervisedModel> {
  const listener = await BlockingListener.open(calls, options);
  return runCrew(crew, listener, (assignment, supervisor) =>
    startProcess(crew.script, listener.descriptor, assignment, supervisor),
  );
}

/**
 * The same without system calls of our own: each child runs an event loop on a socket that libuv lets them share. Where
 * `port` is 0, all get the port that the first one found.
 */
export async function runClusteredProcesses(crew: Crew): Promise<SupervisedModel> {
  let found: number | null = null;
  let asked: number | null = null;
  const model = await runCrew(crew, heldByWorkers, (assignment, supervisor) => {
    const { settings } = assignment;
    // Who asks for the same shares a socket, as long as somebody listens on it; after the last, it is opened anew.
    if (found !== null && !hasClusterProcesses()) asked = found;
    const port = asked ?? settings.port;
    return startClusterProcess(crew.script, { ...assignment, settings: { ...settings, port } }, supervisor);
  });
  found = model.address.port;
  return model;
}

/** Node keeps the socket for as long as a worker listens on it. */
const heldByWorkers: SharedListener = { shutDown() {}, close() {} };
