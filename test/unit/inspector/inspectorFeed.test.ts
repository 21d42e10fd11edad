import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import type { CaptureChange, CaptureSource } from '../../../src/capture/captureSource.ts';
import type { QueryTable } from '../../../src/capture/exchangeQuery.ts';
import { ExchangeSubject } from '../../../src/capture/exchangeSubject.ts';
import { ExchangeTable } from '../../../src/capture/exchangeTable.ts';
import { SegmentSlabs } from '../../../src/capture/segments.ts';
import { InspectorFeed } from '../../../src/extension/inspectorFeed.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import type { ToInspector } from '../../../src/protocol/inspectorMessages.ts';
import { callColumns, type TracedCall, tracedCall } from '../../../src/sockets/tracedCall.ts';
import { exampleDetail, malformedExchange, pageExchange } from '../../e2e/inspectorPage/exchanges.ts';

/** A store that the test fills and changes. */
class FakeCapture implements CaptureSource {
  details: ExchangeDetail[] = [exampleDetail(pageExchange), exampleDetail(malformedExchange)];
  versions = new Map<string, number>();
  marked: string[] = [];
  private first = 0;
  private listener: (change: CaptureChange) => void = () => undefined;

  get count() {
    return this.details.length;
  }
  rows(start: number, end: number) {
    return this.details.slice(start, end).map(({ row }) => row);
  }
  indexOf(key: string) {
    return this.details.findIndex(({ row }) => row.key === key);
  }
  queryTable(): QueryTable {
    const capture = this;
    return {
      get first() {
        return capture.first;
      },
      get end() {
        return capture.first + capture.count;
      },
      open: () => [],
      subject: new ExchangeSubject(new ExchangeTable(), new SegmentSlabs(), new Set(), new Map()),
      row: (position) => capture.details[position - capture.first].row,
      keyAt: (position) => capture.details[position - capture.first].row.key,
      positionOf: (key) => (capture.indexOf(key) < 0 ? null : capture.first + capture.indexOf(key)),
      watch: () => () => undefined,
      watchRenewals: () => () => undefined,
    };
  }
  comment() {}

  mark(key: string, marked: boolean) {
    this.marked.push(`${key} ${marked}`);
  }
  displaceOldest() {
    this.details.shift();
    this.first++;
    this.change();
  }
  detail(key: string) {
    return this.details[this.indexOf(key)] ?? null;
  }
  version(key: string) {
    return this.indexOf(key) < 0 ? 0 : (this.versions.get(key) ?? 1);
  }
  connectionCalls: TracedCall[] = [];
  calls(key: string) {
    return this.indexOf(key) < 0
      ? null
      : { calls: this.connectionCalls, untraced: 'libuv' as const, isIncomplete: false };
  }
  connectionVersion() {
    return 0;
  }
  follow() {
    return null;
  }
  stream() {
    return null;
  }
  wholeConnection() {
    return null;
  }
  summary() {
    return { exchanges: this.count, displaced: 0, leftOut: 0, lostInReload: 0 };
  }
  clear() {
    this.details = [];
    this.listener('cleared');
  }
  onDidChange(listener: (change: CaptureChange) => void) {
    this.listener = listener;
    return () => {
      this.listener = () => undefined;
    };
  }
  change(key?: string) {
    if (key !== undefined) this.versions.set(key, this.version(key) + 1);
    this.listener('changed');
  }
}

let now = 0;
let capture: FakeCapture;
let sent: ToInspector[];
let warnings: string[];
let choices: unknown[];
let opened: string[];

beforeEach(() => {
  mock.restoreAll();
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  now = 1000;
  mock.method(performance, 'now', () => now);
  capture = new FakeCapture();
  sent = [];
  warnings = [];
  choices = [];
  opened = [];
});

function newFeed(selected: string | null = null) {
  return new InspectorFeed({
    capture,
    selected,
    serverRuns: () => true,
    startServer: () => undefined,
    copyConnection: () => undefined,
    exportConnection: () => undefined,
    copy: () => undefined,
    openOutside: (url) => opened.push(url),
    post: (message) => sent.push(message),
    warn: (text) => warnings.push(text),
    page: {
      preserve: true,
      setPreserve: (preserve) => choices.push(preserve),
      keepLayout: (layout) => choices.push(layout),
      chooseColumns: async (shown) => [...shown, 'type'],
    },
  });
}

function pass(milliseconds: number) {
  for (let i = 0; i < milliseconds; i++) {
    now++;
    mock.timers.tick(1);
  }
}

const types = () => sent.map(({ type }) => type);
const ready = { type: 'ready' };
const first = pageExchange.id === 1 ? 'run/1' : '';

test('a page that is ready gets the list, and what was selected before', () => {
  newFeed(first).receive(ready);
  assert.deepEqual(types(), ['list', 'detail']);
  assert.equal(sent[0].type === 'list' && sent[0].selectedIndex, 0);
});

