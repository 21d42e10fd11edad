import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { FromServer, ServerSettings, ToServer } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { bundlePrograms } from '../../programs.mjs';
import { ask, bodyOf, Client, requestOf, statusOf } from '../cli/client.ts';

let folder: string;
let script: string;
const children: Child[] = [];

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'spark-child-'));
  script = path.join(folder, 'server.js');
  writeFileSync(path.join(folder, 'index.html'), 'Hello');
  await bundlePrograms(folder);
});

afterEach(() => {
  for (const { process } of children.splice(0)) process.kill('SIGKILL');
});

after(() => rmSync(folder, { recursive: true }));

/** The server's process, and what it has said. */
class Child {
  readonly process: ChildProcess;
  readonly said: FromServer[] = [];
  readonly exit: Promise<number | null>;

  constructor(execArgv: readonly string[] = []) {
    this.process = fork(script, { serialization: 'advanced', stdio: 'ignore', execArgv: [...execArgv] });
    this.process.on('message', (message) => this.said.push(message as FromServer));
    this.exit = once(this.process, 'exit').then(([code]) => code);
    children.push(this);
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
        ...defaultSettings(folder),
        port: 0,
        capture: { enabled: true, bodyBytes: 1024 },
        ...settings,
      },
    });
    return (await this.hear('listening')).port;
  }
}

test('it starts, serves, records, stops and exits with 0; what it recorded last arrives', async () => {
  const child = new Child();
  const port = await child.start();
  const request = requestOf('/');
  assert.equal(bodyOf(await ask(port, request)), 'Hello');
  child.tell({ type: 'stop' });
  assert.equal(await child.exit, 0);
  assert.equal(child.said.at(-1)?.type, 'stopped');
  const batches = child.said.flatMap((message) => (message.type === 'batch' ? [message.batch] : []));
  const received = batches
    .map(({ bytes }) => {
      assert.ok(bytes instanceof Uint8Array);
      return Buffer.from(bytes).toString('latin1');
    })
    .join('');
  assert.ok(received.startsWith(request));
  assert.ok(received.endsWith('Hello'));
  assert.deepEqual(batches.flatMap(({ exchanges }) => [...exchanges.status]).at(-1), 200);
});

test('capture off: no batch is sent', async () => {
  const child = new Child();
  const port = await child.start({ capture: { enabled: false, bodyBytes: 0 } });
  await ask(port, requestOf('/'));
  child.tell({ type: 'stop' });
  assert.equal(await child.exit, 0);
  assert.ok(child.said.every((message) => message.type !== 'batch'));
});

test('a taken port is skipped where further ones are allowed, else the start fails with its cause', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  assert.ok(address !== null && typeof address === 'object');
  const lucky = new Child();
  const port = await lucky.start({ port: address.port, furtherPorts: 100 });
  assert.ok(port > address.port);
  assert.equal((await lucky.hear('listening')).skippedPorts[0], address.port);
  const unlucky = new Child();
  await assert.rejects(unlucky.start({ port: address.port }));
  const failure = await unlucky.hear('startFailed');
  assert.equal(failure.code, 'EADDRINUSE');
  assert.match(failure.message, new RegExp(`127\\.0\\.0\\.1:${address.port}`));
  assert.equal(await unlucky.exit, 1);
  other.close();
});

test('it ends with its host: when the channel closes, connections or not', async () => {
  const child = new Child();
  const port = await child.start();
  const client = await Client.connect(port);
  await client.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
  child.process.disconnect();
  assert.notEqual(await child.exit, null);
  await client.untilEnd();
});

test('it ends when its host is killed', { skip: process.platform === 'win32' }, async () => {
  const host = path.join(folder, 'host.cjs');
  writeFileSync(
    host,
    `const { fork } = require('node:child_process');
     const child = fork(${JSON.stringify(script)}, { serialization: 'advanced', stdio: 'ignore' });
     child.on('message', (message) => process.send({ pid: child.pid, port: message.port }));
     process.on('message', (message) => child.send(message));`,
  );
  const parent = fork(host, { serialization: 'advanced', stdio: 'ignore' });
  const settings: ServerSettings = { ...defaultSettings(folder), port: 0 };
  parent.send({ type: 'start', settings } satisfies ToServer);
  const [{ port }] = await once(parent, 'message');
  const client = await Client.connect(port);
  parent.kill('SIGKILL');
  // Its end closes the connection.
  await client.untilEnd();
  // The system takes its sockets one by one: the listening one may be the last.
  while (
    await Client.connect(port).then(
      (late) => {
        late.reset();
        return true;
      },
      () => false,
    )
  );
});

test('SIGTERM stops it gracefully', { skip: process.platform === 'win32' }, async () => {
  const child = new Child();
  await child.start();
  child.process.kill('SIGTERM');
  assert.equal(await child.exit, 0);
  assert.equal(child.said.at(-1)?.type, 'stopped');
});

test('a crash is its last word, and its exit code is not 0', async () => {
  const crash = path.join(folder, 'crash.cjs');
  writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('Struck by lightning.'); });");
  const child = new Child(['--require', crash]);
  await child.start();
  child.process.kill('SIGUSR2');
  assert.equal(await child.exit, 1);
  const last = child.said.at(-1);
  assert.ok(last?.type === 'log' && last.level === 'error');
  assert.match(last.message, /Struck by lightning/);
});

test('a connection is closed, and a host allowed, when the host says so', async () => {
  const child = new Child();
  const port = await child.start();
  const client = await Client.connect(port);
  await client.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
  child.tell({ type: 'closeConnection', connection: 1 });
  await client.untilEnd();
  const foreign = 'GET / HTTP/1.1\r\nHost: spark.test\r\nConnection: close\r\n\r\n';
  assert.equal(statusOf(await ask(port, foreign)), 403);
  child.tell({ type: 'allowHosts', hosts: ['spark.test'] });
  // Messages keep their order: when the connection is closed, the host is allowed.
  const next = await Client.connect(port);
  await next.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
  child.tell({ type: 'closeConnection', connection: 3 });
  await next.untilEnd();
  assert.equal(statusOf(await ask(port, foreign)), 200);
});

test('a host that acknowledges nothing gets no more than eight batches, and every request is served', async () => {
  writeFileSync(path.join(folder, 'large.txt'), 'x'.repeat(60_000));
  const child = new Child();
  const port = await child.start({ capture: { enabled: true, bodyBytes: 100_000 } });
  const client = await Client.connect(port);
  const requests = 300;
  client.send('GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests));
  await client.untilLength(requests * 60_000);
  client.reset();
  const batches = child.said.filter((message) => message.type === 'batch');
  assert.ok(batches.length <= 8, `${batches.length} batches`);
  child.tell({ type: 'stop' });
  assert.equal(await child.exit, 0);
  const last = child.said.flatMap((message) => (message.type === 'batch' ? [message.batch] : [])).at(-1);
  assert.ok(last !== undefined && last.leftOut.bytes > 0);
});
