#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
/** Spark without VS Code: `spark [folder]`. */
import { createWriteStream, openSync, realpathSync, statSync, type WriteStream } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { version } from '../package.json';
import { type CaptureFile, captureFile } from './capture/captureFile.ts';
import type { CaptureBatch } from './protocol/capture.ts';
import type { HttpsSettings } from './protocol/server.ts';
import type { ServerEvent } from './protocol/serverEvent.ts';
import { FolderWatch } from './server/live/folderWatch.ts';
import { unacknowledgedBatches } from './server/recorder.ts';
import { eventLine } from './server/requestLog.ts';
import type { RunningServer } from './server/runningServer.ts';
import { serverUrl, startServer } from './server/server.ts';
import { type CommandLine, helpText, readCommandLine } from './settings/commandLine.ts';
import { traceLine } from './sockets/callText.ts';
import { type PlatformName, platforms } from './sockets/platform.ts';
import { type CallColumns, tracedCall } from './sockets/tracedCall.ts';

/** Ends the process with a line on standard error. */
function fail(status: 1 | 2, message: string): never {
  process.stderr.write(`spark: ${message}\n`);
  process.exit(status);
}

function checkedRoot(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    fail(
      1,
      `The folder ${folder} cannot be served (${(error as NodeJS.ErrnoException).code}). Name one that exists.`,
    );
  }
  return fail(1, `${folder} is not a folder (ENOTDIR). Name the folder that it lies in.`);
}

/** Where what is captured goes. A reader that is slow, or gone, keeps nobody from being served. */
class CaptureOutput {
  readonly format: 'har' | 'pcapng';
  private readonly file: CaptureFile;
  private readonly stream: WriteStream;
  private readonly failed: (reason: string) => void;
  private open = true;

  /** @throws what opening the file does */
  constructor({ capture, captureSecrets }: CommandLine, failed: (reason: string) => void) {
    this.format = /\.har$/i.test(capture) ? 'har' : 'pcapng';
    this.file = captureFile(this.format, version, captureSecrets);
    this.failed = failed;
    // Standard output as a stream of Node's would block the server while a pipe is full.
    this.stream = createWriteStream('', { fd: capture === '-' ? 1 : openSync(capture, 'w') });
    this.stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.open) return;
      this.open = false;
      this.failed(error.code ?? error.message);
    });
    this.stream.write(this.file.begin());
  }

  /** `stored` is called when there is room for more. */
  add(batch: CaptureBatch, stored: () => void): readonly ServerEvent[] {
    const { bytes, ended } = this.file.add(batch);
    if (this.open && bytes.length > 0) this.stream.write(bytes, stored);
    else setImmediate(stored);
    return ended;
  }

  close(): Promise<void> {
    if (!this.open) return Promise.resolve();
    this.open = false;
    return new Promise((resolve) => {
      this.stream.once('error', () => resolve());
      this.stream.end(this.file.finish(), () => resolve());
    });
  }
}

function captureOutput(usage: CommandLine): CaptureOutput | null {
  if (usage.capture === '') return null;
  try {
    const output = new CaptureOutput(usage, (reason) => {
      process.stderr.write(
        `spark: Nothing more is captured: ${usage.capture} cannot be written (${reason}).\n`,
      );
    });
    if (output.format === 'pcapng') {
      process.stderr.write(
        'spark: The capture holds cookies and credentials as they are sent; HAR leaves them out.\n',
      );
    }
    return output;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(1, `The file ${usage.capture} cannot be written (${code}). Name another one.`);
  }
}

/** Paths of the command line are relative to where it was typed; and who names a certificate means to use it. */
function commandHttps(https: HttpsSettings): HttpsSettings {
  const file = (name: string): string => (name === '' ? '' : path.resolve(name));
  const [cert, key, pfx] = [file(https.cert), file(https.key), file(https.pfx)];
  const enabled = https.enabled || cert !== '' || key !== '' || pfx !== '';
  return { ...https, cert, key, pfx, enabled, kept: userDataFolder() };
}

/** Where programs of this system keep what outlasts them. */
function userDataFolder(): string {
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return path.join(process.env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'spark');
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'spark');
    default:
      return path.join(process.env.XDG_DATA_HOME || path.join(home, '.local', 'share'), 'spark');
  }
}

async function serve(usage: CommandLine): Promise<void> {
  const lines = usage.capture === '-' ? process.stderr : process.stdout;
  const tell = (event: ServerEvent): void => {
    lines.write(`${usage.json ? JSON.stringify(event) : eventLine(event)}\n`);
  };
  const time = () => new Date().toISOString();
  const { settings } = usage;
  // Paths of the command line are relative to where it was typed.
  const mounts = settings.site.mounts.map(({ prefix, folder }) => ({
    prefix,
    folder: checkedRoot(path.resolve(folder)),
  }));
  const root = checkedRoot(path.resolve(usage.folder));
  const https = commandHttps(settings.https);
  const output = captureOutput(usage);
  let running: RunningServer | null = null;
  const server = await startServer({
    settings: {
      ...settings,
      live: usage.live ? { token: randomBytes(16).toString('hex'), inject: true } : null,
      site: { ...settings.site, mounts },
      https,
      root,
      furtherPorts: 0,
    },
    recording:
      output === null
        ? { kind: usage.quiet ? 'nothing' : 'exchanges' }
        : { kind: 'capture', bodyBytes: settings.capture.bodyBytes, unacknowledgedBatches },
    workerScript: path.join(__dirname, 'worker.js'),
    report(report) {
      if (report.type === 'exchange') tell(report.exchange);
      else if (report.type === 'calls') printCalls(report.calls);
      else if (report.type === 'batch') {
        const ended = output?.add(report.batch, () => running?.batchStored(report.batch.sequence)) ?? [];
        if (!usage.quiet) ended.forEach(tell);
        if (report.batch.calls.name.length > 0) printCalls(report.batch.calls);
      } else if (report.type === 'log')
        tell({ event: 'log', time: time(), level: report.level, message: report.message });
    },
  });
  running = server;
  const watch = usage.live
    ? new FolderWatch(
        [root, ...mounts.map(({ folder }) => folder)],
        (files) => server.filesChanged(files),
        (message) => tell({ event: 'log', time: time(), level: 'warning', message }),
      )
    : null;
  await watch?.ready;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void Promise.all([server.stop(), watch?.close()]).then(async () => {
      await output?.close();
      if (usage.json) tell({ event: 'stopped', time: time() });
      process.exitCode = 0;
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  tell({ event: 'listening', time: time(), url: serverUrl(server.host, server.port, https.enabled) });
}

/** In the style of strace, and where strace prints. */
function printCalls(calls: CallColumns): void {
  const platform = platforms[process.platform as PlatformName];
  const lines = Array.from(calls.name, (_, row) => traceLine(tracedCall(calls, row), platform));
  process.stderr.write(`${lines.join('\n')}\n`);
}

function main(): void {
  // Whoever reads the lines may stop reading: the site is served all the same.
  process.stdout.on('error', () => {});
  let usage: ReturnType<typeof readCommandLine>;
  try {
    usage = readCommandLine(process.argv.slice(2));
  } catch (error) {
    fail(2, `${error instanceof Error ? error.message : String(error)} See spark --help.`);
  }
  if (usage === 'help') process.stdout.write(`${helpText()}\n`);
  else if (usage === 'version') process.stdout.write(`${version}\n`);
  else {
    serve(usage).catch((error: unknown) => {
      fail(1, error instanceof Error ? error.message : String(error));
    });
  }
}

main();
