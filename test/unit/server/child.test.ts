import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { ask, Client, requestOf } from '../cli/client.ts';
import { Programs } from './child.ts';
import { describeServerProcess } from './serverProcess.ts';

let programs: Programs;

before(async () => {
  programs = await Programs.bundle();
});

afterEach(() => programs.killAll());

after(() => programs.dispose());

describeServerProcess('event loop', {}, () => programs);

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
  assert.deepEqual(failure.reason, { kind: 'portsTaken', first: address.port, last: address.port });
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

test('SIGTERM stops it gracefully', {
  skip: process.platform === 'win32' && 'Windows has no signals.',
}, async () => {
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
