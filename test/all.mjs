// npm test: sets up what is missing, runs every stage, and adds up what they counted.
// Runs in a clean clone: only Node's own modules until the others are installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { project } from './project.mjs';
import { findChromium } from './workbench/chromium.mjs';
import { installDependencies } from './workbench/dependencies.mjs';
import { installCodeServer } from './workbench/install.mjs';
import { npm } from './workbench/program.mjs';

/** `script` in package.json; `counts` is the name of what it leaves in `out/results`. */
const stages = [
  { title: 'Format and lint', script: 'lint', counts: null },
  { title: 'Types', script: 'types', counts: null },
  { title: 'Unit tests', script: 'test:unit', counts: 'unit' },
  { title: 'Tests of every concurrency model', script: 'test:models', counts: 'models' },
  { title: 'Tests inside the extension host', script: 'test:workbench', counts: 'workbench' },
  { title: 'Tests on the screen', script: 'test:e2e', counts: 'e2e' },
];

const results = path.join(project, 'out/results');
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const summary = [];

announce('Set-up');
await installDependencies();
process.env.CHROMIUM_PATH = await findChromium();
await installCodeServer('newest');
rmSync(results, { recursive: true, force: true });

for (const { title, script, counts } of stages) {
  announce(title);
  const started = Date.now();
  const { status } = spawnSync(npm, ['run', '--silent', script], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  const counted = counts === null ? null : read(counts);
  total.passed += counted?.passed ?? 0;
  total.skipped += counted?.skipped ?? 0;
  // A stage that fails without a failed test, as one that cannot start, is a failure all the same.
  total.failed += counted?.failed || (status === 0 && (counts === null || counted !== null) ? 0 : 1);
  const told = counted === null ? '' : `, ${counted.passed} passed, ${counted.failed} failed`;
  const seconds = Math.round((Date.now() - started) / 1000);
  summary.push(`${status === 0 ? 'ok    ' : 'FAILED'} ${title}${told} (${seconds} s)`);
}

announce('Summary');
console.log(summary.join('\n'));
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** @param {string} title */
function announce(title) {
  console.log(`\n=== ${title}`);
}

/**
 * @param {string} name
 * @returns {{ passed: number, failed: number, skipped: number } | null} null if the stage did not come so far
 */
function read(name) {
  const file = path.join(results, `${name}.json`);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  return text === '' ? null : JSON.parse(text);
}
