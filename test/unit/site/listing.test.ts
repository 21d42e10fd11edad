import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Response } from '../../../src/http/message.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { listFolder, sorted, sortOrder } from '../../../src/site/listing.ts';
import { sizeText } from '../../../src/site/listingPage.ts';
import { Site } from '../../../src/site/site.ts';
import { request } from './request.ts';

let root = '';
let site: Site;
const script = '<img src=x onerror=alert(1)>"\'&.txt';
const posix = process.platform !== 'win32';

before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'spark-listing-'));
  mkdirSync(path.join(root, 'sub', 'deep'), { recursive: true });
  mkdirSync(path.join(root, 'with'));
  writeFileSync(path.join(root, 'with', 'index.html'), 'INDEX');
  writeFileSync(path.join(root, 'a10.txt'), 'x'.repeat(2048));
  writeFileSync(path.join(root, 'a9.txt'), 'x');
  writeFileSync(path.join(root, 'über & co.txt'), '');
  writeFileSync(path.join(root, '.hidden'), '');
  utimesSync(path.join(root, 'a9.txt'), new Date(2001, 1, 1), new Date(2001, 1, 1));
  if (posix) {
    // On other systems no file can have such names.
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0x22])]), 'x');
    writeFileSync(path.join(root, 'sub', script.replaceAll('/', '')), '');
    symlinkSync('/etc', path.join(root, 'outside'));
    symlinkSync('a9.txt', path.join(root, 'inside'));
    symlinkSync('nowhere', path.join(root, 'dangling'));
  }
  for (const name of ['sub', 'with'])
    utimesSync(path.join(root, name), new Date(2002, 1, 1), new Date(2002, 1, 1));
  site = new Site(root, defaultSettings(root).site, () => {});
});

after(() => rmSync(root, { recursive: true, force: true }));

function listed(mounts: string[] = []) {
  const listing = atOnce(listFolder(root, root, mounts));
  assert.ok('entries' in listing);
  return listing;
}

/** What steps come to. */
function atOnce<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function get(target: string): { response: Response; text: string } {
  const response = site.respond(request(target));
  const [body] = response.body;
  assert.ok(body instanceof Uint8Array);
  return { response, text: Buffer.from(body).toString() };
}

test('A folder shows what is served of it, and nothing else', () => {
  const names = listed(['mounted']).entries.map(({ name }) => name);
  const expected = ['a10.txt', 'a9.txt', 'mounted', 'sub', 'with', 'über & co.txt'];
  assert.deepEqual(names.sort(), (posix ? [...expected, 'f\\xff"', 'inside'] : expected).sort());
});

test('A folder that is swapped for a link while it is read shows its own names, and none of where the link leads', {
  skip: !posix && 'Windows has no such names and links.',
}, () => {
  const outer = mkdtempSync(path.join(tmpdir(), 'spark-listing-swap-'));
  try {
    const inner = path.join(outer, 'root');
    const folder = path.join(inner, 'a', 'b');
    const elsewhere = path.join(outer, 'elsewhere', 'b');
    for (const made of [folder, elsewhere]) mkdirSync(made, { recursive: true });
    // More than one step looks at.
    for (let i = 0; i < 600; i++) writeFileSync(path.join(folder, `own${i}`), '');
    for (let i = 0; i < 600; i++) writeFileSync(path.join(elsewhere, `secret${i}`), '');
    const steps = listFolder(inner, folder, []);
    assert.equal(steps.next().done, false);
    renameSync(path.join(inner, 'a'), path.join(inner, 'moved'));
    symlinkSync(path.join(outer, 'elsewhere'), path.join(inner, 'a'));
    const listing = atOnce(steps);
    if (process.platform === 'linux') {
      assert.ok('entries' in listing);
      assert.equal(listing.entries.length, 600);
      assert.ok(listing.entries.every(({ name }) => name.startsWith('own')));
    } else {
      assert.deepEqual(listing, { kind: 'outside' });
    }
    assert.deepEqual(atOnce(listFolder(inner, folder, [])), { kind: 'outside' });
  } finally {
    rmSync(outer, { recursive: true });
  }
});

