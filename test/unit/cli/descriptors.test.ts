import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { ask, requestOf, statusOf } from './client.ts';
import { type Command, CommandLine } from './commandLine.ts';

/** Who waits in vain for a line of the log, fails. */
const timeout = 60_000;
const skip = process.platform === 'linux' ? false : 'How many descriptors are open is read from procfs.';

/** Larger than what the kernel holds for a client that does not read. */
const content = Buffer.alloc(4 * 1024 * 1024);
for (let i = 0; i < content.length; i += 4) content.writeUInt32LE(i, i);

let spark: CommandLine;
let folder: string;

before(async () => {
  spark = await CommandLine.bundle();
  // Where the certificate is kept.
  process.env.XDG_DATA_HOME = mkdtempSync(path.join(tmpdir(), 'spark-data-'));
  folder = mkdtempSync(path.join(tmpdir(), 'spark-site-'));
  writeFileSync(path.join(folder, 'index.html'), '<h1>Hello</h1>');
  writeFileSync(path.join(folder, 'large.bin'), content);
});

after(() => {
  spark.dispose();
  for (const made of [folder, process.env.XDG_DATA_HOME ?? folder])
    rmSync(made, { recursive: true, force: true });
});

/** How many descriptors the command has open in this way of serving, with nobody connected; or the one of its processes that has most. */
async function ownDescriptors(...args: readonly string[]): Promise<number> {
  const command = await spark.serve(folder, '--quiet', ...args);
  const { pid } = command.child;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
  const most = Math.max(...[`${pid}`, ...children].map(lowestFree));
  await stopped(command);
  return most;
}

/** The number that a process's next descriptor gets. */
function lowestFree(pid: string): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  for (let number = 0; ; number++) if (!open.has(number)) return number;
}

/** Serves with so many descriptors more than the command needs for itself. */
async function serveWith(descriptors: number, ...args: readonly string[]): Promise<Command> {
  const own = await ownDescriptors(...args);
  const command = spark.limited(own + descriptors, folder, '--port', '0', '--quiet', ...args);
  await command.listening();
  return command;
}

async function stopped(command: Command): Promise<void> {
  command.kill('SIGTERM');
  assert.deepEqual(await command.exit(), { code: 0, signal: null });
}

