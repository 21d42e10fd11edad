import assert from 'node:assert/strict';
import { fstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { lookUp } from '../../../src/site/folder.ts';
import { FileChangedError, represent } from '../../../src/site/representation.ts';

test('A small file that is written to, or cut, while it is read is refused, and closed', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'spark-representation-'));
  try {
    for (const [before, after] of [
      ['one', 'two, and more'],
      ['one', ''],
    ]) {
      writeFileSync(path.join(root, 'a.txt'), before);
      const served = lookUp(root, ['a.txt']);
      assert.ok(served.kind === 'file');
      writeFileSync(path.join(root, 'a.txt'), after);
      const presentation = { type: 'text/plain', coding: null, varies: false };
      assert.throws(() => represent(served, presentation, Date.now()), FileChangedError);
      assert.throws(() => fstatSync(served.file.descriptor), { code: 'EBADF' });
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});
