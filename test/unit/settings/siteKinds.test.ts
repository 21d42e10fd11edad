import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind } from '../../../src/settings/kinds.ts';
import { siteOptions } from '../../../src/settings/siteOptions.ts';

const { mounts, headers, cors, spaFallback, charset } = siteOptions;

/** From the command line and from settings.json: `undefined` for a value that is refused. */
function readings<Value>(kind: Kind<Value>, texts: string[], json: unknown): unknown[] {
  return [kind.fromTexts(texts), kind.fromJson(json)].map((reading) =>
    'value' in reading ? reading.value : undefined,
  );
}

function both(value: unknown): unknown[] {
  return [value, value];
}

test('Mounts', () => {
  const read = (texts: string[], json: unknown) => readings(mounts.kind, texts, json);
  assert.deepEqual(
    read(['/lib/=../lib', '/a/b=/c=d'], { '/lib/': '../lib', '/a/b': '/c=d' }),
    both([
      { prefix: '/lib', folder: '../lib' },
      { prefix: '/a/b', folder: '/c=d' },
    ]),
  );
  assert.deepEqual(read([], {}), both([]));
  assert.deepEqual(read(['lib=x'], { lib: 'x' }), both(undefined));
  assert.deepEqual(read(['/=x'], { '/': 'x' }), both(undefined));
  assert.deepEqual(read(['/a/../b=x'], { '/a/../b': 'x' }), both(undefined));
  assert.deepEqual(read(['/lib='], { '/lib': 7 }), both(undefined));
  assert.deepEqual(read(['/lib'], ['/lib']), both(undefined));
});

test('Header fields', () => {
  const read = (texts: string[], json: unknown) => readings(headers.kind, texts, json);
  assert.deepEqual(
    read(['/lib/** Cache-Control: max-age=60'], { '/lib/**': { 'Cache-Control': 'max-age=60' } }),
    both([{ pattern: '/lib/**', fields: [['Cache-Control', 'max-age=60']] }]),
  );
  assert.deepEqual(
    read(['X-One:1'], { '/**': { 'X-One': '1' } }),
    both([{ pattern: '/**', fields: [['X-One', '1']] }]),
  );
  for (const [name, value] of [
    ['Content-Length', '1'],
    ['transfer-encoding', 'chunked'],
    ['ETag', '"a"'],
    ['X One', '1'],
    ['X-One', 'a\r\nInjected: 1'],
    ['X-One', 'ü'],
    ['', '1'],
  ]) {
    assert.deepEqual(
      read([`${name}: ${value}`], { '/**': { [name]: value } }),
      both(undefined),
      `${name}: ${value}`,
    );
  }
  assert.deepEqual(read(['nonsense'], 'nonsense'), both(undefined));
  assert.deepEqual(read(['nonsense'], { 'no-slash': { a: 'b' } }), both(undefined));
  assert.deepEqual(read(['nonsense'], { '/': ['a'] }), both(undefined));
});

test('Origins', () => {
  const read = (list: string[]) => readings(cors.kind, list, list);
  assert.deepEqual(read(['*', 'https://a.example:8080']), both(['*', 'https://a.example:8080']));
  for (const bad of ['a.example', 'https://a.example/', '', 'https://a,b'])
    assert.deepEqual(read([bad]), both(undefined), bad);
  assert.deepEqual(readings(cors.kind, ['null'], '*'), both(undefined));
});

test('The fallback page and the charset', () => {
  assert.deepEqual(
    readings(spaFallback.kind, ['/app/index.html'], ' /app/index.html'),
    both('app/index.html'),
  );
  assert.deepEqual(readings(spaFallback.kind, ['../x'], 7), both(undefined));
  assert.deepEqual(readings(charset.kind, [''], ''), both(''));
  assert.deepEqual(readings(charset.kind, ['a b'], 'utf-8\r\n: x'), both(undefined));
});
