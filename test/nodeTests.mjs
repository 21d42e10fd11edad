// Bundles TypeScript tests and runs them with Node's own test runner, on any Node from 20 on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const testFolder = path.dirname(fileURLToPath(import.meta.url));
const project = path.dirname(testFolder);

/**
 * Runs the `*.test.ts` below `test/<stage>`, and leaves their count in `out/results/<stage>.json`.
 *
 * @param {string} stage a folder in `test`
 * @param {readonly string[]} args words of which a test's path must contain one, and flags for `node --test`
 * @returns {Promise<number>} the exit code
 */
export async function runNodeTests(stage, args) {
  const folder = path.join(testFolder, stage);
  const flags = args.filter((arg) => arg.startsWith('-'));
  const words = args.filter((arg) => !arg.startsWith('-'));
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
  if (sources.length === 0) {
    console.error(`No test in test/${stage} has "${words.join('" or "')}" in its path.`);
    return 1;
  }
  // One folder for each run, so that two runs at a time do not take each other's files away.
  const bundles = path.join(project, 'out', stage, String(process.pid));
  try {
    await build({
      absWorkingDir: project,
      entryPoints: sources.map((file) => path.join(folder, file)),
      outbase: folder,
      outdir: bundles,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: true,
      logLevel: 'warning',
    });
    return await runNode(
      stage,
      flags,
      sources.map((file) => path.join(bundles, file.replace(/\.ts$/, '.mjs'))),
    );
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}

/**
 * @param {string} stage
 * @param {readonly string[]} flags
 * @param {readonly string[]} files
 */
async function runNode(stage, flags, files) {
  const results = path.join(project, 'out', 'results');
  mkdirSync(results, { recursive: true });
  const runner = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(path.join(testFolder, 'tally.mjs'))}`,
      `--test-reporter-destination=${path.join(results, `${stage}.json`)}`,
      ...flags,
      ...files,
    ],
    { cwd: project, stdio: 'inherit' },
  );
  const [code] = await once(runner, 'exit');
  return code ?? 1;
}
