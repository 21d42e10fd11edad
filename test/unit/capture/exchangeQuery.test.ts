import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runBounded } from '../../../src/capture/boundedRun.ts';
import { ExchangeQuery } from '../../../src/capture/exchangeQuery.ts';
import { parseFilter } from '../../../src/capture/filter.ts';
import type { CaptureStore } from '../../../src/capture/store.ts';
import type { ListColumn, ListOrder } from '../../../src/protocol/exchangeList.ts';
import type { ExchangeRow } from '../../../src/protocol/inspector.ts';
import {
  batchOf,
  connectionRecord,
  type ExchangeFields,
  exchangeFields,
  newStore,
  type Segment,
} from './traffic.ts';

let sequence = 0;
function add(store: CaptureStore, exchanges: ExchangeFields[], segments: Segment[] = []): void {
  const connections = [...new Set(exchanges.map(({ connection }) => connection))].map((id) =>
    connectionRecord(id),
  );
  store.add('run', batchOf(++sequence, { connections, exchanges, segments }));
}

const everything = { filter: '', order: null, paused: false };
const ended = (id: number, changes: Partial<ExchangeFields> = {}) =>
  exchangeFields(id, { status: 200, responseStart: 0, responseEnd: 10, endedAt: 3000 + id, ...changes });

function idsOf(query: ExchangeQuery): number[] {
  while (!query.update(50)) {
    // Goes on until all was gone through.
  }
  return query.rows(0, query.count).map(({ id }) => id);
}

/** The message of an exchange, as it lies in a connection of its own. */
function message(connection: number, direction: 0 | 1, text: string): Segment {
  return { connection, direction, offset: 0, bytes: Buffer.from(text, 'latin1') };
}

test('a filter lets through what matches, as it comes and as it changes', () => {
  const store = newStore();
  const query = new ExchangeQuery(store.queryTable());
  add(store, [ended(1), ended(2, { status: 404 }), exchangeFields(3)]);
  query.set({ ...everything, filter: 'status:4xx' });
  assert.deepEqual(idsOf(query), [2]);
  add(store, [ended(4, { status: 500 }), ended(5, { status: 400 })]);
  assert.deepEqual(idsOf(query), [2, 5]);
  add(store, [ended(3, { status: 403 })]);
  assert.deepEqual(idsOf(query), [2, 3, 5]);
  add(store, [ended(2, { status: 200 })]);
  assert.deepEqual(idsOf(query), [3, 5]);
  assert.equal(query.indexOf('run/5'), 1);
  assert.equal(query.indexOf('run/2'), -1);
  assert.equal(query.words, 'status is from 400 to 499');
});

test('a filter with a problem changes nothing, and says so', () => {
  const store = newStore();
  add(store, [ended(1), ended(2, { status: 404 })]);
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: 'status:404' });
  assert.deepEqual(idsOf(query), [2]);
  query.set({ ...everything, filter: 'status:40' });
  assert.deepEqual(idsOf(query), [2]);
  assert.match(query.problem?.message ?? '', /no status/);
  assert.equal(query.words, 'status is 404');
  query.set(everything);
  assert.deepEqual(idsOf(query), [1, 2]);
  assert.equal(query.problem, null);
});

test('a paused list stands still, but its own exchanges go on', () => {
  const store = newStore();
  add(store, [ended(1), exchangeFields(2)]);
  const query = new ExchangeQuery(store.queryTable());
  query.set(everything);
  assert.deepEqual(idsOf(query), [1, 2]);
  query.set({ ...everything, paused: true });
  add(store, [ended(2), ended(3), ended(4)]);
  assert.deepEqual(idsOf(query), [1, 2]);
  assert.equal(query.rows(1, 2)[0].status, 200);
  assert.equal(query.arrivedWhilePaused, 2);
  query.set({ ...everything, filter: 'exchange:1,3', paused: true });
  assert.deepEqual(idsOf(query), [1]);
  query.set({ ...everything, filter: 'exchange:1,3' });
  assert.deepEqual(idsOf(query), [1, 3]);
  assert.equal(query.arrivedWhilePaused, 0);
});

