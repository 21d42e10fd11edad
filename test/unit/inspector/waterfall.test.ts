import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnTracks, fittingColumns, initialColumns, widthOf } from '../../../src/inspector/listColumns.ts';
import { waterfallOf, waterfallWords } from '../../../src/inspector/waterfall.ts';
import type { ExchangeRow } from '../../../src/protocol/inspector.ts';
import { exampleDetail, pageExchange } from '../../e2e/inspectorPage/exchanges.ts';

const row: ExchangeRow = {
  ...exampleDetail(pageExchange).row,
  connection: 3,
  number: 1,
  connectionStart: 1000,
  connectionEnd: 1100,
  startedAt: 1010,
  requestEndedAt: 1020,
  respondedAt: 1050,
  duration: 50,
  previousEndedAt: 0,
};

/** Phases in percent of the connection's time. */
const phases = (changes: Partial<ExchangeRow>) =>
  waterfallOf({ ...row, ...changes }).phases.map(
    ({ kind, start, end }) => `${kind} ${Math.round(start * 100)}-${Math.round(end * 100)}`,
  );

test('the first exchange of a connection waits for its request, and is handled and sent', () => {
  assert.deepEqual(phases({}), ['idle 0-10', 'receiving 10-20', 'handling 20-50', 'sending 50-60']);
  assert.equal(
    waterfallWords(row),
    'Connection 3, exchange 1: first on its connection, connection idle 10 ms, receiving the request 10 ms, handling 30 ms, sending the response 10 ms',
  );
});

test('a connection that is reused was idle since the answer before', () => {
  const changes = { number: 2, previousEndedAt: 1005 };
  assert.deepEqual(phases(changes).slice(0, 2), ['idle 5-10', 'receiving 10-20']);
  assert.equal(waterfallOf({ ...row, ...changes }).arrival, 'reused');
  // What is no longer stored is not made up.
  assert.equal(phases({ number: 2 })[0], 'receiving 10-20');
});

test('a pipelined request waits behind the answer ahead', () => {
  const changes = { number: 2, previousEndedAt: 1040 };
  assert.deepEqual(phases(changes), ['receiving 10-20', 'queued 20-40', 'handling 40-50', 'sending 50-60']);
  assert.deepEqual(phases({ number: 2, previousEndedAt: -1 }).slice(1), ['queued 20-50', 'sending 50-60']);
});

test('what goes on is drawn as far as it is known', () => {
  assert.deepEqual(phases({ duration: null, requestEndedAt: 0, respondedAt: 0 }), [
    'idle 0-10',
    'receiving 10-100',
  ]);
  assert.deepEqual(phases({ duration: null, respondedAt: 0 }).slice(2), ['handling 20-100']);
  assert.deepEqual(
    phases({ connectionStart: 1010, connectionEnd: 1010, duration: 0, requestEndedAt: 0, respondedAt: 0 }),
    [],
  );
});

test('columns go, the dispensable ones first, until the rest fits', () => {
  const names = (width: number) => fittingColumns(initialColumns, width).map(({ column }) => column);
  assert.equal(names(1400).length, 11);
  assert.deepEqual(names(560), ['id', 'method', 'target', 'status', 'responseSize']);
  assert.deepEqual(names(100), ['target', 'status']);
  assert.deepEqual(names(470), ['id', 'method', 'target', 'status']);
});

test('the target takes what the others leave; a width has bounds', () => {
  const choice = { shown: ['id', 'target', 'status'] as const, widths: { id: 5, status: 9999 } };
  assert.equal(columnTracks(fittingColumns(choice, 5000), choice), '36px minmax(0, 1fr) 1200px');
  assert.equal(widthOf('id', initialColumns), 48);
  const narrow = { shown: ['id', 'status'] as const, widths: {} };
  assert.equal(columnTracks(fittingColumns(narrow, 500), narrow), '48px minmax(0, 1fr)');
});