test('system calls are sent while the page shows them, when they are news, and no more than it shows', () => {
  const feed = newFeed(first);
  const columns = callColumns(1);
  const call = { ...tracedCall(columns, 0), name: 'recv', descriptor: 5, first: 9, result: 3 } as const;
  const told = () =>
    sent.flatMap((message) => (message.type === 'calls' ? [[message.exchange, message.calls]] : []));
  feed.receive(ready);
  capture.connectionCalls = [call];
  capture.change();
  pass(500);
  assert.deepEqual(told(), []);
  feed.receive({ type: 'calls', limit: 1 });
  capture.change();
  pass(500);
  assert.equal(told().length, 1);
  capture.connectionCalls = [call, call];
  capture.change();
  pass(500);
  feed.receive({ type: 'calls', limit: 0 });
  capture.connectionCalls = [];
  capture.change();
  pass(500);
  const { startedAt, duration, thread, process, count } = call;
  const line = { text: 'recv(5, 9, 0)', kind: 'receiving', startedAt, duration, thread, process, count };
  const lines = [{ ...line, result: '3' }];
  assert.deepEqual(told(), [
    [first, { lines, total: 1, untraced: 'libuv', isIncomplete: false }],
    [first, { lines, total: 2, untraced: 'libuv', isIncomplete: false }],
  ]);
  feed.receive({ type: 'calls', limit: '1' });
  assert.equal(warnings.length, 1);
});

test('nothing is sent before the page is ready, nor while it is hidden', () => {
  const feed = newFeed();
  capture.change();
  pass(500);
  assert.deepEqual(types(), []);
  feed.receive(ready);
  capture.change();
  feed.hidden();
  pass(500);
  capture.change();
  pass(500);
  assert.deepEqual(types(), ['list']);
  feed.receive(ready);
  assert.deepEqual(types(), ['list', 'list']);
});

test('however often the capture changes, no more than 20 messages a second tell of it', () => {
  const feed = newFeed(first);
  feed.receive(ready);
  sent.length = 0;
  for (let i = 0; i < 1000; i++) {
    capture.change(first);
    pass(1);
  }
  assert.ok(sent.length <= 20, `${sent.length} messages`);
  assert.ok(sent.length >= 16, `${sent.length} messages`);
});

test('an exchange that goes on is sent again, one that does not is not', () => {
  const feed = newFeed();
  feed.receive(ready);
  feed.receive({ type: 'select', exchange: first });
  sent.length = 0;
  capture.change('run/2');
  pass(100);
  assert.deepEqual(types(), ['list']);
  capture.change(first);
  pass(100);
  assert.deepEqual(types(), ['list', 'list', 'detail']);
});

test('a large exchange is sent again less often, but its last state always', () => {
  const [example] = capture.details;
  const bytes = new Uint8Array(2 * 1024 * 1024);
  capture.details[0] = {
    ...example,
    response: { ...example.response, length: bytes.length, kept: [{ offset: 0, bytes }] },
  };
  newFeed(first).receive(ready);
  sent.length = 0;
  for (let i = 0; i < 10; i++) {
    capture.change(first);
    pass(100);
  }
  const during = types().filter((type) => type === 'detail').length;
  assert.ok(during <= 1, `${during} details`);
  pass(1500);
  const all = types().filter((type) => type === 'detail').length;
  assert.ok(all >= 1 && all <= 2, `${all} details`);
});

test('rows are those asked for, clamped to what is there', () => {
  const feed = newFeed();
  feed.receive(ready);
  sent.length = 0;
  feed.receive({ type: 'rows', start: 1, end: 50 });
  feed.receive({ type: 'rows', start: 70, end: 90 });
  assert.deepEqual(
    sent.map((message) => message.type === 'rows' && [message.start, message.rows.id.length]),
    [
      [1, 1],
      [2, 0],
    ],
  );
});

test('an exchange that is no longer stored is said to be gone, once, and why', () => {
  const feed = newFeed(first);
  feed.receive(ready);
  capture.displaceOldest();
  pass(200);
  capture.change();
  pass(200);
  const gone = sent.filter((message) => message.type === 'gone');
  assert.equal(gone.length, 1);
  assert.match(gone[0].reason, /no longer stored/);
  feed.receive({ type: 'select', exchange: 'run/2' });
  feed.receive({ type: 'clear' });
  pass(200);
  const last = sent.at(-1);
  assert.equal(last?.type === 'gone' && last.reason, 'The capture was cleared.');
});

test('what is revealed while the page is hidden is selected when it is back', () => {
  const feed = newFeed();
  feed.receive(ready);
  feed.reveal(first);
  assert.deepEqual(types(), ['list', 'reveal']);
  feed.hidden();
  feed.reveal('run/2');
  sent.length = 0;
  feed.receive(ready);
  const [, detail] = sent;
  assert.equal(detail.type === 'detail' && detail.detail.row.key, 'run/2');
});

