import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Span } from '../../../src/http/dissect.ts';
import { firstEndingAfter, neighbourSpan, spanIndexAt } from '../../../src/inspector/spanIndex.ts';

const spans: readonly Span[] = [
  { name: 'method', start: 0, end: 3 },
  { name: 'SP', start: 3, end: 4 },
  { name: 'request-target', start: 4, end: 9 },
];

test('each byte has its span, and none has one beyond the end', () => {
  assert.deepEqual(
    [0, 2, 3, 4, 8].map((offset) => spanIndexAt(spans, offset)),
    [0, 0, 1, 2, 2],
  );
  assert.equal(spanIndexAt(spans, 9), -1);
  assert.equal(spanIndexAt([], 0), -1);
});

test('searching by halves finds what searching one by one finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 50 }),
      fc.nat(500),
      (lengths, offset) => {
        let start = 0;
        const tiles = lengths.map((length): Span => {
          start += length;
          return { name: 'chunk-data', start: start - length, end: start };
        });
        const expected = tiles.findIndex((tile) => tile.start <= offset && offset < tile.end);
        assert.equal(spanIndexAt(tiles, offset), expected);
        const after = tiles.findIndex((tile) => tile.end > offset);
        assert.equal(firstEndingAfter(tiles, offset), after < 0 ? tiles.length : after);
      },
    ),
  );
});

test('a span has neighbours, but for the ends', () => {
  assert.equal(neighbourSpan(spans, 1, 1)?.name, 'SP');
  assert.equal(neighbourSpan(spans, 8, -1)?.name, 'SP');
  assert.equal(neighbourSpan(spans, 0, -1), null);
  assert.equal(neighbourSpan(spans, 8, 1), null);
});
