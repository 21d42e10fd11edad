import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import type { ConnectionRecord } from '../../../../src/protocol/capture.ts';
import type { HttpsSettings, ServerSettings } from '../../../../src/protocol/server.ts';
import type { RunningServer } from '../../../../src/server/runningServer.ts';
import { startServer } from '../../../../src/server/server.ts';
import { madeCertificate } from '../../../../src/server/tls/madeCertificate.ts';
import { defaultSettings } from '../../../../src/settings/serverOptions.ts';
import { ask, Client, requestOf, statusOf } from '../../cli/client.ts';

const day = 24 * 60 * 60 * 1000;
let folder: string;
let kept: string;
let certificate: string;
const running: RunningServer[] = [];

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'spark-https-'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>over TLS');
  writeFileSync(path.join(folder, 'large'), 'abcdefgh'.repeat(300_000));
  kept = path.join(folder, 'kept');
  ({ file: certificate } = await madeCertificate(kept, []));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

after(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly logged: string[];
  /** Resolves with the first line of the log like this. */
  line(pattern: RegExp): Promise<string>;
  /** Of each connection, what was told last. */
  readonly connections: Map<number, ConnectionRecord>;
  /** Resolves when a connection is told to be closed with a reason like this. */
  closedFor(reason: RegExp): Promise<ConnectionRecord>;
}

