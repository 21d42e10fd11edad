// npm run bench:activation [-- --runs N]: measures Spark's activation and its first page in a real workbench, and writes
// their section of docs/benchmarks.md.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { project } from '../project.mjs';
import { findChromium } from '../workbench/chromium.mjs';
import { installExtension } from '../workbench/codeServer.mjs';
import { installCodeServer } from '../workbench/install.mjs';
import { withPackagedExtension } from '../workbench/packaged.mjs';

const folder = path.join(project, 'out/bench', String(process.pid));
process.env.CHROMIUM_PATH = await findChromium();
// So that no workbench outlives a run that is broken off.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  const common = {
    absWorkingDir: project,
    bundle: true,
    platform: /** @type {const} */ ('node'),
    target: 'node20',
    logLevel: /** @type {const} */ ('warning'),
  };
  await build({
    ...common,
    entryPoints: ['test/bench/activation/activation.ts'],
    outfile: path.join(folder, 'activation.mjs'),
    format: 'esm',
    packages: 'external',
    sourcemap: true,
  });
  // An extension of its own, which measures the other from inside the extension host.
  await build({
    ...common,
    entryPoints: ['test/bench/activation/meter.ts'],
    outfile: path.join(folder, 'meter/meter.js'),
    format: 'cjs',
    external: ['vscode'],
  });
  writeFileSync(
    path.join(folder, 'meter/package.json'),
    JSON.stringify({
      name: 'spark-meter',
      publisher: 'spark',
      version: '0.0.0',
      engines: { vscode: '^1.100.0' },
      extensionKind: ['workspace'],
      activationEvents: ['onStartupFinished'],
      main: './meter.js',
      contributes: {
        configuration: { properties: { 'sparkMeter.folder': { type: 'string', default: '' } } },
      },
    }),
  );
  const vsix = path.join(folder, 'meter.vsix');
  await createVSIX({
    cwd: path.join(folder, 'meter'),
    packagePath: vsix,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  const { main } = await import(pathToFileURL(path.join(folder, 'activation.mjs')).href);
  await withPackagedExtension(async (/** @type {string} */ extensions) => {
    await installExtension(await installCodeServer('newest'), vsix, extensions);
    await main(process.argv.slice(2), extensions);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
