// node test/pictures/traces.mjs: serves three clients that come at once with each concurrency model, and draws what
// `spark --trace` printed meanwhile: media/pictures/trace-<model>.png. Needs a build.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { project } from '../project.mjs';
import { chromiumFlags, findChromium } from '../workbench/chromium.mjs';
import { exampleSite } from '../workbench/suite.mjs';

const models = /** @type {const} */ (['iterative', 'threads', 'processes', 'eventLoop']);
const clients = 3;
/** Milliseconds of work for each request, so that the clients are there at the same time. */
const work = 60;
const runs = 5;

/**
 * Times are milliseconds since midnight, UTC.
 *
 * @typedef {{ thread: string, start: number, end: number, name: string, first: string, result: string, text: string }} Call
 * @typedef {{ port: number, connected: number }} Client
 * @typedef {{ client: Client, thread: string, calls: Call[] }} Life
 */

const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumFlags });
try {
  mkdirSync(path.join(project, 'media/pictures'), { recursive: true });
  const page = await browser.newPage({ viewport: { width: 960, height: 400 }, deviceScaleFactor: 2 });
  for (const model of models) {
    const lives = await quickest(model);
    await page.setContent(`<style>body { margin: 0 }</style>${picture(model, lives)}`);
    await page.locator('svg').screenshot({ path: path.join(project, `media/pictures/trace-${model}.png`) });
    console.log(`trace-${model}.png`);
  }
} finally {
  await browser.close();
}

/**
 * Of several runs the one that other programs of this machine have disturbed least.
 *
 * @param {string} model
 */
async function quickest(model) {
  /** @type {Life[][]} */
  const all = [];
  for (let run = 0; run < runs; run++) all.push(livesOf(await trace(model)));
  const time = (/** @type {Life[]} */ lives) =>
    Math.max(...lives.map(({ client, calls }) => (calls.at(-1)?.end ?? 0) - client.connected));
  return all.sort((one, other) => time(one) - time(other))[0];
}

