import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { ServerSettings, ToServer } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { ask, bodyOf, Client, requestOf, statusOf } from '../cli/client.ts';
import type { Programs } from './child.ts';

/**
 * What the server's process has to do under every model. `programs`: gives those that the test file has bundled;
 * `settings`: what differs from the defaults.
 */
export function describeServerProcess(
  name: string,
  settings: Partial<ServerSettings>,
  programs: () => Programs,
): void {
  describe(name, () => {
    test('it starts, serves, records, stops and exits with 0; what it recorded last arrives', async () => {
      const child = programs().child();
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

    test('it ends when its host is killed', {
      skip: process.platform === 'win32' && 'Windows has no signals.',
    }, async () => {
      const host = path.join(programs().folder, 'host.cjs');
      writeFileSync(
        host,
        `const { fork } = require('node:child_process');
         const child = fork(${JSON.stringify(programs().script)}, { serialization: 'advanced', stdio: 'ignore' });
         child.on('message', (message) => process.send({ pid: child.pid, port: message.port }));
         process.on('message', (message) => child.send(message));`,
      );
      const parent = fork(host, { serialization: 'advanced', stdio: 'ignore' });
      const start = { ...defaultSettings(programs().folder), ...settings, port: 0 };
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
      const child = programs().child();
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
      writeFileSync(path.join(programs().folder, 'large.txt'), 'x'.repeat(60_000));
      const child = programs().child();
      const port = await child.start({ ...settings, capture: { enabled: true, bodyBytes: 100_000 } });
      const client = await Client.connect(port);
      const requests = 300;
      // A part of a file is put together anew for each answer; the bytes of a whole one would be recorded once.
      client.send('GET /large.txt HTTP/1.1\r\nHost: localhost\r\nRange: bytes=1-\r\n\r\n'.repeat(requests));
      await client.untilLength(requests * 59_999);
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
