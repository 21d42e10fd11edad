import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { nextDescriptor } from '../../../src/sockets/descriptorLimit.ts';
import { libuvTransport } from '../../../src/sockets/libuv.ts';
import { loadSystemCalls } from '../../../src/sockets/loadSystemCalls.ts';
import { type ReadinessInterface, ReadinessTransport } from '../../../src/sockets/readiness.ts';
import type { Listener, Transport } from '../../../src/sockets/transport.ts';
import { Client } from '../cli/client.ts';

const loaded = await loadSystemCalls();
const hasPrlimit = spawnSync('prlimit', ['--version']).error === undefined;
/** Who waits in vain to be told something, fails. */
const timeout = 30_000;
const skip = process.platform !== 'linux' || 'reason' in loaded || !hasPrlimit;

/** Sets the soft limit of this process, or takes it back to the hard one. */
function limitDescriptors(limit: number | null): void {
  const hard = /(?<=^Max open files +\d+ +)\d+/m.exec(limits())?.[0] ?? '';
  const { status } = spawnSync('prlimit', [`--pid=${process.pid}`, `--nofile=${limit ?? hard}:${hard}`]);
  assert.equal(status, 0);
}

function limits(): string {
  return spawnSync('cat', [`/proc/${process.pid}/limits`], { encoding: 'latin1' }).stdout;
}

/** What a listener told, in order, and how to wait for it. */
class Told {
  readonly said: string[] = [];
  private wake: () => void = () => {};

  say(text: string): void {
    this.said.push(text);
    this.wake();
  }

  async until(count: number): Promise<void> {
    while (this.said.length < count)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
  }
}

function onSystemCalls(kind: ReadinessInterface): Transport {
  assert.ok(!('reason' in loaded));
  return new ReadinessTransport(loaded.library, loaded.calls, kind);
}

function listen(transport: Transport, told: Told, accepted: () => void): Promise<Listener> {
  return transport.listen(
    { host: '127.0.0.1', port: 0 },
    {
      accepted(connection) {
        accepted();
        return { received() {}, ended: () => connection.close(), flushed() {}, closed() {} };
      },
      turnBegan() {},
      turnEnded() {},
      failed: (error) => told.say(error.message),
      recovered: () => told.say('recovered'),
    },
  );
}

/** Opens descriptors until so many are left. */
function takeAllBut(count: number): readonly number[] {
  const taken: number[] = [];
  while (nextDescriptor() !== Number.POSITIVE_INFINITY) taken.push(openSync(devNull, 'r'));
  for (const descriptor of taken.splice(-count)) closeSync(descriptor);
  return taken;
}

describe('a shortage of descriptors', { skip }, () => {
  // Beyond those of this process, which the clients are in, too.
  before(() => limitDescriptors(nextDescriptor() + 150));
  after(() => limitDescriptors(null));

  for (const kind of ['epoll', 'poll'] as const) {
    test(`${kind}: connections wait for descriptors that others may need, and are accepted as those close`, {
      timeout,
    }, async () => {
      const told = new Told();
      let open = 0;
      const listener = await listen(onSystemCalls(kind), told, () => open++);
      const clients = await Promise.all(
        Array.from({ length: 60 }, () => Client.connect(listener.address.port)),
      );
      await told.until(1);
      assert.match(told.said[0], /^\d+ are open, and others wait\. .*ulimit -n/);
      assert.ok(open < 60, 'Not all are accepted.');
      for (const client of clients) await client.reset();
      await told.until(2);
      assert.equal(open, 60);
      assert.deepEqual(told.said.slice(1), ['recovered']);
      await listener.close();
    });

    test(`${kind}: without any descriptor left, a connection is accepted as soon as there is one`, {
      timeout,
    }, async () => {
      const told = new Told();
      let open = 0;
      const listener = await listen(onSystemCalls(kind), told, () => open++);
      const taken = takeAllBut(1);
      const client = await Client.connect(listener.address.port);
      await told.until(1);
      assert.match(told.said[0], /^accept4? .*EMFILE/);
      assert.equal(open, 0);
      for (const descriptor of taken) closeSync(descriptor);
      await told.until(2);
      assert.deepEqual([open, told.said[1]], [1, 'recovered']);
      await client.reset();
      await listener.close();
    });
  }

  test('libuv: the connection that takes the last descriptor is told of, and when there is room again', {
    timeout,
  }, async () => {
    const told = new Told();
    const listener = await listen(libuvTransport, told, () => {});
    const taken = takeAllBut(2);
    const client = await Client.connect(listener.address.port);
    await told.until(1);
    assert.match(told.said[0], /^No file descriptor is left\. .*ulimit -n/);
    for (const descriptor of taken) closeSync(descriptor);
    client.socket.end();
    await told.until(2);
    assert.equal(told.said[1], 'recovered');
    await listener.close();
  });
});
