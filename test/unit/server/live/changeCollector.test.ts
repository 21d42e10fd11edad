import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeCollector } from '../../../../src/server/live/changeCollector.ts';

test('a storm of 5,000 changed files is one change; one that does not end is told of now and then', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const told: number[] = [];
  const collector = new ChangeCollector((files) => told.push(files.length));
  for (let file = 0; file < 5_000; file++) {
    collector.add(`/site/${file}`);
    collector.add('/site/same');
    if (file % 1_000 === 999) context.mock.timers.tick(499);
  }
  assert.deepEqual(told, []);
  context.mock.timers.tick(500);
  assert.deepEqual(told, [5_001]);
  collector.add('/site/few');
  context.mock.timers.tick(100);
  assert.deepEqual(told, [5_001, 1]);
  for (let millisecond = 0; millisecond < 20_500; millisecond++) {
    collector.add('/site/log');
    context.mock.timers.tick(1);
  }
  assert.deepEqual(told, [5_001, 1, 1, 1]);
  collector.dispose();
  context.mock.timers.tick(10_000);
  assert.equal(told.length, 4);
});
