import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { CaptureSource } from '../../../src/capture/captureSource.ts';
import { allKeys, markedKeys } from '../../../src/capture/exchangeKeys.ts';
import { exchangesOnly, pcapngFile } from '../../../src/capture/exportConversations.ts';
import { type ExportFormat, exportPieces } from '../../../src/capture/exportFormat.ts';
import { sliceItems, sortedInSlices } from '../../../src/capture/slicedSort.ts';
import { writeFileInSlices } from '../../../src/capture/writeInSlices.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { largeCapture } from '../../bench/largeCapture.ts';
import { bytesOf, storeOf } from './exchanges.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'spark-export-'));
after(() => rmSync(folder, { recursive: true }));

const capture = largeCapture(20_000);

function* details(store: CaptureSource): Generator<ExchangeDetail> {
  for (const key of allKeys(store)) {
    const detail = store.detail(key);
    if (detail !== null) yield detail;
  }
}

function pieces(format: ExportFormat): Iterable<string | Uint8Array> {
  return exportPieces(format, { details: details(capture), ...exchangesOnly }, '1.2.3');
}

test('what is sorted in slices is sorted as at once, and no slice compares more than some thousand items', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: fc.nat(50), name: fc.nat() })), (items) => {
      const work = sortedInSlices(items, (one, other) => one.key - other.key);
      let step = work.next();
      while (step.done !== true) step = work.next();
      assert.deepEqual(
        step.value,
        items.toSorted((one, other) => one.key - other.key),
      );
    }),
  );
  let compared = 0;
  let most = 0;
  const numbers = Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 300_007);
  const work = sortedInSlices(numbers, (one, other) => {
    compared++;
    return one - other;
  });
  let step = work.next();
  for (; ; step = work.next()) {
    most = Math.max(most, compared);
    compared = 0;
    if (step.done === true) break;
  }
  assert.deepEqual(
    step.value,
    numbers.toSorted((one, other) => one - other),
  );
  assert.ok(most <= sliceItems * Math.log2(sliceItems), `${most} comparisons at a stretch`);
});

test('packets of many exchanges are sorted in many slices, and told of as they are made', () => {
  const shares: number[] = [];
  const file = pcapngFile(details(capture), '1.2.3', exchangesOnly, (share) => shares.push(share));
  let empty = 0;
  let made = 0;
  for (const piece of file) {
    if (piece.length === 0) empty++;
    else made++;
  }
  // One for each exchange; several for each connection, of which there are six times fewer; and those of the last sort.
  assert.ok(empty > 20_000 + 3 * (20_000 / 6), `${empty} empty pieces`);
  assert.ok(made > 20_000 * 2);
  assert.equal(shares[0], 0);
  assert.ok(shares.every((share, i) => i === 0 || share > shares[i - 1]));
  assert.ok((shares.at(-1) ?? 0) > 0.99);
});

test('one connection with very many exchanges is no stretch of its own', () => {
  const one = { request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', response: 'HTTP/1.1 204 No Content\r\n\r\n' };
  const store = storeOf(Array.from({ length: 10_000 }, () => one));
  const [key] = allKeys(store);
  const connection = store.connectionOfExchange(key);
  assert.ok(connection !== null);
  const whole = { wholeConnection: () => store.wholeConnection(connection), connections: [connection] };
  let empty = 0;
  for (const piece of pcapngFile([], '1.2.3', whole)) if (piece.length === 0) empty++;
  assert.ok(empty >= 3 * Math.floor(20_000 / sliceItems), `${empty} empty pieces`);
});

for (const format of ['pcapng', 'har', 'messageBytes'] as const) {
  test(`${format}: others get their turn, and whoever cancels finds the folder as it was`, async () => {
    const target = path.join(folder, `capture.${format}`);
    writeFileSync(target, 'as it was');
    const cancelling = new AbortController();
    let turns = 0;
    const turn = () => {
      // Late enough that something was written.
      if (++turns === 4) cancelling.abort();
      else if (!cancelling.signal.aborted) setImmediate(turn);
    };
    setImmediate(turn);
    assert.equal(await writeFileInSlices(target, pieces(format), cancelling.signal), false);
    assert.equal(turns, 4);
    assert.equal(readFileSync(target, 'utf8'), 'as it was');
    assert.deepEqual(readdirSync(folder), [path.basename(target)]);
    rmSync(target);
  });
}

test('what is not cancelled is there as a whole; what fails leaves nothing behind', async () => {
  const target = path.join(folder, 'whole.bin');
  const { signal } = new AbortController();
  assert.equal(await writeFileInSlices(target, ['a', new Uint8Array(0), bytesOf('b')], signal), true);
  assert.equal(readFileSync(target, 'utf8'), 'ab');
  const broken = (function* () {
    yield 'a';
    throw new Error('It is gone.');
  })();
  await assert.rejects(writeFileInSlices(path.join(folder, 'broken'), broken, signal), /It is gone/);
  assert.deepEqual(readdirSync(folder), ['whole.bin']);
});

test('keys are those of all exchanges, of the marked, and of a connection', () => {
  const rows = capture.rows(0, capture.count);
  assert.deepEqual(
    allKeys(capture),
    rows.map(({ key }) => key),
  );
  const marked = [rows[700].key, rows[3].key];
  for (const key of marked) capture.mark(key, true);
  assert.deepEqual(markedKeys(capture), marked.toReversed());
  const connection = capture.connectionOfExchange(rows[8].key);
  assert.ok(connection !== null);
  assert.deepEqual(
    capture.exchangesOf(connection),
    rows.slice(6, 12).map(({ key }) => key),
  );
});
