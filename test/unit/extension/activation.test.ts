import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build, type Metafile } from 'esbuild';
import { oneVsCode } from '../../../scripts/oneVsCode.mjs';
import * as commandIds from '../../../src/extension/commandIds.ts';

/** Bytes of minified code that activation may load: each 20,000 take about a millisecond of everybody's start. */
const mostBytes = 120_000;
const patience = 60_000;

const entry = 'extension.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-activation-'));
let outputs: Metafile['outputs'] = {};

before(async () => {
  // Split as esbuild.mjs splits it.
  const { metafile } = await build({
    entryPoints: ['src/extension/extension.ts'],
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: true,
    minify: true,
    plugins: [oneVsCode],
    write: false,
    metafile: true,
  });
  outputs = Object.fromEntries(
    Object.entries(metafile.outputs).map(([file, output]) => [path.basename(file), output]),
  );
});

after(() => rmSync(folder, { recursive: true }));

/** The pieces that a piece loads with it, itself among them. */
function loadedWith(piece: string, found = new Set<string>()): Set<string> {
  if (found.has(piece)) return found;
  found.add(piece);
  for (const { kind, path: file, external } of outputs[piece].imports) {
    if (kind === 'import-statement' && external !== true) loadedWith(path.basename(file), found);
  }
  return found;
}

describe('what activation loads', () => {
  test('is small', () => {
    const pieces = [...loadedWith(entry)];
    const bytes = pieces.reduce((sum, piece) => sum + outputs[piece].bytes, 0);
    assert.ok(bytes < mostBytes, `${bytes} bytes of ${pieces.join(', ')}`);
  });

  test('holds no package, no page, nothing of the filter language', () => {
    const modules = [...loadedWith(entry)].flatMap((piece) => Object.keys(outputs[piece].inputs));
    const unwanted =
      /node_modules|src\/inspector|filter(Operators|Completion)?\.ts|exchangeQuery|Panel\.ts|Commands?\.ts$/;
    assert.deepEqual(
      modules.filter((file) => unwanted.test(file) && !file.endsWith('laterCommands.ts')),
      [],
    );
  });

  test('leaves two pieces to be loaded later, and no more', () => {
    const later = Object.values(outputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path: file }) => path.basename(file)),
    );
    assert.deepEqual([...new Set(later)].map((piece) => outputs[piece].entryPoint).sort(), [
      'src/extension/features.ts',
      'src/extension/rareFeatures.ts',
    ]);
  });
});

test('every command of the manifest is registered at activation', () => {
  const { contributes, activationEvents } = JSON.parse(readFileSync('package.json', 'utf8'));
  const registered: string[] = Object.values(commandIds).flat();
  const manifest: string[] = contributes.commands.map(({ command }: { command: string }) => command);
  assert.deepEqual(registered.filter((id) => id !== 'spark.showActions').sort(), manifest.sort());
  assert.equal(new Set(registered).size, registered.length, 'none of them twice');
  // Nothing activates Spark but that something of it is needed.
  for (const event of activationEvents) assert.match(event, /:/);
});

test('activation starts nothing, and loads nothing but itself', async () => {
  const bundle = path.join(folder, 'bundle.cjs');
  const { outputFiles } = await build({
    entryPoints: ['src/extension/extension.ts'],
    outfile: bundle,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    write: false,
    plugins: [
      oneVsCode,
      {
        name: 'later',
        setup({ onResolve }) {
          onResolve({ filter: /\/(features|rareFeatures)\.ts$/ }, ({ kind, path: file }) =>
            kind === 'dynamic-import' ? { path: file, external: true } : undefined,
          );
        },
      },
    ],
  });
  writeFileSync(bundle, outputFiles[0].contents);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.resolve('test/unit/extension/extensionHost.cjs'), bundle, folder],
    { encoding: 'utf8', timeout: patience },
  );
  assert.equal(status, 0, `it did not end by itself: ${stderr}`);
  assert.deepEqual(JSON.parse(stdout), { loaded: ['bundle.cjs'], started: [] });
});
