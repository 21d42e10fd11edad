import { runEventLoop } from '../models/eventLoop.ts';
import { portOwner } from '../sockets/portOwner.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import { roundsOf } from './busyWork.ts';
import { startCrew } from './crewServer.ts';
import { LiveReload } from './live/liveReload.ts';
import { checkModelNeeds } from './modelNeeds.ts';
import { RunningServer, type Server, type StartOptions } from './runningServer.ts';
import { allNumbers, Serving } from './serving.ts';
import { chooseTransport } from './socketLayer.ts';
import { highestPort } from './startFailure.ts';

/** Without a path; an IPv6 address stands in brackets (RFC 3986 section 3.2.2). */
export function serverUrl(host: string, port: number, secure: boolean): string {
  return `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

/**
 * Starts a server, on the first free port of those the settings allow. Rejects with SystemCallError, or with
 * ModelNeedError.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { settings } = options;
  checkModelNeeds(settings);
  const rounds = roundsOf(settings.model.compute);
  const skippedPorts: number[] = [];
  for (let port = settings.port; ; port++) {
    try {
      const server = await start({ ...options, settings: { ...settings, port } }, rounds);
      return new RunningServer(server, skippedPorts, settings.limits.stopTime);
    } catch (error) {
      const taken = error instanceof SystemCallError && error.code === 'EADDRINUSE';
      const last = port >= settings.port + settings.furtherPorts || port >= highestPort;
      if (!taken) throw error;
      if (last || settings.port === 0) throw await withOwner(error, settings.host, port);
      skippedPorts.push(port);
    }
  }
}

/** The error of a taken port, with who has it, where that can be seen. */
async function withOwner(error: SystemCallError, host: string, port: number): Promise<SystemCallError> {
  const { call, code, errno, subject } = error;
  const owner = await portOwner({ address: host, port });
  if (owner === null) return error;
  return new SystemCallError(call, code, errno, subject, `Process ${owner.pid} (${owner.name}) has it.`);
}

function start(options: StartOptions, rounds: number): Promise<Server> {
  return options.settings.model.name === 'eventLoop'
    ? startEventLoop(options, rounds)
    : startCrew(options, rounds);
}

async function startEventLoop(options: StartOptions, rounds: number): Promise<Server> {
  const { settings, recording, lendsBatches, report } = options;
  const live = settings.live === null ? null : new LiveReload(settings.root, settings.live);
  const { transport, trace } = await chooseTransport(settings, recording.kind === 'capture', (message) =>
    report({ type: 'log', level: 'info', message }),
  );
  const serving = new Serving({
    settings,
    trace,
    recording,
    numbering: allNumbers,
    rounds,
    eventLoop: true,
    live,
    lendsBatches,
    report,
  });
  const {
    host,
    port,
    model: { backlog },
  } = settings;
  const model = await runEventLoop(transport, { host, port, backlog }, serving.service);
  const filesChanged = (files: readonly string[] | null) => {
    live?.changed(files);
    // Pages say which changes they know of, and what is served of a file may have changed without a trace on disk.
    if (live !== null) serving.forget();
  };
  return {
    address: model.address,
    allowHosts: (hosts) => serving.allowHosts(hosts),
    closeConnection: (id) => void model.closeConnection(id),
    batchStored: (sequence) => serving.batchStored(sequence),
    setUnsaved(file, content) {
      if (live?.setUnsaved(file, content) === true) filesChanged([file]);
    },
    setRendered(file, page) {
      if (live?.setRendered(file, page) === true) filesChanged([file]);
    },
    filesChanged,
    async stop(grace) {
      await model.stop(grace);
      serving.finish();
    },
  };
}