async function start(
  https: Partial<HttpsSettings> = {},
  change: (settings: ServerSettings) => ServerSettings = (settings) => settings,
): Promise<RunningServer & { told: Told }> {
  const defaults = defaultSettings(folder);
  const connections = new Map<number, ConnectionRecord>();
  const logged: string[] = [];
  let heard = (): void => {};
  const found = async <Found>(find: () => Found | undefined): Promise<Found> => {
    for (;;) {
      const value = find();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const told: Told = {
    logged,
    line: (pattern) => found(() => logged.find((line) => pattern.test(line))),
    connections,
    closedFor: (reason) => found(() => [...connections.values()].find((one) => reason.test(one.closeReason))),
  };
  const server = await startServer({
    settings: change({
      ...defaults,
      port: 0,
      https: { ...defaults.https, enabled: true, kept, ...https },
    }),
    recording: { kind: 'capture', bodyBytes: 1024, unacknowledgedBatches: 8 },
    workerScript: '',
    report(report) {
      if (report.type === 'log') {
        logged.push(report.message);
        heard();
      }
      if (report.type !== 'batch') return;
      for (const record of report.batch.connections) connections.set(record.id, record);
      server.batchStored(report.batch.sequence);
      heard();
    },
  });
  running.push(server);
  return Object.assign(server, { told });
}

async function curl(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn('curl', ['-sS', '--http1.1', '--max-time', '20', ...args]);
  let output = '';
  child.stdout.setEncoding('latin1').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

describe('https', () => {
  test('curl trusts the kept certificate, and gets pages and large files; the record says what is spoken', async () => {
    const server = await start();
    const site = `https://localhost:${server.port}`;
    const page = await curl(
      '--cacert',
      certificate,
      '--resolve',
      `localhost:${server.port}:127.0.0.1`,
      `${site}/`,
    );
    assert.deepEqual([page.code, page.output], [0, '<!doctype html>over TLS']);
    const large = await curl('-k', `https://127.0.0.1:${server.port}/large`);
    assert.equal(large.output.length, 2_400_000);
    const record = await server.told.closedFor(/client/i);
    assert.match(record.tls ?? '', /^TLS 1\.[23], TLS_/);
  });

  test('a client that does not trust it is shown, with the reason', async () => {
    const server = await start();
    const { code } = await curl(`https://127.0.0.1:${server.port}/`);
    assert.equal(code, 60);
    const record = await server.told.closedFor(/does not trust the certificate/);
    assert.equal(record.exchangeCount, 0);
    assert.ok(record.peer.port > 0);
  });

  test('what is no handshake is shown, and harms nobody', async () => {
    const server = await start();
    const nonsense = connect(server.port, '127.0.0.1');
    nonsense.end(Buffer.from([22, 3, 1, 0, 5, 1, 2, 3, 4, 5]));
    nonsense.on('error', () => {}).resume();
    assert.ok((await server.told.closedFor(/TLS/)).peer.port > 0);
    const nothing = connect(server.port, '127.0.0.1');
    nothing.end().resume();
    await server.told.closedFor(/before the TLS handshake/);
    const old = connectSecurely({
      port: server.port,
      host: '127.0.0.1',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      rejectUnauthorized: false,
    });
    await once(old, 'error');
    await server.told.closedFor(/no version of TLS|handshake/);
    assert.equal((await curl('-k', `https://127.0.0.1:${server.port}/`)).code, 0);
  });

  test('a client that is slow with the handshake is let go', async () => {
    const server = await start({}, (settings) => ({
      ...settings,
      limits: { ...settings.limits, headerReadTime: 100 },
    }));
    const silent = connect(server.port, '127.0.0.1').on('error', () => {});
    const half = connect(server.port, '127.0.0.1').on('error', () => {});
    half.write(Buffer.from([22, 3, 1, 2, 0]));
    await server.told.closedFor(/did not begin the TLS handshake in time/);
    await server.told.closedFor(/did not finish the TLS handshake in time/);
    silent.destroy();
    half.destroy();
  });

  test('who has not agreed on TLS yet counts as a connection: no more of them than the limit, and none for ever', async () => {
    const server = await start({}, (settings) => ({
      ...settings,
      limits: { ...settings.limits, connections: 8, headerReadTime: 1000 },
    }));
    const secure = connectSecurely({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    const closed: number[] = [];
    let heard = (): void => {};
    const silent = Array.from({ length: 20 }, (_, i) =>
      connect(server.port, '127.0.0.1')
        .on('error', () => {})
        .on('close', () => {
          closed.push(i);
          heard();
        }),
    );
    const untilClosed = async (count: number): Promise<void> => {
      while (closed.length < count)
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
    };
    // Beside the one that speaks TLS there is room for seven.
    await untilClosed(13);
    assert.deepEqual(server.told.logged.slice(1), [
      'There are 8 connections: others are turned away before the TLS handshake.',
    ]);
    assert.equal((await server.told.closedFor(/There were too many connections/)).exchangeCount, 0);
    // One that begins, and goes on byte by byte, has no more time than the others.
    const slow = silent.find((_, i) => !closed.includes(i));
    const drip = setInterval(() => slow?.write(Buffer.from([22])), 50);
    await untilClosed(20);
    clearInterval(drip);
    assert.equal((await curl('-k', `https://127.0.0.1:${server.port}/`)).code, 0);
    await server.told.line(/^13 connections were turned away\. There is room again\.$/);
    secure.destroy();
  });

  test('plain HTTP is led to https, or told of it; nothing else is given out, and nobody is led elsewhere', async () => {
    const server = await start();
    const led = await ask(server.port, requestOf('/a?b').replace('localhost', `localhost:${server.port}`));
    assert.equal(statusOf(led), 307);
    assert.match(led, new RegExp(`\r\nLocation: https://localhost:${server.port}/a\\?b\r\n`));
    for (const request of [
      requestOf('/', 'POST'),
      requestOf('/').replace('localhost', 'evil.example'),
      requestOf('http://localhost/'),
      'GET / HTTP/1.0\r\n\r\n',
      'hello\r\n\r\n',
    ]) {
      const refused = await ask(server.port, request);
      assert.equal(statusOf(refused), 400, request);
      assert.doesNotMatch(refused, /\r\nLocation:|over TLS/);
    }
  });

  test('a target in absolute form may name an https resource here, and nowhere else (RFC 9110 section 7.4)', async () => {
    const server = await start();
    const status = (target: string) =>
      curl(
        '-k',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '--request-target',
        target,
        `https://127.0.0.1:${server.port}/`,
      );
    assert.equal((await status('https://localhost/')).output, '200');
    assert.equal((await status('HTTPS://localhost:443')).output, '200');
    assert.equal((await status('http://localhost/')).output, '200');
    assert.equal((await status('https://elsewhere.example/')).output, '403');
    assert.equal((await status('wss://localhost/')).output, '421');
    const bare = await start({ enabled: false });
    assert.equal(statusOf(await ask(bare.port, requestOf('https://localhost/'))), 421);
  });

  test('a WebSocket and requests are forwarded as of https', async () => {
    const upstream = createServer((request, response) =>
      response.end(String(request.headers['x-forwarded-proto'])),
    );
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const server = await start({}, (settings) => ({
      ...settings,
      proxy: { routes: [{ prefix: '/api', target: `http://127.0.0.1:${port}` }], changeOrigin: false },
    }));
    assert.equal((await curl('-k', `https://127.0.0.1:${server.port}/api`)).output, 'https');
    upstream.close();
  });

  test('an answer that breaks off does not pass for a whole one, though its end is the end of the connection', async () => {
    let breakOff = (): void => {};
    const upstream = createServer((_, response) => {
      response.write('half');
      breakOff = () => response.destroy();
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const server = await start({}, (settings) => ({
      ...settings,
      proxy: { routes: [{ prefix: '/api', target: `http://127.0.0.1:${port}` }], changeOrigin: false },
    }));
    const socket = connectSecurely({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.write('GET /api HTTP/1.0\r\nHost: localhost\r\n\r\n');
    let code = '';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? '';
    });
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    assert.match(bytes.toString(), /^HTTP\/1\.1 200 /);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    breakOff();
    await closed;
    upstream.close();
    assert.equal(code, 'ECONNRESET');
    await server.told.closedFor(/The answer of .* broke off/);
  });

  test('stops gracefully with connections open', async () => {
    const server = await start();
    const socket = connectSecurely({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const idle = await Client.connect(server.port);
    socket.resume();
    const closed = once(socket, 'close');
    await server.stop();
    await closed;
    idle.socket.destroy();
  });
});

describe('the certificate of the user', () => {
  const pem = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test('is used: as PEM files, relative to the folder too, and as PKCS #12 with its passphrase', async () => {
    const { cert, key } = await madeCertificate('', ['mine.example']);
    pem('mine.crt', cert);
    pem('mine.key', key);
    const names = async (https: Partial<HttpsSettings>): Promise<string> => {
      const server = await start(https);
      const socket = connectSecurely({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { subjectaltname = '' } = socket.getPeerCertificate();
      socket.destroy();
      return subjectaltname;
    };
    assert.match(await names({ cert: 'mine.crt', key: path.join(folder, 'mine.key') }), /mine\.example/);
    const pfx = path.join(folder, 'mine.pfx');
    execFileSync('openssl', [
      'pkcs12',
      '-export',
      '-in',
      path.join(folder, 'mine.crt'),
      '-inkey',
      path.join(folder, 'mine.key'),
      '-out',
      pfx,
      '-passout',
      'pass:secret',
    ]);
    assert.match(await names({ pfx, passphrase: 'secret' }), /mine\.example/);
    await assert.rejects(
      start({ pfx, passphrase: 'wrong' }),
      /spark\.https\.pfx .* passphrase is missing or wrong/,
    );
  });

  test('that cannot be used is refused at the start, with the setting and what to do', async () => {
    const one = await madeCertificate('', []);
    const other = await madeCertificate('', []);
    const cert = pem('one.crt', one.cert);
    const otherKey = pem('other.key', other.key);
    const noPem = pem('no.pem', 'not PEM');
    const refusals: [Partial<HttpsSettings>, RegExp][] = [
      [{ cert }, /spark\.https\.cert \(--cert\) is set, but spark\.https\.key/],
      [{ key: otherKey }, /spark\.https\.key \(--key\) is set, but spark\.https\.cert/],
      [{ cert: 'missing.crt', key: otherKey }, /missing\.crt .*cannot be read \(ENOENT\)/],
      [{ cert, key: otherKey }, /the key is not that of the certificate/],
      [{ cert: noPem, key: otherKey }, /not in PEM format/],
      [{ pfx: noPem }, /not in the format that it should be/],
    ];
    for (const [https, message] of refusals) await assert.rejects(start(https), message);
  });
});

describe('the certificate that is made', () => {
  test('is for the names of this machine and what was asked for, not a CA, and good for at most 397 days', async () => {
    const { cert } = await madeCertificate('', [
      '192.168.1.2',
      '::1',
      '[fe80::1]',
      'Box.local:5500',
      'dot.example.',
      'dotted.example.:5500',
      '0.0.0.0',
      '*',
    ]);
    const parsed = new X509Certificate(cert);
    assert.equal(parsed.ca, false);
    for (const name of ['localhost', 'box.local', 'dot.example', 'dotted.example'])
      assert.equal(parsed.checkHost(name), name);
    for (const name of ['127.0.0.1', '::1', '192.168.1.2', 'fe80::1']) assert.ok(parsed.checkIP(name), name);
    assert.doesNotMatch(parsed.subjectAltName ?? '', /0\.0\.0\.0|\*/);
    const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / day;
    assert.ok(days <= 397 && days > 396, String(days));
    assert.ok(Date.parse(parsed.validFrom) < Date.now());
  });

  test('is kept, so that it is trusted once; the key is for the user alone', async () => {
    const place = path.join(folder, 'again');
    const first = await madeCertificate(place, []);
    assert.equal(first.isNew, true);
    const second = await madeCertificate(place, ['localhost', '::1']);
    assert.deepEqual([second.isNew, second.cert], [false, first.cert]);
    assert.equal(readFileSync(first.file, 'utf8'), first.cert);
    assert.doesNotMatch(first.cert, /PRIVATE/);
    if (process.platform !== 'win32')
      assert.equal(statSync(path.join(place, 'spark-key-and-certificate.pem')).mode & 0o077, 0);
  });

  test('is made anew for further names, which it keeps; when it ends soon; and where it is broken', async () => {
    const place = path.join(folder, 'anew');
    const first = await madeCertificate(place, ['10.0.0.1']);
    const shared = await madeCertificate(place, ['10.0.0.2']);
    assert.equal(shared.isNew, true);
    assert.ok(new X509Certificate(shared.cert).checkIP('10.0.0.1'));
    assert.equal((await madeCertificate(place, ['10.0.0.1'])).isNew, false);
    const soon = first.validTo.getTime() - 13 * day;
    assert.equal((await madeCertificate(place, [], soon - 2 * day)).isNew, false);
    assert.equal((await madeCertificate(place, [], soon)).isNew, true);
    writeFileSync(path.join(place, 'spark-key-and-certificate.pem'), 'broken');
    assert.equal((await madeCertificate(place, [])).isNew, true);
  });
});

test('https needs the event loop and libuv: others refuse, and name the settings', async () => {
  const other = (change: (settings: ServerSettings) => ServerSettings) => start({}, change);
  await assert.rejects(
    other((settings) => ({ ...settings, model: { ...settings.model, name: 'processes' } })),
    /spark\.model \(--model\) is "processes", but spark\.https\.enabled \(--https\) needs "eventLoop"/,
  );
  await assert.rejects(
    other((settings) => ({ ...settings, sockets: { ...settings.sockets, layer: 'systemCalls' } })),
    /spark\.sockets \(--sockets\) is "systemCalls", but spark\.https\.enabled \(--https\) needs "libuv"/,
  );
  const { told } = await start();
  assert.ok(told.logged.some((line) => line.includes('TLS (spark.https, --https) stands on them')));
});
