import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../../src/http/fifo.ts';

test('whatever is pushed comes out in that order, and the places it took are used again', () => {
  // A number: so many items are pushed; null: one is taken.
  const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(null)), { maxLength: 400 });
  fc.assert(
    fc.property(steps, (script) => {
      const fifo = new Fifo<number>();
      const expected: number[] = [];
      let next = 0;
      for (const step of script) {
        if (step === null) assert.equal(fifo.shift(), expected.shift());
        for (let i = 0; i < (step ?? 0); i++) {
          expected.push(next);
          fifo.push(next++);
        }
        assert.equal(fifo.length, expected.length);
        for (const index of [0, 1, expected.length, expected.length + 1])
          assert.equal(fifo.at(index), expected[index]);
      }
    }),
    { numRuns: 50 },
  );
});

test('a queue that never runs empty does not grow', () => {
  const fifo = new Fifo<object>();
  fifo.push({});
  for (let i = 0; i < 100_000; i++) {
    fifo.push({});
    fifo.shift();
  }
  assert.equal(fifo.length, 1);
  assert.ok((Reflect.get(fifo, 'items') as unknown[]).length < 1000);
});
