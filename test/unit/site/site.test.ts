import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FileSlice, Response } from '../../../src/http/message.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { Site } from '../../../src/site/site.ts';
import { request } from './request.ts';

let base = '';
let root = '';
let site: Site;
const log: string[] = [];
const windows = process.platform === 'win32';

before(() => {
  base = mkdtempSync(join(tmpdir(), 'spark-site-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'folder', 'empty'), { recursive: true });
  mkdirSync(join(root, 'über'));
  mkdirSync(join(root, '.well-known'));
  mkdirSync(join(base, 'root-sibling'));
  writeFileSync(join(root, 'index.html'), '<h1>home</h1>');
  writeFileSync(join(root, 'folder', 'index.html'), '<h1>folder</h1>');
  writeFileSync(join(root, 'a.txt'), '0123456789');
  writeFileSync(join(root, 'empty.txt'), '');
  writeFileSync(join(root, '.secret'), 'SECRET');
  writeFileSync(join(root, '.well-known', 'x'), 'known');
  writeFileSync(join(root, 'over64k.bin'), Buffer.alloc(65_537, 1));
  writeFileSync(join(root, 'exactly64k.bin'), Buffer.alloc(65_536, 1));
  writeFileSync(join(base, 'outside.txt'), 'SECRET');
  writeFileSync(join(base, 'root-sibling', 'x'), 'SECRET');
  if (!windows) {
    symlinkSync(join(base, 'outside.txt'), join(root, 'leak.txt'));
    symlinkSync('../root-sibling', join(root, 'leak'));
    symlinkSync('a.txt', join(root, 'inner.txt'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('nowhere', join(root, 'dangling'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
  }
  site = new Site(root, defaultSettings(root).site, (message) => log.push(message));
});

after(() => rmSync(base, { recursive: true, force: true }));

function field(response: Response, name: string): string | undefined {
  return response.fields.find(([fieldName]) => fieldName === name)?.[1];
}

function text(response: Response): string {
  return response.body
    .map((part) => (part instanceof Uint8Array ? Buffer.from(part).toString() : '<slice>'))
    .join('');
}

/** Other descriptors of the process come and go by themselves. */
function openFilesBelow(folder: string): string[] {
  const descriptors = '/proc/self/fd';
  return readdirSync(descriptors).flatMap((descriptor) => {
    try {
      const path = readlinkSync(join(descriptors, descriptor));
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // The descriptor of the listing itself is gone by now.
      return [];
    }
  });
}

const served: [target: string, body: string, type: string][] = [
  ['/', '<h1>home</h1>', 'text/html; charset=utf-8'],
  ['/index.html?x=1', '<h1>home</h1>', 'text/html; charset=utf-8'],
  ['/folder/', '<h1>folder</h1>', 'text/html; charset=utf-8'],
  ['/folder/../a.txt', '0123456789', 'text/plain; charset=utf-8'],
  ['/%61.txt', '0123456789', 'text/plain; charset=utf-8'],
  ['/empty.txt', '', 'text/plain; charset=utf-8'],
  ['/.well-known/x', 'known', 'application/octet-stream'],
];

for (const [target, body, type] of served) {
  test(`${target} is served`, () => {
    const response = site.respond(request(target));
    assert.equal(response.status, 200);
    assert.equal(text(response), body);
    assert.equal(field(response, 'Content-Type'), type);
    assert.equal(field(response, 'X-Content-Type-Options'), 'nosniff');
    assert.equal(field(response, 'Cache-Control'), 'no-cache');
  });
}

const refused: [target: string, status: number, says: RegExp][] = [
  ['/none.html', 404, /no such file/],
  ['/a.txt/', 404, /no such file/],
  ['/a.txt/b', 404, /no such file/],
  [`/${'a'.repeat(300)}`, 404, /no such file/],
  ['/.secret', 404, /no such file/],
  ['/%2esecret', 404, /no such file/],
  ['/../outside.txt', 400, /leads out/],
  ['/%2e%2e/outside.txt', 400, /leads out/],
  ['/..%2foutside.txt', 400, /separator/],
  ['/a.txt%00.html', 400, /malformed/],
  ['/%', 400, /malformed/],
  ['/a.txt::$DATA', 404, /no such file/],
];
const refusedLinks: typeof refused = [
  ['/leak.txt', 403, /leads out/],
  ['/leak/', 403, /leads out/],
  ['/leak/x', 403, /leads out/],
  ['/loop', 404, /no such file/],
  ['/dangling', 404, /no such file/],
  ['/pipe', 403, /not a file/],
];

for (const [target, status, says] of windows ? refused : [...refused, ...refusedLinks]) {
  test(`${target.slice(0, 40)} is refused with ${status}`, () => {
    const response = site.respond(request(target));
    assert.equal(response.status, status);
    assert.match(text(response), says);
    assert.equal(field(response, 'Cache-Control'), 'no-store');
    assert.ok(!text(response).includes('SECRET'));
    assert.ok(!text(response).includes(base), 'a page must not tell paths of the machine');
  });
}

test('A link that stays in the folder is followed', { skip: windows }, () => {
  assert.equal(text(site.respond(request('/inner.txt'))), '0123456789');
});

for (const [name, procfs] of [
  ['where the kernel says what is open', true],
  ['where it does not', false],
] as const) {
  test(`A folder that becomes a link while its file is opened leads nowhere, ${name}`, {
    skip: windows,
  }, (context) => {
    const [folder, aside] = [join(root, 'swapped'), join(root, 'aside')];
    mkdirSync(folder);
    writeFileSync(join(folder, 'x'), 'inside');
    assert.equal(text(site.respond(request('/swapped/x'))), 'inside');
    const swap = () => {
      renameSync(folder, aside);
      symlinkSync('../root-sibling', folder);
    };
    const open = fs.openSync;
    context.mock.method(fs, 'openSync', (...args: Parameters<typeof open>) => {
      if (String(args[0]).endsWith(join('swapped', 'x'))) swap();
      return open(...args);
    });
    if (!procfs) context.mock.method(fs, 'readlinkSync', () => assert.fail('ENOENT'));
    syncBuiltinESMExports();
    try {
      const response = site.respond(request('/swapped/x'));
      assert.equal(response.status, 403);
      assert.doesNotMatch(text(response), /SECRET/);
    } finally {
      context.mock.restoreAll();
      syncBuiltinESMExports();
      rmSync(folder, { recursive: true });
      rmSync(aside, { recursive: true, force: true });
    }
  });
}

test('A folder without a slash is redirected, relatively, with its query', () => {
  const location = (target: string) => field(site.respond(request(target)), 'Location');
  assert.equal(site.respond(request('/folder')).status, 301);
  assert.equal(location('/folder'), 'folder/');
  assert.equal(location('/folder/empty?a=/b'), 'empty/?a=/b');
  assert.equal(location('//folder'), 'folder/');
  assert.equal(location('/%C3%BCber'), '%C3%BCber/');
});

test('A redirect holds what a URI may hold, whatever the query was sent as (RFC 3986 section 2)', () => {
  const location = (query: string) => field(site.respond(request(`/folder?${query}`)), 'Location');
  assert.equal(location('a[]=1&b="<|>"'), 'folder/?a%5B%5D=1&b=%22%3C%7C%3E%22');
  assert.equal(location('a=%2f%C3%bc&b=100%&c=%4'), 'folder/?a=%2f%C3%bc&b=100%25&c=%254');
  assert.equal(location("-._~!$&'()*+,;=:@/?"), "folder/?-._~!$&'()*+,;=:@/?");
});

test('Up to 64 KiB are read, more is a slice of an open file that closes once', () => {
  assert.ok(site.respond(request('/exactly64k.bin')).body[0] instanceof Uint8Array);
  const [slice] = site.respond(request('/over64k.bin')).body as readonly FileSlice[];
  assert.deepEqual([slice.offset, slice.length], [0, 65_537]);
  assert.equal(fstatSync(slice.file.descriptor).size, 65_537);
  slice.file.close();
  slice.file.close();
  assert.throws(() => fstatSync(slice.file.descriptor), { code: 'EBADF' });
});

test('A range is sent as such', () => {
  const response = site.respond(request('/a.txt', { range: 'bytes=2-4' }));
  assert.equal(response.status, 206);
  assert.equal(text(response), '234');
  assert.equal(field(response, 'Content-Range'), 'bytes 2-4/10');
});

test('A range beyond the file is 416 with its length', () => {
  const response = site.respond(request('/a.txt', { range: 'bytes=10-' }));
  assert.equal(response.status, 416);
  assert.equal(field(response, 'Content-Range'), 'bytes */10');
});

test('A range is ignored with HEAD, and for another version', () => {
  assert.equal(site.respond(request('/a.txt', { range: 'bytes=2-4' }, 'HEAD')).status, 200);
  assert.equal(site.respond(request('/a.txt', { range: 'bytes=2-4', 'if-range': '"x"' })).status, 200);
});

test('What the client has already is not sent again', () => {
  const etag = field(site.respond(request('/a.txt')), 'ETag') ?? '';
  const response = site.respond(request('/a.txt', { 'if-none-match': etag, range: 'bytes=2-4' }));
  assert.equal(response.status, 304);
  assert.deepEqual(response.body, []);
  assert.equal(field(response, 'ETag'), etag);
});

const methods: [method: string, status: number, allow: string | undefined][] = [
  ['OPTIONS', 204, 'GET, HEAD, OPTIONS'],
  ['POST', 405, 'GET, HEAD, OPTIONS'],
  ['TRACE', 405, 'GET, HEAD, OPTIONS'],
  ['CONNECT', 405, 'GET, HEAD, OPTIONS'],
  ['get', 501, undefined],
  ['BREW', 501, undefined],
];

for (const [method, status, allow] of methods) {
  test(`${method} is answered with ${status}`, () => {
    const response = site.respond(request('/a.txt', {}, method));
    assert.equal(response.status, status);
    assert.equal(field(response, 'Allow'), allow);
  });
}

test('OPTIONS * is answered', () => assert.equal(site.respond(request('*', {}, 'OPTIONS')).status, 204));

test('A page shows what a request says as text', () => {
  const page = text(site.respond(request('/<script>alert(1)</script>')));
  assert.ok(!page.includes('<script'));
});

test('No answer keeps a file open that it does not hand on', { skip: process.platform !== 'linux' }, () => {
  for (const target of ['/', '/a.txt', '/a.txt/', '/over64k.bin']) {
    site.respond(request(target, { 'if-none-match': '*' }));
    site.respond(request(target, { range: 'bytes=0-1' }));
    site.respond(request(target, { range: 'bytes=99999999-' }));
  }
  assert.deepEqual(openFilesBelow(root), []);
});

test('A file without read permission is 403, and logged; so is a folder that would be listed', {
  skip: windows,
}, () => {
  writeFileSync(join(root, 'private.txt'), 'SECRET');
  chmodSync(join(root, 'private.txt'), 0);
  mkdirSync(join(root, 'private'));
  chmodSync(join(root, 'private'), 0o111);
  log.length = 0;
  // The superuser may read everything: be somebody else for the time of the request.
  const superuser = process.geteuid?.() === 0;
  if (superuser) {
    chmodSync(base, 0o755);
    process.seteuid?.(65_534);
  }
  try {
    for (const target of ['/private.txt', '/private/']) {
      const response = site.respond(request(target));
      assert.equal(response.status, 403);
      assert.match(text(response), /may not be read/);
    }
  } finally {
    if (superuser) process.seteuid?.(0);
  }
  assert.equal(log.length, 2);
});

test('A folder that vanishes says so, is logged once, and comes back', () => {
  log.length = 0;
  renameSync(root, `${root}-moved`);
  try {
    for (const target of ['/', '/a.txt']) {
      const response = site.respond(request(target));
      assert.equal(response.status, 404);
      assert.match(text(response), /served folder is gone/);
    }
    assert.equal(log.length, 1);
  } finally {
    renameSync(`${root}-moved`, root);
  }
  assert.equal(site.respond(request('/a.txt')).status, 200);
  assert.deepEqual(
    log.map((line) => line.includes('is back')),
    [false, true],
  );
});

test('An unexpected error is a page and a line of the log', () => {
  const broken = {
    ...request('/a.txt'),
    field() {
      throw new Error('broken');
    },
  };
  const lines: string[] = [];
  const response = new Site(root, defaultSettings(root).site, (message) => lines.push(message)).respond(
    broken,
  );
  assert.equal(response.status, 500);
  assert.equal(lines.length, 1);
});
