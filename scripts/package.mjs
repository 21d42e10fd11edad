// Packages the extension: node scripts/package.mjs [--all]
// Without --all: for this machine's platform, into spark-<platform>.vsix; else for each, and one for all other platforms,
// without koffi, into spark-universal.vsix.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { project } from '../test/project.mjs';
import { run } from '../test/workbench/program.mjs';
import { copyKoffi, installKoffi, platforms, thisPlatform } from './koffi.mjs';

/**
 * The sources in the package are for reading and stepping. An editor checks no types in them: those of Node are not
 * there.
 */
const sourcesConfiguration = {
  compilerOptions: {
    target: 'ES2023',
    module: 'preserve',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    noEmit: true,
    noCheck: true,
    types: [],
  },
};

await run('Building for release', process.execPath, ['esbuild.mjs', '--production'], { cwd: project });
const stage = mkdtempSync(path.join(os.tmpdir(), 'spark-package-'));
try {
  await fillStage();
  const all = /** @type {import('./koffi.mjs').PlatformName[]} */ (Object.keys(platforms));
  for (const target of process.argv.includes('--all') ? [...all, null] : [thisPlatform()]) {
    await packageFor(target);
  }
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** Copies what .vscodeignore leaves, so that the clone's own koffi and settings stay as they are. */
async function fillStage() {
  const files = await listFiles({ cwd: project, packageManager: PackageManager.None });
  for (const file of files) cpSync(path.join(project, file), path.join(stage, file));
  writeFileSync(path.join(stage, 'src/tsconfig.json'), JSON.stringify(sourcesConfiguration, null, 2));
  // All that is there is wanted.
  writeFileSync(path.join(stage, '.vscodeignore'), '');
  const manifest = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
  const { devDependencies: _1, dependencies: _2, scripts: _3, ...shipped } = manifest;
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify(shipped, null, 2));
}

/** @param {import('./koffi.mjs').PlatformName | null} target null: any, without koffi */
async function packageFor(target) {
  const koffi = path.join(stage, 'dist/koffi');
  rmSync(koffi, { recursive: true, force: true });
  if (target !== null && !copyKoffi(target, await installKoffi(target), koffi)) {
    throw new Error(`The package of koffi has no binary for ${target}.`);
  }
  const packagePath = path.join(project, `spark-${target ?? 'universal'}.vsix`);
  await createVSIX({
    cwd: stage,
    packagePath,
    ...(target === null ? {} : { target }),
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}
