import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { latin1 } from '../../../src/http/bytes.ts';
import type { Response } from '../../../src/http/message.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { Site } from '../../../src/site/site.ts';
import { request } from './request.ts';

let root: string;
let site: Site;
const longAgo = new Date(2000, 0, 1);

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'spark-cache-'));
  site = new Site(root, defaultSettings(root).site, () => {});
});

afterEach(() => rmSync(root, { recursive: true }));

/** Writes a file, and waits until it is old enough to be held in memory. */
async function settled(name: string, text: string): Promise<string> {
  const file = path.join(root, name);
  writeFileSync(file, text);
  utimesSync(file, longAgo, longAgo);
  await new Promise((resolve) => setTimeout(resolve, 60));
  return file;
}

function textOf({ body }: Response): string {
  return body.map((part) => ('file' in part ? '' : latin1(part, 0, part.length))).join('');
}

/** What the site answers; asked twice before, so that it comes from memory where it may. */
function get(target: string): { status: number; text: string; held: boolean } {
  const first = site.respond(request(target));
  const second = site.respond(request(target));
  const held = first.status === 200 && first.body[0] === second.body[0];
  return { status: second.status, text: textOf(second), held };
}

test('a file that stays as it is is held in memory', async () => {
  await settled('a.txt', 'one');
  assert.deepEqual(get('/a.txt'), { status: 200, text: 'one', held: true });
});

test('a file that has just been written is not held: the clock may not tell the next write from it', () => {
  writeFileSync(path.join(root, 'a.txt'), 'one');
  assert.equal(get('/a.txt').held, false);
});

const changes: readonly (readonly [
  name: string,
  change: (file: string) => void,
  status: number,
  text: string | null,
])[] = [
  ['written', (file) => writeFileSync(file, 'two'), 200, 'two'],
  [
    'written with its time put back',
    (file) => {
      writeFileSync(file, 'two');
      utimesSync(file, longAgo, longAgo);
    },
    200,
    'two',
  ],
  [
    'replaced by another of the same size and time',
    (file) => {
      writeFileSync(`${file}.new`, 'two');
      utimesSync(`${file}.new`, longAgo, longAgo);
      renameSync(`${file}.new`, file);
    },
    200,
    'two',
  ],
  ['deleted', (file) => unlinkSync(file), 404, null],
  [
    'replaced by a folder',
    (file) => {
      unlinkSync(file);
      mkdirSync(file);
    },
    301,
    null,
  ],
  [
    'replaced by a link out of the folder',
    (file) => {
      unlinkSync(file);
      symlinkSync(path.join(tmpdir()), file);
    },
    403,
    null,
  ],
  ['given another mode', (file) => chmodSync(file, 0o600), 200, 'one'],
];

for (const [name, change, status, text] of changes) {
  test(`a file is never served as it was: ${name}`, {
    skip: process.platform === 'win32' && 'Windows has other permissions and links.',
  }, async () => {
    const file = await settled('a.txt', 'one');
    assert.equal(get('/a.txt').held, true);
    change(file);
    const response = site.respond(request('/a.txt'));
    assert.equal(response.status, status);
    if (text !== null) assert.equal(textOf(response), text);
  });
}

test('requests of one turn share what the file system said; the next turn asks again', async () => {
  const file = await settled('a.txt', 'one');
  assert.equal(get('/a.txt').held, true);
  site.turnBegan();
  assert.equal(textOf(site.respond(request('/a.txt'))), 'one');
  writeFileSync(file, 'two');
  assert.equal(textOf(site.respond(request('/a.txt'))), 'one', 'It was read in the same turn.');
  site.turnEnded();
  site.turnBegan();
  assert.equal(textOf(site.respond(request('/a.txt'))), 'two');
  site.turnEnded();
});

test('a turn that has ended holds for nothing that comes after it', async () => {
  const file = await settled('a.txt', 'one');
  assert.equal(get('/a.txt').held, true);
  site.turnBegan();
  site.respond(request('/a.txt'));
  site.turnEnded();
  writeFileSync(file, 'two');
  assert.equal(textOf(site.respond(request('/a.txt'))), 'two');
});

test('a link that is turned to another file serves that', {
  skip: process.platform === 'win32' && 'Windows has other permissions and links.',
}, async () => {
  await settled('a.txt', 'one');
  await settled('b.txt', 'two');
  symlinkSync('a.txt', path.join(root, 'link.txt'));
  assert.deepEqual(get('/link.txt'), { status: 200, text: 'one', held: true });
  unlinkSync(path.join(root, 'link.txt'));
  symlinkSync('b.txt', path.join(root, 'link.txt'));
  assert.equal(get('/link.txt').text, 'two');
});

test('what is held is bounded, however many names a file goes by', async () => {
  await settled('a.txt', 'x'.repeat(60_000));
  const before = process.memoryUsage().arrayBuffers;
  // Any letter of a path may be percent-encoded, and dot segments may be added.
  for (let i = 0; i < 2000; i++)
    site.respond(request(`/${'./'.repeat(i % 500)}a.tx${i < 1000 ? 't' : '%74'}`));
  for (let i = 0; i < 6000; i++) site.respond(request(`/x${i}/../a.txt`));
  const held = process.memoryUsage().arrayBuffers - before;
  assert.ok(held < 200 * 1024 * 1024, `${held} bytes`);
});

test('HEAD, conditions and ranges work on what is held', async () => {
  await settled('a.txt', '0123456789');
  assert.equal(get('/a.txt').held, true);
  const etag = new Map(site.respond(request('/a.txt')).fields).get('ETag') ?? '';
  assert.equal(site.respond(request('/a.txt', { 'if-none-match': etag })).status, 304);
  const part = site.respond(request('/a.txt', { range: 'bytes=2-4' }));
  assert.deepEqual([part.status, textOf(part)], [206, '234']);
  assert.equal(textOf(site.respond(request('/a.txt'))), '0123456789');
  assert.equal(site.respond(request('/a.txt', { 'if-match': '"other"' })).status, 412);
});
