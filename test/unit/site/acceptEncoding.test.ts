import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContentCoding, preferredCoding } from '../../../src/site/acceptEncoding.ts';

const both: ContentCoding[] = ['br', 'gzip'];
const table: [field: string | undefined, available: ContentCoding[], expected: ContentCoding | null][] = [
  [undefined, both, null],
  ['', both, null],
  ['gzip, deflate, br, zstd', both, 'br'],
  ['gzip, deflate, br', ['gzip'], 'gzip'],
  ['gzip', both, 'gzip'],
  ['GZip', both, 'gzip'],
  ['x-gzip', both, 'gzip'],
  ['gzip;q=1, br;q=0.9', both, 'gzip'],
  ['gzip;q=0.5, br;q=0.5', both, 'br'],
  ['br;q=0, gzip', both, 'gzip'],
  ['br;q=0.000', ['br'], null],
  ['*', both, 'br'],
  ['*;q=0.1, br;q=0', both, 'gzip'],
  ['*;q=0', both, null],
  ['gzip;q=0.5, identity', both, null],
  ['gzip;q=0.5, identity;q=0.5', both, 'gzip'],
  ['gzip;q=0.5, *;q=0', both, 'gzip'],
  ['identity;q=0', both, null],
  ['deflate, zstd', both, null],
  ['gzip ; q=0.8 , br ; Q=0.7', both, 'gzip'],
  ['gzip;q=2', both, null],
  ['gzip;q=0.1234', both, null],
  ['gzip;level=1', both, null],
  [', ,gzip,', both, 'gzip'],
  ['gzip', [], null],
];

for (const [field, available, expected] of table) {
  test(`Accept-Encoding: ${field}, of ${available.join(' and ')}: ${expected}`, () =>
    assert.equal(preferredCoding(field, available), expected));
}