/** @param {string} model */
async function trace(model) {
  const program = spawn(
    process.execPath,
    [
      path.join(project, 'dist/cli.js'),
      exampleSite,
      ...['--port', '0', '--model', model, '--workers', String(clients), '--compute', String(work)],
      '--trace',
    ],
    { env: { ...process.env, TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  program.stderr.on('data', (bytes) => {
    text += bytes;
  });
  /** @type {number} */
  const port = await new Promise((resolve, reject) => {
    let output = '';
    program.stdout.on('data', (bytes) => {
      output += bytes;
      const found = /127\.0\.0\.1:(\d+)/.exec(output);
      if (found !== null) resolve(Number(found[1]));
    });
    program.once('exit', (code) => reject(new Error(`Spark ended with ${code}: ${text}`)));
  });
  // Workers first wait for clients.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const asked = await Promise.all(Array.from({ length: clients }, () => ask(port)));
  program.kill('SIGINT');
  await once(program, 'close');
  return { text, asked };
}

/**
 * @param {number} port
 * @returns {Promise<Client>}
 */
async function ask(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const client = { port: socket.localPort ?? 0, connected: Date.now() % 86_400_000 };
  socket.write('GET /data/calls.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  return client;
}

/**
 * What was called for each client, from its acceptance to its close, in the order in which they were accepted.
 *
 * @param {{ text: string, asked: Client[] }} traced
 * @returns {Life[]}
 */
function livesOf({ text, asked }) {
  const calls = text.split('\n').flatMap((line) => callOf(line) ?? []);
  const lives = asked.map((client) => {
    const accepted = calls.find(({ text: call }) => call.includes(`sin_port=htons(${client.port})`));
    if (accepted === undefined) throw new Error(`No call accepted port ${client.port}:\n${text}`);
    const descriptor = accepted.result;
    const later = calls
      .filter(({ first, thread, start }) => {
        return thread === accepted.thread && first === descriptor && start >= accepted.start;
      })
      .sort((one, other) => one.start - other.start);
    const close = later.findIndex(({ name }) => name === 'close');
    const own = later.slice(0, close + 1).filter(({ name }) => name !== 'setsockopt');
    return { client, thread: accepted.thread, calls: [accepted, ...own] };
  });
  return lives.sort((one, other) => one.calls[0].end - other.calls[0].end);
}

/**
 * @param {string} line
 * @returns {Call | null}
 */
function callOf(line) {
  const found = /^\[pid (\d+)\] (\d+):(\d+):(\d+\.\d+) (\w+)\((\w+).*\) = (-?\w+).*<([\d.]+)>/.exec(line);
  if (found === null) return null;
  const [, thread, hours, minutes, seconds, name, first, result, duration] = found;
  const start = 1000 * (3600 * Number(hours) + 60 * Number(minutes) + Number(seconds));
  return { thread, start, end: start + 1000 * Number(duration), name, first, result, text: line };
}

/**
 * @param {string} model
 * @param {Life[]} lives
 */
function picture(model, lives) {
  const [left, right, top, row] = [210, 24, 62, 62];
  const begin = Math.min(...lives.map(({ client }) => client.connected)) - 4;
  const end = Math.max(...lives.map(({ calls }) => calls.at(-1)?.end ?? 0)) + 12;
  const width = 960;
  const height = top + row * lives.length + 40;
  const x = (/** @type {number} */ time) => left + ((time - begin) / (end - begin)) * (width - left - right);
  const threads = [...new Set(lives.map(({ thread }) => thread))];
  const step = [10, 25, 50, 100, 250].find((one) => (end - begin) / one <= 9) ?? 1000;
  const marks = Array.from({ length: Math.floor((end - begin) / step) + 1 }, (_, i) => i * step);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, sans-serif">
<defs><pattern id="wait" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#fdf0d5"/><rect width="2" height="7" fill="#d98e04"/></pattern></defs>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="16" y="28" font-size="17" font-weight="bold" fill="#1b1f24">${model}</text>
<g font-size="12" fill="#454c55">
<rect x="${left}" y="16" width="18" height="12" fill="url(#wait)"/><text x="${left + 24}" y="26">in the kernel’s accept queue</text>
<rect x="${left + 230}" y="16" width="18" height="12" fill="#cfe3fb"/><text x="${left + 254}" y="26">accepted, not yet closed</text>
<rect x="${left + 440}" y="16" width="5" height="12" fill="#0b5cad"/><text x="${left + 451}" y="26">a system call</text>
</g>
${marks
  .map(
    (mark) =>
      `<line x1="${x(begin + mark)}" x2="${x(begin + mark)}" y1="${top - 18}" y2="${height - 34}" stroke="#e3e6ea"/><text x="${x(begin + mark)}" y="${height - 16}" font-size="11" fill="#5b636d" text-anchor="middle">${mark} ms</text>`,
  )
  .join('\n')}
${lives.map((life, i) => drawn(life, i, threads.indexOf(life.thread), top + i * row, x)).join('\n')}
</svg>`;
}

/**
 * @param {Life} life
 * @param {number} index
 * @param {number} thread
 * @param {number} y
 * @param {(time: number) => number} x
 */
function drawn({ client, calls, thread: pid }, index, thread, y, x) {
  const accepted = x(calls[0].end);
  const closed = x(calls.at(-1)?.end ?? 0);
  const from = Math.min(x(client.connected), accepted);
  const colours = ['#0b5cad', '#7a3e9d', '#1a7f4b'];
  /** @type {{ at: number, names: string[] }[]} */
  const labels = [];
  for (const { name, end } of calls) {
    const last = labels.at(-1);
    if (last !== undefined && x(end) - last.at < 12 + 8 * last.names.join(' ').length) last.names.push(name);
    else labels.push({ at: x(end), names: [name] });
  }
  const bars = calls.map(({ start, end, name }) => {
    // Of the wait for a client, only its end is this client's.
    const at = name.startsWith('accept') ? x(end) - 4 : x(start);
    return `<rect x="${at}" y="${y}" width="${Math.max(4, x(end) - at)}" height="20" fill="${colours[thread % colours.length]}"/>`;
  });
  const widthOf = (/** @type {string[]} */ names) => 7.1 * repeated(names).length;
  const texts = labels.map(({ at, names }, i) => {
    const isLast = i === labels.length - 1 && i > 0;
    const before = labels[i - 1];
    const overlaps = isLast && closed - widthOf(names) < before.at + widthOf(before.names) + 6;
    return `<text x="${isLast ? closed : at - 4}" y="${y + (overlaps ? 48 : 35)}" font-size="11.5" font-family="DejaVu Sans Mono, monospace" fill="#1b1f24" text-anchor="${isLast ? 'end' : 'start'}">${repeated(names)}</text>`;
  });
  return `<text x="16" y="${y + 15}" font-size="13" fill="#1b1f24">client ${index + 1}</text>
<text x="76" y="${y + 15}" font-size="12" fill="${colours[thread % colours.length]}">thread ${pid}</text>
<rect x="${from}" y="${y}" width="${accepted - from}" height="20" fill="url(#wait)"/>
<rect x="${accepted}" y="${y}" width="${Math.max(2, closed - accepted)}" height="20" fill="#cfe3fb"/>
${bars.join('')}
${texts.join('')}`;
}

/** @param {string[]} names */
function repeated(names) {
  /** @type {string[]} */
  const texts = [];
  for (const name of names) {
    if (texts.at(-1)?.split(' ')[0] === name) continue;
    texts.push(name);
  }
  return texts.join(' ');
}
