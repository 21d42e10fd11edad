// Bundles the server's programs as they ship, into a folder of a test's own.
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { project } from './project.mjs';

/**
 * Leaves `server.js`, `cli.js` and `worker.js` in a folder, with what they load beside them.
 *
 * @param {string} folder
 */
export async function bundlePrograms(folder) {
  await build({
    absWorkingDir: project,
    entryPoints: { server: 'src/server/main.ts', cli: 'src/cli.ts', worker: 'src/server/worker.ts' },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['koffi', '@peculiar/x509', 'reflect-metadata'],
    logLevel: 'warning',
  });
  symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
}
