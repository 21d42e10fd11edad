// npm run bench:models [-- --quick]: compares the concurrency models on this machine, and writes docs/models.md. The load is
// made by wrk (https://github.com/wg/wrk). Linux only: memory is read from /proc.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, cpus, release, tmpdir, type } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { family } from '../belongings.mjs';
import { project } from '../project.mjs';

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 3;
const seconds = quick ? 2 : 4;
const workers = 2;
/** Milliseconds of busy work for each request, where there is any. */
const compute = 10;
/** Clients at a time, each request on a connection of its own. */
const clients = 16;
/** Milliseconds that a slow client takes to send its request. */
const slowness = 2_000;
/** What several workers must reach, as a multiple of one event loop, where requests cost work. */
const goal = 1.5;

/**
 * @typedef {object} Variant
 * @property {string} title
 * @property {readonly string[]} flags
 * @property {boolean} mustReachGoal
 */

/** @type {readonly Variant[]} */
const variants = [
  { title: '`eventLoop`', flags: ['--model', 'eventLoop'], mustReachGoal: false },
  {
    title: '`eventLoop` on libuv',
    flags: ['--model', 'eventLoop', '--sockets', 'libuv'],
    mustReachGoal: false,
  },
  { title: '`iterative`', flags: ['--model', 'iterative'], mustReachGoal: false },
  {
    title: `\`threads\`, ${workers} workers`,
    flags: ['--model', 'threads', '--workers', `${workers}`],
    mustReachGoal: true,
  },
  {
    title: `\`processes\`, ${workers} workers`,
    flags: ['--model', 'processes', '--workers', `${workers}`],
    mustReachGoal: true,
  },
  {
    title: `\`processes\` on libuv, ${workers} workers`,
    flags: ['--model', 'processes', '--workers', `${workers}`, '--sockets', 'libuv'],
    mustReachGoal: false,
  },
];

/** Figures of a variant, one for each round. */
class Figures {
  /** @type {number[]} */
  withWork = [];
  /** Multiples of the event loop's, in the same round. @type {number[]} */
  ratio = [];
  /** @type {number[]} */
  withoutWork = [];
  /** Milliseconds. @type {number[]} */
  besideOne = [];
  /** Milliseconds. @type {number[]} */
  besideSeveral = [];
  /** MiB. @type {number[]} */
  memory = [];
}

/**
 * Runs the command line on a site while `use` measures it.
 *
 * @template Result
 * @param {string} root
 * @param {readonly string[]} flags
 * @param {(port: number, pid: number) => Promise<Result>} use
 * @returns {Promise<Result>}
 */
