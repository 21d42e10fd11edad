import type { ModelName, NeedsEventLoop, ServerSettings, StartFailure } from '../protocol/server.ts';

/** What was asked for needs another concurrency model; the message is for the user, and names the settings. */
export class ModelNeedError extends Error {
  readonly failure: StartFailure;

  constructor(message: string, failure: StartFailure) {
    super(message);
    this.failure = failure;
  }
}

/**
 * TLS is that of Node.js, which waits for sockets in an event loop. A gateway waits for two sockets at a time, its client's and the other server's: only an event loop does.
 * Throws ModelNeedError.
 */
export function checkModelNeeds({ model, proxy, https, live, sockets }: ServerSettings): void {
  if (https.enabled && sockets.layer === 'systemCalls') {
    throw new ModelNeedError(
      'spark.sockets (--sockets) is "systemCalls", but spark.https.enabled (--https) needs "libuv": TLS is that of Node.js. Set the sockets to auto or libuv, or do without spark.https.enabled.',
      { kind: 'needsLibuv' },
    );
  }
  if (model.name === 'eventLoop') return;
  if (https.enabled) throw needsEventLoop(model.name, 'spark.https.enabled', '--https');
  if (live !== null)
    throw new ModelNeedError(
      `spark.model (--model) is "${model.name}", but live reload (--live) needs "eventLoop": its connections would keep others waiting. Set the model to eventLoop, or do without live reload.`,
      { kind: 'other' },
    );
  if (proxy.routes.length > 0) throw needsEventLoop(model.name, 'spark.proxy', '--proxy');
}

function needsEventLoop(model: ModelName, setting: NeedsEventLoop, flag: string): ModelNeedError {
  return new ModelNeedError(
    `spark.model (--model) is "${model}", but ${setting} (${flag}) needs "eventLoop". Set the model to eventLoop, or do without ${setting}.`,
    { kind: 'needsEventLoop', setting, model },
  );
}
