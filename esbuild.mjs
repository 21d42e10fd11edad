// Bundles what runs into dist/: the extension, the server it forks, the command line, the scripts of its pages.
// node esbuild.mjs [--production] [--watch]
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, context, transform } from 'esbuild';
import { copyKoffi, koffiBesideTheBundle, thisPlatform } from './scripts/koffi.mjs';
import { oneVsCode } from './scripts/oneVsCode.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

let underway = 0;

/**
 * Says when all is built: `.vscode/tasks.json` waits for these words.
 *
 * @type {import('esbuild').Plugin}
 */
const progress = {
  name: 'progress',
  setup({ onStart, onEnd }) {
    onStart(() => {
      if (underway++ === 0) console.log('Building dist ...');
    });
    onEnd(() => {
      if (--underway === 0) console.log('Built dist.');
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  outdir: 'dist',
  plugins: [progress],
};

/** What is minified has no source map in the package: nobody steps through it. */
const forRelease = production ? { minify: true, sourcemap: false } : {};

/** @type {import('esbuild').BuildOptions} */
const forNode = { ...common, platform: 'node', target: 'node20', format: 'cjs' };

/**
 * Writes the pieces of a split bundle as CommonJS: those that are imported as needed are loaded as needed.
 *
 * @type {import('esbuild').Plugin}
 */
const asCommonJs = {
  name: 'as-commonjs',
  setup({ onEnd }) {
    onEnd(async ({ outputFiles = [] }) => {
      mkdirSync('dist', { recursive: true });
      for (const left of readdirSync('dist').filter((name) => /^extension(-.*)?\.js(\.map)?$/.test(name))) {
        rmSync(path.join('dist', left));
      }
      for (const { path: file, text } of outputFiles) {
        const name = path.basename(file);
        const { code, map } = await transform(text, {
          format: 'cjs',
          platform: 'node',
          target: 'node20',
          supported: { 'dynamic-import': false },
          sourcefile: name,
          sourcesContent: false,
          sourcemap: production ? false : 'external',
          minify: production,
        });
        writeFileSync(file, production ? code : `${code}//# sourceMappingURL=${name}.map\n`);
        if (!production) writeFileSync(`${file}.map`, map);
      }
    });
  },
};

/** Runs in previewed pages; its name is part of their source. */
const live = { live: 'src/live/live.ts', liveWorker: 'src/live/worker.ts', liveXml: 'src/live/xmlView.ts' };

const pages = {
  inspector: 'src/inspector/inspector.ts',
  send: 'src/inspector/send/send.ts',
};
/** Its text is written into a document, where no map lies beside it. */
const inlinePage = { preview: 'src/inspector/preview/preview.ts' };
const stylesheets = ['src/inspector/styles/inspector.css', 'src/inspector/styles/send.css'];

/**
 * What makes certificates is large, mostly not needed, and nobody's to step through: a file of its own, loaded when one is
 * made.
 *
 * @type {import('esbuild').Plugin}
 */
const certificatesBesideTheBundle = {
  name: 'certificates',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(reflect-metadata|@peculiar\/x509)$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'certificates',
    }));
    onLoad({ filter: /.*/, namespace: 'certificates' }, () => ({
      contents: "module.exports = require('./certificates.js');",
    }));
    onResolve({ filter: /^\.\/certificates\.js$/ }, ({ path: file }) => ({ path: file, external: true }));
  },
};

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...forNode,
    // Only modules can be split; `asCommonJs` makes what VS Code's extension host loads of them.
    format: 'esm',
    splitting: true,
    write: false,
    sourcemap: forRelease.sourcemap === false ? false : 'inline',
    minify: production,
    entryPoints: ['src/extension/extension.ts'],
    chunkNames: 'extension-[name]-[hash]',
    plugins: [progress, oneVsCode, asCommonJs],
  },
  { ...forNode, entryPoints: ['src/capture/importWorker.ts'], ...forRelease },
  // Never minified: it is what users step through.
  // koffi brings a binary, and is not there on every machine: it is loaded when it is needed, or not at all.
  {
    ...forNode,
    entryPoints: { server: 'src/server/main.ts', worker: 'src/server/worker.ts', cli: 'src/cli.ts' },
    plugins: [progress, koffiBesideTheBundle, certificatesBesideTheBundle],
  },
  {
    ...forNode,
    stdin: {
      contents: "import 'reflect-metadata'; export * from '@peculiar/x509';",
      resolveDir: process.cwd(),
    },
    outdir: undefined,
    outfile: 'dist/certificates.js',
    minify: true,
    sourcemap: false,
  },
  {
    ...common,
    platform: 'browser',
    target: 'chrome132',
    format: 'iife',
    entryPoints: pages,
    ...forRelease,
  },
  {
    ...common,
    platform: 'browser',
    target: 'chrome132',
    format: 'iife',
    entryPoints: inlinePage,
    sourcemap: 'inline',
    sourcesContent: true,
    ...forRelease,
  },
  {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: live,
    sourcemap: false,
    ...forRelease,
  },
  { ...common, target: 'chrome132', entryPoints: stylesheets, ...forRelease },
];

if (production) rmSync('dist', { recursive: true, force: true });
const platform = thisPlatform();
if (platform !== null) copyKoffi(platform, 'node_modules', 'dist/koffi');
if (watch) {
  const contexts = await Promise.all(bundles.map((bundle) => context(bundle)));
  await Promise.all(contexts.map((watched) => watched.watch()));
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
  chmodSync('dist/cli.js', 0o755);
}
