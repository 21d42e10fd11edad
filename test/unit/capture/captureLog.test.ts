import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CaptureLog } from '../../../src/capture/captureLog.ts';
import { CaptureStore } from '../../../src/capture/store.ts';
import type { CaptureBatch } from '../../../src/protocol/capture.ts';
import { packedBatch } from '../../../src/protocol/packedBatch.ts';
import { batchOf, connectionRecord, exchangeFields, makeTraffic } from './traffic.ts';

const megabyte = 1024 * 1024;
const description = { id: 'run', serverName: 'site', root: '/site', startedAt: 1000 };

function withFolder(test: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-log-'));
  try {
    test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function open(folder: string, maxBytes = 16 * megabyte): { store: CaptureStore; log: CaptureLog } {
  const store = new CaptureStore(64 * megabyte);
  const log = new CaptureLog(folder, store, maxBytes, (error) => assert.fail(String(error)));
  log.restore();
  return { store, log };
}

/** A window that captures and is gone without a word. */
function capture(folder: string, batches: readonly CaptureBatch[], maxBytes?: number): CaptureStore {
  const { store, log } = open(folder, maxBytes);
  if (store.run('run') === undefined) {
    store.addRun(description);
    log.addRun(description);
  }
  for (const batch of batches) {
    store.add('run', batch);
    log.addBatch('run', packedBatch(batch));
  }
  log.close();
  return store;
}

function oneExchange(id: number, bytes = new Uint8Array(0)): CaptureBatch {
  return batchOf(id, {
    connections: [connectionRecord(id, { state: 'closed' })],
    exchanges: [exchangeFields(id, { connection: id, requestEnd: bytes.length, endedAt: 5000 })],
    segments: bytes.length === 0 ? [] : [{ connection: id, direction: 0, offset: 0, bytes }],
  });
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}

describe('the capture log', () => {
  test('gives everything back after a reload, marked so', () => {
    const plan = [
      [
        { requestLength: 90, responseLength: 400, ends: true },
        { requestLength: 30, responseLength: 1, ends: true },
      ],
      [{ requestLength: 70, responseLength: 1, ends: false }],
    ];
    withFolder((folder) => {
      let turn = 0;
      const { batches } = makeTraffic(plan, (below) => turn++ % below);
      const before = capture(folder, batches);
      before.endRun('run', { reason: 'The window was reloaded or closed.', time: 5000 });
      const { store } = open(folder);
      const unmarked = (one: CaptureStore) =>
        one.rows(0, one.count).map(({ key }) => {
          const detail = one.detail(key);
          return detail && { ...detail, row: { ...detail.row, beforeReload: false } };
        });
      assert.equal(store.count, 3);
      assert.deepEqual(unmarked(store), unmarked(before));
      assert.ok(store.rows(0, 3).every((row) => row.beforeReload));
      assert.deepEqual(store.summary(), { exchanges: 3, displaced: 0, leftOut: 0, lostInReload: 0 });
    });
  });

  test('takes a file that was cut off anywhere, and counts what is missing', () => {
    const batches = Array.from({ length: 12 }, (_, i) => oneExchange(i + 1, new Uint8Array(50)));
    fc.assert(
      fc.property(fc.nat(1_000_000), (cut) => {
        withFolder((folder) => {
          capture(folder, batches);
          const file = path.join(folder, 'capture.0');
          truncateSync(file, cut % (statSync(file).size + 1));
          const { store, log } = open(folder);
          const restored = store.count;
          assert.deepEqual(
            store.rows(0, restored).map((row) => row.id),
            batches.slice(0, restored).map((_, i) => i + 1),
          );
          // What comes after the cut must be found again, behind what was whole.
          const next = { ...description, id: 'next' };
          store.addRun(next);
          log.addRun(next);
          store.add('next', oneExchange(1));
          log.addBatch('next', packedBatch(oneExchange(1)));
          log.close();
          assert.equal(open(folder).store.count, restored + 1);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('stays within its bound, keeps the newest and counts the rest as lost', () => {
    withFolder((folder) => {
      const bound = 200_000;
      const batches = Array.from({ length: 300 }, (_, i) => oneExchange(i + 1, new Uint8Array(2000)));
      capture(folder, batches, bound);
      assert.ok(sizeOf(folder) <= bound, `${sizeOf(folder)} bytes`);
      const { store } = open(folder, bound);
      const { exchanges, lostInReload } = store.summary();
      assert.equal(exchanges + lostInReload, 300);
      assert.ok(exchanges > 20);
      assert.equal(store.rows(exchanges - 1, exchanges)[0].id, 300);
      // A second reload loses nothing more.
      assert.deepEqual(open(folder, bound).store.summary(), store.summary());
    });
  });

  test('takes nothing more once it is closed, and loses nothing', () => {
    withFolder((folder) => {
      const { store, log } = open(folder);
      store.addRun(description);
      log.addRun(description);
      store.add('run', oneExchange(1));
      log.addBatch('run', packedBatch(oneExchange(1)));
      log.close();
      log.endRun('run', { reason: 'It was stopped.', time: 6000 });
      const restored = open(folder).store;
      assert.equal(restored.count, 1);
      assert.equal(restored.run('run')?.end?.reason, 'The window was reloaded or closed.');
    });
  });

  test('is removed by a clear, and with a bound of 0', () => {
    withFolder((folder) => {
      capture(folder, [oneExchange(1)]);
      const { log } = open(folder);
      log.clear();
      assert.deepEqual(readdirSync(folder), []);
      capture(folder, [oneExchange(1)], 0);
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  test('keeps why a run ended', () => {
    withFolder((folder) => {
      capture(folder, [oneExchange(1)]);
      const { store, log } = open(folder);
      assert.equal(store.run('run')?.end?.reason, 'The window was reloaded or closed.');
      const next = { ...description, id: 'next' };
      store.addRun(next);
      log.addRun(next);
      store.add('next', oneExchange(1));
      log.addBatch('next', packedBatch(oneExchange(1)));
      log.endRun('next', { reason: 'It was stopped.', time: 6000 });
      log.close();
      assert.equal(open(folder).store.run('next')?.end?.reason, 'It was stopped.');
    });
  });

  test('keeps marks and comments, as they were last', () => {
    withFolder((folder) => {
      const { store, log } = open(folder);
      store.addRun(description);
      log.addRun(description);
      for (const id of [1, 2]) {
        store.add('run', oneExchange(id));
        log.addBatch('run', packedBatch(oneExchange(id)));
      }
      log.addMark('run/1', true);
      log.addMark('run/2', true);
      log.addMark('run/2', false);
      log.addComment('run/1', 'first');
      log.addComment('run/1', 'second');
      log.addComment('run/9', 'of one that is not there');
      log.close();
      const kept = open(folder).store.rows(0, 9);
      assert.deepEqual(
        kept.map(({ id, marked, comment }) => ({ id, marked, comment })),
        [
          { id: 1, marked: true, comment: 'second' },
          { id: 2, marked: false, comment: '' },
        ],
      );
    });
  });

  test('says so once when it cannot write, and goes on without', () => {
    const store = new CaptureStore(megabyte);
    const errors: unknown[] = [];
    const log = new CaptureLog('/nowhere/at/all', store, megabyte, (error) => errors.push(error));
    store.addRun(description);
    log.addRun(description);
    log.addRun(description);
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]), /ENOENT/);
  });

  test('refuses a file that is not its own', () => {
    withFolder((folder) => {
      const batch = oneExchange(1, new Uint8Array(10));
      capture(folder, [{ ...batch, bytes: new Uint8Array(3) }]);
      assert.ok(readFileSync(path.join(folder, 'capture.0')).length > 100);
      assert.equal(open(folder).store.count, 0, 'bytes that the segments do not account for');
    });
  });
});