test('a message of another shape is ignored, and logged', () => {
  const feed = newFeed();
  for (const value of [
    null,
    'ready',
    {},
    { type: 'eval' },
    { type: 'rows', start: -1, end: 2 },
    { type: 'select' },
  ]) {
    feed.receive(value);
  }
  assert.deepEqual(types(), []);
  assert.equal(warnings.length, 6);
});

test('only links that explanations have are opened', () => {
  const feed = newFeed();
  const trusted = [
    'https://www.rfc-editor.org/rfc/rfc9110#section-8.6',
    'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/ETag',
  ];
  for (const url of [
    ...trusted,
    'http://www.rfc-editor.org/',
    'https://www.rfc-editor.org.example/',
    'https://me@www.rfc-editor.org/',
    'https://www.rfc-editor.org:444/',
    'command:workbench.action.quit',
    'file:///etc/passwd',
    'no address',
  ]) {
    feed.receive({ type: 'openLink', url });
  }
  assert.deepEqual(opened, trusted);
  assert.equal(warnings.length, 7);
});

test('copied is what the page has selected', () => {
  const feed = newFeed(first);
  feed.copyBytes('hex');
  assert.deepEqual(types(), []);
  feed.receive(ready);
  feed.copyBytes('hex');
  assert.deepEqual(sent.at(-1), { type: 'copyBytes', format: 'hex' });
});

test('nothing is sent after the panel is closed', () => {
  const feed = newFeed();
  feed.receive(ready);
  capture.change();
  feed.dispose();
  capture.change();
  pass(500);
  assert.deepEqual(types(), ['list']);
});

const everything = { filter: '', order: null, paused: false };

test('a query is answered with the list, and the rows that it asks for come with it, once', () => {
  const feed = newFeed();
  feed.receive({ type: 'query', query: 1, list: everything, window: { start: 'end', length: 1 } });
  assert.deepEqual(types(), []);
  feed.receive(ready);
  assert.deepEqual(types(), ['list']);
  const [list] = sent;
  assert.ok(list.type === 'list' && list.rows !== null);
  assert.equal(list.view.count, 2);
  assert.equal(list.view.query, 1);
  assert.equal(list.rows.start, 1);
  assert.deepEqual([...list.rows.rows.id], [2]);
  sent.length = 0;
  capture.change();
  pass(500);
  const [later] = sent;
  assert.ok(later.type === 'list' && later.rows === null);
  sent.length = 0;
  const filtered = { ...everything, filter: 'status:' };
  feed.receive({ type: 'query', query: 2, list: filtered, window: { start: 0, length: 10 } });
  const [problem] = sent;
  assert.match((problem.type === 'list' && problem.view.problem?.message) || '', /Give a value/);
});

test('the page asks for suggestions, marks, a filter by a field, and what is kept', async () => {
  capture.details = [];
  const feed = newFeed();
  feed.receive({
    type: 'query',
    query: 1,
    list: { ...everything, filter: 'a OR b' },
    window: { start: 0, length: 1 },
  });
  feed.receive(ready);
  sent.length = 0;
  feed.receive({ type: 'complete', text: 'me', caret: 2 });
  feed.receive({ type: 'filterBy', operator: 'method', value: 'GET', excluded: true });
  feed.receive({ type: 'mark', exchange: first, marked: true });
  feed.receive({ type: 'preserve', preserve: false });
  feed.receive({ type: 'layout', layout: { listShare: 0.5 } });
  feed.receive({ type: 'chooseColumns', shown: ['id'] });
  feed.listCommand({ kind: 'unsort' });
  await Promise.resolve();
  assert.deepEqual(sent[0], {
    type: 'suggestions',
    filter: 'me',
    start: 0,
    end: 2,
    suggestions: [{ text: 'method:', summary: 'The request’s method' }],
  });
  assert.deepEqual(sent.slice(1), [
    { type: 'filter', filter: '(a OR b) -method:GET' },
    { type: 'listCommand', command: { kind: 'unsort' } },
    { type: 'columns', shown: ['id', 'type'] },
  ]);
  assert.deepEqual(capture.marked, ['run/1 true']);
  assert.deepEqual(choices, [false, { listShare: 0.5 }]);
});

test('a query of another shape is none', () => {
  const feed = newFeed();
  const query = { type: 'query', query: 1, list: everything, window: { start: 0, length: 1 } };
  for (const change of [
    { list: { ...everything, order: { column: 'size', descending: true } } },
    { list: { ...everything, filter: 1 } },
    { window: { start: -1, length: 1 } },
    { query: '1' },
  ]) {
    feed.receive({ ...query, ...change });
  }
  feed.receive({ type: 'chooseColumns', shown: ['toString'] });
  feed.receive({ type: 'layout', layout: [] });
  assert.equal(warnings.length, 6);
});
