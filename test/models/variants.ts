import type { ModelName, ServerSettings } from '../../src/protocol/server.ts';
import { defaultSettings } from '../../src/settings/serverOptions.ts';
import { loadSystemCalls } from '../../src/sockets/libc.ts';

/** A way in which connections are served: what tests of the whole server are repeated over. */
export interface Variant {
  readonly name: string;
  readonly model: ModelName;
  /** Connections that are served at a time, at least. */
  readonly atATime: number;
  /** What differs from the defaults. */
  readonly settings: Pick<ServerSettings, 'model'>;
  /** The same for the command line. */
  readonly flags: readonly string[];
}

export const workers = 2;

function variant(name: string, model: ModelName, atATime: number): Variant {
  const settings = { model: { ...defaultSettings('/').model, name: model, workers } };
  const flags = ['--model', model, '--workers', String(workers)];
  return { name, model, atATime, settings, flags };
}

const loaded = await loadSystemCalls();
const withSystemCalls = [
  variant('iterative', 'iterative', 1),
  variant('threads', 'threads', workers),
  variant('processes', 'processes', workers),
];

/** Every variant that there is on this machine. */
export const variants: readonly Variant[] = [
  variant('event loop', 'eventLoop', 1024),
  ...('calls' in loaded ? withSystemCalls : []),
];
