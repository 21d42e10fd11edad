import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { CaptureLog } from '../../../src/capture/captureLog.ts';
import { allKeys, markedKeys } from '../../../src/capture/exchangeKeys.ts';
import { ExchangeQuery } from '../../../src/capture/exchangeQuery.ts';
import { FinishedExchanges } from '../../../src/capture/finishedExchanges.ts';
import { removeImported } from '../../../src/capture/importRemoval.ts';
import { runsOfImport } from '../../../src/capture/importStore.ts';
import { CaptureStore } from '../../../src/capture/store.ts';
import { packedBatch } from '../../../src/protocol/packedBatch.ts';
import { allOf } from './exchanges.ts';
import { batchOf, connectionRecord, exchangeFields } from './traffic.ts';

const megabyte = 1024 * 1024;
const time = 1_790_000_000_000;
type Source = 'live' | 'first' | 'second';
const sources: readonly Source[] = ['live', 'first', 'second'];

/** An exchange of a run: which connection it is on, and whether it goes on. */
interface Planned {
  readonly source: Source;
  readonly connection: number;
  readonly open: boolean;
}

const anyPlan = fc.array(
  fc.record<Planned>({
    source: fc.constantFrom(...sources),
    connection: fc.integer({ min: 1, max: 3 }),
    open: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

function newStore(): CaptureStore {
  const store = new CaptureStore(16 * megabyte);
  for (const id of sources) {
    const imported = id === 'live' ? {} : { imported: { file: `${id}.har`, rebuilt: false } };
    store.addRun({ id, serverName: id, root: '', startedAt: time, ...imported });
  }
  return store;
}

/** Stores what is planned for some of the runs, each exchange in a batch of its own. */
function fill(plan: readonly Planned[], wanted: readonly Source[]): CaptureStore {
  const store = newStore();
  const lengths = new Map<string, number>();
  for (const [i, { source, connection, open }] of plan.entries()) {
    if (!wanted.includes(source)) continue;
    const id = 1 + plan.slice(0, i).filter((one) => one.source === source).length;
    const key = `${source} ${connection}`;
    const start = lengths.get(key) ?? 0;
    const bytes = Buffer.from(`GET /${id} HTTP/1.1\r\nHost: ${source}\r\n\r\n`);
    lengths.set(key, start + bytes.length);
    const number =
      1 + plan.slice(0, i).filter((one) => one.source === source && one.connection === connection).length;
    store.add(
      source,
      batchOf(i + 1, {
        connections: [connectionRecord(connection, { openedAt: time })],
        exchanges: [
          exchangeFields(id, {
            connection,
            number,
            requestStart: start,
            requestEnd: start + bytes.length,
            startedAt: time + i,
            endedAt: open ? 0 : time + i + 1,
          }),
        ],
        segments: [{ connection, direction: 0, offset: start, bytes, time: time + i }],
      }),
    );
    if (i % 5 === 0) store.mark(`${source}/${id}`, true);
    if (i % 7 === 0) store.comment(`${source}/${id}`, `Remark ${i}`);
  }
  for (const source of ['first', 'second']) store.endRun(source, { reason: '', time: time + 100 });
  return store;
}

test('what is left of a store is what it were without the import, wherever that came in between', () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const store = fill(plan, sources);
      const without = fill(plan, ['live', 'second']);
      removeImported(without, ['first']);
      removeImported(store, ['first', 'live', 'unknown']);
      assert.deepEqual(allOf(store), allOf(without));
      assert.deepEqual(allKeys(store), allKeys(without));
      assert.deepEqual(markedKeys(store), markedKeys(without));
      for (const [i, key] of allKeys(store).entries()) assert.equal(store.indexOf(key), i);
      assert.equal(store.size, without.size);
      assert.deepEqual(store.totals(), without.totals());
      assert.equal(store.run('first'), undefined);
      const live = store.run('live');
      for (const connection of live?.connections.values() ?? []) {
        const { exchanges } = connection;
        assert.ok(Array.from({ length: exchanges.length }, (_, n) => exchanges.at(n)).every((at) => at >= 0));
      }
      // What goes on is told of as before.
      const open = plan.filter(({ source, open }) => source === 'live' && open).length;
      assert.equal(live?.open.size ?? 0, open);
    }),
  );
});

