import { runEventLoop } from '../models/eventLoop.ts';
import type { Recorder, RunningModel } from '../models/served.ts';
import type { LogLevel, ServerSettings } from '../protocol/server.ts';
import { Site } from '../site/site.ts';
import { libuvTransport } from '../sockets/libuv.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import { SiteHandler } from './handler.ts';
import { LiveReload } from './live/liveReload.ts';

const highestPort = 65_535;

export interface StartOptions {
  readonly settings: ServerSettings;
  readonly recorder: Recorder;
  log(level: LogLevel, message: string): void;
}

/** A server that accepts connections. */
export class RunningServer {
  readonly host: string;
  readonly port: number;
  /** Ports that were tried before, but are taken. */
  readonly skippedPorts: readonly number[];
  private readonly model: RunningModel;
  private readonly handler: SiteHandler;
  private readonly live: LiveReload | null;
  private readonly stopTime: number;

  /** `stopTime`: milliseconds that answers under way get when it stops. */
  constructor(
    model: RunningModel,
    handler: SiteHandler,
    live: LiveReload | null,
    skippedPorts: readonly number[],
    stopTime: number,
  ) {
    this.model = model;
    this.handler = handler;
    this.live = live;
    this.host = model.address.address;
    this.port = model.address.port;
    this.skippedPorts = skippedPorts;
    this.stopTime = stopTime;
  }

  /** Without a path; an IPv6 address stands in brackets (RFC 3986 section 3.2.2). */
  get url(): string {
    return serverUrl(this.host, this.port);
  }

  allowHosts(hosts: readonly string[]): void {
    this.handler.allowHosts(hosts);
  }

  /** What an editor holds of a file; null: nothing else than the disk does. */
  setUnsaved(file: string, content: Uint8Array | null): void {
    if (this.live?.setUnsaved(file, content) === true) this.filesChanged([file]);
  }

  /** Files were changed, made or deleted; null: more than can be listed. */
  filesChanged(files: readonly string[] | null): void {
    if (this.live === null) return;
    this.live.changed(files);
    // Pages say which changes they know of.
    this.handler.forget();
  }

  closeConnection(id: number): boolean {
    return this.model.closeConnection(id);
  }

  /** Stops gracefully; resolves when every socket is closed. */
  stop(): Promise<void> {
    return this.model.stop(this.stopTime);
  }
}

export function serverUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

/** Starts a server, on the first free port of those the settings allow. Rejects with SystemCallError. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { settings, recorder, log } = options;
  const live = settings.live === null ? null : new LiveReload(settings.root, settings.live);
  const site = new Site(settings.root, settings.site, (message) => log('warning', message), live);
  const handler = new SiteHandler({
    site,
    live,
    echo: settings.echo,
    // The server says that it is found there; an address is safe, since no name server has a say in it.
    allowHosts: [...settings.allowHosts, settings.host],
    log: (message) => log('warning', message),
  });
  const service = { handler, limits: settings.limits, recorder, log };
  const skippedPorts: number[] = [];
  for (let port = settings.port; ; port++) {
    try {
      const model = await runEventLoop(libuvTransport, { host: settings.host, port }, service);
      return new RunningServer(model, handler, live, skippedPorts, settings.limits.stopTime);
    } catch (error) {
      const taken = error instanceof SystemCallError && error.code === 'EADDRINUSE';
      const last = port >= settings.port + settings.furtherPorts || port >= highestPort;
      if (!taken || last || settings.port === 0) throw error;
      skippedPorts.push(port);
    }
  }
}
