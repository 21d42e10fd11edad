/** The options of how files are served, each on a folder of its own. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { latin1 } from '../../../src/http/bytes.ts';
import type { Response } from '../../../src/http/message.ts';
import type { SiteSettings } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { Site } from '../../../src/site/site.ts';
import { request } from './request.ts';

const base = mkdtempSync(path.join(tmpdir(), 'spark-files-'));
after(() => rmSync(base, { recursive: true, force: true }));
let folders = 0;

/** A site of a new folder with these files; a name that ends in a slash is a folder. */
function siteOf(
  files: Readonly<Record<string, string | Buffer>>,
  settings: Partial<SiteSettings> = {},
): { site: Site; root: string; log: string[] } {
  const root = path.join(base, String(folders++));
  mkdirSync(root);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(file, content);
  }
  const log: string[] = [];
  const site = new Site(root, { ...defaultSettings(root).site, ...settings }, (line) => log.push(line));
  return { site, root, log };
}

function field({ fields }: Response, name: string): string | undefined {
  return fields.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
}

function text({ body }: Response): string {
  return body.map((part) => ('file' in part ? '<slice>' : latin1(part, 0, part.length))).join('');
}

/** Resolves when the files are old enough to be held in memory: their inodes were changed just now. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}

const page = { accept: 'text/html,*/*;q=0.8' };

test('Several ranges are the parts of one answer', () => {
  const { site } = siteOf({ 'a.txt': '0123456789' });
  const response = site.respond(request('/a.txt', { range: 'bytes=0-1,-2' }));
  assert.equal(response.status, 206);
  assert.equal(field(response, 'Content-Range'), undefined);
  const [, boundary] =
    /^multipart\/byteranges; boundary=(\S+)$/.exec(field(response, 'Content-Type') ?? '') ?? [];
  const part = (range: string, content: string) =>
    `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/10\r\n\r\n${content}\r\n`;
  assert.equal(text(response), `${part('0-1', '01')}${part('8-9', '89')}--${boundary}--\r\n`);
});

test('Several ranges that touch are one, and no multipart', () => {
  const { site } = siteOf({ 'a.txt': '0123456789' });
  const response = site.respond(request('/a.txt', { range: 'bytes=0-1,2-3' }));
  assert.equal(field(response, 'Content-Range'), 'bytes 0-3/10');
  assert.equal(text(response), '0123');
});

test('Several large ranges are slices of one open file', () => {
  const { site } = siteOf({ 'a.bin': Buffer.alloc(400_000) });
  const { body } = site.respond(request('/a.bin', { range: 'bytes=0-99999,200000-299999' }));
  const slices = body.flatMap((part) => ('file' in part ? [part] : []));
  assert.deepEqual(
    slices.map(({ offset, length }) => [offset, length]),
    [
      [0, 100_000],
      [200_000, 100_000],
    ],
  );
  assert.equal(slices[0]?.file, slices[1]?.file);
  slices[0]?.file.close();
});

test('A compressed neighbour is sent to who accepts it, with Vary, a tag of its own and the type of its source', () => {
  const { site } = siteOf({ 'a.css': 'plain', 'a.css.br': 'BR', 'a.css.gz': 'GZ' });
  const tags = new Set<string | undefined>();
  for (const [accepted, coding, body] of [
    ['gzip, br', 'br', 'BR'],
    ['gzip', 'gzip', 'GZ'],
    ['identity', undefined, 'plain'],
  ] as const) {
    const response = site.respond(request('/a.css', { 'accept-encoding': accepted }));
    assert.equal(text(response), body);
    assert.equal(field(response, 'Content-Encoding'), coding);
    assert.equal(field(response, 'Content-Type'), 'text/css; charset=utf-8');
    assert.equal(field(response, 'Vary'), 'Accept-Encoding');
    tags.add(field(response, 'ETag'));
    const again = site.respond(
      request('/a.css', { 'accept-encoding': accepted, 'if-none-match': field(response, 'ETag') ?? '' }),
    );
    assert.equal(again.status, 304);
    assert.equal(field(again, 'Vary'), 'Accept-Encoding');
  }
  assert.equal(tags.size, 3);
});

test('A neighbour is not used where it is older than its source, switched off, hidden behind a link, or a folder', () => {
  const asked = request('/a.css', { 'accept-encoding': 'gzip, br' });
  const files = { 'a.css': 'plain', 'a.css.gz': 'GZ', 'a.css.br/': '' };
  const old = siteOf(files);
  const past = new Date(2001, 1, 1);
  utimesSync(path.join(old.root, 'a.css.gz'), past, past);
  assert.equal(text(old.site.respond(asked)), 'plain');
  assert.equal(text(siteOf(files, { precompressed: false }).site.respond(asked)), 'plain');
  const linked = siteOf({ 'a.css': 'plain' });
  writeFileSync(path.join(base, 'secret.br'), 'SECRET');
  symlinkSync(path.join(base, 'secret.br'), path.join(linked.root, 'a.css.br'));
  assert.equal(text(linked.site.respond(asked)), 'plain');
});

