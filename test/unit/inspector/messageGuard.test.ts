import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowColumns } from '../../../src/capture/rowColumns.ts';
import { asToInspector } from '../../../src/inspector/messageGuard.ts';
import { asLayout, asPageState } from '../../../src/inspector/pageState.ts';
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
    preserve: true,
    rows: null,
    view: {
      query: 1,
      count: 1,
      removed: 0,
      words: '',
      problem: { message: 'No.', start: 0, end: 1 },
      progress: 1,
      arrivedWhilePaused: 0,
    },
  },
  { type: 'rows', query: 1, start: 0, rows: rowColumns([detail.row]) },
  { type: 'detail', detail },
  { type: 'suggestions', filter: 'm', start: 0, end: 1, suggestions: [{ text: 'method:', summary: 'x' }] },
  { type: 'filter', filter: 'conn:7' },
  { type: 'columns', shown: ['id', 'target'] },
  { type: 'listCommand', command: { kind: 'sort', column: 'status', descending: true } },
  { type: 'listCommand', command: { kind: 'resetColumns' } },
  { type: 'gone', exchange: 'run/1', reason: 'It is gone.' },
  {
    type: 'calls',
    exchange: 'run/1',
    calls: {
      lines: [
        {
          text: 'close(7)',
          result: '0',
          kind: 'other',
          startedAt: 1.5,
          duration: 0.1,
          thread: 1,
          process: 1,
          count: 1,
        },
      ],
      total: 1,
      untraced: 'libuv',
      isIncomplete: false,
    },
  },
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
  [0, 'view', {}],
  [0, 'view.problem.start', -1],
  [1, 'rows.rule', ['no-such-rule']],
  [1, 'rows.rule', ['toString']],
  [1, 'rows.status', [200]],
  [1, 'rows.id', new Float64Array(2)],
  [1, 'rows.run', Uint16Array.of(1)],
  [1, 'start', -1],
  [1, 'rows', { length: 1 }],
  [2, 'detail.request.kept.0.bytes', [71, 69, 84]],
  [2, 'detail.request.direction', 'sideways'],
  [2, 'detail.request.length', Number.POSITIVE_INFINITY],
  [2, 'detail.peer', undefined],
  [2, 'detail.row.duration', '1 ms'],
  [3, 'suggestions.0.summary', 1],
  [4, 'filter', null],
  [5, 'shown', ['id', 'toString']],
  [6, 'command.column', 'size'],
  [7, 'command.kind', 'sort'],
  [8, 'reason', 7],
  [9, 'calls.lines.0.kind', 'toString'],
  [9, 'calls.total', -1],
  [10, 'exchange', null],
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

test('a page state of another shape is the initial one, with the layout kept for the workspace', () => {
  const columns = { shown: ['id', 'target'], widths: { id: 60 } } as const;
  const layout = { listShare: 0.5, meaningShare: 0.5, columns, announces: true, explains: false };
  const kept = {
    ...layout,
    exchange: 'run/1',
    cursor: null,
    following: false,
    filter: 'conn:7',
    order: { column: 'status', descending: true },
  };
  const initial = asLayout(undefined);
  assert.equal(asPageState(kept, initial), kept);
  assert.equal(asPageState(undefined, layout).listShare, 0.5);
  for (const change of [
    { cursor: { direction: 'up', offset: 1 } },
    { order: { column: 'size', descending: true } },
    { columns: { shown: ['id'], widths: { toString: 1 } } },
  ]) {
    assert.equal(asPageState({ ...kept, ...change }, initial).exchange, null);
  }
  assert.deepEqual(asLayout(JSON.stringify({ ...layout, other: 1 })), layout);
  const { explains: _, ...earlier } = layout;
  assert.deepEqual(asLayout(JSON.stringify(earlier)), { ...layout, explains: true });
  assert.equal(asLayout('{').listShare, initial.listShare);
  assert.equal(asLayout('{"listShare":0.5}').listShare, initial.listShare);
});
