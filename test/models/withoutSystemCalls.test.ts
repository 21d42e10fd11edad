import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Command } from '../unit/cli/commandLine.ts';
import { Site } from './recordedServer.ts';

/** The command line where koffi, which brings the system calls, is not installed. */
describe('without system calls', () => {
  let site: Site;
  const running: ChildProcess[] = [];
  before(async () => {
    site = await Site.make();
    rmSync(path.join(site.programs, 'node_modules'));
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  after(() => site.dispose());

  function run(...flags: readonly string[]): Command {
    const cli = path.join(site.programs, 'cli.js');
    const child = spawn(process.execPath, [cli, site.root, '--port', '0', ...flags], { stdio: 'pipe' });
    running.push(child);
    return new Command(child);
  }

  for (const model of ['iterative', 'threads']) {
    test(`${model} cannot start, and says what to choose instead`, async () => {
      const command = run('--model', model);
      assert.equal((await command.exit()).code, 1);
      assert.match(command.errors, /^spark: [^\n]*--model[^\n]*\n$/);
      assert.match(command.errors, /eventLoop or processes/);
    });
  }
});
