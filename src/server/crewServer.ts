import type { Crew, SupervisedModel } from '../models/crew.ts';
import { runIterative } from '../models/iterative.ts';
import { runClusteredProcesses, runProcesses } from '../models/processes.ts';
import { runThreads } from '../models/threads.ts';
import type { ServerSettings } from '../protocol/server.ts';
import type { Recording } from '../protocol/worker.ts';
import { type LoadedSystemCalls, loadSystemCalls } from '../sockets/loadSystemCalls.ts';
import { CallReporter } from './callReporter.ts';
import { LogOfWorkers } from './logOfWorkers.ts';
import type { Server, StartOptions } from './runningServer.ts';
import { isProven, traceOptions } from './socketLayer.ts';
import { WorkerCaptures } from './workerCaptures.ts';

const diedReason = 'The worker that served it died.';

/** Starts a server whose connections are served by workers. Rejects with SystemCallError. */
export async function startCrew(options: StartOptions, rounds: number): Promise<Server> {
  const { report } = options;
  let { settings } = options;
  const workers = settings.model.name === 'iterative' ? 1 : settings.model.workers;
  const captures = new WorkerCaptures(workers, (batch) => report({ type: 'batch', batch }));
  const log = new LogOfWorkers((level, message) => report({ type: 'log', level, message }));
  const recording = divided(options.recording, workers);
  const crew: Crew = {
    script: options.workerScript,
    workers,
    assignment: (number) => ({ number, settings, recording, numbering: captures.numbering(number), rounds }),
    report(number, told) {
      switch (told.type) {
        case 'batch':
          captures.take(number, told.batch);
          return;
        case 'exchange':
          captures.connectionSeen(number, told.exchange.connection);
          report(told);
          return;
        case 'calls':
          report(told);
          return;
        case 'log':
          log.take(number, told.level, told.message);
      }
    },
    died: (number, tally) => captures.died(number, diedReason, tally),
  };
  const loaded = await layerOf(settings, recording.kind === 'capture');
  const trace = 'calls' in loaded ? loaded.trace : null;
  const calls =
    trace === null
      ? null
      : new CallReporter(trace, true, (made) => {
          if (recording.kind === 'capture') captures.takeCalls(made);
          else report({ type: 'calls', calls: made });
        });
  const model = await run(settings, crew, loaded);
  return {
    address: model.address,
    allowHosts(hosts) {
      // Workers that start later are to know them too.
      settings = { ...settings, allowHosts: [...settings.allowHosts, ...hosts] };
      model.tellAll({ type: 'allowHosts', hosts });
    },
    closeConnection: (id) => void model.closeConnection(id),
    // Live reload needs one thread that has all connections: here it is off.
    setUnsaved() {},
    setRendered() {},
    filesChanged() {},
    batchStored(sequence) {
      for (const [number, stored] of captures.stored(sequence))
        model.tell(number, { type: 'batchStored', sequence: stored });
    },
    async stop(grace) {
      await model.stop(grace);
      calls?.finish();
    },
  };
}

async function layerOf({ sockets, model }: ServerSettings, isCaptured: boolean): Promise<LoadedSystemCalls> {
  if (sockets.layer === 'libuv')
    return { reason: 'libuv was chosen for the sockets (spark.sockets, --sockets).' };
  const loaded = await loadSystemCalls(traceOptions(sockets, isCaptured));
  if (
    model.name !== 'processes' ||
    sockets.layer !== 'auto' ||
    'reason' in loaded ||
    isProven(loaded.library)
  )
    return loaded;
  return { reason: 'System calls are not proven on this platform yet.' };
}

async function run(
  settings: ServerSettings,
  crew: Crew,
  loaded: LoadedSystemCalls,
): Promise<SupervisedModel> {
  const { host, port, model } = settings;
  const options = { host, port, backlog: model.backlog };
  if ('calls' in loaded) {
    switch (model.name) {
      case 'iterative':
        return runIterative(loaded.calls, options, crew);
      case 'threads':
        return runThreads(loaded.calls, options, crew);
      default:
        return runProcesses(loaded.calls, options, crew);
    }
  }
  if (model.name === 'processes') return runClusteredProcesses(crew);
  throw new Error(
    `The model ${model.name} waits in real system calls, and there are none: ${loaded.reason} Choose another model (spark.model, --model): eventLoop or processes.`,
  );
}

/** The batches that may be on their way, shared out among the workers; one is left for the supervisor's own calls. */
function divided(recording: Recording, workers: number): Recording {
  if (recording.kind !== 'capture') return recording;
  return {
    ...recording,
    unacknowledgedBatches: Math.max(1, Math.floor((recording.unacknowledgedBatches - 1) / workers)),
  };
}
