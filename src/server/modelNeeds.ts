import type { ServerSettings } from '../protocol/server.ts';

/** What was asked for needs another concurrency model; the message is for the user, and names the settings. */
export class ModelNeedError extends Error {}

/**
 * A gateway waits for two sockets at a time, its client's and the other server's: only an event loop does.
 * Throws ModelNeedError.
 */
export function checkModelNeeds({ model, proxy }: ServerSettings): void {
  if (model.name === 'eventLoop') return;
  if (proxy.routes.length > 0) throw needsEventLoop(model.name, 'spark.proxy', '--proxy');
}

function needsEventLoop(model: string, setting: string, flag: string): ModelNeedError {
  return new ModelNeedError(
    `spark.model (--model) is "${model}", but ${setting} (${flag}) needs "eventLoop". Set the model to eventLoop, or do without ${setting}.`,
  );
}
