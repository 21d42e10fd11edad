import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaptureChange } from '../../../src/capture/captureSource.ts';
import { FinishedExchanges } from '../../../src/capture/finishedExchanges.ts';
import type { ExchangeRow } from '../../../src/protocol/inspector.ts';

function row(key: string, duration: number | null, beforeReload = false): ExchangeRow {
  return {
    key,
    duration,
    beforeReload,
    id: 1,
    connection: 1,
    number: 1,
    method: 'GET',
    target: '/',
    status: 200,
    type: '',
    requestSize: 0,
    responseSize: 0,
    startedAt: 0,
    requestEndedAt: 0,
    respondedAt: 0,
    rule: '',
    aborted: false,
    marked: false,
    imported: false,
    comment: '',
    connectionStart: 0,
    connectionEnd: 0,
    previousEndedAt: 0,
  };
}

test('each exchange is told once, when it has ended; those of before are not', () => {
  let rows = [row('old', 1), row('open', null)];
  let change: (what: CaptureChange) => void = () => undefined;
  const told: string[] = [];
  const capture = {
    get count() {
      return rows.length;
    },
    rows: (start: number, end: number) => rows.slice(start, end),
    indexOf: (key: string) => rows.findIndex((one) => one.key === key),
    onDidChange: (listener: (what: CaptureChange) => void) => {
      change = listener;
      return () => {
        change = () => undefined;
      };
    },
  };
  const finished = new FinishedExchanges(capture, ({ key }) => told.push(key));
  const show = (...next: ExchangeRow[]) => {
    rows = next;
    change('changed');
  };
  show(row('old', 1), row('open', null), row('a', 2), row('b', null));
  assert.deepEqual(told, ['a']);
  show(row('open', 5), row('a', 2), row('b', 3), row('restored', 1, true));
  assert.deepEqual(told, ['a', 'open', 'b']);
  show(row('c', 1), row('d', 1));
  assert.deepEqual(told, ['a', 'open', 'b', 'c', 'd'], 'all that was known is displaced');
  rows = [];
  change('cleared');
  show(row('e', 1));
  finished.dispose();
  show(row('e', 1), row('f', 1));
  assert.deepEqual(told, ['a', 'open', 'b', 'c', 'd', 'e']);
});
