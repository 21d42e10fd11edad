import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ask, Client, requestOf } from './client.ts';
import { CommandLine } from './commandLine.ts';

let spark: CommandLine;
let folder: string;

before(async () => {
  spark = await CommandLine.bundle();
  folder = mkdtempSync(path.join(tmpdir(), 'spark-live-'));
  mkdirSync(path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Live</title>');
});

after(() => {
  spark.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('--live: pages have the script, and hear of files that are changed, made and deleted', async () => {
  const command = await spark.serve(folder, '--live', '--quiet');
  const page = await ask(command.port, requestOf('/'));
  const token = /\.spark\/([0-9a-f]{32})\//.exec(page)?.[1];
  assert.ok(token, page);
  const stream = await Client.connect(command.port);
  stream.send(`GET /.spark/${token}/events?stream=a HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await stream.until(/text\/event-stream[\s\S]*\r\n\r\n/);
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Changed</title>');
  await stream.until(/"index\.html"/);
  // What tools keep is no change; it comes before the one that is.
  writeFileSync(path.join(folder, 'node_modules', 'ignored.js'), '');
  writeFileSync(path.join(folder, 'new.css'), '');
  await stream.until(/"new\.css"/);
  unlinkSync(path.join(folder, 'new.css'));
  await stream.until(/"new\.css"[\s\S]*"new\.css"/);
  assert.doesNotMatch(stream.received, /ignored/);
  command.kill('SIGTERM');
  stream.socket.end();
  assert.equal((await command.exit()).code, 0);
  assert.equal(command.errors, '');
});

test('neither log nor messages hold what opens something', async () => {
  const proxy = '/api=http://127.0.0.1:9';
  for (const form of [[], ['--json']]) {
    const command = await spark.serve(folder, '--live', '--proxy', proxy, ...form);
    const page = await ask(command.port, requestOf('/'));
    const token = /\.spark\/([0-9a-f]{32})\//.exec(page)?.[1] ?? '';
    const secrets = 'Authorization: Bearer hidden1\r\nCookie: session=hidden2\r\nX-Api-Key: hidden3\r\n';
    await ask(command.port, requestOf(`/.spark/${token}/live.js`, 'GET', secrets));
    await ask(command.port, requestOf('/?access_token=hidden4&page=2', 'GET', secrets));
    await ask(command.port, requestOf('/api/x?password=hidden5', 'GET', secrets));
    await ask(command.port, requestOf('/', 'GET', `${secrets}Bad Name: hidden6\r\n`));
    command.kill('SIGTERM');
    await command.exit();
    const said = command.output + command.errors;
    assert.match(said, /\/\?access_token=\*\*\*&page=2/);
    assert.match(said, /forwards to http:\/\/127\.0\.0\.1:9 fails/);
    assert.doesNotMatch(said, /hidden/);
    assert.ok(!said.includes(token), said);
  }
  const usage = spark.run(folder, '--proxy', '/api=ftp://me:hidden@host');
  await usage.exit();
  assert.match(usage.errors, /not "\/api=ftp:\/\/\*\*\*@host"/);
});

test('--live, --https and --proxy under another model: one line that names the model and what to do', async () => {
  const asked: [flags: string[], line: RegExp][] = [
    [['--live'], /spark\.model \(--model\) is "threads", but live reload \(--live\) needs "eventLoop"/],
    [
      ['--https'],
      /spark\.model \(--model\) is "threads", but spark\.https\.enabled \(--https\) needs "eventLoop"/,
    ],
    [
      ['--proxy', '/api=http://127.0.0.1:1'],
      /spark\.model \(--model\) is "threads", but spark\.proxy \(--proxy\) needs "eventLoop"/,
    ],
  ];
  for (const [flags, line] of asked) {
    const command = spark.run(folder, '--port', '0', '--model', 'threads', ...flags);
    assert.equal((await command.exit()).code, 1);
    assert.match(command.errors, /^spark: [^\n]+\n$/);
    assert.match(command.errors, line);
  }
  const usage = spark.run(folder, '--proxy', 'api=3000');
  assert.equal((await usage.exit()).code, 2);
  assert.match(usage.errors, /^spark: --proxy takes .*\/api=http:\/\/127\.0\.0\.1:3000, not "api=3000"/);
});
