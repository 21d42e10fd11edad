// What both runners of the suite inside the extension host need: the suite's bundle, a folder to open, the count.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { project } from '../project.mjs';

/** The site that Spark is shown on and tested with. */
export const exampleSite = path.join(project, 'test/fixtures/example-site');

/**
 * Bundles the suite, hands it to a runner, and keeps its count in `out/results/<stage>.json`.
 *
 * @param {string} stage
 * @param {(paths: { extension: string, companion: string, tests: string, workspace: string }) => Promise<number>} runner
 *   resolves to the exit code; `companion`: an extension that stands on Spark's API, alone in its
 *   folder; `tests` is the module that exports `run`
 * @param {readonly string[]} [words] of which a test's file must contain one; none: all
 * @returns {Promise<number>} the exit code
 */
export async function runSuite(stage, runner, words = []) {
  const source = path.join(project, 'test/workbench/suite');
  const bundles = path.join(project, 'out', stage, String(process.pid));
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'spark-suite-'));
  const workspace = path.join(temporary, 'example-site');
  cpSync(exampleSite, workspace, { recursive: true });
  try {
    await build({
      absWorkingDir: project,
      entryPoints: readdirSync(source)
        .filter((file) => file.endsWith('.ts'))
        .filter((file) => !file.endsWith('.test.ts') || isWanted(file, words))
        .map((file) => path.join(source, file)),
      outdir: bundles,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // One mocha for all, and the workbench's own `vscode`.
      external: ['vscode', 'mocha'],
      sourcemap: 'inline',
      logLevel: 'warning',
    });
    const companion = path.join(temporary, 'extensions/companion');
    cpSync(path.join(project, 'test/fixtures/companion'), companion, { recursive: true });
    const code = await runner({
      extension: project,
      companion,
      tests: path.join(bundles, 'index.js'),
      workspace,
    });
    return showResults(stage, bundles) ? code : code || 1;
  } finally {
    rmSync(bundles, { recursive: true, force: true });
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} words
 */
function isWanted(file, words) {
  return words.length === 0 || words.some((word) => file.includes(word));
}

/**
 * @param {string} stage
 * @param {string} bundles where the suite left its report and its count
 * @returns {boolean} whether it came to its end
 */
function showResults(stage, bundles) {
  const report = path.join(bundles, 'report.txt');
  if (existsSync(report)) process.stdout.write(readFileSync(report));
  const counts = path.join(bundles, 'results.json');
  if (!existsSync(counts)) return false;
  const results = path.join(project, 'out/results');
  mkdirSync(results, { recursive: true });
  writeFileSync(path.join(results, `${stage}.json`), readFileSync(counts));
  return true;
}
