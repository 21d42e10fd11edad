// Bundles what runs into dist/: the extension, the server it forks, the command line and the inspector's page.
import { build } from 'esbuild';

const common = { bundle: true, sourcemap: true, sourcesContent: false, logLevel: 'warning' };
const forNode = { ...common, platform: 'node', target: 'node20', format: 'cjs' };

await Promise.all([
  build({
    ...forNode,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
  }),
  // Never minified: it is what users step through.
  build({ ...forNode, entryPoints: { server: 'src/server/main.ts', cli: 'src/cli.ts' }, outdir: 'dist' }),
  build({
    ...common,
    platform: 'browser',
    target: 'chrome132',
    format: 'iife',
    entryPoints: ['src/inspector/inspector.ts'],
    outfile: 'dist/inspector.js',
  }),
]);
