import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteTarget } from '../../../src/inspector/byteWalk.ts';
import { HexLayout } from '../../../src/inspector/hexLayout.ts';
import { MessageBytes } from '../../../src/inspector/messageBytes.ts';

/** Bytes 0 to 19, then 20 to 99 not kept, then 100 to 129, then 130 to 999 not kept; eight in a row. */
const bytes = new MessageBytes(
  [
    { offset: 0, bytes: new Uint8Array(20) },
    { offset: 100, bytes: new Uint8Array(30) },
  ],
  1000,
);
const walked = {
  layout: new HexLayout(bytes, 8),
  length: bytes.length,
  spans: [
    { start: 0, end: 4 },
    { start: 4, end: 1000 },
  ],
  pageRows: 3,
};
const go = (from: number, ...keys: readonly string[]) =>
  keys.reduce((offset, key) => byteTarget(key, offset, walked) ?? -1, from);

test('arrow keys walk by byte and by row, and stop once among bytes that were not kept', () => {
  assert.equal(go(5, 'ArrowRight'), 6);
  assert.equal(go(5, 'ArrowLeft'), 4);
  assert.equal(go(19, 'ArrowRight'), 20);
  assert.equal(go(20, 'ArrowRight'), 100);
  assert.equal(go(100, 'ArrowLeft'), 20);
  assert.equal(go(20, 'ArrowLeft'), 19);
  // The third row has four bytes: from the seventh of the second, it is the last of them.
  assert.equal(go(14, 'ArrowDown'), 19);
  assert.equal(go(14, 'ArrowDown', 'ArrowDown'), 20);
  assert.equal(go(20, 'ArrowDown'), 100);
  assert.equal(go(100, 'ArrowUp', 'ArrowUp'), 16);
  // What follows a gap begins in the column of its offset.
  assert.equal(go(104, 'ArrowUp'), 100);
});

test('both ends are reached, also where they were not kept', () => {
  assert.equal(go(0, 'ArrowLeft'), 0);
  assert.equal(go(3, 'ArrowUp'), 3);
  assert.equal(go(5, 'Ctrl+End'), 130);
  assert.equal(go(130, 'ArrowRight'), 130);
  assert.equal(go(130, 'ArrowDown'), 130);
  assert.equal(go(130, 'Ctrl+Home'), 0);
  assert.equal(go(130, 'End', 'Home'), 130);
  assert.equal(go(10, 'Home'), 8);
  assert.equal(go(10, 'End'), 15);
  assert.equal(go(18, 'End'), 19);
});

test('pages go by rows, and grammar elements by their beginnings', () => {
  assert.equal(go(2, 'PageDown'), 20);
  assert.equal(go(20, 'PageDown'), 112);
  assert.equal(go(112, 'PageDown'), 130);
  assert.equal(go(130, 'PageUp'), 112);
  assert.equal(go(9, 'PageUp'), 0);
  assert.equal(go(0, 'Alt+ArrowRight'), 4);
  assert.equal(go(60, 'Alt+ArrowLeft'), 0);
  assert.equal(byteTarget('x', 0, walked), null);
});
