#!/usr/bin/env node
/** Spark without VS Code: `spark [folder]`. */
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { version } from '../package.json';
import type { ServerEvent } from './protocol/serverEvent.ts';
import { eventLine } from './server/requestLog.ts';
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

async function serve(usage: CommandLine): Promise<void> {
  const tell = (event: ServerEvent): void => {
    process.stdout.write(`${usage.json ? JSON.stringify(event) : eventLine(event)}\n`);
  };
  const time = () => new Date().toISOString();
  const { settings } = usage;
  // Paths of the command line are relative to where it was typed.
  const mounts = settings.site.mounts.map(({ prefix, folder }) => ({
    prefix,
    folder: checkedRoot(path.resolve(folder)),
  }));
  const server = await startServer({
    settings: {
      ...settings,
      site: { ...settings.site, mounts },
      root: checkedRoot(path.resolve(usage.folder)),
      furtherPorts: 0,
    },
    recording: { kind: usage.quiet ? 'nothing' : 'exchanges' },
    workerScript: path.join(__dirname, 'worker.js'),
    report(report) {
      if (report.type === 'exchange') tell(report.exchange);
      else if (report.type === 'calls') printCalls(report.calls);
      else if (report.type === 'log')
        tell({ event: 'log', time: time(), level: report.level, message: report.message });
    },
  });
  tell({ event: 'listening', time: time(), url: serverUrl(server.host, server.port) });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void server.stop().then(() => {
      if (usage.json) tell({ event: 'stopped', time: time() });
      process.exitCode = 0;
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
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
