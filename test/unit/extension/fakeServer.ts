import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Writes a program that stands in for the server's: `body` is JavaScript that runs for each message it gets, as
 * `message`, with `send(reply)` to answer.
 */
export function fakeServer(body: string): { script: string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-fake-'));
  const script = path.join(folder, 'server.cjs');
  const program = [
    'const send = (message) => process.send(message);',
    `process.on('message', (message) => { ${body} });`,
    `process.on('disconnect', () => process.exit());`,
  ];
  writeFileSync(script, program.join('\n'));
  return { script, remove: () => rmSync(folder, { recursive: true }) };
}
