import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './program.mjs';

/** Settings that leave nothing on the screen but the workbench itself. */
export const calm = {
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
};

/**
 * A running code-server with folders of its own below the system's temporary folder.
 */
export class CodeServer {
  #program;
  #folder;

  /**
   * @param {string} address such as `http://127.0.0.1:41234`
   * @param {import('node:child_process').ChildProcess} program
   * @param {string} folder removed when it ends
   */
  constructor(address, program, folder) {
    /** Where the workbench is served. */
    this.address = address;
    this.#program = program;
    this.#folder = folder;
  }

  /**
   * @param {import('./install.mjs').CodeServer} installed
   * @param {{ extensions?: string, settings?: Record<string, unknown>, runsSuite?: boolean, restricted?: boolean }} [options]
   *   `extensions`: folder of installed extensions, else an empty one; `runsSuite`: for tests inside the extension host; `restricted`: folders
   *   are not trusted
   * @returns {Promise<CodeServer>} once it can be opened
   */
  static async start(installed, options = {}) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-workbench-'));
    mkdirSync(path.join(folder, 'data/User'), { recursive: true });
    writeFileSync(
      path.join(folder, 'data/User/settings.json'),
      JSON.stringify({ ...calm, ...options.settings }, null, 2),
    );
    const program = spawn(
      installed.node,
      [
        installed.entry,
        ...['--auth', 'none'],
        ...['--bind-addr', '127.0.0.1:0'],
        '--disable-telemetry',
        '--disable-update-check',
        ...(options.restricted ? [] : ['--disable-workspace-trust']),
        ...['--user-data-dir', path.join(folder, 'data')],
        ...['--extensions-dir', options.extensions ?? path.join(folder, 'extensions')],
        ...['--config', path.join(folder, 'config.yaml')],
        // 1.139 looks for tests in the address only so; but then it shows no notifications either.
        ...(options.runsSuite && installed.name === 'newest'
          ? ['--vscode-option', 'enable-smoke-test-driver']
          : []),
      ],
      {
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group of its own, so that what it starts ends with it.
        detached: true,
      },
    );
    // Whatever way this process exits, that one does not stay.
    process.once('exit', () => signalGroup(program, 'SIGKILL'));
    const address = await addressOf(program);
    return new CodeServer(address, program, folder);
  }

  /**
   * @param {string} folder absolute path of a folder, or of a file `*.code-workspace`
   * @param {Record<string, string>} [payload] what the workbench is told, by VS Code's names; paths are absolute
   * @returns {string} the address that opens the workbench on a folder
   */
  addressOf(folder, payload = {}) {
    const remote = `vscode-remote://${new URL(this.address).host}`;
    const told = Object.entries(payload).map(([name, value]) => [
      name,
      value.startsWith('/') ? remote + value : value,
    ]);
    const query = new URLSearchParams({
      [folder.endsWith('.code-workspace') ? 'workspace' : 'folder']: folder,
      payload: JSON.stringify([...told, ['skipWelcome', 'true']]),
    });
    return `${this.address}/?${query}`;
  }

  /** Folder of settings, and of what extensions keep. */
  get data() {
    return path.join(this.#folder, 'data');
  }

  /** Settled when code-server has ended, for whatever reason. */
  get ended() {
    return ended(this.#program);
  }

  /** Ends it and all that it started, and removes its folders. */
  async stop() {
    await endGroup(this.#program);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Installs a packaged extension as a user does.
 *
 * @param {import('./install.mjs').CodeServer} installed
 * @param {string} vsix
 * @param {string} extensions the folder of installed extensions
 */
export async function installExtension(installed, vsix, extensions) {
  const data = mkdtempSync(path.join(os.tmpdir(), 'spark-install-'));
  try {
    return await run(
      `Installing ${path.basename(vsix)} into the workbench`,
      installed.node,
      [
        installed.entry,
        ...['--install-extension', vsix],
        ...['--extensions-dir', extensions],
        ...['--user-data-dir', data],
        ...['--config', path.join(data, 'config.yaml')],
      ],
      { env: environment() },
    );
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Ours, without what a VS Code around us has put there: code-server would talk to that one. */
function environment() {
  const foreign = /^(VSCODE_|ELECTRON_RUN_AS_NODE|CODE_SERVER_|PASSWORD$|HASHED_PASSWORD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/**
 * @param {import('node:child_process').ChildProcess} program
 * @returns {Promise<string>}
 */
function addressOf(program) {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (/** @type {Buffer} */ bytes) => {
      output += bytes;
      const found = /HTTP server listening on (http:\/\/[^\s/]+)/.exec(output);
      if (found === null) return;
      resolve(found[1]);
      // From here on it is read only so that code-server can go on writing.
      for (const stream of [program.stdout, program.stderr]) stream?.removeAllListeners('data').resume();
    };
    program.stdout?.on('data', read);
    program.stderr?.on('data', read);
    program.once('error', reject);
    program.once('exit', (code) => reject(new Error(`code-server ended with ${code}:\n${output}`)));
  });
}

/** @param {import('node:child_process').ChildProcess} program */
function ended(program) {
  if (program.exitCode !== null || program.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => program.once('exit', () => resolve(undefined)));
}

/** @param {import('node:child_process').ChildProcess} program */
async function endGroup(program) {
  signalGroup(program, 'SIGTERM');
  const force = setTimeout(() => signalGroup(program, 'SIGKILL'), 3000);
  await ended(program);
  clearTimeout(force);
  // Its children may outlive it for a moment; they write nothing that anybody needs.
  signalGroup(program, 'SIGKILL');
}

/**
 * @param {import('node:child_process').ChildProcess} program
 * @param {NodeJS.Signals} signal
 */
function signalGroup({ pid }, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone: nothing is left to end.
  }
}