function idsOf(query: ExchangeQuery): string[] {
  while (!query.update(50)) {
    // Goes on until all was gone through.
  }
  return query.rows(0, query.count).map(({ key }) => key);
}

test('lists follow: filtered, sorted, and paused', () => {
  const plan = Array.from(
    { length: 30 },
    (_, i): Planned => ({ source: sources[i % 3], connection: 1, open: false }),
  );
  const store = fill(plan, sources);
  const filtered = new ExchangeQuery(store.queryTable());
  filtered.set({ filter: '-is:marked', order: null, paused: false });
  const sorted = new ExchangeQuery(store.queryTable());
  sorted.set({ filter: '', order: { column: 'time', descending: true }, paused: false });
  const paused = new ExchangeQuery(store.queryTable());
  paused.set({ filter: '', order: null, paused: true });
  const before = [filtered, sorted, paused].map(idsOf);
  store.add(
    'live',
    batchOf(99, { exchanges: [exchangeFields(99, { startedAt: time + 99, endedAt: time + 100 })] }),
  );
  removeImported(store, ['first']);
  const left = (keys: readonly string[]) => keys.filter((key) => !key.startsWith('first/'));
  assert.deepEqual(idsOf(filtered), [...left(before[0]), 'live/99']);
  assert.deepEqual(idsOf(sorted), ['live/99', ...left(before[1])]);
  assert.deepEqual(idsOf(paused), left(before[2]));
  assert.equal(paused.arrivedWhilePaused, 1);
});

test('nobody is told again of exchanges that are left', () => {
  const told: string[] = [];
  const plan: Planned[] = [
    { source: 'live', connection: 1, open: false },
    { source: 'first', connection: 1, open: false },
  ];
  const store = fill(plan, sources);
  const finished = new FinishedExchanges(store, ({ key }) => told.push(key));
  removeImported(store, ['first']);
  store.add('live', batchOf(9, { exchanges: [exchangeFields(9, { endedAt: time })] }));
  assert.deepEqual(told, ['live/9']);
  finished.dispose();
});

test('what was removed stays so over a reload, and is not counted as lost', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-removed-'));
  try {
    const failed = (error: unknown) => assert.fail(String(error));
    const store = new CaptureStore(16 * megabyte);
    const log = new CaptureLog(folder, store, megabyte, failed);
    for (const id of ['import-1', 'import-1-rebuilt', 'import-2']) {
      const description = {
        id,
        serverName: id,
        root: '',
        startedAt: time,
        imported: { file: 'a.har', rebuilt: id.endsWith('rebuilt') },
      };
      store.addRun(description);
      log.addRun(description);
      const batch = batchOf(1, { exchanges: [exchangeFields(1, { endedAt: time })] });
      store.add(id, batch);
      log.addBatch(id, packedBatch(batch));
      const end = { reason: '', time: time + 1 };
      store.endRun(id, end);
      log.endRun(id, end);
    }
    const runs = runsOfImport('import-1-rebuilt');
    assert.deepEqual(runs, runsOfImport('import-1'));
    removeImported(store, runs);
    log.addRemoval(runs);
    log.close();
    const again = new CaptureStore(16 * megabyte);
    const restored = new CaptureLog(folder, again, megabyte, failed);
    restored.restore();
    restored.close();
    assert.deepEqual(allKeys(again), ['import-2/1']);
    assert.equal(again.summary().lostInReload, 0);
    assert.deepEqual(
      again.runs().map(({ description }) => description.id),
      ['import-2'],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
