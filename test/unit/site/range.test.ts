import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteRanges } from '../../../src/site/range.ts';

const table: [field: string | undefined, size: number, expected: ReturnType<typeof byteRanges>][] = [
  [undefined, 10, 'whole'],
  ['bytes=0-0', 10, [{ start: 0, end: 1 }]],
  ['bytes=2-5', 10, [{ start: 2, end: 6 }]],
  ['bytes=2-', 10, [{ start: 2, end: 10 }]],
  ['bytes=2-99999999999999999999', 10, [{ start: 2, end: 10 }]],
  ['Bytes=9-9', 10, [{ start: 9, end: 10 }]],
  ['bytes=-3', 10, [{ start: 7, end: 10 }]],
  ['bytes=-30', 10, [{ start: 0, end: 10 }]],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=10-12', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-0', 0, 'unsatisfiable'],
  // A suffix that is not empty is satisfiable (RFC 9110 section 14.1.1), though no 206 could say so.
  ['bytes=-1', 0, 'whole'],
  ['bytes=0-, -1', 0, 'whole'],
  ['bytes=5-2', 10, 'whole'],
  ['bytes=-', 10, 'whole'],
  ['bytes=a-b', 10, 'whole'],
  [
    'bytes=0-1,3-4',
    10,
    [
      { start: 0, end: 2 },
      { start: 3, end: 5 },
    ],
  ],
  // In the order they were asked for; those that overlap or touch are one.
  [
    'bytes=8-9, 0-1 ,3-4',
    10,
    [
      { start: 8, end: 10 },
      { start: 0, end: 2 },
      { start: 3, end: 5 },
    ],
  ],
  ['bytes=0-4,2-6', 10, [{ start: 0, end: 7 }]],
  ['bytes=5-9,0-4', 10, [{ start: 0, end: 10 }]],
  ['bytes=0-9,2-3', 10, [{ start: 0, end: 10 }]],
  ['bytes=,0-1,,', 10, [{ start: 0, end: 2 }]],
  ['bytes=0-1,20-30', 10, [{ start: 0, end: 2 }]],
  ['bytes=20-30,-0', 10, 'unsatisfiable'],
  ['bytes=0-1,x', 10, 'whole'],
  ['bytes=0-1,5-2', 10, 'whole'],
  ['bytes=', 10, 'whole'],
  ['bytes=,', 10, 'whole'],
  ['lines=0-1', 10, 'whole'],
  ['bytes 0-1', 10, 'whole'],
];

function everySecondByte(count: number): string {
  return `bytes=${Array.from({ length: count }, (_, i) => `${2 * i}-${2 * i}`).join(',')}`;
}

test('16 ranges are answered, one more makes it the whole; merged ones count once', () => {
  assert.equal(byteRanges(everySecondByte(16), 100).length, 16);
  assert.equal(byteRanges(everySecondByte(17), 100), 'whole');
  assert.deepEqual(byteRanges(`bytes=${'0-5,'.repeat(5000)}`, 100), [{ start: 0, end: 6 }]);
});

for (const [field, size, expected] of table) {
  test(`Range: ${field} of ${size} bytes`, () => assert.deepEqual(byteRanges(field, size), expected));
}
