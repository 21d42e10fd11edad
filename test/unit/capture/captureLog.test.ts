import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { CaptureLog } from '../../../src/capture/captureLog.ts';
import { logFormat, type Unreadable } from '../../../src/capture/captureLogFile.ts';
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

interface Opened {
  readonly store: CaptureStore;
  readonly log: CaptureLog;
  readonly unreadable: Unreadable | null;
}

function open(folder: string, maxBytes = 16 * megabyte): Opened {
  const store = new CaptureStore(64 * megabyte);
  const log = new CaptureLog(folder, store, maxBytes, (error) => assert.fail(String(error)));
  const unreadable = log.restore();
  return { store, log, unreadable };
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

/** Captures one exchange more, in a run of its own, as a window does that goes on with what there is. */
function captureNext({ store, log }: Opened): void {
  const next = { ...description, id: 'next' };
  store.addRun(next);
  log.addRun(next);
  store.add('next', oneExchange(1));
  log.addBatch('next', packedBatch(oneExchange(1)));
  log.close();
}

/** Whatever is read of it. */
function readAll(store: CaptureStore): void {
  for (const { key } of store.rows(0, store.count)) {
    store.detail(key);
    store.calls(key);
  }
  for (const run of store.runs())
    for (const { record } of run.newestConnections(100))
      store.follow(`${run.description.id}/${record.id}`, 0);
}

/** The file's first frame with other members. */
function rewriteFirstFrame(file: string, members: Record<string, unknown>): void {
  const bytes = readFileSync(file);
  const end = 4 + bytes.readUInt32BE(0);
  const body = serialize({ ...deserialize(bytes.subarray(4, end)), ...members });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  writeFileSync(file, Buffer.concat([length, body, bytes.subarray(end)]));
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
          const opened = open(folder);
          const restored = opened.store.count;
          assert.deepEqual(
            opened.store.rows(0, restored).map((row) => row.id),
            batches.slice(0, restored).map((_, i) => i + 1),
          );
          // What comes after the cut must be found again, behind what was whole.
          captureNext(opened);
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
      const { store, unreadable } = open(folder);
      assert.equal(store.count, 0, 'bytes that the segments do not account for');
      assert.equal(unreadable, 'damaged');
    });
  });

  test('goes on with what 0.5.0 kept', () => {
    withFolder((folder) => {
      cpSync('test/fixtures/kept/0.5.0', folder, { recursive: true });
      const { store, log, unreadable } = open(folder);
      assert.equal(unreadable, null);
      assert.deepEqual(
        store.rows(0, 9).map(({ target, marked, comment }) => ({ target, marked, comment })),
        [
          { target: '/page-1', marked: false, comment: '' },
          { target: '/page-2', marked: true, comment: '' },
          { target: '/page-3', marked: false, comment: 'kept' },
        ],
      );
      log.close();
      assert.equal(open(folder).store.count, 3);
    });
  });

  test('tells once that what 0.4.0 kept is not understood, and removes it', () => {
    withFolder((folder) => {
      cpSync('test/fixtures/kept/0.4.0', folder, { recursive: true });
      const before = sizeOf(folder);
      const opened = open(folder);
      assert.equal(opened.unreadable, 'earlierFormat');
      assert.equal(opened.store.count, 0);
      assert.deepEqual(opened.store.runs(), []);
      assert.ok(sizeOf(folder) < before / 4, `${sizeOf(folder)} of ${before} bytes are left`);
      captureNext(opened);
      const again = open(folder);
      assert.deepEqual([again.unreadable, again.store.count], [null, 1]);
    });
  });

  test('reads no other format than its own, and says whether it is an earlier or a later one', () => {
    for (const [format, expected] of [
      [logFormat - 1, 'earlierFormat'],
      [logFormat + 1, 'laterFormat'],
      ['1', 'damaged'],
    ] as const) {
      withFolder((folder) => {
        capture(folder, [oneExchange(1)]);
        rewriteFirstFrame(path.join(folder, 'capture.0'), { format });
        const opened = open(folder);
        assert.deepEqual([opened.unreadable, opened.store.count], [expected, 0]);
        assert.deepEqual(readdirSync(folder), []);
        captureNext(opened);
        assert.equal(open(folder).store.count, 1);
      });
    }
  });

  test('reads any bytes without an exception, and tells of them once', () => {
    const whole = Array.from({ length: 6 }, (_, i) => oneExchange(i + 1, new Uint8Array(40)));
    const change = fc.record({
      at: fc.nat(1_000_000),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    });
    const damage = fc.oneof(
      fc.record({ random: fc.uint8Array({ maxLength: 200 }) }),
      fc.record({
        changes: fc.array(change, { minLength: 1, maxLength: 4 }),
        cut: fc.option(fc.nat(1_000_000)),
      }),
    );
    fc.assert(
      fc.property(damage, fc.constantFrom('capture.0', 'capture.1'), (damaged, name) => {
        withFolder((folder) => {
          capture(folder, whole);
          const file = path.join(folder, name);
          writeFileSync(file, damagedBytes(readFileSync(path.join(folder, 'capture.0')), damaged));
          const opened = open(folder);
          const restored = opened.store.count;
          readAll(opened.store);
          captureNext(opened);
          const again = open(folder);
          again.log.close();
          assert.deepEqual([again.unreadable, again.store.count], [null, restored + 1]);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('takes a place that it cannot read for empty, and says why it keeps nothing there', () => {
    withFolder((folder) => {
      mkdirSync(path.join(folder, 'capture.0'));
      const errors: unknown[] = [];
      const store = new CaptureStore(megabyte);
      const log = new CaptureLog(folder, store, megabyte, (error) => errors.push(error));
      assert.equal(log.restore(), null);
      assert.match(String(errors[0]), /EISDIR/);
    });
  });
});

type Damage =
  | { readonly random: Uint8Array }
  | { readonly changes: readonly { at: number; bytes: Uint8Array }[]; readonly cut: number | null };

function damagedBytes(whole: Buffer, damage: Damage): Uint8Array {
  if ('random' in damage) return damage.random;
  for (const { at, bytes } of damage.changes) {
    const place = at % whole.length;
    whole.set(bytes.subarray(0, whole.length - place), place);
  }
  return damage.cut === null ? whole : whole.subarray(0, damage.cut % whole.length);
}
