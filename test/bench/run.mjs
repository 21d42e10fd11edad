// npm run bench [-- words and options]: bundles the benchmark and runs it. `--help` says more.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { project } from '../project.mjs';

const folder = path.join(project, 'out/bench', String(process.pid));
const sources = path.join(project, 'test/bench');
try {
  await build({
    absWorkingDir: project,
    entryPoints: {
      bench: path.join(sources, 'bench.ts'),
      fixedAnswer: path.join(sources, 'servers/fixedAnswer.ts'),
      peer: path.join(sources, 'servers/peer.ts'),
      sparkHost: path.join(sources, 'servers/sparkHost.ts'),
      // Built as the extension's server is.
      server: path.join(project, 'src/server/main.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode', 'koffi'],
    sourcemap: true,
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(path.join(folder, 'bench.cjs')).href);
  process.exitCode = await main(process.argv.slice(2), { project, bundles: folder });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