test('Folders stand first; the order is the one of the query, numbers count as such', () => {
  const { entries } = listed();
  const names = (query: string | null) =>
    sorted(entries, sortOrder(query))
      .map(({ name }) => name)
      .filter((name) => /^(?:a\d|sub|with)/.test(name));
  assert.deepEqual(names(null), ['sub', 'with', 'a9.txt', 'a10.txt']);
  assert.deepEqual(names('sort=name&order=desc'), ['with', 'sub', 'a10.txt', 'a9.txt']);
  assert.deepEqual(names('sort=size&order=desc'), ['sub', 'with', 'a10.txt', 'a9.txt']);
  assert.deepEqual(names('sort=date'), ['sub', 'with', 'a9.txt', 'a10.txt']);
  assert.deepEqual(names('sort=nonsense&order=%'), ['sub', 'with', 'a9.txt', 'a10.txt']);
});

test('A name that is not UTF-8 is shown, but no link; one that is leads to its file', {
  skip: !posix && 'Windows has no such names and links.',
}, () => {
  const { text } = get('/');
  assert.match(text, /class="unnamed"[^>]*>.*f\\xff&quot;/);
  assert.ok(text.includes('href="./%C3%BCber%20%26%20co.txt"'));
  assert.ok(text.includes('über &amp; co.txt'));
});

test('A name is text, whatever it says; the policy lets only the page own script run', {
  skip: !posix && 'Windows has no such names and links.',
}, () => {
  const { response, text } = get('/sub/');
  assert.equal(response.status, 200);
  assert.ok(!text.includes('<img'));
  const policy = response.fields.find(([name]) => name === 'Content-Security-Policy')?.[1] ?? '';
  const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)];
  assert.equal(scripts.length, 1);
  const hash = createHash('sha256').update(scripts[0][1]).digest('base64');
  assert.ok(policy.includes(`script-src 'sha256-${hash}'`));
  assert.ok(!policy.includes('unsafe'));
});

test('A query cannot break out of the page', () => {
  assert.ok(!get('/?sort="><b>').text.includes('<b>'));
});

test('Links are relative, and the page says nothing of where the folder lies', () => {
  const { text } = get('/sub/deep/');
  assert.ok(text.includes('<a href="../../">Home</a>') && text.includes('<a href="../">sub</a>'));
  assert.ok(text.includes('This folder is empty'));
  assert.ok(!text.includes(path.basename(root)));
});

test('An index page is shown instead; where listings are off, the folder is 404', () => {
  assert.equal(get('/with/').text, 'INDEX');
  const off = new Site(root, { ...defaultSettings(root).site, listing: false }, () => {});
  assert.equal(off.respond(request('/sub/')).status, 404);
});

test('A listing has no validators: a condition on one is as good as not met (RFC 9110 section 13.1)', () => {
  const status = (fields: Record<string, string>, method = 'GET') =>
    site.respond(request('/sub/', fields, method)).status;
  assert.equal(status({ 'if-match': '"x"' }), 412);
  assert.equal(status({ 'if-match': '*' }), 200);
  assert.equal(status({ 'if-none-match': '*' }), 304);
  assert.equal(status({ 'if-none-match': '*' }, 'HEAD'), 304);
  assert.equal(status({ 'if-none-match': '"x"' }), 200);
  const past = 'Sat, 01 Jan 2000 00:00:00 GMT';
  const future = 'Fri, 31 Dec 2049 00:00:00 GMT';
  assert.equal(status({ 'if-unmodified-since': past }), 200);
  assert.equal(status({ 'if-modified-since': future }), 200);
  // Where the answer is none of 2xx, conditions do not count (section 13.2.1).
  assert.equal(site.respond(request('/sub', { 'if-match': '"x"' })).status, 301);
  assert.equal(site.respond(request('/outside/', { 'if-match': '"x"' })).status, posix ? 403 : 404);
});

test('Sizes have three digits and a unit', () => {
  assert.deepEqual([0, 1023, 1024, 10_240, 102_400, 1_048_575, 5 * 1024 ** 3].map(sizeText), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '10.0 KiB',
    '100 KiB',
    '1.0 MiB',
    '5.0 GiB',
  ]);
});
