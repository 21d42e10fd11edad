import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { platforms, thisPlatform } from '../../scripts/koffi.mjs';
import { project } from '../project.mjs';

const extensions = process.env.SPARK_EXTENSIONS ?? '';
const installed = path.join(
  extensions,
  readdirSync(extensions).find((name) => name.startsWith('spark.spark-')) ?? '',
);
const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.split(path.sep).join('/'),
);

const platform = thisPlatform();

test('The package is smaller than 3 MB', () => {
  const { size } = statSync(path.join(project, `spark-${platform ?? 'universal'}.vsix`));
  assert.ok(size < 3_000_000, `it has ${size} bytes`);
});

test("It holds koffi's loader, and its binary for this platform only", { skip: platform === null }, () => {
  const binary = platform === null ? '' : platforms[platform].binary;
  const koffi = files.filter((file) => /^dist\/koffi\/.*\.\w+$/.test(file)).sort();
  assert.deepEqual(koffi, [
    'dist/koffi/LICENSE.txt',
    `dist/koffi/build/koffi/${binary}/koffi.node`,
    'dist/koffi/src/koffi/indirect.cjs',
  ]);
  const loaded = spawnSync(
    process.execPath,
    ['-p', `require('./dist/koffi/src/koffi/indirect.cjs').version`],
    {
      cwd: installed,
      encoding: 'utf8',
    },
  );
  assert.match(loaded.stdout, /^\d+\.\d+\.\d+\n$/, loaded.stderr);
});

test('It holds every source of ours that the server was built from, where its source maps say', () => {
  for (const bundle of ['server', 'worker', 'cli']) {
    const map = JSON.parse(readFileSync(path.join(installed, `dist/${bundle}.js.map`), 'utf8'));
    const sources: string[] = map.sources.filter((source: string) => source.startsWith('../src/'));
    assert.ok(sources.includes('../src/http/parser.ts'));
    const missing = sources.filter((source) => !files.includes(source.slice('../'.length)));
    assert.deepEqual(missing, []);
  }
});

test('The package holds what runs, and nothing of how it is made', () => {
  for (const file of [
    'dist/extension.js',
    'dist/server.js',
    'dist/cli.js',
    'dist/inspector.js',
    'dist/inspector.css',
    'dist/preview.js',
  ]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  const foreign = files.filter(
    (file) =>
      /^(node_modules|src\/(extension|inspector|debug)|test|scripts|out|media\/pictures|\.)(\/|$)/.test(
        file,
      ) && file !== '.vsixmanifest',
  );
  assert.deepEqual(foreign, []);
});

test('The server in it can be read and stepped through; the extension is minified', () => {
  const linesOf = (file: string) => readFileSync(path.join(installed, file), 'utf8').split('\n').length;
  assert.ok(linesOf('dist/server.js') > 1000);
  assert.ok(linesOf('dist/extension.js') < linesOf('dist/server.js') / 4);
});
