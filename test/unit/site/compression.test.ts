import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { BodySource, Response } from '../../../src/http/message.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { Site } from '../../../src/site/site.ts';
import { request } from './request.ts';

let root = '';
let site: Site;
const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i} of a text\n`).join('');
const small = lines(200);
const large = lines(100_000);

before(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'spark-compression-'));
  writeFileSync(path.join(root, 'small.txt'), small);
  writeFileSync(path.join(root, 'large.txt'), large);
  writeFileSync(path.join(root, 'tiny.txt'), 'x');
  writeFileSync(path.join(root, 'picture.png'), Buffer.alloc(10_000));
  writeFileSync(path.join(root, 'beside.txt'), small);
  writeFileSync(path.join(root, 'beside.txt.gz'), 'GZ');
  site = new Site(root, { ...defaultSettings(root).site, compression: true }, () => {});
  // Old enough to be held in memory.
  await new Promise((resolve) => setTimeout(resolve, 60));
});

after(() => rmSync(root, { recursive: true, force: true }));

function field({ fields }: Response, name: string): string | undefined {
  return fields.find(([one]) => one === name)?.[1];
}

/** All that a source gives; rejects where it fails. */
async function drained(source: BodySource): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const got = source.read();
    if (got === 'ended') break;
    if (got === 'failed') throw new Error('It failed.');
    if (got !== null) pieces.push(got);
    else
      await new Promise<void>((resolve) => {
        source.ready = resolve;
      });
  }
  source.close();
  return Buffer.concat(pieces);
}

function sourceOf(response: Response): BodySource {
  assert.ok(response.source !== undefined, 'It is compressed.');
  return response.source;
}

const asked = { 'accept-encoding': 'gzip, deflate, br' };

for (const [name, content] of [
  ['small.txt', small],
  ['large.txt', large],
] as const) {
  test(`${name} is compressed as the client likes, and is what it was`, async () => {
    for (const time of ['first', 'from memory']) {
      const response = site.respond(request(`/${name}`, asked));
      assert.equal(field(response, 'Content-Encoding'), 'br', time);
      assert.equal(field(response, 'Vary'), 'Accept-Encoding');
      assert.equal(field(response, 'Accept-Ranges'), undefined);
      const bytes = await drained(sourceOf(response));
      assert.ok(bytes.length < content.length / 3);
      assert.equal(brotliDecompressSync(bytes).toString(), content);
    }
    const gzip = site.respond(request(`/${name}`, { 'accept-encoding': 'gzip' }));
    assert.equal(gunzipSync(await drained(sourceOf(gzip))).toString(), content);
  });
}

test('Each coding has a tag of its own, and is found unchanged by it', () => {
  const each: Record<string, string>[] = [{ 'accept-encoding': 'br' }, { 'accept-encoding': 'gzip' }, {}];
  const tags = each.map((fields) => {
    const response = site.respond(request('/small.txt', fields));
    response.source?.close();
    const tag = field(response, 'ETag') ?? '';
    const again = site.respond(request('/small.txt', { ...fields, 'if-none-match': tag }));
    assert.equal(again.status, 304);
    assert.equal(field(again, 'ETag'), tag);
    assert.equal(field(again, 'Vary'), 'Accept-Encoding');
    return tag;
  });
  assert.equal(new Set(tags).size, 3);
});

test('What is small, compressed already, a range, of HTTP/1.0 or not asked for, is sent as it is', () => {
  const plain = [
    site.respond(request('/tiny.txt', asked)),
    site.respond(request('/picture.png', asked)),
    site.respond(request('/small.txt', { ...asked, range: 'bytes=0-9' })),
    site.respond(request('/small.txt', asked, 'GET', 'localhost', 0)),
    site.respond(request('/small.txt')),
    site.respond(request('/small.txt', { 'accept-encoding': 'identity' })),
    new Site(root, defaultSettings(root).site, () => {}).respond(request('/small.txt', asked)),
  ];
  for (const response of plain) {
    assert.equal(response.source, undefined);
    assert.equal(field(response, 'Content-Encoding'), undefined);
    assert.ok(response.body.length > 0);
  }
});

test('A compressed neighbour is sent rather than made anew', () => {
  const response = site.respond(request('/beside.txt', { 'accept-encoding': 'gzip' }));
  assert.equal(response.source, undefined);
  assert.equal(Buffer.concat(response.body as Uint8Array[]).toString(), 'GZ');
});

const changes: [name: string, change: (file: string) => void][] = [
  ['is cut', (file) => truncateSync(file, 10)],
  ['is written anew', (file) => writeFileSync(file, large.replaceAll('line', 'LINE'))],
];

for (const [name, change] of changes) {
  test(`A file that ${name} while it is compressed fails: its end is not sent`, async () => {
    const file = path.join(root, 'changing.txt');
    writeFileSync(file, large);
    utimesSync(file, new Date(2001, 1, 1), new Date(2001, 1, 1));
    const source = sourceOf(site.respond(request('/changing.txt', asked)));
    source.read();
    change(file);
    await assert.rejects(drained(source), /failed/);
    source.close();
  });
}

test('No file stays open, whether all of it is read, some, or nothing', {
  skip: process.platform !== 'linux' && 'Only Linux lists the descriptors of a process.',
}, async () => {
  await drained(sourceOf(site.respond(request('/large.txt', asked))));
  const some = sourceOf(site.respond(request('/large.txt', asked)));
  some.read();
  some.close();
  sourceOf(site.respond(request('/large.txt', asked, 'HEAD'))).close();
  const open = readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(root);
    } catch {
      return false;
    }
  });
  assert.deepEqual(open, []);
});