test('heads and bodies are searched, also those cut into reads', () => {
  const store = newStore();
  const request = 'POST / HTTP/1.1\r\nHost: example.org\r\nX-Colour: blue\r\n\r\n{"name":"gr\xc3\xbcn"}';
  const bodyStart = request.indexOf('{');
  const response = 'HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\n\r\n<p>';
  const segments: Segment[] = [];
  for (let at = 0; at < request.length; at += 7) {
    const bytes = Buffer.from(request.slice(at, at + 7), 'latin1');
    segments.push({ connection: 2, direction: 0, offset: at, bytes });
  }
  segments.push(message(2, 1, response), message(1, 0, 'GET / HTTP/1.1\r\nHost: other\r\n\r\n'));
  const lengths = { requestBodyStart: bodyStart, requestEnd: request.length };
  const sent = { responseBodyStart: response.indexOf('<p>'), responseEnd: response.length };
  add(store, [ended(1, { requestEnd: 31 }), ended(2, { connection: 2, ...lengths, ...sent })], segments);
  const query = new ExchangeQuery(store.queryTable());
  for (const filter of [
    'host:example',
    'field:x-colour:=blue',
    '"GRün"',
    '/n.me":/',
    'type:=text/html',
    '"example.org"',
  ]) {
    query.set({ ...everything, filter });
    assert.deepEqual(idsOf(query), [2], filter);
  }
  query.set({ ...everything, filter: 'host:*' });
  assert.deepEqual(idsOf(query), [1, 2]);
  assert.equal(store.rows(1, 2)[0].type, 'text/html');
});

test('an exchange knows the one ahead of it on its connection', () => {
  const store = newStore();
  add(store, [
    ended(1, { startedAt: 100, endedAt: 200 }),
    ended(2, { number: 2, startedAt: 150, endedAt: 300 }),
    ended(3, { number: 3, startedAt: 400, endedAt: 0 }),
    exchangeFields(4, { number: 4, startedAt: 500 }),
    ended(5, { connection: 2, number: 9, startedAt: 600 }),
  ]);
  assert.deepEqual(
    store.rows(0, 5).map(({ previousEndedAt }) => previousEndedAt),
    [0, 200, 300, -1, 0],
  );
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: 'is:pipelined' });
  assert.deepEqual(idsOf(query), [2, 4]);
});

test('marks are shown, filtered by, and go with their exchange', () => {
  const store = newStore();
  add(store, [ended(1), ended(2)]);
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: 'is:marked' });
  assert.deepEqual(idsOf(query), []);
  store.mark('run/2', true);
  store.mark('run/7', true);
  assert.deepEqual(idsOf(query), [2]);
  assert.equal(store.detail('run/2')?.row.marked, true);
  store.mark('run/2', false);
  assert.deepEqual(idsOf(query), []);
  store.mark('run/2', true);
  store.clear();
  assert.deepEqual(idsOf(query), []);
});

test('what is displaced leaves the list, and is counted', () => {
  const store = newStore(10_000);
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: 'status:200' });
  add(
    store,
    Array.from({ length: 20 }, (_, i) => ended(i + 1)),
  );
  const before = idsOf(query);
  add(
    store,
    Array.from({ length: 20 }, (_, i) => ended(i + 21)),
  );
  const after = idsOf(query);
  assert.ok(store.summary().displaced > 0);
  assert.equal(after[0], before[0] + query.removed);
  assert.equal(after.at(-1), 40);
});

test('a search goes on in slices, and says how far it is', () => {
  const store = newStore();
  for (let i = 0; i < 20; i++)
    add(
      store,
      Array.from({ length: 200 }, (_, j) => ended(i * 200 + j + 1)),
    );
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: 'status:200' });
  assert.equal(query.update(0), false);
  assert.ok(query.progress > 0 && query.progress < 1);
  assert.ok(query.count > 0 && query.count < 4000);
  assert.equal(idsOf(query).length, 4000);
  assert.equal(query.progress, 1);
});

