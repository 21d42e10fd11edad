import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { loadSystemCalls } from '../../../src/sockets/loadSystemCalls.ts';
import { EPOLLIN, platforms } from '../../../src/sockets/platform.ts';
import { SystemCallError } from '../../../src/sockets/systemCallError.ts';
import { type Descriptor, type SystemCalls, wouldBlock } from '../../../src/sockets/systemCalls.ts';
import type { SocketAddress } from '../../../src/sockets/transport.ts';

const loaded = await loadSystemCalls();
const skip = 'reason' in loaded ? loaded.reason : process.platform !== 'linux' && 'They are proven on Linux.';

describe('the system calls of the C library', { skip }, () => {
  const calls = 'calls' in loaded ? loaded.calls : (undefined as never as SystemCalls);
  const open = new Set<Descriptor>();
  const folder = mkdtempSync(path.join(tmpdir(), 'spark-libc-'));

  afterEach(() => {
    for (const descriptor of open) calls.close(descriptor);
    open.clear();
  });

  after(() => rmSync(folder, { recursive: true }));

  function owned(descriptor: Descriptor): Descriptor {
    open.add(descriptor);
    return descriptor;
  }

  function close(descriptor: Descriptor): void {
    open.delete(descriptor);
    calls.close(descriptor);
  }

  function listening(address = '127.0.0.1', backlog = 8): { descriptor: Descriptor; bound: SocketAddress } {
    const descriptor = owned(calls.socket(address.includes(':') ? 'AF_INET6' : 'AF_INET'));
    calls.setsockopt(descriptor, 'SO_REUSEADDR', 1);
    calls.setsockopt(descriptor, 'SO_RCVTIMEO', 5_000);
    calls.bind(descriptor, { address, port: 0 });
    const bound = calls.getsockname(descriptor);
    calls.listen(descriptor, backlog);
    return { descriptor, bound };
  }

  /** A connection with both its ends: that of the server, and that of a client of node:net. */
  async function connected(address = '127.0.0.1') {
    const { descriptor: listener, bound } = listening(address);
    const client = createConnection({ host: address, port: bound.port, allowHalfOpen: true });
    await once(client, 'connect');
    const accepted = calls.accept(listener);
    assert.ok(accepted !== null);
    owned(accepted.descriptor);
    calls.setsockopt(accepted.descriptor, 'SO_RCVTIMEO', 5_000);
    return { client, accepted, bound };
  }

  for (const address of ['127.0.0.1', '::1']) {
    test(`a connection over ${address}, from accept to close`, async () => {
      const { client, accepted, bound } = await connected(address);
      assert.deepEqual(accepted.peer, { address, port: client.localPort });
      assert.deepEqual(calls.getpeername(accepted.descriptor), accepted.peer);
      assert.deepEqual(calls.getsockname(accepted.descriptor), bound);
      client.write('Hello');
      const buffer = new Uint8Array(16);
      assert.equal(calls.recv(accepted.descriptor, buffer), 5);
      assert.equal(Buffer.from(buffer.subarray(0, 5)).toString(), 'Hello');
      assert.equal(calls.send(accepted.descriptor, Buffer.from('one ')), 4);
      assert.equal(calls.writev(accepted.descriptor, ['two ', 'three'].map(Buffer.from)), 9);
      calls.shutdown(accepted.descriptor, 'SHUT_WR');
      assert.equal(Buffer.concat(await client.toArray()).toString(), 'one two three');
      client.end();
      assert.equal(calls.recv(accepted.descriptor, buffer), 0);
      close(accepted.descriptor);
    });
  }

  test('a file is sent from an offset on', async () => {
    const { client, accepted } = await connected();
    const file = path.join(folder, 'file');
    writeFileSync(file, 'The whole of it');
    const descriptor = openSync(file, 'r');
    assert.equal(calls.sendfile(accepted.descriptor, descriptor, 4, 5), 5);
    assert.equal(calls.sendfile(accepted.descriptor, descriptor, 99, 5), 0, 'The file ends before.');
    closeSync(descriptor);
    close(accepted.descriptor);
    assert.equal(Buffer.concat(await client.toArray()).toString(), 'whole');
  });

  test('what cannot be done at once is said by the result', async () => {
    const { accepted, client } = await connected();
    calls.setNonBlocking(accepted.descriptor, true);
    assert.equal(calls.recv(accepted.descriptor, new Uint8Array(1)), wouldBlock);
    const much = new Uint8Array(64 * 1024 * 1024);
    const taken = calls.send(accepted.descriptor, much);
    assert.ok(taken > 0 && taken < much.length, 'A partial write is no error.');
    while (calls.send(accepted.descriptor, much) !== wouldBlock);
    client.destroy();
  });

  test('a wait ends when its time is over', () => {
    const { descriptor } = listening();
    calls.setsockopt(descriptor, 'SO_RCVTIMEO', 30);
    assert.equal(calls.accept(descriptor), null);
    assert.equal(calls.poll([{ descriptor, events: calls.platform.POLLIN, revents: 0 }], 20), 0);
  });

  test('poll and epoll_wait say who is ready', async () => {
    const { accepted, client } = await connected();
    const { POLLIN, POLLOUT } = calls.platform;
    const entry = { descriptor: accepted.descriptor, events: POLLIN | POLLOUT, revents: 0 };
    assert.equal(calls.poll([entry], 0), 1);
    assert.equal(entry.revents, POLLOUT);
    const epoll = owned(calls.epoll_create1());
    const wakeUp = owned(calls.eventfd());
    calls.epoll_ctl(epoll, 'EPOLL_CTL_ADD', accepted.descriptor, EPOLLIN);
    calls.epoll_ctl(epoll, 'EPOLL_CTL_ADD', wakeUp, EPOLLIN);
    const events = calls.epollEvents(8);
    assert.equal(calls.epoll_wait(epoll, events, 0), 0);
    calls.wake(wakeUp);
    assert.equal(calls.epoll_wait(epoll, events, 5_000), 1);
    assert.equal(events.descriptor(0), wakeUp);
    calls.drain(wakeUp);
    client.write('!');
    assert.equal(calls.epoll_wait(epoll, events, 5_000), 1);
    assert.deepEqual(
      [events.descriptor(0), events.readable(0), events.writable(0)],
      [accepted.descriptor, true, false],
    );
    calls.epoll_ctl(epoll, 'EPOLL_CTL_DEL', accepted.descriptor, 0);
    assert.equal(calls.epoll_wait(epoll, events, 0), 0);
    client.destroy();
  });

  test('an error carries the call, errno and what it means', () => {
    const { bound } = listening();
    const second = owned(calls.socket('AF_INET'));
    assert.throws(
      () => calls.bind(second, bound),
      (error) => {
        assert.ok(error instanceof SystemCallError);
        assert.deepEqual([error.call, error.code, error.errno], ['bind', 'EADDRINUSE', 98]);
        assert.match(error.message, /^bind 127\.0\.0\.1:\d+: EADDRINUSE\. Another program listens there/);
        return true;
      },
    );
    assert.throws(() => calls.close(99_999), { call: 'close', code: 'EBADF', errno: 9 });
  });

  test('a peer that is gone is an error, and no signal', async () => {
    const { accepted, client } = await connected();
    client.resetAndDestroy();
    await once(client, 'close');
    assert.throws(() => calls.recv(accepted.descriptor, new Uint8Array(1)), { code: 'ECONNRESET' });
    assert.throws(() => calls.send(accepted.descriptor, new Uint8Array(1)), { code: 'EPIPE' });
    assert.throws(() => calls.writev(accepted.descriptor, [new Uint8Array(1), new Uint8Array(1)]), {
      code: 'EPIPE',
    });
  });

  test('options are read as they were set', () => {
    const { descriptor } = listening();
    assert.equal(calls.getsockopt(descriptor, 'SO_REUSEADDR'), 1);
    assert.equal(calls.getsockopt(descriptor, 'SO_ERROR'), 0);
    calls.setsockopt(descriptor, 'TCP_NODELAY', 1);
    assert.equal(calls.getsockopt(descriptor, 'TCP_NODELAY'), 1);
    assert.throws(() => calls.setsockopt(descriptor, 'SO_NOSIGPIPE', 1), /does not exist on linux/);
  });

  test('the thread is one that the kernel knows', () => {
    assert.ok(readdirSync('/proc/self/task').includes(String(calls.thread)));
  });

  test('what another platform has is refused by name', () => {
    assert.throws(() => calls.kqueue(), /kqueue does not exist on linux/);
  });

  test('the error numbers are those of this platform', () => {
    for (const [number, name] of Object.entries(platforms.linux.errors))
      assert.equal(constants.errno[name as keyof typeof constants.errno], Number(number), name);
  });
});
