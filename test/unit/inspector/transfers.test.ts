import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulerLabel, transferAt, transfersBeginning, transfersOf } from '../../../src/inspector/transfers.ts';

const transfers = transfersOf([
  { start: 0, end: 10, time: 100 },
  { start: 10, end: 30, time: 100 },
  { start: 30, end: 31, time: 100.41 },
  { start: 40, end: 50, time: 112 },
]);

test('pieces of one time are one read', () => {
  assert.deepEqual(
    transfers.map(({ number, start, end }) => [number, start, end]),
    [
      [1, 0, 30],
      [2, 30, 31],
      [3, 40, 50],
    ],
  );
});

test('each byte is known by the read that carried it, and none by a read that did not', () => {
  const numbers = [0, 29, 30, 31, 39, 40, 49, 50].map((offset) => transferAt(transfers, offset)?.number);
  assert.deepEqual(numbers, [1, 1, 2, undefined, undefined, 3, 3, undefined]);
});

test('the ruler names what begins in a row, with its time', () => {
  const label = (start: number, end: number) =>
    rulerLabel(transfersBeginning(transfers, start, end), 'read', 100);
  assert.equal(label(0, 16), 'read 1 · +0.00 ms');
  assert.equal(label(16, 30), '');
  assert.equal(label(16, 32), 'read 2 · +0.41 ms');
  assert.equal(label(0, 48), 'reads 1–3 · +0.00–12.0 ms');
});
