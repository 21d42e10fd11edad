import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { project } from '../project.mjs';

const extensions = process.env.SPARK_EXTENSIONS ?? '';
const installed = path.join(
  extensions,
  readdirSync(extensions).find((name) => name.startsWith('spark.spark-')) ?? '',
);
const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.split(path.sep).join('/'),
);

test('The package is smaller than 1 MB', () => {
  const { size } = statSync(path.join(project, 'spark.vsix'));
  assert.ok(size < 1_000_000, `it has ${size} bytes`);
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
    (file) => /^(node_modules|src|test|out|media\/pictures|\.)(\/|$)/.test(file) && file !== '.vsixmanifest',
  );
  assert.deepEqual(foreign, []);
});

test('The server in it can be read and stepped through; the extension is minified', () => {
  const linesOf = (file: string) => readFileSync(path.join(installed, file), 'utf8').split('\n').length;
  assert.ok(linesOf('dist/server.js') > 1000);
  assert.ok(linesOf('dist/extension.js') < linesOf('dist/server.js') / 4);
});
