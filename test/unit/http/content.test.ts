import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentKind, contentType } from '../../../src/http/content/contentType.ts';
import { cookiesOf, directivesOf, setCookieOf } from '../../../src/http/content/cookies.ts';
import { jsonTree } from '../../../src/http/content/json.ts';
import { multipartOf } from '../../../src/http/content/multipart.ts';
import { brokenPercent, parametersOf, percentDecoded, targetParts } from '../../../src/http/content/query.ts';
import type { Part } from '../../../src/http/content/range.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const cut = (text: string, part: Part | null) =>
  part === null ? null : textOf(bytesOf(text).subarray(part.start, part.end));
const pairs = (text: string, found: readonly { name: Part; value: Part | null }[]) =>
  found.map(({ name, value }) => [cut(text, name), cut(text, value)]);

test('a target is scheme and authority, path and query', () => {
  const parts = (text: string) => {
    const { authority, path, query } = targetParts(bytesOf(text), 0, text.length);
    return [cut(text, authority), cut(text, path), cut(text, query)];
  };
  assert.deepEqual(parts('/a/b?c=d?e'), [null, '/a/b', 'c=d?e']);
  assert.deepEqual(parts('/a?'), [null, '/a', '']);
  assert.deepEqual(parts('/see?at=http://a/b'), [null, '/see', 'at=http://a/b']);
  assert.deepEqual(parts('http://a:1/b?c'), ['http://a:1', '/b', 'c']);
  assert.deepEqual(parts('http://a?c'), ['http://a', '', 'c']);
  assert.deepEqual(parts('*'), [null, '*', null]);
});

test('a query is taken apart into parameters', () => {
  const text = 'a=1&b&&=x&c=a=b&d=';
  assert.deepEqual(pairs(text, parametersOf(bytesOf(text), 0, text.length, 9)), [
    ['a', '1'],
    ['b', null],
    ['', 'x'],
    ['c', 'a=b'],
    ['d', ''],
  ]);
  assert.equal(parametersOf(bytesOf(text), 0, text.length, 2).length, 2);
});

test('percent-encoding is undone where it is one', () => {
  assert.equal(textOf(percentDecoded(bytesOf('a%20b+c%E2%82%AC%zz%4'), true)), 'a b c€%zz%4');
  assert.equal(textOf(percentDecoded(bytesOf('a+b'), false)), 'a+b');
  assert.equal(brokenPercent(bytesOf('/a%20%2'), 0, 7), 5);
  assert.equal(brokenPercent(bytesOf('/a%20'), 0, 5), -1);
});

test('cookies are taken apart', () => {
  const text = ' a=1; b="x;y" ;c; d=e=f;';
  assert.deepEqual(pairs(text, cookiesOf(bytesOf(text), 0, text.length)), [
    ['a', '1'],
    ['b', '"x;y"'],
    ['c', null],
    ['d', 'e=f'],
  ]);
});

test('a cookie that is set has attributes', () => {
  const text = 'id=7; Path=/; HttpOnly; Expires=Mon, 21 Sep 2026 14:13:20 GMT';
  const { cookie, attributes } = setCookieOf(bytesOf(text), 0, text.length);
  assert.ok(cookie !== null);
  assert.deepEqual(pairs(text, [cookie, ...attributes]), [
    ['id', '7'],
    ['Path', '/'],
    ['HttpOnly', null],
    ['Expires', 'Mon, 21 Sep 2026 14:13:20 GMT'],
  ]);
});

test('directives are a list', () => {
  const text = 'no-cache="a, b", max-age=5,,private';
  assert.deepEqual(pairs(text, directivesOf(bytesOf(text), 0, text.length)), [
    ['no-cache', '"a, b"'],
    ['max-age', '5'],
    ['private', null],
  ]);
});

test('a media type has parameters', () => {
  const parsed = contentType('Text/HTML; Charset="utf-8"; x=a\\b ;; y="a\\"b";broken; boundary=z');
  assert.equal(parsed.type, 'text/html');
  assert.deepEqual(
    [...parsed.parameters],
    [
      ['charset', 'utf-8'],
      ['x', 'a\\b'],
      ['y', 'a"b'],
      ['boundary', 'z'],
    ],
  );
  assert.equal(contentType('html').type, '');
});

