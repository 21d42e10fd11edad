/**
 * Serves for minutes to clients of every kind, and looks whether the server stays as it was: its memory flat, its
 * descriptors closed, and every request that was answered counted, once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { largeFileLength, Seen, visits } from './clients.ts';
import { descriptorsOf, median, memoryOf } from './serverWatch.ts';

const megabyte = 1024 * 1024;
/** Memory may differ by this much between the second quarter and the last: the collector has its own pace. */
const flatShare = 0.15;
const flatBytes = 16 * megabyte;
const page = '<!doctype html>\n<html><title>Soak</title></html>\n';

/** Events of the server, by the id in their target's query. */
class Counted {
  readonly times = new Map<string, number>();
  readonly problems: string[] = [];
  port = 0;

  take(line: string): void {
    const event = JSON.parse(line);
    if (event.event === 'listening') this.port = Number(new URL(event.url).port);
    if (event.event === 'log' && event.level === 'error') this.problems.push(event.message);
    const id = event.event === 'exchange' ? /\?(r\d+)$/.exec(event.target)?.[1] : undefined;
    if (id !== undefined) this.times.set(id, (this.times.get(id) ?? 0) + 1);
  }
}

export async function run(cli: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      clients: { type: 'string', default: '24' },
      model: { type: 'string', default: 'eventLoop' },
    },
  });
  const site = mkdtempSync(path.join(tmpdir(), 'spark-soak-'));
  writeFileSync(path.join(site, 'index.html'), page);
  writeFileSync(path.join(site, 'large.bin'), Buffer.alloc(largeFileLength, 'soak'));
  const server = spawn(process.execPath, [cli, site, '--port', '0', '--json', '--model', values.model], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const counted = new Counted();
  const lines = createInterface({ input: server.stdout });
  const read = once(lines, 'close');
  lines.on('line', (line) => counted.take(line));
  await once(lines, 'line');
  const { pid = 0 } = server;
  const seen = new Seen();
  await Promise.all(visits.map((visit) => visit(counted.port, seen)));
  const descriptors = await settled(pid);

  const end = Date.now() + Number(values.minutes) * 60_000;
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(memoryOf(pid)), 1000);
  const crowd = Array.from({ length: Number(values.clients) }, async (_, number) => {
    for (let visit = number; Date.now() < end; visit++)
      await visits[visit % visits.length](counted.port, seen);
  });
  await Promise.all(crowd);
  clearInterval(watch);
  const descriptorsAfter = await settled(pid, descriptors);
  server.kill('SIGTERM');
  const [code] = await ended;
  await read;
  rmSync(site, { recursive: true });
  return report({ seen, counted, memory, descriptors, descriptorsAfter, code });
}

/** Open descriptors when nothing is served any more: as many as `before`, or the same for 3 s; waits 20 s at most. */
async function settled(pid: number, before: number | null = null): Promise<number | null> {
  let last = descriptorsOf(pid);
  for (let same = 0, i = 0; i < 80 && same < 12; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const now = descriptorsOf(pid);
    if (before !== null && now !== null && now <= before) return now;
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

function report(figures: {
  seen: Seen;
  counted: Counted;
  memory: readonly number[];
  descriptors: number | null;
  descriptorsAfter: number | null;
  code: number | null;
}): number {
  const { seen, counted, memory, descriptors, descriptorsAfter, code } = figures;
  const quarter = Math.floor(memory.length / 4);
  const early = median(memory.slice(quarter, 2 * quarter));
  const late = median(memory.slice(-quarter));
  const lost = [...seen.answered].filter((id) => !counted.times.has(id)).length;
  const twice = [...counted.times.values()].filter((times) => times > 1).length;
  const checks: readonly (readonly [what: string, holds: boolean])[] = [
    [`${seen.asked} requests, ${seen.answered.size} answered in full`, seen.answered.size > 0],
    [`${seen.wrong.length} wrong answers ${seen.wrong.slice(0, 3).join('; ')}`, seen.wrong.length === 0],
    [`${lost} answered, but not counted; ${twice} counted twice`, lost === 0 && twice === 0],
    [
      `memory ${megabytes(early)} in the second quarter, ${megabytes(late)} in the last`,
      late <= early * (1 + flatShare) + flatBytes,
    ],
    [
      `descriptors ${descriptors ?? 'unknown'} before, ${descriptorsAfter ?? 'unknown'} after`,
      (descriptorsAfter ?? 0) <= (descriptors ?? 0),
    ],
    [
      `${counted.problems.length} errors in the log ${counted.problems.slice(0, 3).join('; ')}`,
      counted.problems.length === 0,
    ],
    [`exit status ${code}`, code === 0],
  ];
  for (const [what, holds] of checks) console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}`);
  return checks.every(([, holds]) => holds) ? 0 : 1;
}

function megabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(1)} MiB`;
}
