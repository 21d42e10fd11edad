// The module koffi, which calls the C library: its loader, and the binary for one platform.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { project } from '../test/project.mjs';
import { npm, run } from '../test/workbench/program.mjs';

/**
 * VS Code's name of a platform, what npm calls its system and processor, and where koffi's package has its binary. The
 * package for Linux holds one for the GNU C library and one for musl, which Alpine has.
 *
 * @satisfies {Record<string, { os: string, cpu: string, binary: string }>}
 */
export const platforms = {
  'linux-x64': { os: 'linux', cpu: 'x64', binary: 'linux_x64' },
  'linux-arm64': { os: 'linux', cpu: 'arm64', binary: 'linux_arm64' },
  'alpine-x64': { os: 'linux', cpu: 'x64', binary: 'musl_x64' },
  'darwin-x64': { os: 'darwin', cpu: 'x64', binary: 'darwin_x64' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64', binary: 'darwin_arm64' },
  'win32-x64': { os: 'win32', cpu: 'x64', binary: 'win32_x64' },
  'win32-arm64': { os: 'win32', cpu: 'arm64', binary: 'win32_arm64' },
};

/** @typedef {keyof typeof platforms} PlatformName */

/** @returns {PlatformName | null} null where there is no binary for this machine */
export function thisPlatform() {
  const { glibcVersionRuntime } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  ).header;
  const isMusl = process.platform === 'linux' && glibcVersionRuntime === undefined;
  const name = `${isMusl ? 'alpine' : process.platform}-${process.arch}`;
  return name in platforms ? /** @type {PlatformName} */ (name) : null;
}

/** Where the loader lies in koffi's package, and in the copy. It looks for the binary beside itself only. */
const loader = 'src/koffi/indirect.cjs';

/**
 * Has `koffi` in the bundles mean the copy beside them: it is found in a clone and in the package alike, where there is
 * no node_modules.
 *
 * @type {import('esbuild').Plugin}
 */
export const koffiBesideTheBundle = {
  name: 'koffi',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi', namespace: 'koffi' }));
    onLoad({ filter: /.*/, namespace: 'koffi' }, () => ({
      contents: `module.exports = require('./koffi/${loader}');`,
    }));
    onResolve({ filter: /^\.\/koffi\// }, ({ path: file }) => ({ path: file, external: true }));
  },
};

/**
 * Copies the loader and the binary for a platform.
 *
 * @param {PlatformName} name
 * @param {string} modules the node_modules in which koffi is installed for the platform
 * @param {string} folder where the copy shall be; what was there goes
 * @returns {boolean} whether koffi is installed for the platform
 */
export function copyKoffi(name, modules, folder) {
  const { os, cpu, binary } = platforms[name];
  const from = path.join(modules, `@koromix/koffi-${os}-${cpu}`, binary, 'koffi.node');
  rmSync(folder, { recursive: true, force: true });
  if (!existsSync(from)) return false;
  const copies = [
    [from, `build/koffi/${binary}/koffi.node`],
    [path.join(modules, 'koffi', loader), loader],
    [path.join(modules, 'koffi/LICENSE.txt'), 'LICENSE.txt'],
  ];
  for (const [source, target] of copies) cpSync(source, path.join(folder, target));
  return true;
}

/**
 * Installs koffi for a platform into a folder of its own, at the version of the lock file: npm refuses what has not
 * the checksum that stands there.
 *
 * @param {PlatformName} name
 * @returns {Promise<string>} the node_modules that it is in
 */
export async function installKoffi(name) {
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8'));
  const { version } = lock.packages['node_modules/koffi'];
  const folder = path.join(project, 'out/koffi');
  const finished = path.join(folder, `${version}-${name}`);
  if (!existsSync(finished)) {
    mkdirSync(folder, { recursive: true });
    const unfinished = mkdtempSync(path.join(folder, 'unfinished-'));
    try {
      writeJson(path.join(unfinished, 'package.json'), { private: true, dependencies: { koffi: version } });
      writeJson(path.join(unfinished, 'package-lock.json'), onlyKoffi(lock));
      const { os, cpu } = platforms[name];
      const args = ['ci', '--ignore-scripts', '--os', os, '--cpu', cpu, '--no-audit', '--no-fund'];
      await run(`Installing koffi ${version} for ${name}`, npm, args, { cwd: unfinished });
      if (!existsSync(finished)) renameSync(unfinished, finished);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return path.join(finished, 'node_modules');
}

/**
 * @param {{ lockfileVersion: number, packages: Record<string, unknown> }} lock
 * @returns {unknown} the same for a project that needs koffi only
 */
function onlyKoffi({ lockfileVersion, packages }) {
  const wanted = Object.entries(packages).filter(([name]) => /^node_modules\/(koffi$|@koromix\/)/.test(name));
  const { version } = /** @type {{ version: string }} */ (packages['node_modules/koffi']);
  return {
    lockfileVersion,
    requires: true,
    packages: { '': { dependencies: { koffi: version } }, ...Object.fromEntries(wanted) },
  };
}

/**
 * @param {string} file
 * @param {unknown} content
 */
function writeJson(file, content) {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}
