import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { run } from './program.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const elsewhere = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Keep it quiet as root and without a network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Finds Chromium; on Debian, as root, installs it where it is missing.
 *
 * @returns {Promise<string>} path of the program
 * @throws naming what to install
 */
export async function findChromium() {
  const found = process.env.CHROMIUM_PATH || chromiumOnPath();
  if (found) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    // A font too: a machine without a screen has none, and pictures of it would show boxes for letters.
    const packages = ['chromium', 'fonts-dejavu-core'];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('Looking up Debian packages', 'apt-get', ['update'], { env });
    await run(
      `Installing ${packages.join(' and ')}`,
      'apt-get',
      ['install', '--yes', '--no-install-recommends', ...packages],
      { env },
    );
    const installed = chromiumOnPath();
    if (installed) return installed;
  }
  throw new Error(
    'The tests on the screen need Chromium, and there is none.\n' +
      'Debian, Ubuntu: sudo apt-get install chromium. Fedora: sudo dnf install chromium. macOS: brew install --cask chromium.\n' +
      'Or set CHROMIUM_PATH to the program.',
  );
}

function chromiumOnPath() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  // Ubuntu's package leaves a script in its place that only asks to install a snap.
  return [...candidates, ...elsewhere].find((file) => isExecutable(file) && answers(file));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
function answers(file) {
  return spawnSync(file, ['--version', '--no-sandbox'], { stdio: 'ignore' }).status === 0;
}
