// npm run soak:models [-- COUNT]: opens and closes so many connections (10,000) under each model, in several ways, and
// says whether a descriptor, a thread or a process is left behind. Linux only: it looks into /proc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { belongings } from '../belongings.mjs';
import { project } from '../project.mjs';

const connections = Number(process.argv[2] ?? 10_000);
const atATime = 16;
const warmUp = 200;
/** Milliseconds after which what has not gone by then is counted as left behind. */
const patience = 10_000;

const variants = [
  ['iterative', '--model', 'iterative'],
  ['event loop on system calls', '--model', 'eventLoop', '--sockets', 'systemCalls'],
  ['event loop on libuv', '--model', 'eventLoop', '--sockets', 'libuv'],
  ['threads', '--model', 'threads', '--workers', '2'],
  ['processes on system calls', '--model', 'processes', '--workers', '2', '--sockets', 'systemCalls'],
  ['processes on libuv', '--model', 'processes', '--workers', '2', '--sockets', 'libuv'],
];

/**
 * Ways in which a client comes and goes.
 *
 * @type {readonly ((socket: import('node:net').Socket) => void)[]}
 */
const ways = [
  (socket) => socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
  (socket) => socket.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n', () => socket.resetAndDestroy()),
  (socket) => socket.end('NONSENSE\r\n\r\n'),
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
];

/**
 * @param {number} port
 * @param {number} turn
 */
async function visit(port, turn) {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.resume();
  socket.once('connect', () => ways[turn % ways.length](socket));
  await once(socket, 'close');
}

/**
 * @param {number} port
 * @param {number} count
 */
async function visits(port, count) {
  let turn = 0;
  const visitor = async () => {
    while (turn < count) await visit(port, turn++);
  };
  await Promise.all(Array.from({ length: atATime }, visitor));
}

/**
 * Waits until the server holds what it held before, or for as long as `patience` lasts.
 *
 * @param {number} pid
 * @param {ReturnType<typeof belongings>} before
 */
async function settled(pid, before) {
  let found = belongings(pid);
  for (let waited = 0; waited < patience && !isDeepStrictEqual(found, before); waited += 100) {
    await delay(100);
    found = belongings(pid);
  }
  return found;
}

/**
 * @param {string} root
 * @param {readonly string[]} flags
 */
async function soak(root, flags) {
  const cli = path.join(project, 'dist/cli.js');
  const server = spawn(process.execPath, [cli, root, '--port', '0', '--json', '--quiet', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  try {
    const [line] = await once(server.stdout, 'data');
    const port = Number(new URL(JSON.parse(String(line)).url).port);
    const pid = server.pid ?? 0;
    await visits(port, warmUp);
    await delay(500);
    const before = belongings(pid);
    const start = performance.now();
    await visits(port, connections);
    const seconds = (performance.now() - start) / 1000;
    return { before, after: await settled(pid, before), seconds };
  } finally {
    server.kill('SIGTERM');
    await exited;
  }
}

const root = mkdtempSync(path.join(tmpdir(), 'spark-soak-'));
writeFileSync(path.join(root, 'index.html'), 'Hello');
writeFileSync(path.join(root, 'large'), Buffer.alloc(1024 * 1024));
try {
  for (const [name, ...flags] of variants) {
    const { before, after, seconds } = await soak(root, flags);
    const clean = isDeepStrictEqual(after, before);
    if (!clean) process.exitCode = 1;
    console.log(
      `${name}: ${connections} connections in ${seconds.toFixed(1)} s; ${clean ? 'nothing' : 'something'} is left behind`,
    );
    console.log(`  before ${JSON.stringify(before)}\n  after  ${JSON.stringify(after)}`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
