import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asToInspector } from '../../../src/inspector/messageGuard.ts';
import { asPageState } from '../../../src/inspector/pageState.ts';
import { exampleDetail, pageExchange } from '../../e2e/inspectorPage/exchanges.ts';

const detail = exampleDetail(pageExchange);

/** The message with one of its properties, named by a path, replaced. */
function changed(message: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const parent = Array.isArray(message) ? [...message] : { ...(message as object) };
  const record = parent as Record<string, unknown>;
  record[name] = changed(record[name], rest, value);
  return parent;
}

const messages: readonly unknown[] = [
  {
    type: 'list',
    summary: { exchanges: 1, displaced: 0, leftOut: 0, lostInReload: 0 },
    selectedIndex: -1,
    serverRuns: true,
  },
  { type: 'rows', start: 0, rows: [detail.row] },
  { type: 'detail', detail },
  { type: 'gone', exchange: 'run/1', reason: 'It is gone.' },
  { type: 'reveal', exchange: 'run/1' },
];

test('messages of the protocol pass as they are', () => {
  for (const message of messages) assert.equal(asToInspector(message), message);
});

test('anything else does not', () => {
  for (const value of [
    null,
    undefined,
    1,
    'list',
    [],
    {},
    { type: 'toString' },
    { type: null },
    { type: 'list' },
  ]) {
    assert.equal(asToInspector(value), null);
  }
});

const broken: readonly (readonly [number, string, unknown])[] = [
  [0, 'summary.exchanges', '1'],
  [0, 'summary', null],
  [0, 'selectedIndex', -2],
  [1, 'rows.0', {}],
  [1, 'rows.0.rule', 'no-such-rule'],
  [1, 'rows.0.rule', 'toString'],
  [1, 'rows.0.status', Number.NaN],
  [1, 'start', -1],
  [1, 'rows', { length: 1 }],
  [2, 'detail.request.kept.0.bytes', [71, 69, 84]],
  [2, 'detail.request.direction', 'sideways'],
  [2, 'detail.request.length', Number.POSITIVE_INFINITY],
  [2, 'detail.peer', undefined],
  [2, 'detail.row.duration', '1 ms'],
  [3, 'reason', 7],
  [4, 'exchange', null],
];

for (const [index, path, value] of broken) {
  test(`a message whose ${path} is ${String(value)} is no message`, () => {
    assert.equal(asToInspector(changed(messages[index], path.split('.'), value)), null);
  });
}

test('kept bytes that overlap are refused', () => {
  const kept = [
    { offset: 0, bytes: Uint8Array.of(1, 2) },
    { offset: 1, bytes: Uint8Array.of(3) },
  ];
  assert.equal(asToInspector(changed(messages[2], ['detail', 'request', 'kept'], kept)), null);
});

test('a page state of another shape is the initial one', () => {
  const kept = { exchange: 'run/1', cursor: null, following: false, listShare: 0.5, meaningShare: 0.5 };
  assert.equal(asPageState(kept), kept);
  assert.equal(asPageState(undefined).exchange, null);
  assert.equal(asPageState({ ...kept, cursor: { direction: 'up', offset: 1 } }).exchange, null);
});
