// npm run bench:inspector [-- --runs N]: measures the inspector's list, and writes its section of docs/benchmarks.md.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { project } from '../project.mjs';

const bundle = path.join(project, 'out/bench', `${process.pid}.mjs`);
try {
  await build({
    absWorkingDir: project,
    entryPoints: ['test/bench/inspectorList.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(bundle).href);
  await main(process.argv.slice(2));
} finally {
  rmSync(bundle, { force: true });
  rmSync(`${bundle}.map`, { force: true });
}
