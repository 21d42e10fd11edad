// node test/e2e/run.mjs [--pictures] [words of which a test's path must contain one] [flags for node --test]
// --pictures: makes the README's pictures anew.
// Packages the extension, installs it as a user does, and runs the tests on the screen.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runNodeTests } from '../nodeTests.mjs';
import { findChromium } from '../workbench/chromium.mjs';
import { installExtension } from '../workbench/codeServer.mjs';
import { packageExtension } from '../workbench/dependencies.mjs';
import { installCodeServer } from '../workbench/install.mjs';

const args = process.argv.slice(2);
if (args.includes('--pictures')) process.env.UPDATE_PICTURES = '1';
process.env.CHROMIUM_PATH = await findChromium();
const installed = await installCodeServer('newest');
const extensions = mkdtempSync(path.join(os.tmpdir(), 'spark-extensions-'));
try {
  await installExtension(installed, await packageExtension(), extensions);
  process.env.SPARK_EXTENSIONS = extensions;
  // One workbench at a time: it is a heavy thing.
  process.exitCode = await runNodeTests('e2e', [
    '--test-concurrency=1',
    ...args.filter((arg) => arg !== '--pictures'),
  ]);
} finally {
  rmSync(extensions, { recursive: true, force: true });
}
