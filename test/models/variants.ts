import type { ModelName, ServerSettings, SocketSettings } from '../../src/protocol/server.ts';
import { defaultSettings } from '../../src/settings/serverOptions.ts';
import { loadSystemCalls } from '../../src/sockets/loadSystemCalls.ts';

/** A way in which connections are served: what tests of the whole server are repeated over. */
export interface Variant {
  readonly name: string;
  readonly model: ModelName;
  /** Connections that are served at a time, at least. */
  readonly atATime: number;
  /** What differs from the defaults. */
  readonly settings: Pick<ServerSettings, 'model' | 'sockets'>;
  /** The same for the command line. */
  readonly flags: readonly string[];
}

export const workers = 2;

function variant(name: string, model: ModelName, layer: SocketSettings['layer'], atATime: number): Variant {
  const defaults = defaultSettings('/');
  const settings = {
    model: { ...defaults.model, name: model, workers },
    sockets: { ...defaults.sockets, layer },
  };
  const flags = ['--model', model, '--workers', String(workers), '--sockets', layer];
  return { name, model, atATime, settings, flags };
}

const loaded = await loadSystemCalls();
const withSystemCalls = [
  variant('event loop on system calls', 'eventLoop', 'systemCalls', 1024),
  variant('iterative', 'iterative', 'systemCalls', 1),
  variant('threads', 'threads', 'systemCalls', workers),
  variant('processes on system calls', 'processes', 'systemCalls', workers),
];

/** Every variant that there is on this machine. */
export const variants: readonly Variant[] = [
  variant('event loop on libuv', 'eventLoop', 'libuv', 1024),
  variant('processes on libuv', 'processes', 'libuv', 1024),
  ...('calls' in loaded ? withSystemCalls : []),
];
