import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PositionsById } from '../../../src/capture/positionsById.ts';

const ids = fc.oneof(
  fc.nat({ max: 40 }),
  fc.nat({ max: 20_000 }),
  fc.constantFrom(-3, 0.5, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.NaN),
);
const step = fc.tuple(fc.constantFrom('set', 'set', 'delete', 'clear'), ids, fc.nat());

test('positions are found by id as in a map, whatever ids come in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const positions = new PositionsById();
      const expected = new Map<number, number>();
      for (const [what, id, position] of steps) {
        if (what === 'set') positions.set(id, position);
        if (what === 'set') expected.set(id, position);
        if (what === 'delete') positions.delete(id);
        if (what === 'delete') expected.delete(id);
        if (what === 'clear') positions.clear();
        if (what === 'clear') expected.clear();
        for (const [, one] of steps) assert.equal(positions.get(one), expected.get(one), `${one}`);
      }
    }),
    {
      examples: [
        [
          [
            ['set', 0, 0],
            ['set', 0.5, 1],
            ['delete', 0.5, 0],
          ],
        ],
      ],
    },
  );
});

test('a long run of ids that count up, of which the oldest go, is found throughout', () => {
  const positions = new PositionsById();
  for (let id = 1; id <= 50_000; id++) {
    positions.set(id, id + 7);
    if (id > 1000) positions.delete(id - 1000);
    if (id % 997 !== 0) continue;
    assert.equal(positions.get(id), id + 7);
    assert.equal(positions.get(Math.max(1, id - 999)), Math.max(1, id - 999) + 7);
    assert.equal(positions.get(id - 1000), undefined);
    assert.equal(positions.get(id + 1), undefined);
  }
});
