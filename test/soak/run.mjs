// What takes minutes, and so is no part of npm test:
//   npm run test:soak [-- --minutes 10 --clients 24 --model eventLoop]   clients of every kind, for long
//   npm run bench:slowloris                                              what 500 slow clients cost a normal one
//   npm run bench:linear                                                 cost of a byte by the size of what is parsed
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundlePrograms } from '../programs.mjs';
import { project } from '../project.mjs';

const [what = 'soak', ...args] = process.argv.slice(2);
const folder = path.join(project, 'out', 'soak', String(process.pid));
try {
  await bundlePrograms(folder);
  const bundle = path.join(folder, `${what}.mjs`);
  await build({
    absWorkingDir: project,
    entryPoints: [`test/soak/${what}.ts`],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  const { run } = await import(pathToFileURL(bundle).href);
  process.exitCode = await run(path.join(folder, 'cli.js'), args);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
