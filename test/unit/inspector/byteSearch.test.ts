import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteSearch, findBytes, type SearchKind } from '../../../src/inspector/byteSearch.ts';
import { MessageBytes } from '../../../src/inspector/messageBytes.ts';

const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function found(text: string, kind: SearchKind, query: string) {
  const search = byteSearch(kind, query);
  if ('problem' in search) return search.problem;
  const bytes = new MessageBytes([{ offset: 5, bytes: octets(text) }], 5 + text.length);
  return [...findBytes(bytes, search.pattern)].flat().map(({ start, end }) => [start, end]);
}

test('text, hex and regular expressions are found, counted from the first byte of the message', () => {
  assert.deepEqual(found('Host: a.b\r\n\r\n', 'text', 'A.B'), [[11, 14]]);
  assert.deepEqual(found('aXb', 'text', 'a.b'), []);
  assert.deepEqual(found('Host: a\r\n\r\n', 'hex', '0d0A'), [
    [12, 14],
    [14, 16],
  ]);
  assert.deepEqual(found('a1b22', 'regex', '\\d+'), [
    [6, 7],
    [8, 10],
  ]);
  assert.deepEqual(found('gr\xc3\xbcn', 'text', 'Rü'), [[6, 9]]);
  assert.deepEqual(found('gr\xe3\xbcn', 'text', 'rü'), [], 'These bytes are no ü.');
});

test('what cannot be searched says why, and what matches nothing does not hang', () => {
  assert.match(String(found('a', 'hex', '0')), /two hexadecimal digits/);
  assert.match(String(found('a', 'hex', 'xy')), /digits are expected/);
  assert.match(String(found('a', 'regex', '(')), /Invalid regular expression/);
  assert.deepEqual(found('abc', 'regex', 'x*'), []);
});

test('a match over the border of two windows is found once', () => {
  const text = `${'.'.repeat((1 << 18) - 2)}needle${'.'.repeat(5000)}`;
  assert.deepEqual(found(text, 'text', 'needle'), [[(1 << 18) + 3, (1 << 18) + 9]]);
});
