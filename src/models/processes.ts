import { createServer } from 'node:net';
import { SystemCallError } from '../sockets/systemCallError.ts';
import type { SystemCalls } from '../sockets/systemCalls.ts';
import type { ListenOptions } from '../sockets/transport.ts';
import { BlockingListener } from './blockingListener.ts';
import { type Crew, runCrew, type SharedListener, type SupervisedModel } from './crew.ts';
import { startClusterProcess, startProcess } from './workerProcess.ts';

/**
 * The preforked server: the parent opens the listening socket and starts a fixed number of children, which inherit it
 * and call `accept` on it, each for itself. The parent serves nobody: it supervises its children.
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
 * The same without system calls of our own: each child runs an event loop on a socket that libuv lets them share. Node
 * lets children that ask for the same port share a socket, and closes it with the last of them. So a free port is chosen
 * once, beforehand: else a replacement of the last child would listen on another.
 */
export async function runClusteredProcesses(crew: Crew): Promise<SupervisedModel> {
  const { settings } = crew.assignment(1);
  for (let attempt = 1; ; attempt++) {
    const port = settings.port === 0 ? await freePort(settings.host) : settings.port;
    try {
      return await runCrew(crew, heldByWorkers, (assignment, supervisor) =>
        startClusterProcess(
          crew.script,
          { ...assignment, settings: { ...assignment.settings, port } },
          supervisor,
        ),
      );
    } catch (error) {
      const wasTaken = error instanceof SystemCallError && error.code === 'EADDRINUSE';
      if (!wasTaken || settings.port !== 0 || attempt === mostAttempts) throw error;
    }
  }
}

/** Free ports that are tried: each may be taken by another program just before a child asks for it. */
const mostAttempts = 3;

/** A port on which nobody listens at this moment; 0 where none can be had: then listening fails, and says why. */
function freePort(host: string): Promise<number> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(0));
    probe.listen(0, host, () => {
      const address = probe.address();
      const port = address === null || typeof address === 'string' ? 0 : address.port;
      probe.close(() => resolve(port));
    });
  });
}

/** Node keeps the socket for as long as a worker listens on it. */
const heldByWorkers: SharedListener = { shutDown() {}, close() {} };
