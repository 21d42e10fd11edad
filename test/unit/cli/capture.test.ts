import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { har as validateHar } from 'har-validator';
import { type Command, CommandLine } from './commandLine.ts';

let spark: CommandLine;
let folder: string;

before(async () => {
  spark = await CommandLine.bundle();
  folder = mkdtempSync(path.join(tmpdir(), 'spark-capture-'));
  writeFileSync(path.join(folder, 'index.html'), '<h1>Hello</h1>');
});

after(() => {
  spark.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves when what the command has written so far matches. */
function written({ child }: Command, text: () => string, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(text());
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`It ended without ${pattern}.`)));
    look();
  });
}

test('--capture FILE.har writes each exchange, without secrets', async () => {
  const file = path.join(folder, 'out.har');
  const command = await spark.serve(folder, '--capture', file);
  const response = await fetch(`http://127.0.0.1:${command.port}/`, { headers: { Cookie: 'a=secret' } });
  assert.equal(await response.text(), '<h1>Hello</h1>');
  command.kill('SIGTERM');
  assert.equal((await command.exit()).code, 0);
  const text = readFileSync(file, 'utf8');
  const har = JSON.parse(text);
  await validateHar(har);
  assert.equal(har.log.entries.length, 1);
  assert.equal(har.log.entries[0].response.content.text, '<h1>Hello</h1>');
  assert.ok(!text.includes('secret'));
  assert.match(command.output, /GET \/ 200/);
  assert.equal(command.errors, '');
});

for (const model of ['eventLoop', 'processes']) {
  test(`--capture - streams pcapng while it serves (${model}), and lines go to standard error`, async () => {
    const command = spark.run(folder, '--port', '0', '--capture', '-', '--model', model);
    const [url] = await written(command, () => command.errors, /http:\S+/);
    await (await fetch(url, { headers: { Cookie: 'a=secret' } })).text();
    // It is there before the server stops.
    await written(command, () => command.output, /a=secret/);
    command.kill('SIGTERM');
    assert.equal((await command.exit()).code, 0);
    assert.ok(command.output.startsWith('\n\r\r\n'));
    assert.match(command.errors, /GET \/ 200/);
    assert.match(command.errors, /^spark: The capture holds cookies and credentials/);
  });
}

test('a file that cannot be written, or of an unknown kind, is said so at once', async () => {
  const nowhere = spark.run(folder, '--port', '0', '--capture', path.join(folder, 'no', 'x.har'));
  assert.equal((await nowhere.exit()).code, 1);
  assert.match(nowhere.errors, /^spark: The file .* cannot be written \(ENOENT\)\. Name another one\.\n$/);
  const unknown = spark.run(folder, '--capture', 'x.txt');
  assert.equal((await unknown.exit()).code, 2);
  assert.match(unknown.errors, /\.har or \.pcapng/);
});
