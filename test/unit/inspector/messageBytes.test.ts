import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageBytes } from '../../../src/inspector/messageBytes.ts';

const bytes = (...octets: number[]) => Uint8Array.of(...octets);
const withGaps = new MessageBytes(
  [
    { offset: 0, bytes: bytes(1, 2, 3) },
    { offset: 3, bytes: bytes(4) },
    { offset: 10, bytes: bytes(11, 12) },
  ],
  20,
);

test('what was not kept lies between what was, and behind it', () => {
  assert.deepEqual(
    withGaps.stretches.map(({ start, end, bytes: kept }) => [start, end, kept !== null]),
    [
      [0, 3, true],
      [3, 4, true],
      [4, 10, false],
      [10, 12, true],
      [12, 20, false],
    ],
  );
  assert.equal(withGaps.missing(0, 20), 14);
  assert.equal(withGaps.missing(2, 6), 2);
});

test('a byte is found, or known to be missing', () => {
  assert.deepEqual(
    [0, 3, 4, 9, 10, 11, 12, 20].map((offset) => withGaps.at(offset)),
    [1, 4, -1, -1, 11, 12, -1, -1],
  );
});

test('a slice joins what was kept, up to a limit', () => {
  assert.deepEqual([...withGaps.slice(1, 11)], [2, 3, 4, 11]);
  assert.deepEqual([...withGaps.slice(0, 20, 2)], [1, 2]);
  assert.deepEqual([...withGaps.slice(1, 20, 3)], [2, 3, 4]);
  assert.deepEqual([...withGaps.slice(5, 9)], []);
});

test('walking leaps over gaps, and stops at the ends', () => {
  assert.equal(withGaps.nearestKept(4, 1), 10);
  assert.equal(withGaps.nearestKept(9, -1), 3);
  assert.equal(withGaps.nearestKept(11, 1), 11);
  assert.equal(withGaps.nearestKept(12, 1), -1);
  assert.equal(withGaps.nearestKept(20, -1), -1);
});

test('a message that is longer than it was said to be is as long as its bytes', () => {
  assert.equal(new MessageBytes([{ offset: 0, bytes: bytes(1, 2) }], 1).length, 2);
  assert.equal(new MessageBytes([], 0).stretchAt(0), null);
});
