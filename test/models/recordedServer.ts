import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CaptureBatch, ConnectionRecord } from '../../src/protocol/capture.ts';
import type { ServerSettings } from '../../src/protocol/server.ts';
import { unacknowledgedBatches } from '../../src/server/recorder.ts';
import type { RunningServer } from '../../src/server/runningServer.ts';
import { startServer } from '../../src/server/server.ts';
import { defaultSettings } from '../../src/settings/serverOptions.ts';
import { bundlePrograms } from '../programs.mjs';
import { Client } from '../unit/cli/client.ts';

export const largeLength = 8 * 1024 * 1024;

/** A site with the programs that workers run beside it. */
export class Site {
  /** `/` is "Hello"; `/large.bin` has `largeLength` bytes. */
  readonly root = mkdtempSync(path.join(tmpdir(), 'spark-models-'));
  readonly programs = mkdtempSync(path.join(tmpdir(), 'spark-programs-'));
  private readonly servers: RecordedServer[] = [];

  static async make(): Promise<Site> {
    const site = new Site();
    writeFileSync(path.join(site.root, 'index.html'), 'Hello');
    writeFileSync(path.join(site.root, 'large.bin'), Buffer.alloc(largeLength, 'abcdefg'));
    await bundlePrograms(site.programs);
    return site;
  }

  /** Starts a server in this process; `worker` is the script that workers run. */
  async start(settings: Partial<ServerSettings>, worker = 'worker.js'): Promise<RecordedServer> {
    const server = new RecordedServer();
    this.servers.push(server);
    await server.start(
      { ...defaultSettings(this.root), ...settings, port: 0 },
      path.join(this.programs, worker),
    );
    return server;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
    rmSync(this.programs, { recursive: true, force: true });
  }
}

/** A server in this process, and what it reports. */
export class RecordedServer {
  readonly logged: string[] = [];
  readonly batches: CaptureBatch[] = [];
  private server: RunningServer | null = null;
  private readonly waiting = new Set<() => void>();

  async start(settings: ServerSettings, workerScript: string): Promise<void> {
    this.server = await startServer({
      settings,
      recording: { kind: 'capture', bodyBytes: 1024, unacknowledgedBatches },
      workerScript,
      report: (report) => {
        if (report.type === 'batch') {
          this.batches.push(report.batch);
          this.server?.batchStored(report.batch.sequence);
        }
        if (report.type === 'log') this.logged.push(`${report.level}: ${report.message}`);
        for (const look of [...this.waiting]) look();
      },
    });
  }

  get running(): RunningServer {
    if (this.server === null) throw new Error('It does not run.');
    return this.server;
  }

  get port(): number {
    return this.running.port;
  }

  connect(): Promise<Client> {
    return Client.connect(this.port);
  }

  /** The last record of each connection, by the port of its client. */
  get connections(): ReadonlyMap<number, ConnectionRecord> {
    return new Map(
      this.batches.flatMap(({ connections }) => connections.map((record) => [record.peer.port, record])),
    );
  }

  /** The client's connection as it was recorded first, now or when it is accepted. */
  accepted({ localPort }: Client): Promise<ConnectionRecord> {
    return this.until(() => this.connections.get(localPort));
  }

  /** The client's connection when it is closed, as it was recorded. */
  closed({ localPort }: Client): Promise<ConnectionRecord> {
    return this.until(() => {
      const record = this.connections.get(localPort);
      return record?.state === 'closed' ? record : undefined;
    });
  }

  /** What `find` finds, now or when the server has reported it. */
  until<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    await server?.stop();
  }
}
