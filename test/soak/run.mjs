// npm run test:soak [-- --minutes 10 --clients 24 --model eventLoop --sockets auto]
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundlePrograms } from '../programs.mjs';
import { project } from '../project.mjs';

const folder = path.join(project, 'out', 'soak', String(process.pid));
try {
  await bundlePrograms(folder);
  const soak = path.join(folder, 'soak.mjs');
  await build({
    absWorkingDir: project,
    entryPoints: ['test/soak/soak.ts'],
    outfile: soak,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  const { runSoak } = await import(pathToFileURL(soak).href);
  process.exitCode = await runSoak(path.join(folder, 'cli.js'), process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
