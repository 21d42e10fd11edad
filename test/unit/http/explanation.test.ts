import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  type Explanation,
  explainField,
  explainMethod,
  explainStatus,
} from '../../../src/http/explanations/explanation.ts';
import { fieldRows } from '../../../src/http/explanations/fields.ts';
import { mdnFields } from '../../../src/http/explanations/mdnPages.ts';
import { methodRows } from '../../../src/http/explanations/methods.ts';
import { statusRows } from '../../../src/http/explanations/statuses.ts';
import { ruleSource, rules } from '../../../src/http/rules.ts';
import { isTrustedLink } from '../../../src/http/trustedLinks.ts';
import { project } from '../../project.mjs';

const registered = (file: string) =>
  readFileSync(path.join(project, 'test/fixtures/registries', file), 'utf8')
    .trim()
    .split(/\s+/);

const registries: readonly [string, (name: string) => Explanation | null][] = [
  ['fieldNames.txt', explainField],
  ['methods.txt', explainMethod],
  ['statusCodes.txt', (code) => explainStatus(Number(code))],
];

for (const [file, explain] of registries) {
  test(`everything registered in ${file} is explained`, () => {
    const names = registered(file);
    assert.ok(names.length > 30);
    assert.deepEqual(
      names.filter((name) => explain(name)?.name !== name),
      [],
    );
  });
}

test('each explanation is one thing said once, in a sentence or two, with its source', () => {
  const rows = [...methodRows, ...statusRows, ...fieldRows];
  const sentences = rows.map(([, , sentence]) => sentence);
  assert.deepEqual(
    sentences.filter((sentence) => !/^[A-Z].{10,}\.$/.test(sentence) || sentence.length > 140),
    [],
  );
  assert.deepEqual(
    rows.filter(([, source]) => !/^(\d+(#([1-9][\d.]*|[A-Z][\d.]*))?|[A-Z][\w .()-]+)$/.test(source)),
    [],
  );
  for (const table of [methodRows, statusRows, fieldRows]) {
    const names = table.map(([name]) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length);
  }
});

test('every link can be opened', () => {
  const explained = [
    ...methodRows.map(([name]) => explainMethod(name)),
    ...statusRows.map(([name]) => explainStatus(Number(name))),
    ...fieldRows.map(([name]) => explainField(name)),
  ];
  const urls = [
    ...explained.flatMap((explanation) => explanation?.links ?? []).map(({ url }) => url),
    ...Object.values(rules).map((rule) => ruleSource(rule).url),
  ];
  assert.ok(urls.length > 300);
  assert.deepEqual(
    urls.filter((url) => !isTrustedLink(url)),
    [],
  );
});

test('a field is found in any case, a method in its own only', () => {
  assert.equal(explainField('content-LENGTH')?.name, 'Content-Length');
  assert.deepEqual(explainField('ETag')?.links, [
    { name: 'RFC 9110 section 8.8.3', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3' },
    { name: 'MDN', url: 'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/ETag' },
  ]);
  assert.equal(explainMethod('get'), null);
  assert.equal(explainField('x-nobody-knows'), null);
});

test('an unregistered status says what its class says', () => {
  assert.match(explainStatus(299)?.sentence ?? '', /^Not a registered status code\. .*accepted/);
  assert.equal(explainStatus(999), null);
});

test('common fields have their page on MDN', () => {
  for (const name of ['etag', 'host', 'cookie', 'content-type']) assert.ok(mdnFields.has(name));
});
