import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Limits } from '../../../src/http/limits.ts';
import type { EchoMode, ServerSettings } from '../../../src/protocol/server.ts';
import { startServer } from '../../../src/server/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { Client } from '../cli/client.ts';

/** What a test wants of its server; the rest is as by default, on a free port. */
export interface Wanted {
  readonly limits?: Partial<Limits>;
  readonly echo?: EchoMode;
  readonly allowHosts?: readonly string[];
}

/** A server under test, whatever its model and sockets. */
export interface StartedServer {
  readonly port: number;
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

/** A way to serve: what the conformance tests are a function of. */
export interface WayToServe {
  readonly name: string;
  /** Whether many clients are served at a time, however long one of them takes. */
  readonly concurrent: boolean;
  start(root: string, wanted: Wanted): Promise<StartedServer>;
}

/**
 * Runs the server in this process, its settings changed by `settings`. `workerScript`: path of the program that a worker
 * of the model runs, where it has any.
 */
export function inThisProcess(
  name: string,
  concurrent: boolean,
  settings: (defaults: ServerSettings) => ServerSettings,
  workerScript = '',
): WayToServe {
  return {
    name,
    concurrent,
    async start(root, { limits, ...wanted }) {
      const defaults = settings(defaultSettings(root));
      const logged: string[] = [];
      const server = await startServer({
        settings: { ...defaults, ...wanted, port: 0, limits: { ...defaults.limits, ...limits } },
        recording: { kind: 'nothing' },
        workerScript,
        report: (report) => {
          if (report.type === 'log') logged.push(`${report.level}: ${report.message}`);
        },
      });
      return { port: server.port, logged, stop: () => server.stop() };
    },
  };
}

/** The page that is served at `/`. */
export const page = '<!doctype html><title>Hello</title>';

/** The servers of a test file, each on the same small site; `stopAll` ends them all. */
export class Servers {
  readonly root = mkdtempSync(path.join(tmpdir(), 'spark-conformance-'));
  private readonly way: WayToServe;
  private readonly started: StartedServer[] = [];

  constructor(way: WayToServe) {
    this.way = way;
    writeFileSync(path.join(this.root, 'index.html'), page);
    writeFileSync(path.join(this.root, 'large.txt'), 'abcdefgh'.repeat(512 * 1024));
  }

  async start(wanted: Wanted = {}): Promise<StartedServer & { connect(): Promise<Client> }> {
    const server = await this.way.start(this.root, wanted);
    this.started.push(server);
    return { ...server, connect: () => Client.connect(server.port) };
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.started.splice(0).map((server) => server.stop()));
    rmSync(this.root, { recursive: true, force: true });
  }
}