async function connected(port: number, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').pause());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

/** All that comes: the response, head and body. */
async function received(socket: Socket): Promise<{ head: string; body: Buffer }> {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  const end = bytes.indexOf('\r\n\r\n') + 4;
  return { head: bytes.toString('latin1', 0, end), body: bytes.subarray(end) };
}

/**
 * Has each ask for the large file, and read it when `then` is done; resolves with the heads of the answers, of which those with
 * 200 were whole.
 */
async function answersTo(
  sockets: readonly Socket[],
  then: () => Promise<unknown> = async () => {},
): Promise<readonly string[]> {
  for (const socket of sockets) socket.write(requestOf('/large.bin'));
  await then();
  return Promise.all(
    sockets.map(async (socket) => {
      const { head, body } = await received(socket);
      if (statusOf(head) === 200) assert.ok(body.equals(content), 'The file came whole.');
      return head;
    }),
  );
}

function countOf(command: Command, pattern: RegExp): number {
  return command.lines.filter((line) => pattern.test(line)).length;
}

describe('more clients than descriptors', { skip }, () => {
  test('event loop on system calls: clients wait, each gets its file, and the log says so', {
    timeout,
  }, async () => {
    const command = await serveWith(26);
    const sockets = await connected(command.port, 64);
    await command.line(/\d+ are open, and others wait\. .*\b\d+ file descriptors.*ulimit -n/);
    for (const head of await answersTo(sockets)) assert.equal(statusOf(head), 200, head);
    await command.line(/accepted again/);
    assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
    assert.equal(countOf(command, /others wait/), 1);
    assert.equal(countOf(command, /accepted again/), 1);
    assert.equal(command.lines.length, 3, command.output);
    await stopped(command);
  });

  test('event loop on libuv: who finds no descriptor is answered 503, and the log says so', {
    timeout,
  }, async () => {
    const command = await serveWith(26, '--sockets', 'libuv');
    const sockets = await connected(command.port, 64);
    const [, room] = await command.line(
      /There are (\d+) connections: others are turned away with 503\. .*ulimit -n/,
    );
    const turnedAway: Socket[] = [];
    const answers: Promise<{ head: string }>[] = [];
    // Nobody has asked for anything yet: those who are answered are those for whom there is no room.
    for (const socket of sockets)
      socket.once('readable', () => {
        turnedAway.push(socket);
        answers.push(received(socket));
      });
    while (turnedAway.length < sockets.length - Number(room)) await nextTurn();
    for (const { head } of await Promise.all(answers)) {
      assert.equal(statusOf(head), 503, head);
      assert.match(head, /\r\nRetry-After: 1\r\n/);
    }
    const admitted = sockets.filter((socket) => !turnedAway.includes(socket));
    for (const socket of admitted) socket.removeAllListeners('readable');
    for (const head of await answersTo(admitted)) assert.equal(statusOf(head), 200, head);
    await command.line(/\d+ connections were turned away\. There is room again/);
    assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
    assert.equal(command.lines.length, 3, command.output);
    await stopped(command);
  });

  test('event loop with TLS: who finds no descriptor is let go before the handshake, and the log says so', {
    timeout,
  }, async () => {
    const command = await serveWith(26, '--https');
    const clients = Array.from({ length: 32 }, () =>
      connectSecurely({ port: command.port, host: '127.0.0.1', rejectUnauthorized: false }),
    );
    const agreed: Socket[] = [];
    await Promise.all(
      clients.map(async (client) => {
        const closed = once(client, 'close').catch(() => {});
        const agrees = once(client, 'secureConnect').then(
          () => agreed.push(client),
          () => {},
        );
        await Promise.race([closed, agrees]);
      }),
    );
    for (const head of await answersTo(agreed)) assert.equal(statusOf(head), 200, head);
    await command.line(
      /There are \d+ connections: others are turned away before the TLS handshake\. .*ulimit/,
    );
    const [, count] = await command.line(/(\d+) connections were turned away\. There is room again/);
    assert.equal(agreed.length + Number(count), clients.length);
    assert.equal(command.lines.length, 4, command.output);
    await stopped(command);
  });

  for (const [model, descriptors, short] of [
    ['iterative', 3, false],
    ['processes', 3, false],
    ['threads', 7, true],
  ] as const) {
    const name = `${model}: clients wait, each gets its file${short ? ', and the log says so' : ''}`;
    test(name, { timeout }, async () => {
      const command = await serveWith(descriptors, '--model', model);
      const told = async () => short && (await command.line(/too few file descriptors for all workers/));
      const heads = await answersTo(await connected(command.port, 24), told);
      for (const head of heads) assert.equal(statusOf(head), 200, head);
      if (short) await command.line(/accepted again/);
      assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
      assert.equal(countOf(command, /too few file descriptors for all workers/), short ? 1 : 0);
      assert.equal(command.lines.length, short ? 3 : 1, command.output);
      await stopped(command);
    });
  }
});

for (const sockets of ['systemCalls', 'libuv']) {
  test(`a process that finds no descriptor to start a worker with says so in one line (${sockets})`, {
    skip,
    timeout,
  }, async () => {
    const args = ['--model', 'processes', '--sockets', sockets];
    const own = await ownDescriptors(...args);
    const command = spark.limited(own - 1, folder, '--port', '0', '--quiet', ...args);
    assert.equal((await command.exit()).code, 1);
    assert.match(command.errors, /^spark: Worker \d .*EMFILE[^\n]*\n$/);
  });
}
