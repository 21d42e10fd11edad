import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeCollector } from '../../../src/protocol/changeCollector.ts';

test('a storm of 5,000 changed files is one change; one that does not end is told of now and then', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const told: number[] = [];
  const collector = new ChangeCollector(
    () => 100,
    (files) => told.push(files.length),
  );
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

test('a storm that is told of 500 files at a time, and then by fits and starts, is one change', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const told: number[] = [];
  const collector = new ChangeCollector(
    () => 50,
    (files) => told.push(files.length),
  );
  const tellOf = (first: number) => {
    for (let file = first; file < first + 500; file++) collector.add(`/site/${file}`);
  };
  // As VS Code's watcher does.
  for (let first = 0; first < 4_000; first += 500) {
    tellOf(first);
    context.mock.timers.tick(200);
  }
  context.mock.timers.tick(400);
  tellOf(4_000);
  context.mock.timers.tick(900);
  tellOf(4_500);
  assert.deepEqual(told, []);
  context.mock.timers.tick(1_450);
  assert.deepEqual(told, [5_000]);
});

test('a few files wait for as long as is asked for, also where that is longer than after a storm', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  let quiet = 50;
  const told: number[] = [];
  const collector = new ChangeCollector(
    () => quiet,
    (files) => told.push(files.length),
  );
  collector.add('/site/one');
  context.mock.timers.tick(50);
  assert.deepEqual(told, [1]);
  quiet = 3_000;
  for (let file = 0; file < 20; file++) collector.add(`/site/${file}`);
  context.mock.timers.tick(2_999);
  assert.deepEqual(told, [1]);
  context.mock.timers.tick(1);
  assert.deepEqual(told, [1, 20]);
});

test('a process that was busy hears of what happened meanwhile before it tells', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const told: number[] = [];
  const collector = new ChangeCollector(
    () => 50,
    (files) => told.push(files.length),
  );
  collector.add('/site/one');
  // Nothing runs for a second.
  context.mock.timers.setTime(1_001_000);
  context.mock.timers.tick(0);
  assert.deepEqual(told, []);
  collector.add('/site/another');
  context.mock.timers.tick(50);
  assert.deepEqual(told, [2]);
});
