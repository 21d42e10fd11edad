import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { WindowFolder } from '../../../src/extension/windowFolder.ts';

const servers = [{ root: '/site', name: 'site', port: 5500 }];

function withStorage(run: (storage: string) => void): void {
  const storage = mkdtempSync(path.join(os.tmpdir(), 'spark-windows-'));
  try {
    run(storage);
  } finally {
    rmSync(storage, { recursive: true });
  }
}

/** The id of a process that has ended. */
function endedProcess(): number {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  assert.ok(pid > 0);
  return pid;
}

/** A folder as a window leaves it whose process is gone. */
function leave(storage: string, name: string, files: Record<string, string>, age = 0): string {
  const folder = path.join(storage, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(folder, file);
    writeFileSync(place, text);
    const time = Date.now() / 1000 - age;
    utimesSync(place, time, time);
  }
  return folder;
}

describe('the folder of a window', () => {
  test('takes over what the newest window left, and removes what older ones did', () => {
    withStorage((storage) => {
      const pid = endedProcess();
      const state = JSON.stringify({ servers, closedAt: 1234 });
      const newest = leave(storage, `${pid}-new`, { 'servers.json': state, 'capture.0': 'bytes' }, 10);
      const older = leave(storage, `${pid}-old`, { 'servers.json': '{}' }, 100);
      const window = new WindowFolder(storage);
      assert.deepEqual(window.claim(), { servers, closedAt: 1234 });
      assert.ok(existsSync(path.join(window.folder, 'capture.0')));
      assert.ok(!existsSync(newest));
      assert.ok(!existsSync(older));
    });
  });

  test('leaves alone what belongs to a window that is open', () => {
    withStorage((storage) => {
      const other = leave(storage, `${process.ppid}-open`, { 'servers.json': JSON.stringify({ servers }) });
      const window = new WindowFolder(storage);
      assert.deepEqual(window.claim(), { servers: [], closedAt: null });
      assert.ok(existsSync(other));
      assert.equal(readdirSync(storage).length, 2);
    });
  });

  test('remembers the servers that ran when it was closed', () => {
    withStorage((storage) => {
      const window = new WindowFolder(storage);
      window.claim();
      window.keep(servers);
      window.close();
      const left: unknown = JSON.parse(readFileSync(path.join(window.folder, 'servers.json'), 'utf8'));
      assert.ok(typeof left === 'object' && left !== null && 'servers' in left && 'closedAt' in left);
      assert.deepEqual(left.servers, servers);
      assert.equal(typeof left.closedAt, 'number');
    });
  });

  test('takes a state that was cut off, or is not its own, for none', () => {
    for (const text of ['{"servers":[{"ro', 'null', '{"servers":[{"root":1}],"closedAt":"x"}']) {
      withStorage((storage) => {
        leave(storage, `${endedProcess()}-gone`, { 'servers.json': text });
        assert.deepEqual(new WindowFolder(storage).claim(), { servers: [], closedAt: null });
      });
    }
  });
});
