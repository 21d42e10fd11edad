// Runs programs for the set-up: quiet unless they fail, but never silent for long.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends the programs that `run` is waiting for. */
export function endPrograms() {
  for (const program of running) program.kill();
}

/**
 * Runs a program to its end; what it wrote is shown only if it fails.
 *
 * @param {string} what told to the user: what is being done
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it wrote to standard output and standard error
 * @throws if it cannot be started or fails
 */
export async function run(what, command, args, options = {}) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.log(`${what} ...`);
  const reminder = setInterval(() => console.log(`  still at it after ${seconds()}`), 15_000);
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Node starts .cmd files, which npm is on Windows, through a shell only.
      shell: process.platform === 'win32' && command.endsWith('.cmd'),
      ...options,
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const [code, signal] = await once(child, 'close');
    if (code !== 0) {
      const reason = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`;
      throw new Error(`${output}\n${path.basename(command)} ${args.join(' ')} ${reason}`);
    }
    return output;
  } finally {
    clearInterval(reminder);
  }
}

export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
