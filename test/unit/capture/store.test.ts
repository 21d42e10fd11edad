import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CaptureStore } from '../../../src/capture/store.ts';
import type { MessageDetail } from '../../../src/protocol/inspector.ts';
import {
  batchOf,
  connectionRecord,
  type ExpectedExchange,
  exampleRun,
  exchangeFields,
  makeTraffic,
  newStore,
  type PlannedExchange,
} from './traffic.ts';

const megabyte = 1024 * 1024;
const anyPlan = fc.array(
  fc.array(
    fc.record<PlannedExchange>({
      requestLength: fc.integer({ min: 1, max: 200 }),
      responseLength: fc.integer({ min: 1, max: 300 }),
      ends: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
  { minLength: 1, maxLength: 5 },
);

/** Takes an integer from 0 to its argument - 1 from random numbers that fast-check can shrink. */
function chooser(random: readonly number[]): (below: number) => number {
  let i = 0;
  return (below) => (random.length === 0 ? 0 : random[i++ % random.length] % below);
}

function assertBytes(message: MessageDetail, bytes: Uint8Array): void {
  assert.equal(message.length, bytes.length);
  if (bytes.length === 0) return;
  assert.equal(message.kept.length, 1, 'adjoining segments are joined');
  assert.equal(message.kept[0].offset, 0);
  assert.deepEqual(Buffer.from(message.kept[0].bytes), Buffer.from(bytes));
  assert.equal(message.segments[0].start, 0);
  assert.equal(message.segments.at(-1)?.end, bytes.length);
}

function assertStored(store: CaptureStore, expected: readonly ExpectedExchange[]): void {
  assert.deepEqual(
    store.rows(0, store.count).map((row) => row.id),
    expected.map((exchange) => exchange.id),
  );
  for (const [i, exchange] of expected.entries()) {
    const key = `run/${exchange.id}`;
    assert.equal(store.indexOf(key), i);
    const detail = store.detail(key);
    assert.ok(detail !== null);
    assert.equal(detail.row.duration !== null, exchange.ended);
    assert.equal(detail.row.target, `/${exchange.id}`);
    assertBytes(detail.request, exchange.request);
    assertBytes(detail.response, exchange.response);
  }
}

describe('the store', () => {
  test('gives back rows and bytes, whatever the order and the cuts', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }), (plan, random) => {
        const store = newStore();
        const { batches, expected } = makeTraffic(plan, chooser(random));
        for (const batch of batches) store.add('run', batch);
        assertStored(store, expected);
      }),
    );
  });

  test('stays within its bound, displaces the oldest first and counts them', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 0, max: 20_000 }),
        (plan, random, maxBytes) => {
          const store = newStore(maxBytes);
          const { batches, expected } = makeTraffic(plan, chooser(random));
          // Open connections stay, whatever the bound: the server bounds their number.
          const least = plan.length * 1400;
          for (const batch of batches) {
            store.add('run', batch);
            assert.ok(store.size <= Math.max(maxBytes, least));
          }
          const { exchanges, displaced } = store.summary();
          assert.equal(exchanges + displaced, expected.length);
          assert.deepEqual(
            store.rows(0, exchanges).map((row) => row.id),
            expected.slice(displaced).map((exchange) => exchange.id),
          );
        },
      ),
    );
  });

  test('holds 100,000 exchanges and finds any of them at once', () => {
    const store = newStore(256 * megabyte);
    for (let first = 1; first <= 100_000; first += 500) {
      const rows = Array.from({ length: 500 }, (_, i) => exchangeFields(first + i, { endedAt: 5000 }));
      store.add('run', batchOf(first, { exchanges: rows }));
    }
    assert.equal(store.count, 100_000);
    assert.equal(store.indexOf('run/77777'), 77_776);
    assert.deepEqual(
      store.rows(99_998, 100_010).map((row) => row.id),
      [99_999, 100_000],
    );
  });

  test('takes a batch of more segments than a slab holds', () => {
    const store = newStore();
    const segments = Array.from({ length: 70_000 }, (_, offset) => ({
      connection: 1,
      direction: 0 as const,
      offset,
      bytes: Uint8Array.of(offset & 0xff),
    }));
    const exchanges = [exchangeFields(1, { requestStart: 65_530, requestEnd: 65_546 })];
    store.add('run', batchOf(1, { connections: [connectionRecord(1)], exchanges, segments }));
    const kept = store.detail('run/1')?.request.kept;
    assert.deepEqual(kept, [
      { offset: 0, bytes: Uint8Array.from({ length: 16 }, (_, i) => (65_530 + i) & 0xff) },
    ]);
  });

  test('marks what a read carried, and leaves gaps where bytes were not kept', () => {
    const store = newStore();
    const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
    const at = (offset: number, kept: boolean) => ({
      connection: 1,
      direction: 0 as const,
      offset,
      bytes,
      kept,
    });
    store.add(
      'run',
      batchOf(1, {
        connections: [connectionRecord(1)],
        exchanges: [exchangeFields(1, { requestStart: 5, requestEnd: 25 })],
        segments: [at(0, true), at(10, false), at(20, true)],
      }),
    );
    const request = store.detail('run/1')?.request;
    assert.deepEqual(request?.kept, [
      { offset: 0, bytes: Uint8Array.of(5, 6, 7, 8, 9) },
      { offset: 15, bytes: Uint8Array.of(0, 1, 2, 3, 4) },
    ]);
    assert.deepEqual(
      request?.segments.map(({ start, end }) => [start, end]),
      [
        [0, 5],
        [5, 15],
        [15, 20],
      ],
    );
  });

  test('closes what was open when its run ends, for the reason given', () => {
    const store = newStore();
    const bytes = new Uint8Array(7);
    store.add(
      'run',
      batchOf(1, {
        connections: [connectionRecord(1), connectionRecord(2)],
        exchanges: [exchangeFields(1)],
        segments: [{ connection: 1, direction: 0, offset: 0, bytes }],
      }),
    );
    store.endRun('run', { reason: 'It died.', time: 9000 });
    const [row] = store.rows(0, 1);
    assert.equal(row.aborted, true);
    assert.equal(row.duration, 9000 - 2001);
    assert.equal(row.requestSize, 7);
    const connections = store.run('run')?.newestConnections(10) ?? [];
    assert.deepEqual(
      connections.map(({ record }) => [record.id, record.state, record.closeReason]),
      [
        [2, 'closed', 'It died.'],
        [1, 'closed', 'It died.'],
      ],
    );
  });

  test('forgets a run that left nothing', () => {
    const store = newStore();
    store.endRun('run', { reason: 'Stopped.', time: 9000 });
    assert.equal(store.runs().length, 0);
  });

  test('keeps open connections through a clear, but not the exchanges under way', () => {
    const store = newStore();
    let cleared = 0;
    store.onDidChange((change) => {
      if (change === 'cleared') cleared++;
    });
    const connections = [connectionRecord(1), connectionRecord(2, { state: 'closed' })];
    store.add('run', batchOf(1, { connections, exchanges: [exchangeFields(1)] }, 3));
    store.clear();
    assert.equal(cleared, 1);
    assert.deepEqual(store.summary(), { exchanges: 0, displaced: 0, leftOut: 0, lostInReload: 0 });
    assert.equal(store.indexOf('run/1'), -1);
    store.add(
      'run',
      batchOf(2, { exchanges: [exchangeFields(1, { endedAt: 9000 }), exchangeFields(2, { number: 2 })] }, 4),
    );
    assert.deepEqual(
      store.rows(0, 10).map((row) => row.id),
      [2],
    );
    assert.equal(store.summary().leftOut, 1);
    assert.deepEqual(
      store
        .run('run')
        ?.newestConnections(9)
        .map(({ record }) => record.id),
      [1],
    );
  });

  test('lets closed connections go with their last exchange, bare ones in their turn', () => {
    const store = newStore(0);
    store.add(
      'run',
      batchOf(1, { connections: [connectionRecord(1), connectionRecord(2, { state: 'closed' })] }),
    );
    store.add(
      'run',
      batchOf(2, {
        connections: [connectionRecord(3, { state: 'closed' })],
        exchanges: [exchangeFields(1, { connection: 3, endedAt: 1 })],
      }),
    );
    assert.deepEqual(
      store
        .run('run')
        ?.newestConnections(9)
        .map(({ record }) => record.id),
      [1],
    );
    assert.equal(store.summary().displaced, 1);
  });

  test('knows which bytes the kernel sent out of a file, and where they lie in it', () => {
    const store = newStore();
    const sent = (offset: number, length: number, file?: { path: string; offset: number }) => {
      const segment = { connection: 1, direction: 1, offset, bytes: new Uint8Array(length) } as const;
      return file === undefined ? segment : { ...segment, kept: false, file };
    };
    const segments = [
      sent(0, 10),
      sent(10, 30, { path: '/a', offset: 7 }),
      sent(40, 20, { path: '/a', offset: 37 }),
      sent(60, 5, { path: '/b', offset: 57 }),
      sent(65, 5),
    ];
    const response = { responseStart: 5, responseBodyStart: 10, responseEnd: 70, endedAt: 1 };
    store.add('run', batchOf(1, { exchanges: [exchangeFields(1, response)], segments }));
    assert.deepEqual(store.detail('run/1')?.response.files, [
      { start: 5, end: 55, path: '/a', offset: 7 },
      { start: 55, end: 60, path: '/b', offset: 57 },
    ]);
  });

  test('changes the version of a run when a connection comes, and with its first exchange', () => {
    const store = newStore();
    const versions = new Set([store.run('run')?.version]);
    const look = () => versions.add(store.run('run')?.version).size;
    store.add('run', batchOf(1, { connections: [connectionRecord(1)] }));
    assert.equal(look(), 2);
    store.add('run', batchOf(2, { exchanges: [exchangeFields(1)] }));
    assert.equal(look(), 3);
    store.add('run', batchOf(3, { exchanges: [exchangeFields(2)] }));
    assert.equal(look(), 3, 'a second exchange changes the connection alone');
  });

  test('changes the version of an exchange with anything new of its connection', () => {
    const store = newStore();
    store.add('run', batchOf(1, { connections: [connectionRecord(1)], exchanges: [exchangeFields(1)] }));
    const before = store.version('run/1');
    const segment = { connection: 1, direction: 0 as const, offset: 0, bytes: new Uint8Array(1) };
    store.add('run', batchOf(2, { segments: [segment] }));
    assert.notEqual(store.version('run/1'), before);
    assert.equal(store.version('run/2'), 0);
    assert.equal(store.version('nonsense'), 0);
  });
});

test('why a connection has no system calls is told', () => {
  const store = newStore();
  store.addRun({ ...exampleRun, id: 'untraced', traced: false });
  store.addRun({ ...exampleRun, id: 'traced', traced: true });
  store.addRun({ ...exampleRun, id: 'file', imported: { file: 'site.har', rebuilt: true } });
  const reasons = ['untraced', 'traced', 'file'].map((run) => store.callsOf(run, 1).untraced);
  assert.deepEqual(reasons, ['off', 'libuv', 'imported']);
});
