import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { followSystemClock, now } from '../../../src/sockets/clock.ts';

const hour = 3_600_000;

afterEach(() => {
  mock.timers.reset();
  followSystemClock();
});

for (const [name, ahead] of [
  ['the machine has slept', hour],
  ['it was set back', -hour],
] as const)
  test(`the system's clock is followed when ${name}`, () => {
    const before = now();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + ahead });
    followSystemClock();
    const passed = now() - before - ahead;
    assert.ok(Math.abs(passed) < 1_000, `${passed} ms`);
  });

test('small corrections of the system’s clock are not followed: times would go back', () => {
  const before = now();
  mock.timers.enable({ apis: ['Date'], now: Date.now() - 500 });
  followSystemClock();
  assert.ok(now() >= before);
});
