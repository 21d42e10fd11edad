import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelSettings } from '../../src/protocol/server.ts';
import { defaultSettings } from '../../src/settings/serverOptions.ts';
import { loadSystemCalls } from '../../src/sockets/loadSystemCalls.ts';
import { family } from '../belongings.mjs';
import { ask, bodyOf, requestOf, statusOf } from '../unit/cli/client.ts';
import { Site } from './recordedServer.ts';

const loaded = await loadSystemCalls();
const skip = 'reason' in loaded ? loaded.reason : false;
const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

function iterative(backlog = 511): { model: ModelSettings } {
  return { model: { name: 'iterative', workers: 1, backlog, compute: 0 } };
}

/** A worker that ends at once, whatever it is doing, when it is told of a certain host. */
const dyingWorker = `const threads = require('node:worker_threads');
const { receiveMessageOnPort } = threads;
threads.receiveMessageOnPort = (port) => {
  const received = receiveMessageOnPort(port);
  if (received?.message.hosts?.includes('die.test')) process.exit(7);
  return received;
};
require('./worker.js');`;

describe('models that wait in system calls', { skip }, () => {
  let site: Site;
  before(async () => {
    site = await Site.make();
    writeFileSync(path.join(site.programs, 'failing.js'), "throw new Error('No start today');");
    writeFileSync(path.join(site.programs, 'dying.js'), dyingWorker);
  });
  afterEach(() => site.stopAll());
  after(() => site.dispose());

  test('while one client is served, others wait in the accept queue, which holds one more than the backlog', {
    skip: process.platform === 'linux' ? false : 'Only Linux tells how long the queue is.',
  }, async () => {
    const server = await site.start(iterative(2));
    const slow = await server.connect();
    slow.send('GET / HTTP/1.1\r\n');
    await server.accepted(slow);
    const others = Array.from({ length: 6 }, () => new Waiting(server.port));
    while (queueLength(server.port) < 3) await delay(5);
    assert.equal(queueLength(server.port), 3);
    assert.ok(others.filter(({ received }) => received === '').length === 6, 'Nobody is served meanwhile.');
    slow.send('Host: localhost\r\nConnection: close\r\n\r\n');
    assert.equal(bodyOf(await slow.untilEnd()), 'Hello');
    for (const other of others) assert.match(await other.ended, /Hello$/);
    assert.equal(queueLength(server.port), 0);
  });

  test('a connection that has sent nothing gives way to one that waits', async () => {
    const server = await site.start(iterative());
    const silent = await server.connect();
    const next = await server.connect();
    assert.equal(bodyOf(await next.send(requestOf('/')).untilEnd()), 'Hello');
    await silent.untilEnd();
    assert.match((await server.closed(silent)).closeReason, /nothing yet, and others waited/);
  });

  test('a connection that is kept for further requests gives way, and is told so where there is an answer to tell it in', async () => {
    const server = await site.start(iterative());
    const kept = await server.connect();
    await kept.send(get).until(/Hello/);
    assert.doesNotMatch(kept.received, /Connection: close/);
    const next = await server.connect();
    next.send(get);
    // It half-closes first: what was sent meanwhile must not reset the connection.
    await kept.untilEnd();
    await next.until(/Hello/);
    const last = await server.connect();
    last.send(requestOf('/'));
    await next.untilEnd();
    await last.untilEnd();
    assert.match((await server.closed(kept)).closeReason, /idle, and others waited/);

    const first = await server.connect();
    await server.accepted(first.send('GET / HTTP/1.1\r\n'));
    const waiting = new Waiting(server.port);
    while (queueLength(server.port) === 0) await delay(5);
    first.send('Host: localhost\r\n\r\n');
    assert.match(await first.untilEnd(), /\r\nConnection: close\r\n/);
    await waiting.ended;
  });

  test('a worker that dies leaves no socket open; its connection is closed in the capture, and another serves on', async () => {
    const server = await site.start(
      { model: { name: 'threads', workers: 1, backlog: 511, compute: 0 } },
      'dying.js',
    );
    const client = await server.connect();
    await client.send(get).until(/Hello/);
    await server.accepted(client);
    server.running.allowHosts(['die.test']);
    await client.untilEnd();
    assert.match((await server.closed(client)).closeReason, /worker.*died/);
    const next = await server.connect();
    assert.equal(statusOf(await next.send(requestOf('/')).untilEnd()), 200);
    assert.match(server.logged.join('\n'), /Worker 1 ended with exit code 7\. .*another takes its place/);
    const { id } = await server.closed(next);
    assert.equal(id, 2);
  });

  test('processes that are killed are replaced; what they served is closed in the capture', {
    skip: process.platform === 'linux' ? false : 'Only Linux tells who the children of a process are.',
  }, async () => {
    const others = new Set(family(process.pid));
    const { model } = defaultSettings('/');
    const server = await site.start({ model: { ...model, name: 'processes', workers: 2 } });
    const client = await server.connect();
    await client.send(get).until(/Hello/);
    const { id } = await server.accepted(client);
    for (const pid of family(process.pid)) if (!others.has(pid)) process.kill(pid, 'SIGKILL');
    await client.untilEnd();
    assert.match((await server.closed(client)).closeReason, /worker.*died/);
    const next = await server.connect();
    assert.equal(statusOf(await next.send(requestOf('/')).untilEnd()), 200);
    assert.notEqual((await server.closed(next)).id, id);
    for (const number of [1, 2]) {
      const line = new RegExp(`^error: Worker ${number} \\(process \\d+\\) was ended by SIGKILL\\. `);
      assert.equal(server.logged.filter((logged) => line.test(logged)).length, 1);
    }
  });

  test('processes on libuv that are killed all at once are replaced, and listen on the same port', {
    skip: process.platform === 'linux' ? false : 'Only Linux tells who the children of a process are.',
  }, async () => {
    const others = new Set(family(process.pid));
    const { model, sockets } = defaultSettings('/');
    const server = await site.start({
      model: { ...model, name: 'processes', workers: 2 },
      sockets: { ...sockets, layer: 'libuv' },
    });
    const client = await server.connect();
    await client.send(get).until(/Hello/);
    await server.accepted(client);
    for (const pid of family(process.pid)) if (!others.has(pid)) process.kill(pid, 'SIGKILL');
    await client.untilEnd();
    // For a moment nobody listens: who comes then is refused, or cut.
    let answer = '';
    while (!answer.endsWith('Hello')) {
      answer = await ask(server.port, requestOf('/')).catch(() => delay(20, ''));
    }
  });

  test('a worker that cannot start is said, and nothing stays open', async () => {
    const before = openDescriptors();
    await assert.rejects(site.start(iterative(), 'failing.js'), /Worker 1 .*No start today/);
    assert.equal(openDescriptors(), before);
  });

  test('a stop does not wait for a request that computes for long', async () => {
    const { limits, model } = defaultSettings('/');
    const server = await site.start({
      limits: { ...limits, stopTime: 0 },
      model: { ...model, name: 'threads', workers: 2, compute: 60_000 },
    });
    const client = await server.connect();
    await server.accepted(client.send(get));
    await server.stop();
    await client.untilEnd();
    assert.equal(client.received, '');
  });
});

/** Kept by the kernel until somebody accepts it, which it is in no hurry for. */
class Waiting {
  received = '';
  readonly ended: Promise<string>;

  constructor(port: number) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    socket.write(requestOf('/'));
    this.ended = once(socket, 'close').then(() => this.received);
  }
}

/** As Linux tells it: of a listening socket, the length of the receive queue is that of the accept queue. */
function queueLength(port: number): number {
  const listening = '0A';
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, address, , state, queues] = line.trim().split(/\s+/);
    if (address?.endsWith(local) && state === listening) return Number.parseInt(queues.split(':')[1], 16);
  }
  throw new Error(`Nobody listens on port ${port}.`);
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
