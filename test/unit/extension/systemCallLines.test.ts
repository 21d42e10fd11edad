import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  breakableCalls,
  callsOf,
  linesOf,
  systemCallSource,
} from '../../../src/extension/systemCallLines.ts';
import { project } from '../../project.mjs';

const source = readFileSync(path.join(project, systemCallSource), 'utf8');

for (const platform of ['linux', 'darwin', 'win32'] as const) {
  test(`every call that can be broken on is issued in the source, on ${platform}`, () => {
    for (const call of callsOf(platform)) {
      assert.ok(linesOf(source, call, platform).length > 0, call.name);
    }
  });
}

test('every call that the source issues can be broken on, or is known not to be worth it', () => {
  const issued = new Set([...source.matchAll(/\bthis\.native\.(\w+)\(/g)].map(([, name]) => name));
  for (const { name, functions } of breakableCalls) {
    for (const function_ of functions ?? [name]) issued.delete(function_);
  }
  const others = ['errno', 'getsockopt', 'getpeername', 'fcntl', 'ioctlsocket', 'eventfd', 'read', 'write'];
  assert.deepEqual(
    [...issued].filter((name) => !others.includes(name)),
    [],
  );
});

test('listen is issued on one line, after that of bind', () => {
  const line = (name: string) => linesOf(source, { name }, 'linux');
  assert.equal(line('listen').length, 1);
  assert.ok(line('bind')[0] < line('listen')[0]);
});
