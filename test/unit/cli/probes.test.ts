/** What a static server has to answer, asked over real sockets: one probe each for what such servers differ in. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ask, bodyOf, Client, requestOf, statusOf } from './client.ts';
import { type Command, CommandLine } from './commandLine.ts';

let spark: CommandLine;
let server: Command;
let base = '';
let etag = '';
const windows = process.platform === 'win32';
const modified = new Date(Date.UTC(1994, 10, 6, 8, 49, 37));
const same = 'Sun, 06 Nov 1994 08:49:37 GMT';
const earlier = 'Sun, 06 Nov 1994 08:49:36 GMT';

before(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'spark-probes-'));
  const root = path.join(base, 'root');
  mkdirSync(path.join(root, 'folder', 'sub'), { recursive: true });
  mkdirSync(path.join(root, '.well-known'));
  const files: Record<string, string> = {
    'index.html': '<h1>home</h1>',
    'folder/index.html': '<h1>folder</h1>',
    'a.txt': '0123456789',
    'empty.txt': '',
    'module.mjs': 'export {}',
    'code.wasm': '\0asm',
    'source.ts': 'type A = 1',
    'data.json': '{}',
    'picture.svg': '<svg/>',
    'page.css': 'plain',
    'page.css.br': 'BR',
    'page.css.gz': 'GZ',
    'späte Größe.txt': 'UTF-8',
    '100%.txt': 'percent',
    '.secret': 'SECRET',
    '.well-known/security.txt': 'known',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(root, name), content);
  utimesSync(path.join(root, 'a.txt'), modified, modified);
  writeFileSync(path.join(base, 'outside.txt'), 'SECRET');
  if (!windows) {
    symlinkSync('../outside.txt', path.join(root, 'leak.txt'));
    symlinkSync('..', path.join(root, 'leak'));
    symlinkSync('a.txt', path.join(root, 'inner.txt'));
  }
  spark = await CommandLine.bundle();
  server = await spark.serve(root, '--quiet');
  etag = /^ETag: (.*)$/m.exec(await ask(server.port, requestOf('/a.txt')))?.[1] ?? '';
});

after(() => {
  spark.dispose();
  rmSync(base, { recursive: true, force: true });
});

interface Expected {
  readonly status: number;
  readonly body?: string;
  /** Fields that the head has to match; null: that it must not have. */
  readonly fields?: Readonly<Record<string, string | RegExp | null>>;
}

function get(target: string, fields = '', method = 'GET'): () => string {
  return () => requestOf(target, method, fields.replaceAll('ETAG', etag).replaceAll('OPAQUE', etag.slice(2)));
}

