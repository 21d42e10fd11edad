import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallStore } from '../../../src/capture/callStore.ts';
import { callColumns } from '../../../src/sockets/tracedCall.ts';

function calls(...rows: readonly { readonly connection: number; readonly startedAt: number }[]) {
  const columns = callColumns(rows.length);
  for (const [i, { connection, startedAt }] of rows.entries()) {
    columns.connection[i] = connection;
    columns.startedAt[i] = startedAt;
    columns.detail[i] = 'detail';
  }
  return columns;
}

test("a connection's calls are found among all, in the order in which they were made", () => {
  const store = new CallStore();
  store.add('a', calls({ connection: 1, startedAt: 3 }, { connection: 2, startedAt: 1 }));
  store.add('b', calls({ connection: 1, startedAt: 2 }));
  store.add('a', calls({ connection: 1, startedAt: 1 }, { connection: 1, startedAt: 4 }));
  store.add('a', calls());
  assert.deepEqual(
    store.of('a', 1).map(({ startedAt }) => startedAt),
    [1, 3, 4],
  );
  assert.equal(store.of('b', 1).length, 1);
  assert.equal(store.of('a', 0).length, 0);
});

test('the oldest calls go first, and it is known of which run some are missing', () => {
  const store = new CallStore();
  store.add('old', calls({ connection: 1, startedAt: 1 }));
  const one = store.size;
  for (let i = 0; i < 9; i++) store.add('new', calls({ connection: 1, startedAt: i }));
  store.bound(4 * 3 * one);
  assert.equal(store.size, 3 * one);
  assert.deepEqual(
    store.of('new', 1).map(({ startedAt }) => startedAt),
    [6, 7, 8],
  );
  assert.equal(store.of('old', 1).length, 0);
  assert.deepEqual([store.isIncomplete('old'), store.isIncomplete('other')], [true, false]);
  store.clear();
  assert.deepEqual([store.size, store.of('new', 1).length, store.isIncomplete('old')], [0, 0, false]);
});
