import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { project } from '../../project.mjs';
import { rulesDocument } from './rulesDocument.ts';

test('docs/rules.md says what the table of rules says', () => {
  const written = readFileSync(path.join(project, 'docs', 'rules.md'), 'utf8');
  assert.equal(written, rulesDocument(), 'It is out of date: npm run docs writes it anew.');
});