test('a search for the newest finds them first, and what stood at an index stays at it, less what was removed', () => {
  const store = newStore();
  const ids = Array.from({ length: 3000 }, (_, i) => i + 1);
  const status = (id: number) => ({ status: id % 3 === 0 ? 404 : 200 });
  add(
    store,
    ids.map((id) => ended(id, status(id))),
  );
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: 'status:404' }, true);
  assert.equal(query.update(0), false);
  assert.ok(query.progress > 0 && query.progress < 1);
  assert.deepEqual(
    query.rows(query.count - 2, query.count).map(({ id }) => id),
    [2997, 3000],
  );
  const before = query.rows(0, 1)[0].id;
  // One that was not gone through yet changes, one that was does, and one comes.
  add(store, [ended(1, { status: 404 }), ended(2999, { status: 404 }), ended(3001, { status: 404 })]);
  query.update(0);
  assert.equal(query.rows(-query.removed, 1 - query.removed)[0].id, before);
  const expected = [1, ...ids.filter((id) => id % 3 === 0 || id === 2999), 3001];
  assert.deepEqual(idsOf(query), expected);
  assert.equal(query.progress, 1);
});

test('an expression that would run for ever is stopped, and the rest goes on', () => {
  const store = newStore();
  const text = `GET / HTTP/1.1\r\nX: ${'a'.repeat(60)}!\r\n\r\n`;
  add(store, [ended(1, { requestEnd: text.length })], [message(1, 0, text)]);
  const query = new ExchangeQuery(store.queryTable());
  query.set({ ...everything, filter: '/(a+)+\\d/' });
  assert.deepEqual(idsOf(query), []);
  assert.match(query.problem?.message ?? '', /takes too long/);
  query.set(everything);
  assert.deepEqual(idsOf(query), [1]);
  assert.equal(query.problem, null);
  assert.throws(() => runBounded(() => assert.fail('its own error'), 1000), /its own error/);
});

const columns: readonly ListColumn[] = ['id', 'connection', 'time', 'method', 'target', 'status', 'duration'];

const anyOrder: fc.Arbitrary<ListOrder> = fc.option(
  fc.record({ column: fc.constantFrom(...columns), descending: fc.boolean() }),
);

const anyExchange = fc.record({
  id: fc.integer({ min: 1, max: 30 }),
  connection: fc.integer({ min: 1, max: 4 }),
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  status: fc.constantFrom(0, 200, 304, 404, 500),
  startedAt: fc.integer({ min: 1000, max: 1010 }),
  endedAt: fc.constantFrom(0, 2000, 2005, 2010),
});

describe('however it came about, the list is that of a filter and a sort from scratch', () => {
  const steps = fc.array(fc.tuple(fc.array(anyExchange, { maxLength: 6 }), fc.boolean(), fc.boolean()), {
    maxLength: 8,
  });
  const filter = fc.constantFrom('', 'method:POST', 'status:4xx,5xx', '-is:open', 'conn:2 OR slower:1000');
  test('it is', () => {
    fc.assert(
      fc.property(
        steps,
        filter,
        anyOrder,
        fc.integer({ min: 8000, max: 40_000 }),
        (batches, text, order, maxBytes) => {
          const store = newStore(maxBytes);
          const query = new ExchangeQuery(store.queryTable());
          query.set({ filter: text, order, paused: false });
          for (const [exchanges, looks, clears] of batches) {
            add(
              store,
              exchanges.map(({ id, ...fields }) => exchangeFields(id, fields)),
            );
            if (clears && exchanges.length === 0) store.clear();
            if (looks) query.update(0);
          }
          const { condition } = parseFilter(text);
          const rows = store.rows(0, store.count).filter((row) => {
            const subject = { ...row, serverName: '', pipelined: false, head: () => '', bytes: () => '' };
            return condition?.matches(subject);
          });
          const expected = order === null ? rows : rows.sort((one, other) => compare(order, one, other));
          assert.deepEqual(
            idsOf(query),
            expected.map(({ id }) => id),
          );
        },
      ),
    );
  });
});

function compare(
  { column, descending }: NonNullable<ListOrder>,
  one: ExchangeRow,
  other: ExchangeRow,
): number {
  const name = column === 'time' || column === 'waterfall' ? 'startedAt' : column;
  const key = (row: ExchangeRow) => row[name] ?? Number.POSITIVE_INFINITY;
  const before = key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0;
  return descending ? -before : before;
}
