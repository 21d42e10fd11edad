// What a clean clone needs first. Only Node's own modules here: there may be no others yet.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { thisPlatform } from '../../scripts/koffi.mjs';
import { project } from '../project.mjs';
import { npm, run } from './program.mjs';

/** Installs the development dependencies unless those of the lock file are there already. */
export async function installDependencies() {
  // npm writes this file at the end of an installation.
  const installed = path.join(project, 'node_modules/.package-lock.json');
  const wanted = path.join(project, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  await run('Installing the development dependencies', npm, ['ci', '--no-audit', '--no-fund'], {
    cwd: project,
  });
}

/**
 * Packages the extension as it would be published.
 *
 * @returns {Promise<string>} path of the package
 */
export async function packageExtension() {
  await run('Packaging the extension', npm, ['run', 'package'], { cwd: project });
  return path.join(project, `spark-${thisPlatform() ?? 'universal'}.vsix`);
}
