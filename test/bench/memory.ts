/** What Spark's process holds while a slow client takes a large file, and after a million captured requests. */
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders, type RunningContender, type Surroundings } from './contenders.ts';
import { residentBytes } from './processUse.ts';
import type { SparkReport } from './servers/sparkHost.ts';
import { runWrk } from './wrk.ts';

const mebibyte = 1024 * 1024;
const largeFile = 1024 * mebibyte;
/** The slow client takes so many bytes, then rests for so many milliseconds. */
const sip = 4 * mebibyte;
const rest = 40;
const manyRequests = 1_000_000;

export interface SlowClientResult {
  readonly bytes: number;
  readonly seconds: number;
  /** Memory before the request, and the most seen while it was answered. */
  readonly before: number;
  readonly most: number;
}

export interface ManyRequestsResult {
  readonly answered: number;
  readonly memory: number;
  readonly report: SparkReport;
}

async function withCapturingSpark<Result>(
  surroundings: Surroundings,
  measure: (running: RunningContender) => Promise<Result>,
): Promise<Result> {
  const contender = contenders.find(({ id }) => id === 'spark-capture');
  if (contender === undefined) throw new Error('Spark is not among the servers.');
  const running = await contender.start(surroundings, '');
  try {
    return await measure(running);
  } finally {
    await running.stop();
  }
}

/** 1 GiB to a client that takes about 80 MiB a second. */
export async function measureSlowClient(surroundings: Surroundings): Promise<SlowClientResult> {
  const file = path.join(surroundings.site, 'huge.bin');
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, largeFile);
  closeSync(descriptor);
  try {
    return await withCapturingSpark(surroundings, async ({ port, processId }) => {
      await sleep(500);
      const before = residentBytes(processId);
      let most = before;
      const sampler = setInterval(() => {
        most = Math.max(most, residentBytes(processId));
      }, 200);
      const start = performance.now();
      const bytes = await drinkSlowly(port, '/huge.bin');
      clearInterval(sampler);
      if (bytes < largeFile) throw new Error(`Only ${bytes} bytes came.`);
      return { bytes, seconds: (performance.now() - start) / 1000, before, most };
    });
  } finally {
    rmSync(file);
  }
}

async function drinkSlowly(port: number, target: string): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  let bytes = 0;
  let sipped = 0;
  socket.on('data', (piece) => {
    bytes += piece.length;
    sipped += piece.length;
    if (sipped < sip) return;
    sipped = 0;
    socket.pause();
    setTimeout(() => socket.resume(), rest);
  });
  await once(socket, 'end');
  socket.destroy();
  return bytes;
}

export async function measureManyRequests(surroundings: Surroundings): Promise<ManyRequestsResult> {
  return withCapturingSpark(surroundings, async (running) => {
    const { port, processId } = running;
    const load = { port, target: '/small.css', connections: 64, pipelined: 1, seconds: 5 };
    let answered = 0;
    while (answered < manyRequests) answered += (await runWrk(load, surroundings.scratch)).requests;
    await sleep(1000);
    return { answered, memory: residentBytes(processId), report: await running.report() };
  });
}
