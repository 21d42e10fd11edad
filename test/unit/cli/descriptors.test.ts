import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, requestOf, statusOf } from './client.ts';
import { type Command, CommandLine } from './commandLine.ts';

const skip = process.platform === 'linux' ? false : 'How many descriptors are open is read from procfs.';

/** Larger than what the kernel holds for a client that does not read. */
const content = Buffer.alloc(4 * 1024 * 1024);
for (let i = 0; i < content.length; i += 4) content.writeUInt32LE(i, i);

let spark: CommandLine;
let folder: string;

before(async () => {
  spark = await CommandLine.bundle();
  folder = mkdtempSync(path.join(tmpdir(), 'spark-site-'));
  writeFileSync(path.join(folder, 'index.html'), '<h1>Hello</h1>');
  writeFileSync(path.join(folder, 'large.bin'), content);
});

after(() => {
  spark.dispose();
  rmSync(folder, { recursive: true, force: true });
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

/** Has each ask for the large file; resolves with the heads of the answers, of which those with 200 were whole. */
async function answersTo(sockets: readonly Socket[]): Promise<readonly string[]> {
  for (const socket of sockets) socket.write(requestOf('/large.bin'));
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
  test('event loop on system calls: clients wait, each gets its file, and the log says so', async () => {
    const command = await serveWith(26);
    const sockets = await connected(command.port, 64);
    await command.line(/There are \d+ connections: others wait\. .*\b\d+ file descriptors.*ulimit -n/);
    for (const head of await answersTo(sockets)) assert.equal(statusOf(head), 200, head);
    await command.line(/accepted again/);
    assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
    assert.equal(countOf(command, /others wait/), 1);
    assert.equal(countOf(command, /accepted again/), 1);
    assert.equal(command.lines.length, 3, command.output);
    await stopped(command);
  });

  test('event loop on libuv: who finds no descriptor is answered 503, and the log says so', async () => {
    const command = await serveWith(26, '--sockets', 'libuv');
    const heads = await answersTo(await connected(command.port, 64));
    await command.line(/There are \d+ connections: others are turned away with 503\. .*ulimit -n/);
    await command.line(/\d+ connections were turned away\. There is room again/);
    assert.equal(heads.filter((head) => statusOf(head) === 200).length >= 4, true);
    for (const head of heads.filter((each) => statusOf(each) !== 200)) {
      assert.equal(statusOf(head), 503, head);
      assert.match(head, /\r\nRetry-After: 1\r\n/);
    }
    assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
    assert.equal(command.lines.length, 3, command.output);
    await stopped(command);
  });

  for (const [model, descriptors, short] of [
    ['iterative', 3, false],
    ['processes', 3, false],
    ['threads', 7, true],
  ] as const) {
    test(`${model}: clients wait, each gets its file${short ? ', and the log says so' : ''}`, async () => {
      const command = await serveWith(descriptors, '--model', model);
      const heads = await answersTo(await connected(command.port, 24));
      for (const head of heads) assert.equal(statusOf(head), 200, head);
      if (short) await command.line(/accepted again/);
      assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
      assert.equal(countOf(command, /too few file descriptors for all workers/), short ? 1 : 0);
      assert.equal(command.lines.length, short ? 3 : 1, command.output);
      await stopped(command);
    });
  }
});
