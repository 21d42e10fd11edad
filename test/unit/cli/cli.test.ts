import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { version } from '../../../package.json';
import { ask, bodyOf, Client, requestOf, statusOf } from './client.ts';
import { type Command, CommandLine } from './commandLine.ts';

let spark: CommandLine;
let folder: string;

before(async () => {
  spark = await CommandLine.bundle();
  folder = mkdtempSync(path.join(tmpdir(), 'spark-site-'));
  writeFileSync(path.join(folder, 'index.html'), '<h1>Hello</h1>');
  writeFileSync(path.join(folder, 'large.bin'), Buffer.alloc(8 * 1024 * 1024, 'abcdefg'));
});

after(() => {
  spark.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function ended(command: Command): Promise<{ code: number | null; errors: string; output: string }> {
  const { code } = await command.exit();
  return { code, errors: command.errors, output: command.output };
}

test('--version prints the version, --help every option', async () => {
  assert.deepEqual(await ended(spark.run('--version')), { code: 0, errors: '', output: `${version}\n` });
  const help = await ended(spark.run('--help'));
  assert.equal(help.code, 0);
  for (const option of ['port', 'host', 'allow-host', 'echo', 'quiet', 'json', 'help', 'version']) {
    assert.match(help.output, new RegExp(`--${option}\\b`));
  }
});

const badUsages: readonly (readonly [name: string, args: readonly string[], said: RegExp])[] = [
  ['an unknown option', ['--colour'], /--colour/],
  ['two folders', ['a', 'b'], /folder/],
  ['a port that is no number', ['--port', 'http'], /--port.*http/],
  ['a port beyond the last', ['--port', '65536'], /65535/],
  ['a negative port', ['--port=-1'], /--port/],
  ['an empty port', ['--port='], /--port/],
  ['an option without its value', ['--port'], /--port/],
  ['an unknown echo mode', ['--echo', 'some'], /unhandled/],
  ['an empty host', ['--host='], /--host/],
];

for (const [name, args, said] of badUsages) {
  test(`bad usage: ${name} exits 2 with one line`, async () => {
    const { code, errors, output } = await ended(spark.run(...args));
    assert.equal(code, 2);
    assert.equal(output, '');
    assert.match(errors, /^spark: [^\n]+\n$/);
    assert.match(errors, said);
  });
}

test('a folder that is missing, or none, exits 1 with one line', async () => {
  for (const name of ['missing', 'index.html']) {
    const { code, errors } = await ended(spark.run(path.join(folder, name), '--port', '0'));
    assert.equal(code, 1);
    assert.match(errors, /^spark: [^\n]+\n$/);
    assert.match(errors, new RegExp(name));
    assert.match(errors, /ENOENT|ENOTDIR/);
  }
});

test('a mount whose folder is missing exits 1 with one line', async () => {
  const { code, errors } = await ended(spark.run(folder, '--port', '0', '--mount', '/lib=missing-folder'));
  assert.equal(code, 1);
  assert.match(errors, /^spark: [^\n]*missing-folder[^\n]*ENOENT[^\n]*\n$/);
});

test('a taken port exits 1 with one line: EADDRINUSE, the address, and what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  assert.ok(address !== null && typeof address === 'object');
  const { code, errors } = await ended(spark.run(folder, '--port', String(address.port)));
  other.close();
  assert.equal(code, 1);
  assert.match(errors, /^spark: [^\n]+\n$/);
  assert.match(errors, /EADDRINUSE/);
  if (process.platform === 'linux') assert.match(errors, new RegExp(`Process ${process.pid} \\(`));
  assert.ok(errors.includes(`127.0.0.1:${address.port}`));
  assert.match(errors, /[Cc]hoose another port|--port/);
});

test('an address of another machine exits 1 with one line', async () => {
  const { code, errors } = await ended(spark.run(folder, '--port', '0', '--host', '192.0.2.1'));
  assert.equal(code, 1);
  assert.match(errors, /^spark: [^\n]*EADDRNOTAVAIL[^\n]*\n$/);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops it with status 0, idle connections included`, async () => {
    const command = await spark.serve(folder, '--quiet');
    const idle = await Client.connect(command.port);
    const kept = await Client.connect(command.port);
    await kept.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').until(/Hello/);
    command.kill(signal);
    await Promise.all([idle.untilEnd(), kept.untilEnd()]);
    assert.deepEqual(await command.exit(), { code: 0, signal: null });
    assert.equal(command.errors, '');
  });
}

test('an answer under way is finished before it stops', async () => {
  const command = await spark.serve(folder, '--quiet');
  const client = await Client.connect(command.port);
  client.send('GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await client.until(/\r\n\r\n/);
  client.socket.pause();
  command.kill('SIGTERM');
  client.socket.resume();
  const response = await client.untilEnd();
  assert.equal(bodyOf(response).length, 8 * 1024 * 1024);
  assert.equal((await command.exit()).code, 0);
});

test('each request is one line; what came from the wire cannot steer the terminal', async () => {
  const command = await spark.serve(folder);
  assert.equal(command.output, `Spark is listening on http://127.0.0.1:${command.port}/\n`);
  await ask(command.port, requestOf('/?a=1'));
  const [line] = await command.line(/^GET \/\?a=1 /);
  assert.ok(line !== undefined);
  await ask(command.port, 'GET /\x1b]0;owned\x07 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await ask(command.port, requestOf('/last'));
  await command.line(/^GET \/last /);
  assert.equal(command.lines.length, 4);
  for (const text of command.lines) assert.doesNotMatch(text, /[^\x20-\x7e]/);
  command.kill('SIGTERM');
  await command.exit();
});

test('--quiet prints no line per request', async () => {
  const command = await spark.serve(folder, '--quiet');
  await ask(command.port, requestOf('/'));
  command.kill('SIGTERM');
  await command.exit();
  assert.deepEqual(command.lines, [`Spark is listening on http://127.0.0.1:${command.port}/`]);
});

test('--json prints one object per event', async () => {
  const command = await spark.serve(folder, '--json');
  await ask(command.port, requestOf('/"\x7f'.replace('\x7f', '%7f')));
  await ask(command.port, 'NONSENSE\r\n\r\n');
  await command.line(/"violation":\{/);
  command.kill('SIGTERM');
  await command.exit();
  const events = command.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    events.map((event) => event.event),
    ['listening', 'exchange', 'exchange', 'stopped'],
  );
  assert.equal(events[0].url, `http://127.0.0.1:${command.port}/`);
  assert.equal(events[1].target, '/"%7f');
  assert.equal(events[1].status, 404);
  assert.equal(events[2].status, 400);
});

test('whoever reads its output may stop reading', async () => {
  const command = await spark.serve(folder);
  command.child.stdout?.destroy();
  for (let i = 0; i < 20; i++) assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
  command.kill('SIGTERM');
  assert.equal((await command.exit()).code, 0);
  assert.equal(command.errors, '');
});

test('hosts: loopback names always, others with --allow-host, * for any', async () => {
  const statuses = async (hosts: readonly string[], ...args: readonly string[]): Promise<number[]> => {
    const command = await spark.serve(folder, '--quiet', ...args);
    const found: number[] = [];
    for (const host of hosts) {
      const response = await ask(
        command.port,
        `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      found.push(statusOf(response));
    }
    command.kill('SIGTERM');
    await command.exit();
    return found;
  };
  const hosts = [
    'localhost:80',
    'a.localhost',
    '127.1.2.3:1',
    '[::1]:99',
    'LOCALHOST',
    'spark.test',
    'evil.test',
  ];
  assert.deepEqual(await statuses(hosts), [200, 200, 200, 200, 200, 403, 403]);
  assert.deepEqual(await statuses(hosts, '--allow-host', 'spark.test'), [200, 200, 200, 200, 200, 200, 403]);
  assert.deepEqual(await statuses(['evil.test', '127.0.0.1.evil.test'], '--allow-host', '*'), [200, 200]);
  assert.deepEqual(await statuses(['127.0.0.1.evil.test', 'evillocalhost', '127.0.0.256']), [403, 403, 403]);
});

test('the address that it says it listens on is allowed', async () => {
  const command = spark.run(folder, '--port', '0', '--host', '0.0.0.0', '--quiet');
  const [, port] = await command.line(/http:\/\/0\.0\.0\.0:(\d+)\//);
  const response = await ask(
    Number(port),
    `GET / HTTP/1.1\r\nHost: 0.0.0.0:${port}\r\nConnection: close\r\n\r\n`,
  );
  assert.equal(statusOf(response), 200);
  command.kill('SIGTERM');
  await command.exit();
});

test('the page for a host that is not allowed says how to allow it, and escapes its name', async () => {
  const command = await spark.serve(folder, '--quiet');
  const response = await ask(command.port, "GET / HTTP/1.1\r\nHost: a&b'c.test\r\nConnection: close\r\n\r\n");
  assert.equal(statusOf(response), 403);
  assert.match(response, /--allow-host/);
  assert.match(response, /a&amp;b&#39;c\.test/);
  command.kill('SIGTERM');
  await command.exit();
});

test('--echo: off, unhandled and all', async () => {
  const body = 'name=\x00\xff';
  const post = `POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  const get = requestOf('/');
  const off = await spark.serve(folder, '--quiet');
  const refused = await ask(off.port, post);
  assert.equal(statusOf(refused), 405);
  assert.match(refused, /\r\nAllow: GET, HEAD, OPTIONS\r\n/);
  assert.equal(statusOf(await ask(off.port, requestOf('/', 'BREW'))), 501);
  const unhandled = await spark.serve(folder, '--quiet', '--echo', 'unhandled');
  const echoed = await ask(unhandled.port, post);
  assert.equal(statusOf(echoed), 200);
  assert.match(echoed, /\r\nContent-Type: message\/http\r\n/);
  assert.equal(bodyOf(echoed), post);
  assert.equal(bodyOf(await ask(unhandled.port, get)), '<h1>Hello</h1>');
  const all = await spark.serve(folder, '--quiet', '--echo', 'all');
  assert.equal(bodyOf(await ask(all.port, get)), get);
  const large = 'x'.repeat(1024 * 1024);
  const tooLarge = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${large.length}\r\n\r\n${large}`;
  assert.equal(statusOf(await ask(all.port, tooLarge)), 413);
  // A 2xx to CONNECT would turn the connection into a tunnel (RFC 9110 section 9.3.6).
  const tunnel = 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n';
  assert.equal(statusOf(await ask(all.port, tunnel)), 405);
  for (const command of [off, unhandled, all]) {
    command.kill('SIGTERM');
    assert.equal((await command.exit()).code, 0);
  }
});

test('a folder that vanishes says so, once in the log, and is served again when it is back', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'spark-site-'));
  const site = path.join(home, 'site');
  mkdirSync(site);
  writeFileSync(path.join(site, 'a.txt'), 'a');
  const command = await spark.serve(site);
  const request = requestOf('/a.txt');
  assert.equal(bodyOf(await ask(command.port, request)), 'a');
  renameSync(site, `${site}-moved`);
  for (let i = 0; i < 3; i++) {
    const response = await ask(command.port, request);
    assert.ok([404, 503].includes(statusOf(response)));
    assert.match(response, /served folder is gone/);
    assert.ok(!response.includes(home), 'No path of the machine is told.');
  }
  renameSync(`${site}-moved`, site);
  assert.equal(bodyOf(await ask(command.port, request)), 'a');
  await command.line(/is back/);
  command.kill('SIGTERM');
  await command.exit();
  assert.equal(command.lines.filter((line) => line.includes('is gone')).length, 1);
  rmSync(home, { recursive: true });
});

test('an unreadable file is a page and a line of the log, and other files are served', {
  skip: process.platform === 'win32' && 'Windows has no permission bits.',
}, async () => {
  writeFileSync(path.join(folder, 'secret.txt'), 's');
  chmodSync(path.join(folder, 'secret.txt'), 0);
  chmodSync(folder, 0o755);
  const command = spark.unprivileged(folder, '--port', '0');
  await command.listening();
  assert.equal(statusOf(await ask(command.port, requestOf('/secret.txt'))), 403);
  await command.line(/secret\.txt.*EACCES/);
  assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
  command.kill('SIGTERM');
  await command.exit();
});

test('curl gets the file, its redirect, its range and its 404', {
  skip: spawnSync('curl', ['--version']).error === undefined ? false : 'curl is not installed',
}, async () => {
  mkdirSync(path.join(folder, 'sub'), { recursive: true });
  writeFileSync(path.join(folder, 'sub', 'index.html'), 'sub');
  symlinkSync(tmpdir(), path.join(folder, 'outside'));
  const command = await spark.serve(folder, '--quiet');
  const url = `http://127.0.0.1:${command.port}`;
  const curl = (...args: readonly string[]): string =>
    spawnSync('curl', ['--silent', '--noproxy', '*', ...args], { encoding: 'latin1' }).stdout;
  assert.equal(curl(`${url}/`), '<h1>Hello</h1>');
  assert.equal(curl('--location', `${url}/sub?x=1`), 'sub');
  assert.equal(curl('--range', '1-3', `${url}/`), 'h1>');
  const status = (...args: readonly string[]): string =>
    curl('--output', '/dev/null', '--write-out', '%{http_code}', ...args);
  assert.equal(status('--path-as-is', `${url}/../../etc/passwd`), '400');
  assert.equal(status(`${url}/outside/`), '403');
  assert.equal(status('--head', `${url}/missing`), '404');
  assert.equal(status('--http1.0', `${url}/`), '200');
  command.kill('SIGTERM');
  await command.exit();
});
