#!/usr/bin/env node
/** Spark without VS Code: `spark [folder]`. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../package.json';
import type { EchoMode } from './protocol/server.ts';
import { NoRecorder } from './server/recorder.ts';
import { eventLine, RequestLog, type ServerEvent } from './server/requestLog.ts';
import { serverUrl, startServer } from './server/server.ts';

const help = `Usage: spark [folder] [options]

Serves a folder (the present one, if none is given) over HTTP/1.1.

  --port N           port to listen on; 0 = any free one (default 5500)
  --host ADDR        address to listen on (default 127.0.0.1)
  --allow-host NAME  a host name that requests may be for, beside the loopback
                     names; may be given again; * = any
  --echo MODE        off (default); unhandled: a method the site does not serve
                     is answered 200 with the request's own bytes as
                     message/http; all: every request is (at most 1 MiB)
  --quiet            no line per request
  --json             one JSON object per event: listening, exchange, log, stopped
  --help             this text
  --version          Spark's version

Exit status: 0 stopped by SIGINT or SIGTERM, 1 could not start, 2 bad usage.`;

interface Usage {
  readonly folder: string;
  readonly port: number;
  readonly host: string;
  readonly allowHosts: readonly string[];
  readonly echo: EchoMode;
  readonly quiet: boolean;
  readonly json: boolean;
}

class UsageError extends Error {}

function readArguments(): Usage | 'help' | 'version' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '5500' },
      host: { type: 'string', default: '127.0.0.1' },
      'allow-host': { type: 'string', multiple: true, default: [] },
      echo: { type: 'string', default: 'off' },
      quiet: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.version) return 'version';
  if (positionals.length > 1) throw new UsageError(`One folder can be served, not ${positionals.length}.`);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new UsageError(`--port takes a number from 0 to 65535, not "${values.port}".`);
  }
  if (values.host === '') throw new UsageError('--host takes an address, as 127.0.0.1.');
  if (!isEchoMode(values.echo))
    throw new UsageError(`--echo takes off, unhandled or all, not "${values.echo}".`);
  return {
    folder: resolve(positionals[0] ?? '.'),
    port,
    host: values.host,
    allowHosts: values['allow-host'],
    echo: values.echo,
    quiet: values.quiet,
    json: values.json,
  };
}

function isEchoMode(mode: string): mode is EchoMode {
  return mode === 'off' || mode === 'unhandled' || mode === 'all';
}

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

async function serve(usage: Usage): Promise<void> {
  const tell = (event: ServerEvent): void => {
    process.stdout.write(`${usage.json ? JSON.stringify(event) : eventLine(event)}\n`);
  };
  const time = () => new Date().toISOString();
  const server = await startServer({
    settings: {
      root: checkedRoot(usage.folder),
      host: usage.host,
      port: usage.port,
      furtherPorts: 0,
      allowHosts: usage.allowHosts,
      echo: usage.echo,
      capture: false,
      captureBodyBytes: 0,
    },
    recorder: usage.quiet ? new NoRecorder() : new RequestLog(tell),
    log: (level, message) => tell({ event: 'log', time: time(), level, message }),
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

function main(): void {
  // Whoever reads the lines may stop reading: the site is served all the same.
  process.stdout.on('error', () => {});
  let usage: ReturnType<typeof readArguments>;
  try {
    usage = readArguments();
  } catch (error) {
    fail(2, `${error instanceof Error ? error.message : String(error)} See spark --help.`);
  }
  if (usage === 'help') process.stdout.write(`${help}\n`);
  else if (usage === 'version') process.stdout.write(`${version}\n`);
  else {
    serve(usage).catch((error: unknown) => {
      fail(1, error instanceof Error ? error.message : String(error));
    });
  }
}

main();
