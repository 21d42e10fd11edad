import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coalescer } from '../../../src/extension/coalescer.ts';

test('however many requests come, the action runs 10 times a second, and once after the last', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const runs: number[] = [];
  const coalescer = new Coalescer(100, () => runs.push(Date.now() - 1_000_000));
  for (let millisecond = 0; millisecond < 1000; millisecond++) {
    coalescer.request();
    coalescer.request();
    context.mock.timers.tick(1);
  }
  assert.ok(runs.length >= 9 && runs.length <= 11, String(runs));
  context.mock.timers.tick(1000);
  const rest = runs.length;
  context.mock.timers.tick(1000);
  assert.equal(runs.length, rest, 'without requests nothing runs');
  coalescer.request();
  context.mock.timers.tick(1);
  assert.equal(runs.length, rest + 1, 'the first request after a pause waits for nothing');
  coalescer.request();
  coalescer.dispose();
  context.mock.timers.tick(1000);
  assert.equal(runs.length, rest + 1);
});
