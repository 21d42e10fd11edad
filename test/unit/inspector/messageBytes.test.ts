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

test('a range takes in the whole of a gap that it begins or ends in', () => {
  assert.deepEqual(withGaps.withWholeGaps(6, 11), { start: 4, end: 11 });
  assert.deepEqual(withGaps.withWholeGaps(2, 13), { start: 2, end: 20 });
  assert.deepEqual(withGaps.withWholeGaps(1, 4), { start: 1, end: 4 });
});

test('a message that is longer than it was said to be is as long as its bytes', () => {
  assert.equal(new MessageBytes([{ offset: 0, bytes: bytes(1, 2) }], 1).length, 2);
  assert.equal(new MessageBytes([], 0).stretchAt(0), null);
});
