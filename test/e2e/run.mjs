// node test/e2e/run.mjs [--pictures] [words of which a test's path must contain one] [flags for node --test]
// --pictures: makes the README's pictures anew.
// Packages the extension, installs it as a user does, and runs the tests on the screen.
import { runNodeTests } from '../nodeTests.mjs';
import { findChromium } from '../workbench/chromium.mjs';
import { withPackagedExtension } from '../workbench/packaged.mjs';

const args = process.argv.slice(2);
if (args.includes('--pictures')) process.env.UPDATE_PICTURES = '1';
process.env.CHROMIUM_PATH = await findChromium();
process.exitCode = await withPackagedExtension((extensions) => {
  process.env.SPARK_EXTENSIONS = extensions;
  // One workbench at a time: it is a heavy thing.
  return runNodeTests('e2e', ['--test-concurrency=1', ...args.filter((arg) => arg !== '--pictures')]);
});
