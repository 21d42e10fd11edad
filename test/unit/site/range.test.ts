import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteRange } from '../../../src/site/range.ts';

const table: [field: string | undefined, size: number, expected: ReturnType<typeof byteRange>][] = [
  [undefined, 10, 'whole'],
  ['bytes=0-0', 10, { start: 0, end: 1 }],
  ['bytes=2-5', 10, { start: 2, end: 6 }],
  ['bytes=2-', 10, { start: 2, end: 10 }],
  ['bytes=2-99999999999999999999', 10, { start: 2, end: 10 }],
  ['Bytes=9-9', 10, { start: 9, end: 10 }],
  ['bytes=-3', 10, { start: 7, end: 10 }],
  ['bytes=-30', 10, { start: 0, end: 10 }],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=10-12', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-1', 0, 'unsatisfiable'],
  ['bytes=5-2', 10, 'whole'],
  ['bytes=-', 10, 'whole'],
  ['bytes=a-b', 10, 'whole'],
  ['bytes=0-1,3-4', 10, 'whole'],
  ['lines=0-1', 10, 'whole'],
  ['bytes 0-1', 10, 'whole'],
];

for (const [field, size, expected] of table) {
  test(`Range: ${field} of ${size} bytes`, () => assert.deepEqual(byteRange(field, size), expected));
}