const digits = '0123456789';
const probes: [name: string, request: () => string, expected: Expected][] = [
  [
    'GET',
    get('/a.txt'),
    { status: 200, body: digits, fields: { 'Content-Length': '10', 'Accept-Ranges': 'bytes' } },
  ],
  ['HEAD', get('/a.txt', '', 'HEAD'), { status: 200, body: '', fields: { 'Content-Length': '10' } }],
  [
    'weak ETag, Last-Modified, Date',
    get('/a.txt'),
    { status: 200, fields: { ETag: /^W\/"[^"]+"$/, 'Last-Modified': same, Date: /GMT$/ } },
  ],
  ['no-cache', get('/a.txt'), { status: 200, fields: { 'Cache-Control': 'no-cache' } }],
  ['no Server field', get('/a.txt'), { status: 200, fields: { Server: null } }],
  ['an empty file', get('/empty.txt'), { status: 200, body: '', fields: { 'Content-Length': '0' } }],
  [
    'index page',
    get('/'),
    { status: 200, body: '<h1>home</h1>', fields: { 'Content-Type': 'text/html; charset=utf-8' } },
  ],
  [
    'charset of text',
    get('/a.txt'),
    { status: 200, fields: { 'Content-Type': 'text/plain; charset=utf-8' } },
  ],
  [
    'charset of JSON',
    get('/data.json'),
    { status: 200, fields: { 'Content-Type': 'application/json; charset=utf-8' } },
  ],
  [
    'charset of SVG',
    get('/picture.svg'),
    { status: 200, fields: { 'Content-Type': 'image/svg+xml; charset=utf-8' } },
  ],
  [
    'type of .mjs',
    get('/module.mjs'),
    { status: 200, fields: { 'Content-Type': 'text/javascript; charset=utf-8' } },
  ],
  ['type of .wasm', get('/code.wasm'), { status: 200, fields: { 'Content-Type': 'application/wasm' } }],
  [
    'type of TypeScript: no video',
    get('/source.ts'),
    { status: 200, fields: { 'Content-Type': 'text/plain; charset=utf-8' } },
  ],
  ['a name in UTF-8', get('/sp%C3%A4te%20Gr%C3%B6%C3%9Fe.txt'), { status: 200, body: 'UTF-8' }],
  ['a name with a percent sign', get('/100%25.txt'), { status: 200, body: 'percent' }],
  ['a query is not part of the name', get('/a.txt?x=/../y'), { status: 200, body: digits }],
  [
    'a range',
    get('/a.txt', 'Range: bytes=2-4\r\n'),
    { status: 206, body: '234', fields: { 'Content-Range': 'bytes 2-4/10', 'Content-Length': '3' } },
  ],
  ['a range to the end', get('/a.txt', 'Range: bytes=7-\r\n'), { status: 206, body: '789' }],
  [
    'a suffix range',
    get('/a.txt', 'Range: bytes=-3\r\n'),
    { status: 206, body: '789', fields: { 'Content-Range': 'bytes 7-9/10' } },
  ],
  ['a suffix longer than the file', get('/a.txt', 'Range: bytes=-99\r\n'), { status: 206, body: digits }],
  [
    'a range beyond the end',
    get('/a.txt', 'Range: bytes=10-\r\n'),
    { status: 416, fields: { 'Content-Range': 'bytes */10' } },
  ],
  ['a malformed range is ignored', get('/a.txt', 'Range: bytes=4-2\r\n'), { status: 200, body: digits }],
  ['an unknown range unit is ignored', get('/a.txt', 'Range: lines=0-1\r\n'), { status: 200, body: digits }],
  [
    'several ranges',
    get('/a.txt', 'Range: bytes=0-0,-1\r\n'),
    { status: 206, fields: { 'Content-Type': /^multipart\/byteranges; boundary=/, 'Content-Range': null } },
  ],
  [
    'ranges that overlap are one',
    get('/a.txt', 'Range: bytes=0-4,2-6\r\n'),
    { status: 206, body: '0123456', fields: { 'Content-Range': 'bytes 0-6/10' } },
  ],
  [
    'HEAD knows no ranges',
    get('/a.txt', 'Range: bytes=2-4\r\n', 'HEAD'),
    { status: 200, fields: { 'Content-Length': '10' } },
  ],
  [
    'If-Range of another version',
    get('/a.txt', 'Range: bytes=2-4\r\nIf-Range: "x"\r\n'),
    { status: 200, body: digits },
  ],
  [
    'If-Range with a weak tag',
    get('/a.txt', 'Range: bytes=2-4\r\nIf-Range: ETAG\r\n'),
    { status: 200, body: digits },
  ],
  [
    'If-Range with the date',
    get('/a.txt', `Range: bytes=2-4\r\nIf-Range: ${same}\r\n`),
    { status: 206, body: '234' },
  ],
  [
    'If-Range with another date',
    get('/a.txt', `Range: bytes=2-4\r\nIf-Range: ${earlier}\r\n`),
    { status: 200 },
  ],
  [
    'If-None-Match',
    get('/a.txt', 'If-None-Match: ETAG\r\n'),
    { status: 304, body: '', fields: { ETag: /^W/, 'Cache-Control': 'no-cache', 'Content-Length': null } },
  ],
  ['If-None-Match, compared weakly', get('/a.txt', 'If-None-Match: OPAQUE\r\n'), { status: 304 }],
  ['If-None-Match with a list', get('/a.txt', 'If-None-Match: "a", W/"b,c" ,ETAG\r\n'), { status: 304 }],
  ['If-None-Match: *', get('/a.txt', 'If-None-Match: *\r\n'), { status: 304 }],
  ['If-None-Match of another version', get('/a.txt', 'If-None-Match: "a"\r\n'), { status: 200 }],
  [
    'If-None-Match before If-Modified-Since',
    get('/a.txt', `If-None-Match: "a"\r\nIf-Modified-Since: ${same}\r\n`),
    { status: 200 },
  ],
  ['If-Modified-Since', get('/a.txt', `If-Modified-Since: ${same}\r\n`), { status: 304 }],
  [
    'If-Modified-Since, RFC 850',
    get('/a.txt', 'If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n'),
    { status: 304 },
  ],
  [
    'If-Modified-Since, asctime',
    get('/a.txt', 'If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n'),
    { status: 304 },
  ],
  ['If-Modified-Since before', get('/a.txt', `If-Modified-Since: ${earlier}\r\n`), { status: 200 }],
  ['If-Modified-Since, no date', get('/a.txt', 'If-Modified-Since: yesterday\r\n'), { status: 200 }],
  ['If-Match fails', get('/a.txt', 'If-Match: "x"\r\n'), { status: 412 }],
  ['If-Match: *', get('/a.txt', 'If-Match: *\r\n'), { status: 200 }],
  ['If-Unmodified-Since fails', get('/a.txt', `If-Unmodified-Since: ${earlier}\r\n`), { status: 412 }],
  ['If-Unmodified-Since', get('/a.txt', `If-Unmodified-Since: ${same}\r\n`), { status: 200 }],
  [
    'brotli before gzip',
    get('/page.css', 'Accept-Encoding: gzip, deflate, br\r\n'),
    {
      status: 200,
      body: 'BR',
      fields: {
        'Content-Encoding': 'br',
        Vary: 'Accept-Encoding',
        'Content-Type': 'text/css; charset=utf-8',
      },
    },
  ],
  [
    'gzip, where it weighs more',
    get('/page.css', 'Accept-Encoding: br;q=0.1, gzip\r\n'),
    { status: 200, body: 'GZ' },
  ],
  [
    'neither, if not asked for',
    get('/page.css'),
    { status: 200, body: 'plain', fields: { 'Content-Encoding': null, Vary: 'Accept-Encoding' } },
  ],
  [
    'neither, where q=0',
    get('/page.css', 'Accept-Encoding: br;q=0, gzip;q=0\r\n'),
    { status: 200, body: 'plain' },
  ],
  [
    'a folder without its slash',
    get('/folder?a=1&b'),
    { status: 301, fields: { Location: 'folder/?a=1&b' } },
  ],
  [
    'a folder without index page is listed',
    get('/folder/sub/'),
    { status: 200, fields: { 'Content-Type': 'text/html; charset=utf-8' } },
  ],
  ['a missing file', get('/none'), { status: 404, fields: { 'Cache-Control': 'no-store' } }],
  ['a file is no folder', get('/a.txt/'), { status: 404 }],
  ['a hidden file', get('/.secret'), { status: 404 }],
  ['a hidden file, encoded', get('/%2esecret'), { status: 404 }],
  ['.well-known', get('/.well-known/security.txt'), { status: 200, body: 'known' }],
  ['.. above the root', get('/../outside.txt'), { status: 400 }],
  ['.. encoded', get('/%2e%2e/outside.txt'), { status: 400 }],
  ['.. with an encoded slash', get('/..%2foutside.txt'), { status: 400 }],
  ['.. with a backslash', get('/..%5coutside.txt'), { status: 400 }],
  ['.. within the root', get('/folder/../a.txt'), { status: 200, body: digits }],
  ['an encoded zero byte', get('/a.txt%00.html'), { status: 400 }],
  ['a malformed escape', get('/%zz'), { status: 400 }],
  ['a Windows stream', get('/a.txt::$DATA'), { status: 404 }],
  ['a Windows device', get('/nul.txt'), { status: 404 }],
  ['a Windows short name', get('/SPTEGR~1.TXT'), { status: 404 }],
  ['a name that ends in a dot', get('/a.txt.'), { status: 404 }],
  [
    'POST',
    get('/a.txt', 'Content-Length: 0\r\n', 'POST'),
    { status: 405, fields: { Allow: 'GET, HEAD, OPTIONS' } },
  ],
  ['TRACE', get('/a.txt', '', 'TRACE'), { status: 405 }],
  ['OPTIONS', get('/a.txt', '', 'OPTIONS'), { status: 204, fields: { Allow: 'GET, HEAD, OPTIONS' } }],
  ['an unknown method', get('/a.txt', '', 'BREW'), { status: 501 }],
  [
    'no sharing with other origins',
    get('/a.txt', 'Origin: https://a.example\r\n'),
    { status: 200, fields: { 'Access-Control-Allow-Origin': null } },
  ],
  ['a target of 20 KB', get(`/${'a'.repeat(20_000)}`), { status: 414 }],
  [
    'a host of another site',
    () => 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n',
    { status: 403 },
  ],
  ['no host', () => 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', { status: 400 }],
];
const linkProbes: typeof probes = [
  ['a link that leads out', get('/leak.txt'), { status: 403 }],
  ['a folder link that leads out', get('/leak/outside.txt'), { status: 403 }],
  ['a link within', get('/inner.txt'), { status: 200, body: digits }],
];

for (const [name, request, { status, body, fields = {} }] of windows ? probes : [...probes, ...linkProbes]) {
  test(`${name}: ${status}`, async () => {
    const response = await ask(server.port, request());
    assert.equal(statusOf(response), status);
    if (body !== undefined) assert.equal(bodyOf(response), body);
    const head = response.slice(0, response.indexOf('\r\n\r\n'));
    for (const [field, expected] of Object.entries(fields)) {
      const value = new RegExp(`^${field}: (.*)$`, 'mi').exec(head)?.[1].trimEnd();
      if (expected === null) assert.equal(value, undefined, field);
      else if (typeof expected === 'string') assert.equal(value, expected, field);
      else assert.match(value ?? '', expected, field);
    }
    assert.ok(!response.includes('SECRET') && !response.includes(base));
  });
}

test('pipelined requests are answered in order', async () => {
  const client = await Client.connect(server.port);
  const asked = ['/a.txt', '/', '/folder/'].map(
    (target) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );
  const response = await client.send(asked.join('')).until(/<h1>folder/);
  assert.deepEqual(response.match(/0123456789|<h1>\w+/g), [digits, '<h1>home', '<h1>folder']);
  client.reset();
});

const large = 16 * 1024 * 1024;
const changes: [name: string, args: string[]][] = [
  ['the event loop', ['--model', 'eventLoop']],
  ['a blocking thread, whose bytes are read', ['--model', 'iterative']],
  ['a blocking thread, whose kernel sends the file', ['--model', 'iterative', '--quiet']],
];

for (const [name, args] of process.platform === 'linux' ? changes : changes.slice(0, 1)) {
  test(`a file that is written anew while ${name} sends it: no whole answer`, async () => {
    const folder = mkdtempSync(path.join(base, 'changing-'));
    const file = path.join(folder, 'large.bin');
    writeFileSync(file, Buffer.alloc(large, 1));
    utimesSync(file, modified, modified);
    const command = await spark.serve(folder, ...args);
    const client = await Client.connect(command.port);
    client.send('GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.until(/\r\n\r\n/);
    client.socket.pause();
    writeFileSync(file, Buffer.alloc(large, 2));
    assert.equal(statSync(file).size, large);
    client.socket.resume();
    const response = await client.untilEnd();
    assert.ok(response.includes(`Content-Length: ${large}\r\n`));
    assert.ok(bodyOf(response).length < large, 'The client can tell that it did not get all.');
    command.kill('SIGTERM');
    await command.exit();
  });
}
