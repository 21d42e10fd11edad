// Bundles what runs into dist/: the extension, the server it forks, the command line, the scripts of its pages.
// node esbuild.mjs [--production] [--watch]
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { build, context } from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = { bundle: true, sourcemap: true, sourcesContent: false, logLevel: 'warning', outdir: 'dist' };

/** @type {import('esbuild').BuildOptions} */
const forNode = { ...common, platform: 'node', target: 'node20', format: 'cjs' };

const pages = ['src/inspector/inspector.ts', 'src/inspector/preview.ts'];

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  { ...forNode, entryPoints: ['src/extension/extension.ts'], external: ['vscode'], minify: production },
  // Never minified: it is what users step through.
  { ...forNode, entryPoints: { server: 'src/server/main.ts', cli: 'src/cli.ts' } },
  {
    ...common,
    platform: 'browser',
    target: 'chrome132',
    format: 'iife',
    entryPoints: pages.filter((page) => existsSync(page)),
    minify: production,
  },
];

if (production) rmSync('dist', { recursive: true, force: true });
if (watch) {
  for (const bundle of bundles) {
    const watched = await context({ ...bundle, logLevel: 'info' });
    await watched.watch();
  }
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
  chmodSync('dist/cli.js', 0o755);
}
