import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { ToServer } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { ask, bodyOf, Client, requestOf, statusOf } from '../cli/client.ts';
import { variants } from '../models/variants.ts';
import { Programs } from './child.ts';

let programs: Programs;

before(async () => {
  programs = await Programs.bundle();
});

afterEach(() => programs.killAll());

after(() => programs.dispose());

for (const { name, settings } of variants) {
  describe(name, () => {
    test('it starts, serves, records, stops and exits with 0; what it recorded last arrives', async () => {
      const child = programs.child();
      const port = await child.start(settings);
      const request = requestOf('/');
      assert.equal(bodyOf(await ask(port, request)), 'Hello');
      child.tell({ type: 'stop' });
      assert.equal(await child.exit, 0);
      assert.equal(child.said.at(-1)?.type, 'stopped');
      const batches = child.batches;
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

    test('it ends when its host is killed', { skip: process.platform === 'win32' }, async () => {
      const host = path.join(programs.folder, 'host.cjs');
      writeFileSync(
        host,
        `const { fork } = require('node:child_process');
         const child = fork(${JSON.stringify(programs.script)}, { serialization: 'advanced', stdio: 'ignore' });
         child.on('message', (message) => process.send({ pid: child.pid, port: message.port }));
         process.on('message', (message) => child.send(message));`,
      );
      const parent = fork(host, { serialization: 'advanced', stdio: 'ignore' });
      const start = { ...defaultSettings(programs.folder), ...settings, port: 0 };
      parent.send({ type: 'start', settings: start } satisfies ToServer);
      const [{ port }] = await once(parent, 'message');
      const client = await Client.connect(port);
      await client.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
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

    test('a connection is closed, and a host allowed, when the host says so', async () => {
      const child = programs.child();
      const port = await child.start(settings);
      const client = await Client.connect(port);
      await client.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
      child.tell({ type: 'closeConnection', connection: await child.connectionFrom(client) });
      await client.untilEnd();
      const foreign = 'GET / HTTP/1.1\r\nHost: spark.test\r\nConnection: close\r\n\r\n';
      assert.equal(statusOf(await ask(port, foreign)), 403);
      child.tell({ type: 'allowHosts', hosts: ['spark.test'] });
      // It takes a moment until every worker knows.
      while (statusOf(await ask(port, foreign)) !== 200);
    });

    test('a host that acknowledges nothing gets no more than eight batches, and every request is served', async () => {
      writeFileSync(path.join(programs.folder, 'large.txt'), 'x'.repeat(60_000));
      const child = programs.child();
      const port = await child.start({ ...settings, capture: { enabled: true, bodyBytes: 100_000 } });
      const client = await Client.connect(port);
      const requests = 300;
      client.send('GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests));
      await client.untilLength(requests * 60_000);
      client.reset();
      const batches = child.said.filter((message) => message.type === 'batch');
      assert.ok(batches.length <= 8, `${batches.length} batches`);
      child.tell({ type: 'stop' });
      assert.equal(await child.exit, 0);
      const last = child.batches.at(-1);
      assert.ok(last !== undefined && last.leftOut.bytes > 0);
    });
  });
}

test('capture off: no batch is sent', async () => {
  const child = programs.child();
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
  const lucky = programs.child();
  const port = await lucky.start({ port: address.port, furtherPorts: 100 });
  assert.ok(port > address.port);
  assert.equal((await lucky.hear('listening')).skippedPorts[0], address.port);
  const unlucky = programs.child();
  await assert.rejects(unlucky.start({ port: address.port }));
  const failure = await unlucky.hear('startFailed');
  assert.equal(failure.code, 'EADDRINUSE');
  assert.match(failure.message, new RegExp(`127\\.0\\.0\\.1:${address.port}`));
  assert.equal(await unlucky.exit, 1);
  other.close();
});

test('it ends with its host: when the channel closes, connections or not', async () => {
  const child = programs.child();
  const port = await child.start();
  const client = await Client.connect(port);
  await client.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
  child.process.disconnect();
  assert.notEqual(await child.exit, null);
  await client.untilEnd();
});

test('SIGTERM stops it gracefully', { skip: process.platform === 'win32' }, async () => {
  const child = programs.child();
  await child.start();
  child.process.kill('SIGTERM');
  assert.equal(await child.exit, 0);
  assert.equal(child.said.at(-1)?.type, 'stopped');
});

test('a crash is its last word, and its exit code is not 0', async () => {
  const crash = path.join(programs.folder, 'crash.cjs');
  writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('Struck by lightning.'); });");
  const child = programs.child(['--require', crash]);
  await child.start();
  child.process.kill('SIGUSR2');
  assert.equal(await child.exit, 1);
  const last = child.said.at(-1);
  assert.ok(last?.type === 'log' && last.level === 'error');
  assert.match(last.message, /Struck by lightning/);
});
