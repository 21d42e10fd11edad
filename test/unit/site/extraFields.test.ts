import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Response } from '../../../src/http/message.ts';
import { CrossOrigin } from '../../../src/site/crossOrigin.ts';
import { ExtraFields, withVary } from '../../../src/site/extraFields.ts';
import { Mounts } from '../../../src/site/mounts.ts';
import { pathPattern } from '../../../src/site/pathPattern.ts';
import { request } from './request.ts';

const patterns: [pattern: string, path: string, matches: boolean][] = [
  ['/a.js', '/a.js', true],
  ['/a.js', '/aXjs', false],
  ['/*.js', '/a.js', true],
  ['/*.js', '/lib/a.js', false],
  ['/**', '/', true],
  ['/**', '/a/b/c', true],
  ['/**/*.js', '/lib/deep/a.js', true],
  ['/lib/', '/lib/deep/a.js', true],
  ['/lib/', '/library', false],
  ['/?.txt', '/a.txt', true],
  ['/?.txt', '/.txt', false],
  ['/(a|b)+[c]', '/(a|b)+[c]', true],
  ['/(a|b)+[c]', '/abc', false],
  ['/A', '/a', false],
];

for (const [pattern, path, matches] of patterns) {
  test(`${pattern} ${matches ? 'is' : 'is not'} for ${path}`, () =>
    assert.equal(pathPattern(pattern).test(path), matches));
}

function responseWith(...fields: [string, string][]): Response {
  return { status: 200, fields, body: [] };
}

test('Fields are added by path, and take the place of what was there; the later rule holds', () => {
  const extra = new ExtraFields([
    {
      pattern: '/**',
      fields: [
        ['X-All', '1'],
        ['cache-control', 'no-store'],
      ],
    },
    { pattern: '/lib/**', fields: [['Cache-Control', 'max-age=60']] },
  ]);
  const response = responseWith(['Cache-Control', 'no-cache'], ['ETag', '"a"']);
  assert.deepEqual(extra.addedTo(response, '/x').fields, [
    ['ETag', '"a"'],
    ['X-All', '1'],
    ['cache-control', 'no-store'],
  ]);
  assert.deepEqual(extra.addedTo(response, '/lib/x').fields, [
    ['ETag', '"a"'],
    ['X-All', '1'],
    ['Cache-Control', 'max-age=60'],
  ]);
  const none = new ExtraFields([{ pattern: '/y', fields: [['X', '1']] }]);
  assert.equal(none.addedTo(response, '/x'), response);
});

test('What is said of a file is not said of errors and redirects, and Vary only grows', () => {
  const extra = new ExtraFields([
    {
      pattern: '/**',
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Content-Type', 'a/b'],
        ['X-Frame-Options', 'DENY'],
        ['Vary', 'Cookie'],
      ],
    },
  ]);
  const added = (status: number, ...fields: [string, string][]) =>
    Object.fromEntries(extra.addedTo({ status, fields, body: [] }, '/').fields);
  const always = { 'X-Frame-Options': 'DENY', Vary: 'Cookie' };
  assert.deepEqual(added(404), always);
  assert.deepEqual(added(301), always);
  assert.deepEqual(added(200), { ...always, 'Cache-Control': 'max-age=60', 'Content-Type': 'a/b' });
  assert.deepEqual(added(206), { ...always, 'Cache-Control': 'max-age=60' });
  assert.equal(added(206, ['Content-Range', 'bytes 0-1/2'])['Content-Type'], 'a/b');
  assert.equal(added(200, ['Vary', 'Accept-Encoding']).Vary, 'Accept-Encoding, Cookie');
});

test('Vary gets a name once', () => {
  assert.deepEqual(withVary([], 'Origin'), [['Vary', 'Origin']]);
  assert.deepEqual(withVary([['Vary', 'Accept-Encoding']], 'Origin'), [['Vary', 'Accept-Encoding, Origin']]);
  assert.deepEqual(withVary([['vary', 'origin']], 'Origin'), [['vary', 'origin']]);
  assert.deepEqual(withVary([['Vary', '*']], 'Origin'), [['Vary', '*']]);
});

function shared(origins: string[], fields: Record<string, string>, method = 'GET'): Record<string, string> {
  const response = new CrossOrigin(origins).addedTo(responseWith(), request('/', fields, method));
  return Object.fromEntries(response.fields);
}

test('Any origin may read where all may', () => {
  const fields = shared(['*'], { origin: 'https://a.example' });
  assert.equal(fields['Access-Control-Allow-Origin'], '*');
  assert.equal(fields.Vary, undefined);
});

test('A listed origin may read, another may not, and caches are told', () => {
  const listed = shared(['https://a.example'], { origin: 'https://a.example' });
  assert.equal(listed['Access-Control-Allow-Origin'], 'https://a.example');
  assert.equal(listed.Vary, 'Origin');
  for (const fields of [{ origin: 'https://a.example.evil' }, { origin: 'null' }, {}] as Record<
    string,
    string
  >[]) {
    assert.deepEqual(shared(['https://a.example'], fields), { Vary: 'Origin' });
  }
});

test('A preflight is told what may be sent, another OPTIONS is not', () => {
  const asked = {
    origin: 'https://a.example',
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'range, x-one',
    'access-control-request-private-network': 'true',
  };
  const fields = shared(['https://a.example'], asked, 'OPTIONS');
  assert.equal(fields['Access-Control-Allow-Methods'], 'GET, HEAD, OPTIONS');
  assert.equal(fields['Access-Control-Allow-Headers'], 'range, x-one');
  assert.equal(fields['Access-Control-Allow-Private-Network'], 'true');
  assert.equal(shared(['*'], asked)['Access-Control-Allow-Methods'], undefined);
  assert.equal(shared(['*'], { origin: 'x' }, 'OPTIONS')['Access-Control-Allow-Methods'], undefined);
  const other = shared(['https://b.example'], asked, 'OPTIONS');
  assert.equal(other['Access-Control-Allow-Methods'], undefined);
});

test('A path goes to the mount with the longest prefix of whole names', () => {
  const mounts = new Mounts('/site', [
    { prefix: '/lib', folder: '../shared' },
    { prefix: '/lib/deep', folder: '/elsewhere' },
  ]);
  const place = (...names: string[]) => mounts.placeOf(names);
  assert.deepEqual(place(), { root: '/site', names: [] });
  assert.deepEqual(place('library'), { root: '/site', names: ['library'] });
  assert.deepEqual(place('lib'), { root: '/shared', names: [] });
  assert.deepEqual(place('lib', 'a'), { root: '/shared', names: ['a'] });
  assert.deepEqual(place('lib', 'deep', 'a'), { root: '/elsewhere', names: ['a'] });
  assert.deepEqual(
    [mounts.namesIn([]), mounts.namesIn(['lib']), mounts.namesIn(['x'])],
    [['lib'], ['deep'], []],
  );
});