async function withServer(root, flags, use) {
  const cli = path.join(project, 'dist/cli.js');
  const server = spawn(process.execPath, [cli, root, '--port', '0', '--json', '--quiet', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  try {
    const [line] = await once(server.stdout, 'data');
    return await use(Number(new URL(JSON.parse(String(line)).url).port), server.pid ?? 0);
  } finally {
    server.kill('SIGTERM');
    await exited;
  }
}

/**
 * Requests a second, each on a connection of its own.
 *
 * @param {number} port
 */
async function load(port) {
  const wrk = spawn(
    'wrk',
    ['-t1', `-c${clients}`, `-d${seconds}s`, '-H', 'Connection: close', `http://127.0.0.1:${port}/`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  wrk.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(wrk, 'close');
  const figure = /^Requests\/sec:\s+([\d.]+)$/m.exec(output);
  if (code !== 0 || figure === null || /Non-2xx|Socket errors/.test(output))
    throw new Error(`wrk failed:\n${output}`);
  return Number(figure[1]);
}

/**
 * A request that takes so long to be sent; resolves when it is answered.
 *
 * @param {number} port
 * @param {number} duration milliseconds
 */
async function ask(port, duration) {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.resume();
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\n');
  if (duration > 0) await delay(duration);
  socket.end('Host: localhost\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
}

/**
 * Milliseconds that a request takes while so many slow clients are there.
 *
 * @param {number} port
 * @param {number} slowClients
 */
async function besideSlow(port, slowClients) {
  const slow = Array.from({ length: slowClients }, () => ask(port, slowness));
  // Those are accepted first.
  await delay(200);
  const start = performance.now();
  await ask(port, 0);
  const elapsed = performance.now() - start;
  await Promise.all(slow);
  return elapsed;
}

/**
 * Memory of all processes in MiB; what several share is divided among them.
 *
 * @param {number} pid
 */
function memory(pid) {
  const kilobytes = family(pid).map((member) => {
    const pss = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'));
    return Number(pss?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/**
 * @param {string} root
 * @param {Variant} variant
 * @param {Figures} figures
 */
async function measure(root, { flags }, figures) {
  await withServer(root, [...flags, '--compute', `${compute}`], async (port) => {
    figures.withWork.push(await load(port));
  });
  await withServer(root, flags, async (port, pid) => {
    await ask(port, 0);
    figures.besideOne.push(await besideSlow(port, 1));
    figures.besideSeveral.push(await besideSlow(port, workers));
    figures.withoutWork.push(await load(port));
    figures.memory.push(memory(pid));
  });
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * @param {readonly number[]} values
 * @param {number} [digits]
 */
function shown(values, digits = 0) {
  return median(values).toLocaleString('en', {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  });
}

/**
 * @param {readonly Variant[]} rows
 * @param {ReadonlyMap<Variant, Figures>} results
 */
function table(rows, results) {
  const head = [
    'model',
    `requests/s with ${compute} ms of work each`,
    'multiple of `eventLoop`',
    'requests/s without work',
    'answer beside 1 slow client',
    `answer beside ${workers} slow clients`,
    'memory',
  ];
  const lines = rows.map((variant) => {
    const figures = results.get(variant) ?? new Figures();
    return [
      variant.title,
      shown(figures.withWork),
      shown(figures.ratio, 2),
      shown(figures.withoutWork),
      `${shown(figures.besideOne)} ms`,
      `${shown(figures.besideSeveral)} ms`,
      `${shown(figures.memory)} MiB`,
    ];
  });
  const row = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...lines.map(row)].join(
    '\n',
  );
}

/**
 * The part of the page between the marks is replaced: what stands around it is written by hand.
 *
 * @param {string} measured
 */
function writePage(measured) {
  const file = path.join(project, 'docs/models.md');
  const page = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- measured: npm run bench:models -->\n', '<!-- end of what was measured -->'];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${file} has no place for the table.`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${before}${begin}\n${measured}\n\n${end}${after}`);
}

const root = mkdtempSync(path.join(tmpdir(), 'spark-models-'));
writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>Spark</title>');
try {
  execFileSync('wrk', ['-v'], { stdio: 'ignore' });
} catch (error) {
  if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') {
    console.error('wrk is not there. It makes the load; get it with: sudo apt install wrk');
    process.exit(1);
  }
}
/** @type {Map<Variant, Figures>} */
const results = new Map(variants.map((variant) => [variant, new Figures()]));
try {
  for (let round = 1; round <= rounds; round++) {
    for (const [variant, figures] of results) {
      await measure(root, variant, figures);
      const reference = results.get(variants[0])?.withWork.at(-1) ?? 0;
      figures.ratio.push((figures.withWork.at(-1) ?? 0) / reference);
      console.log(
        `round ${round} of ${rounds}, ${variant.title}: ${figures.withWork.at(-1)} requests/s with work`,
      );
    }
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
const measured = `${table(variants, results)}

Medians of ${rounds} rounds of ${seconds} s; ${clients} clients at a time, each request on a connection of its own. A slow client takes
${slowness / 1000} s to send its request. Machine: ${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, ${type()} ${release()}, Node.js ${process.versions.node}.`;
console.log(`\n${measured}\n`);
if (!quick) writePage(measured);
for (const [{ title, mustReachGoal }, { ratio }] of results) {
  if (!mustReachGoal || median(ratio) >= goal) continue;
  console.log(`${title} reaches ${shown(ratio, 2)} times the event loop, and should reach ${goal}.`);
  process.exitCode = 1;
}