for (const [type, kind] of [
  ['text/html', 'text'],
  ['application/json', 'json'],
  ['application/problem+json', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data; boundary=x', 'multipart'],
  ['image/png', 'image'],
  ['image/svg+xml', 'text'],
  ['application/atom+xml', 'text'],
  ['application/zip', 'other'],
  ['', 'other'],
] as const) {
  test(`${type || 'no type'} is ${kind}`, () => assert.equal(contentKind(contentType(type)), kind));
}

test('a multipart body is taken apart', () => {
  const text =
    'preamble\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n2\r\n--b\r\n\r\n\r\n--bc\r\n--b--\r\nepilogue';
  const { parts, closed } = multipartOf(bytesOf(text), 'b', 9);
  assert.equal(closed, true);
  assert.deepEqual(
    parts.map(({ fields, content }) => [
      fields.map(({ name, value }) => [cut(text, name), cut(text, value)]),
      cut(text, content),
    ]),
    [
      [[['Content-Disposition', 'form-data; name="a"']], '1\r\n2'],
      [[], '\r\n--bc'],
    ],
  );
});

test('a multipart body that is cut off has its parts so far', () => {
  const { parts, closed } = multipartOf(bytesOf('--b\r\nA: 1\r\n\r\nxy'), 'b', 9);
  assert.equal(closed, false);
  assert.equal(parts.length, 1);
  assert.deepEqual(multipartOf(bytesOf('--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--'), 'b', 1).parts.length, 1);
});

test('JSON is a tree whose nodes have their places', () => {
  const text = ' {"a": [1, -2.5e3, "x\\"y"], "b": {}, "c": null} ';
  const { nodes, brokenAt, cut: isCut } = jsonTree(bytesOf(text), 99);
  assert.equal(brokenAt, -1);
  assert.equal(isCut, false);
  assert.deepEqual(
    nodes.map((node) => [node.depth, cut(text, node.key), node.index, node.kind, node.count]),
    [
      [0, null, -1, 'object', 3],
      [1, '"a"', -1, 'array', 3],
      [2, null, 0, 'number', 0],
      [2, null, 1, 'number', 0],
      [2, null, 2, 'string', 0],
      [1, '"b"', -1, 'object', 0],
      [1, '"c"', -1, 'null', 0],
    ],
  );
  assert.equal(cut(text, nodes[1]), '[1, -2.5e3, "x\\"y"]');
});

test('text that is no JSON is read up to where it breaks', () => {
  for (const [text, at] of [
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['[01]', 1],
    ['{"a":1} x', 8],
    ['"a\nb"', 2],
    ['', 0],
    ['[1,', 3],
  ] as const) {
    assert.equal(jsonTree(bytesOf(text), 99).brokenAt, at, text);
  }
});

test('depth and number of values do not matter', () => {
  const deep = '['.repeat(100_000);
  assert.equal(jsonTree(bytesOf(deep), 200_000).brokenAt, deep.length);
  const { nodes, cut: isCut } = jsonTree(bytesOf(`[${'1,'.repeat(1000)}1]`), 100);
  assert.equal(nodes.length, 100);
  assert.equal(isCut, true);
});

test('whatever JSON.parse takes is a tree, and nothing else', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (text, at, other) => {
      const place = at % (text.length + 1);
      for (const candidate of [text, text.slice(0, place) + other + text.slice(place + 1)]) {
        let valid = true;
        try {
          JSON.parse(candidate);
        } catch {
          valid = false;
        }
        const bytes = bytesOf(candidate);
        // JSON.parse takes what has no well-formed UTF-8 as well, and escapes are not looked into here.
        if (candidate.includes('\\') || candidate.startsWith('\uFEFF')) return;
        assert.equal(jsonTree(bytes, 10_000).brokenAt < 0, valid, candidate);
      }
    }),
  );
});
