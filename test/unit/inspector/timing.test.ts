import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timingOf } from '../../../src/inspector/timing.ts';
import { exampleDetail, pageExchange } from '../../e2e/inspectorPage/exchanges.ts';

const start = 1_790_000_000_000;
const example = {
  ...pageExchange,
  times: {
    startedAt: start,
    headAt: start + 2,
    requestEndedAt: start + 5,
    respondedAt: start + 15,
    endedAt: start + 20,
  },
  requestSegments: [
    { start: 0, end: 10, time: start },
    { start: 10, end: 40, time: start + 5 },
  ],
  responseSegments: [{ start: 0, end: 9, time: start + 16 }],
  connection: { openedAt: start - 3, closedAt: start + 30, closeReason: 'It was idle for too long.' },
};

const steps = (detail: Parameters<typeof timingOf>[0]) =>
  timingOf(detail).steps.map(({ name, start, end }) => [name, start, end]);

test('the time of an exchange is the sum of its steps', () => {
  assert.deepEqual(steps(exampleDetail(example)), [
    ['Waiting for the request', -3, 0],
    ['Reading the head', 0, 2],
    ['Reading the body', 2, 5],
    ['Handling', 5, 15],
    ['Waiting to send', 15, 16],
    ['Sending', 16, 20],
  ]);
});

test('a later exchange did not wait since the connection was opened', () => {
  const later = exampleDetail({ ...example, connection: { ...example.connection, exchangeNumber: 2 } });
  assert.equal(steps(later)[0][0], 'Reading the head');
});

test('what goes on has no end, and what was not recorded no time', () => {
  const detail = exampleDetail({
    ...example,
    times: { ...example.times, endedAt: 0 },
    responseSegments: [],
  });
  assert.deepEqual(steps(detail).at(-1), ['Waiting to send', 15, null]);
  const moments = new Map(timingOf(detail).moments.map(({ name, time, remark }) => [name, { time, remark }]));
  assert.deepEqual(moments.get('First byte out'), { time: null, remark: 'not recorded' });
  assert.deepEqual(moments.get('Last byte out'), { time: null, remark: 'not yet' });
  assert.deepEqual(moments.get('Connection closed'), { time: 30, remark: 'It was idle for too long.' });
  assert.match(moments.get('Waiting in the accept queue')?.remark ?? '', /^not known/);
});

test('a request that never was complete says so', () => {
  const detail = exampleDetail({ ...example, times: { ...example.times, headAt: 0, requestEndedAt: 0 } });
  assert.deepEqual(steps(detail)[1], ['Reading the head', 0, 15]);
  assert.equal(timingOf(detail).moments.find(({ name }) => name === 'Head complete')?.remark, 'never');
});

test('reads and writes stand in the order of time', () => {
  assert.deepEqual(
    timingOf(exampleDetail(example)).transfers.map(({ direction, time, start, end }) => [
      direction,
      time,
      start,
      end,
    ]),
    [
      ['received', 0, 0, 10],
      ['received', 5, 10, 40],
      ['sent', 16, 0, 9],
    ],
  );
});