test('A neighbour that comes is seen a second later at the latest, one that goes at once', async () => {
  const { site, root } = siteOf({ 'a.css': 'plain' });
  const asked = request('/a.css', { 'accept-encoding': 'gzip' });
  const past = new Date(2001, 1, 1);
  utimesSync(path.join(root, 'a.css'), past, past);
  assert.equal(text(site.respond(asked)), 'plain');
  writeFileSync(path.join(root, 'a.css.gz'), 'GZ');
  const deadline = Date.now() + 1_500;
  while (text(site.respond(asked)) !== 'GZ') {
    assert.ok(Date.now() < deadline, 'The new neighbour is not seen.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmSync(path.join(root, 'a.css.gz'));
  assert.equal(text(site.respond(asked)), 'plain');
});

test('A range of a compressed neighbour is a range of its bytes', () => {
  const { site } = siteOf({ 'a.css': 'plain', 'a.css.gz': '0123456789' });
  const response = site.respond(request('/a.css', { 'accept-encoding': 'gzip', range: 'bytes=2-3' }));
  assert.equal(text(response), '23');
  assert.equal(field(response, 'Content-Encoding'), 'gzip');
});

test('Clean URLs: /page is page.html, also beside a folder of that name; off, it is not', () => {
  const files = {
    'page.html': 'PAGE',
    'page/sub.html': 'SUB',
    'file.txt': 'FILE',
    'with/index.html': 'INDEX',
  };
  const { site } = siteOf(files, { cleanUrls: true });
  assert.equal(text(site.respond(request('/page'))), 'PAGE');
  assert.equal(text(site.respond(request('/page/sub'))), 'SUB');
  assert.equal(text(site.respond(request('/page.html'))), 'PAGE');
  assert.equal(site.respond(request('/file')).status, 404);
  assert.equal(site.respond(request('/page.html/')).status, 404);
  assert.equal(field(site.respond(request('/with')), 'Location'), 'with/');
  const off = siteOf(files).site;
  assert.equal(field(off.respond(request('/page')), 'Location'), 'page/');
});

test('Clean URLs: a mounted folder has no name below itself, and is no page', () => {
  const shared = siteOf({ 'undefined.html': 'PAGE' });
  const { site } = siteOf({}, { cleanUrls: true, mounts: [{ prefix: '/lib', folder: shared.root }] });
  const response = site.respond(request('/lib'));
  assert.deepEqual([response.status, field(response, 'Location')], [301, 'lib/']);
});

test('A page that answers for another path is not held for it', async () => {
  const { site, root } = siteOf({ 'page.html': 'PAGE' }, { cleanUrls: true, spaFallback: 'page.html' });
  const past = new Date(2001, 1, 1);
  utimesSync(path.join(root, 'page.html'), past, past);
  await settled();
  for (const target of ['/page', '/other']) {
    assert.equal(text(site.respond(request(target, page))), 'PAGE');
    writeFileSync(path.join(root, target), 'FILE');
    assert.equal(text(site.respond(request(target, page))), 'FILE');
  }
});

test('The single-page fallback answers for pages, not for missing scripts and pictures', () => {
  const { site } = siteOf(
    { 'index.html': 'APP', 'a.txt': 'FILE', '.env': 'SECRET' },
    { spaFallback: 'index.html' },
  );
  const table: [target: string, fields: Record<string, string>, status: number, body: string | null][] = [
    ['/user/1', page, 200, 'APP'],
    ['/user/jane.doe', page, 200, 'APP'],
    ['/user/1', {}, 200, 'APP'],
    ['/user/1', { accept: 'application/json' }, 404, null],
    ['/app.js', { accept: '*/*' }, 404, null],
    ['/app.js', {}, 404, null],
    ['/a.txt', page, 200, 'FILE'],
    ['/.env', page, 404, null],
  ];
  for (const [target, fields, status, body] of table) {
    const response = site.respond(request(target, fields));
    assert.equal(response.status, status, `${target} ${fields.accept}`);
    if (body !== null) assert.equal(text(response), body);
  }
  assert.equal(siteOf({ 'index.html': 'APP' }).site.respond(request('/user/1', page)).status, 404);
});

test('The single-page fallback answers for a folder without an index page where folders are not listed', () => {
  const files = { 'app.html': 'APP', 'sub/a.txt': 'FILE' };
  const { site } = siteOf(files, { spaFallback: 'app.html', listing: false });
  assert.equal(text(site.respond(request('/sub/', page))), 'APP');
  assert.equal(text(site.respond(request('/', page))), 'APP');
  const picture = site.respond(request('/sub/', { accept: 'image/png' }));
  assert.equal(picture.status, 404);
  assert.match(text(picture), /This folder has no index/);
  const listed = siteOf(files, { spaFallback: 'app.html' }).site;
  assert.match(text(listed.respond(request('/sub/', page))), /a\.txt/);
});

test("The folder's own pages of errors are used, status and fields stay", () => {
  const { site } = siteOf({
    '404.html': 'NOT HERE',
    '416.html': 'NOT SO LONG',
    '405.html': 'NO',
    'a.txt': 'x',
  });
  const missing = site.respond(request('/none'));
  assert.equal(missing.status, 404);
  assert.equal(text(missing), 'NOT HERE');
  assert.equal(field(missing, 'Content-Type'), 'text/html; charset=utf-8');
  assert.equal(field(missing, 'Content-Security-Policy'), undefined);
  assert.equal(field(missing, 'ETag'), undefined);
  const range = site.respond(request('/a.txt', { range: 'bytes=9-' }));
  assert.deepEqual(
    [range.status, text(range), field(range, 'Content-Range')],
    [416, 'NOT SO LONG', 'bytes */1'],
  );
  assert.equal(field(site.respond(request('/a.txt', {}, 'POST')), 'Allow'), 'GET, HEAD, OPTIONS');
  const off = siteOf({ '404.html': 'NOT HERE' }, { errorPages: false }).site;
  assert.match(text(off.respond(request('/none'))), /no such file/);
});

test('A page of an error that leads out of the folder is not sent', () => {
  const { site, root } = siteOf({});
  writeFileSync(path.join(base, 'outside.html'), 'SECRET');
  symlinkSync(path.join(base, 'outside.html'), path.join(root, '404.html'));
  assert.ok(!text(site.respond(request('/none'))).includes('SECRET'));
});

test('The charset is as set, or not said', () => {
  const type = (charset: string) =>
    field(siteOf({ 'a.html': '' }, { charset }).site.respond(request('/a.html')), 'Content-Type');
  assert.equal(type('iso-8859-1'), 'text/html; charset=iso-8859-1');
  assert.equal(type(''), 'text/html');
});

test('Mounts are folders below a prefix, with the same walls', () => {
  const shared = siteOf({ 'lib.js': 'LIB', '.hidden': 'SECRET', 'sub/index.html': 'SUB' });
  symlinkSync(path.join(base, '..'), path.join(shared.root, 'leak'));
  const { site } = siteOf(
    { 'index.html': 'HOME', 'assets/own.js': 'OWN' },
    {
      mounts: [
        { prefix: '/assets', folder: shared.root },
        { prefix: '/gone', folder: path.join(base, 'gone') },
      ],
    },
  );
  assert.equal(text(site.respond(request('/'))), 'HOME');
  assert.equal(text(site.respond(request('/assets/lib.js'))), 'LIB');
  assert.equal(text(site.respond(request('/assets/sub/'))), 'SUB');
  assert.equal(field(site.respond(request('/assets?a')), 'Location'), 'assets/?a');
  assert.equal(site.respond(request('/assets/own.js')).status, 404);
  assert.equal(site.respond(request('/assets/.hidden')).status, 404);
  assert.equal(site.respond(request('/assets/leak/')).status, 403);
  assert.equal(text(site.respond(request('/assets/../index.html'))), 'HOME');
  const gone = site.respond(request('/gone/x'));
  assert.equal(gone.status, 404);
  assert.ok(!text(gone).includes(base));
});

test('Fields and sharing are added to every answer, errors included', () => {
  const { site } = siteOf(
    { 'a.txt': 'x', 'b/index.html': 'B' },
    {
      headers: [
        { pattern: '/a.txt', fields: [['Cache-Control', 'max-age=1']] },
        { pattern: '/b/', fields: [['X-B', '1']] },
      ],
      cors: ['*'],
    },
  );
  assert.equal(field(site.respond(request('/%61.txt')), 'Cache-Control'), 'max-age=1');
  assert.equal(field(site.respond(request('/b/')), 'X-B'), '1');
  for (const [target, method] of [
    ['/a.txt', 'GET'],
    ['/none', 'GET'],
    ['/%', 'GET'],
    ['/a.txt', 'POST'],
  ] as const) {
    assert.equal(field(site.respond(request(target, {}, method)), 'Access-Control-Allow-Origin'), '*');
  }
});

test('What is held in memory gets fields too, and stays as it was', async () => {
  const { site, root } = siteOf({ 'a.txt': 'x' }, { cors: ['https://a.example'] });
  const past = new Date(2001, 1, 1);
  utimesSync(path.join(root, 'a.txt'), past, past);
  await settled();
  const shared = (origin: string) =>
    field(site.respond(request('/a.txt', { origin })), 'Access-Control-Allow-Origin');
  assert.deepEqual(['https://a.example', 'https://b.example', 'https://a.example'].map(shared), [
    'https://a.example',
    undefined,
    'https://a.example',
  ]);
});

test('A served folder that is a link is where the link leads now', async () => {
  const [one, two] = [siteOf({ 'a.txt': 'one' }), siteOf({ 'a.txt': 'two' })];
  const past = new Date(2001, 1, 1);
  for (const { root } of [one, two]) utimesSync(path.join(root, 'a.txt'), past, past);
  const link = path.join(base, 'link');
  symlinkSync(one.root, link);
  await settled();
  const site = new Site(link, defaultSettings(link).site, () => {});
  for (let i = 0; i < 3; i++) assert.equal(text(site.respond(request('/a.txt'))), 'one');
  rmSync(link);
  symlinkSync(two.root, link);
  assert.equal(text(site.respond(request('/a.txt'))), 'two');
});
