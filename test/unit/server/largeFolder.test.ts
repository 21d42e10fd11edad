import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { RunningServer } from '../../../src/server/runningServer.ts';
import { startServer } from '../../../src/server/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { ask, Client, requestOf } from '../cli/client.ts';

const files = 6_000;
let root = '';
let running: RunningServer | null = null;

before(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'spark-large-')));
  mkdirSync(path.join(root, 'large'));
  for (let i = 0; i < files; i++) writeFileSync(path.join(root, 'large', `file${i}`), '');
  writeFileSync(path.join(root, 'small.txt'), 'small');
});

afterEach(async () => {
  await running?.stop();
  running = null;
});

after(() => rmSync(root, { recursive: true }));

async function start(layer: 'libuv' | 'auto'): Promise<RunningServer> {
  const defaults = defaultSettings(root);
  running = await startServer({
    settings: { ...defaults, port: 0, sockets: { ...defaults.sockets, layer } },
    recording: { kind: 'nothing' },
    workerScript: '',
    report: () => {},
  });
  return running;
}

/** Descriptors of this process, where the server runs, that lead to the large folder. */
function heldOpen(): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(path.join(root, 'large'));
    } catch {
      return false;
    }
  }).length;
}

for (const layer of ['libuv', 'auto'] as const) {
  test(`while a large folder is listed, others are answered (${layer})`, async () => {
    const { port } = await start(layer);
    const other = await Client.connect(port);
    const client = await Client.connect(port);
    client.send(requestOf('/large/'));
    await client.until(/\r\n\r\n/);
    other.send(requestOf('/small.txt'));
    assert.match(await other.untilEnd(), /\r\n\r\nsmall$/);
    assert.doesNotMatch(client.received, /<html/, 'The listing came first.');
    const listing = await client.untilEnd();
    assert.match(listing, /\r\nTransfer-Encoding: chunked\r\n[\s\S]*<\/html>\n\r\n0\r\n\r\n$/);
    assert.equal(listing.match(/<tr><td class="name"><a href="\.\/file/g)?.length, 5_000);
    assert.match(listing, /1,000 more are not shown/);
  });

  test(`a large folder is listed for HTTP/1.0 and HEAD, too (${layer})`, async () => {
    const { port } = await start(layer);
    const old = await Client.connect(port);
    const listing = await old.send('GET /large/ HTTP/1.0\r\nHost: localhost\r\n\r\n').untilEnd();
    assert.match(listing, /^HTTP\/1\.1 200 OK\r\n(?![\s\S]*Transfer-Encoding)[\s\S]*<\/html>\n$/);
    assert.equal(old.error, '');
    assert.match(await ask(port, requestOf('/large/', 'HEAD')), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
  });

  test(`nothing stays open of a large folder whose listing nobody waits for (${layer})`, {
    skip: process.platform !== 'linux' && 'Only Linux lists the descriptors of a process.',
  }, async () => {
    const server = await start(layer);
    const client = await Client.connect(server.port);
    client.send(requestOf('/large/'));
    await client.until(/\r\n\r\n/);
    assert.ok(heldOpen() > 0);
    await client.reset();
    await server.stop();
    // With libuv, a listener is closed a little before what its last connection held is let go.
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    assert.equal(heldOpen(), 0);
  });
}
