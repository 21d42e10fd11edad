import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unpackedBatch } from '../../../src/capture/packedBatch.ts';
import type { CaptureBatch } from '../../../src/protocol/capture.ts';
import type { FromServer, ServerSettings, ToServer } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { bundlePrograms } from '../../programs.mjs';
import type { Client } from '../cli/client.ts';

/** The server's program, bundled as it ships beside a small site, and the processes that run it. */
export class Programs {
  /** Holds the programs, and a page, "Hello". */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'spark-child-'));
  private readonly children: Child[] = [];

  static async bundle(): Promise<Programs> {
    const programs = new Programs();
    writeFileSync(path.join(programs.folder, 'index.html'), 'Hello');
    await bundlePrograms(programs.folder);
    return programs;
  }

  get script(): string {
    return path.join(this.folder, 'server.js');
  }

  child(execArgv: readonly string[] = []): Child {
    const child = new Child(this.script, this.folder, execArgv);
    this.children.push(child);
    return child;
  }

  killAll(): void {
    for (const { process } of this.children.splice(0)) process.kill('SIGKILL');
  }

  dispose(): void {
    this.killAll();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The server's process, and what it has said. */
export class Child {
  readonly process: ChildProcess;
  readonly said: FromServer[] = [];
  readonly exit: Promise<number | null>;

  private readonly root: string;

  constructor(script: string, root: string, execArgv: readonly string[]) {
    this.root = root;
    this.process = fork(script, { serialization: 'advanced', stdio: 'ignore', execArgv: [...execArgv] });
    this.process.on('message', (message) => this.said.push(message as FromServer));
    this.exit = once(this.process, 'exit').then(([code]) => code);
  }

  tell(message: ToServer): void {
    this.process.send(message);
  }

  /** The first message of a type, said already or yet to come. */
  async hear<Type extends FromServer['type']>(type: Type): Promise<Extract<FromServer, { type: Type }>> {
    for (;;) {
      const found = this.said.find((message) => message.type === type);
      if (found !== undefined) return found as Extract<FromServer, { type: Type }>;
      const ended = await Promise.race([
        once(this.process, 'message').then(() => false),
        this.exit.then(() => true),
      ]);
      if (ended && !this.said.some((message) => message.type === type)) {
        throw new Error(`It ended without ${type}: ${JSON.stringify(this.said)}`);
      }
    }
  }

  async start(settings: Partial<ServerSettings> = {}): Promise<number> {
    this.tell({
      type: 'start',
      settings: {
        ...defaultSettings(this.root),
        port: 0,
        capture: { enabled: true, bodyBytes: 1024 },
        ...settings,
      },
    });
    return (await this.hear('listening')).port;
  }

  /** The number of a client's connection, known already or yet to be told of. */
  async connectionFrom({ localPort }: Client): Promise<number> {
    for (;;) {
      const records = this.batches.flatMap(({ connections }) => connections);
      const found = records.find(({ peer }) => peer.port === localPort);
      if (found !== undefined) return found.id;
      await once(this.process, 'message');
    }
  }

  get batches(): readonly CaptureBatch[] {
    return this.said.flatMap((message) =>
      message.type === 'batch' ? (unpackedBatch(message.batch) ?? []) : [],
    );
  }
}
