// Finds a desktop VS Code, and shows the extension in it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { project } from '../project.mjs';

/** The command, and the program that it starts. */
const editions = ['code', 'code-insiders', 'codium'];

const usualPlaces = {
  darwin: ['/Applications', path.join(os.homedir(), 'Applications')].flatMap((folder) =>
    ['Visual Studio Code', 'Visual Studio Code - Insiders', 'VSCodium'].map(
      (name) => `${folder}/${name}.app/Contents/Resources/app/bin/code`,
    ),
  ),
  win32: [
    process.env.LOCALAPPDATA && path.join(process.env.LOCALAPPDATA, 'Programs'),
    process.env.ProgramFiles,
  ]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Microsoft VS Code', 'bin', 'code.cmd')),
  linux: [
    '/usr/share/code/bin/code',
    '/opt/visual-studio-code/bin/code',
    '/snap/code/current/usr/share/code/bin/code',
    '/usr/share/codium/bin/codium',
  ],
};

/** Whether a window can be shown here. */
export function hasDisplay() {
  if (process.env.CI) return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return !process.env.SSH_CONNECTION;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Finds the VS Code of this machine: on PATH, or in its usual place.
 *
 * @returns {string | undefined} path of the program itself, not of the command `code`: that one does not stay
 */
export function findDesktop() {
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const onPath = editions.flatMap((name) => folders.map((folder) => path.join(folder, name + suffix)));
  const usual = Object.entries(usualPlaces).find(([platform]) => platform === process.platform)?.[1] ?? [];
  return [...onPath, ...usual].map(programOf).find((program) => program !== undefined);
}

/**
 * @param {string} command such as `/usr/share/code/bin/code`
 * @returns {string | undefined} the program that it starts, if it is there
 */
function programOf(command) {
  if (!existsSync(command)) return undefined;
  const real = realpathSync(command);
  const home = path.dirname(path.dirname(real));
  const name = path.basename(real, '.cmd');
  const candidates =
    process.platform === 'darwin'
      ? ['Electron', 'Code', 'VSCodium'].map((program) => path.resolve(home, '../../MacOS', program))
      : process.platform === 'win32'
        ? ['Code.exe', 'VSCodium.exe'].map((program) => path.join(home, program))
        : [path.join(home, name)];
  return candidates.find((program) => existsSync(program));
}

/**
 * Opens a window with the extension, beside and apart from those of the user.
 *
 * @param {string} program
 * @param {readonly string[]} toOpen folders and files
 * @param {Record<string, unknown>} settings
 * @returns {{ ended: Promise<void>, stop: () => Promise<void> }}
 */
export function startDesktop(program, toOpen, settings) {
  // Short: macOS allows 103 characters for the socket that VS Code makes in it.
  const data = mkdtempSync(path.join(os.tmpdir(), 'spark-'));
  mkdirSync(path.join(data, 'User'));
  writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify(settings, null, 2));
  const window = spawn(
    program,
    [
      ...toOpen,
      `--extensionDevelopmentPath=${project}`,
      ...['--user-data-dir', data],
      ...['--extensions-dir', path.join(data, 'extensions')],
      '--disable-workspace-trust',
      '--skip-welcome',
      '--skip-release-notes',
      // Chromium refuses its sandbox to root, as in a container.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    { stdio: 'ignore', env: environment() },
  );
  const ended = new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    window.once('error', reject);
    window.once('exit', () => resolve());
  });
  const stop = async () => {
    window.kill();
    await ended;
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { ended, stop };
}

/** Ours, without what a VS Code around us has put there. */
function environment() {
  const foreign = /^(VSCODE_|ELECTRON_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
