import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** Why tests that need Wireshark's programs are skipped; false where they are not. */
export const skipWithoutTshark =
  spawnSync('tshark', ['--version']).error !== undefined &&
  'tshark is not installed. Debian and Ubuntu: apt-get install tshark.';

/** Runs one of Wireshark's programs, and returns what it writes. Fails the test where the program fails. */
export function wireshark(program: 'tshark' | 'mergecap', ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}
