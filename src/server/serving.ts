import type { Recorder, Service } from '../models/served.ts';
import type { ServerSettings } from '../protocol/server.ts';
import type { Numbering, Recording, WorkerReport } from '../protocol/worker.ts';
import { Site } from '../site/site.ts';
import type { CallTrace } from '../sockets/callTrace.ts';
import { withWork } from './busyWork.ts';
import { CallReporter } from './callReporter.ts';
import { SiteHandler } from './handler.ts';
import type { LiveReload } from './live/liveReload.ts';
import { Gateway } from './proxy/gateway.ts';
import { CaptureRecorder, NoRecorder } from './recorder.ts';
import { RequestLog } from './requestLog.ts';
import { PlainHttpHandler } from './tls/plainHttpHandler.ts';

/** How connections are numbered where one thread has them all. */
export const allNumbers: Numbering = { connection: 1, exchange: 1, step: 1 };

/** What one thread serves with. */
export interface ServingOptions {
  readonly settings: ServerSettings;
  readonly recording: Recording;
  readonly numbering: Numbering;
  /** Rounds of busy work for each request. */
  readonly rounds: number;
  /** Whether the thread has an event loop, and so timers; else `ship` has to be called again and again. */
  readonly eventLoop: boolean;
  /** Live reload of the pages; none but where one thread has all connections. */
  readonly live?: LiveReload | null;
  /** What records this thread's system calls; null where they are not traced. */
  readonly trace: CallTrace | null;
  /** Whether `report` is done with a batch when it returns; it is not where it keeps what it is given. */
  readonly lendsBatches?: boolean;
  report(report: WorkerReport): void;
}

const compressionIsOff =
  'Nothing is compressed on the fly: that is done beside an event loop, and this concurrency model has none.';

/** What one thread serves with, whatever its model: the site, and who records what happens. */
export class Serving {
  readonly service: Service;
  private readonly handler: SiteHandler;
  private readonly capture: CaptureRecorder | null;
  private readonly calls: CallReporter | null;

  constructor(options: ServingOptions) {
    const { settings, report, live = null } = options;
    const log: Service['log'] = (level, message) => report({ type: 'log', level, message });
    const warn = (message: string): void => log('warning', message);
    const withoutCompression = settings.site.compression && !options.eventLoop;
    const siteSettings = withoutCompression ? { ...settings.site, compression: false } : settings.site;
    if (withoutCompression) log('info', compressionIsOff);
    this.handler = new SiteHandler({
      site: new Site(settings.root, siteSettings, warn, live, options.eventLoop),
      live,
      proxy:
        settings.proxy.routes.length === 0
          ? null
          : new Gateway(settings.proxy, settings.limits, settings.https.enabled ? 'https' : 'http', warn),
      echo: settings.echo,
      // The server says that it is found there.
      allowHosts: [...settings.allowHosts, settings.host],
      log: warn,
    });
    const recorder = recorderOf(options);
    this.capture = recorder instanceof CaptureRecorder ? recorder : null;
    const { trace } = options;
    this.calls =
      trace === null || this.capture !== null
        ? null
        : new CallReporter(trace, options.eventLoop, (calls) => report({ type: 'calls', calls }));
    this.service = {
      handler: withWork(this.handler, options.rounds),
      ...(settings.https.enabled
        ? { withoutTls: new PlainHttpHandler((host) => this.handler.answersFor(host)) }
        : {}),
      limits: settings.limits,
      recorder,
      trace,
      log,
    };
  }

  /** Nothing that was looked up of files holds any more. */
  forget(): void {
    this.handler.forget();
  }

  allowHosts(hosts: readonly string[]): void {
    this.handler.allowHosts(hosts);
  }

  batchStored(sequence: number): void {
    this.capture?.stored(sequence);
  }

  /** Passes on what was recorded, where it is time to. */
  ship(): void {
    this.capture?.ship();
    this.calls?.ship();
  }

  get tally(): { exchanges: number; bytes: number } {
    return this.capture?.tally ?? { exchanges: 0, bytes: 0 };
  }

  /** Passes on the rest: all connections are closed. */
  finish(): void {
    this.capture?.finish();
    this.calls?.finish();
  }
}

function recorderOf(options: ServingOptions): Recorder {
  const { recording, numbering, eventLoop, trace, lendsBatches = false, report } = options;
  switch (recording.kind) {
    case 'nothing':
      return new NoRecorder(numbering);
    case 'exchanges':
      return new RequestLog(numbering, (exchange) => report({ type: 'exchange', exchange }));
    case 'capture': {
      const { bodyBytes, unacknowledgedBatches } = recording;
      return new CaptureRecorder({
        bodyBytes,
        unacknowledgedBatches,
        numbering,
        timer: eventLoop,
        trace,
        lends: lendsBatches,
        send: (batch) => report({ type: 'batch', batch }),
      });
    }
  }
}
