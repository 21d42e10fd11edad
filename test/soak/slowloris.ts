/**
 * Shows what 500 clients that never end their header sections cost a normal one: its latency with them and without.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { median } from './serverWatch.ts';

const slowClients = 500;
const requests = 1000;
const rounds = 5;

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject).once('connect', () => resolve(socket));
  });
}

/** Median milliseconds of a request on one connection. */
async function latency(port: number): Promise<number> {
  const socket = await opened(port);
  const taken: number[] = [];
  for (let i = 0; i < requests; i++) {
    const started = performance.now();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    taken.push(performance.now() - started);
  }
  socket.destroy();
  return median(taken);
}

async function slowCrowd(port: number): Promise<() => void> {
  const sockets = await Promise.all(Array.from({ length: slowClients }, () => opened(port)));
  for (const socket of sockets) socket.on('error', () => {}).write('GET / HTTP/1.1\r\n');
  let next = 0;
  // Each sends a little every five seconds: 100 of them in a second.
  const timer = setInterval(() => sockets[next++ % sockets.length].write('X: 1\r\n'), 10);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}

/** `cli`: path of the command line's program. Prints the latencies and their ratio; 0 where that is 2 at most. */
export async function run(cli: string): Promise<number> {
  const site = mkdtempSync(path.join(tmpdir(), 'spark-slowloris-'));
  writeFileSync(path.join(site, 'index.html'), 'Hello');
  const server = spawn(
    process.execPath,
    [cli, site, '--port', '0', '--json', '--quiet', '--max-requests', '1000000', '--header-timeout', '600'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  const port = Number(new URL(JSON.parse(line).url).port);
  await latency(port);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const alone = await latency(port);
    const leave = await slowCrowd(port);
    const crowded = await latency(port);
    leave();
    ratios.push(crowded / alone);
    console.log(`alone ${alone.toFixed(3)} ms, among ${slowClients} slow clients ${crowded.toFixed(3)} ms`);
  }
  server.kill('SIGTERM');
  await ended;
  rmSync(site, { recursive: true });
  console.log(`median ratio ${median(ratios).toFixed(2)} (2 at most)`);
  return median(ratios) <= 2 ? 0 : 1;
}
