import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaptureStore } from '../../../src/capture/store.ts';
import type { FollowedBlock } from '../../../src/protocol/follow.ts';
import { batchOf, connectionRecord, exchangeFields, newStore, type Segment } from './traffic.ts';

const text = (value: string) => Buffer.from(value, 'latin1');

function storeOf(segments: readonly Segment[], exchanges = [exchangeFields(1)]): CaptureStore {
  const store = newStore();
  store.add('run', batchOf(1, { connections: [connectionRecord(1)], exchanges, segments: [...segments] }));
  return store;
}

const said = (blocks: readonly FollowedBlock[]) =>
  blocks.map(({ direction, kept, time }) => `${direction} ${Buffer.from(kept).toString('latin1')} ${time}`);

test('both directions in the order of time, with where exchanges begin; tunnelled bytes too', () => {
  const store = storeOf(
    [
      { connection: 1, direction: 1, offset: 0, bytes: text('101'), time: 20 },
      { connection: 1, direction: 0, offset: 0, bytes: text('GET'), time: 10 },
      { connection: 1, direction: 0, offset: 3, bytes: text('ping'), time: 30 },
      { connection: 1, direction: 1, offset: 3, bytes: text('pong'), time: 30 },
    ],
    [exchangeFields(1, { requestStart: 0, requestEnd: 3, responseStart: 0, responseEnd: 3, status: 101 })],
  );
  const followed = store.follow('run/1', null);
  assert.ok(followed !== null);
  assert.deepEqual(said(followed.blocks), [
    'received GET 10',
    'sent 101 20',
    'received ping 30',
    'sent pong 30',
  ]);
  assert.deepEqual([followed.total, followed.first, followed.timeBefore, followed.closedAt], [4, 0, 0, 0]);
  assert.deepEqual(
    followed.exchanges.map(({ key, requestStart, responseStart }) => [key, requestStart, responseStart]),
    [['run/1', 0, 0]],
  );
  assert.equal(store.connectionOfExchange('run/1'), 'run/1');
  assert.deepEqual(store.exchangesOf('run/1'), ['run/1']);
});

test('a long connection comes in parts, the newest first, that leave nothing out', () => {
  const large = 400 * 1024;
  const store = storeOf(
    Array.from({ length: 7 }, (_, i) => ({
      connection: 1,
      direction: 0,
      offset: i * large,
      bytes: Buffer.alloc(large, i),
      time: 10 + i,
    })),
  );
  const seen: number[] = [];
  let end: number | null = null;
  do {
    const part = store.follow('run/1', end);
    assert.ok(part !== null && part.blocks.length > 0);
    seen.unshift(...part.blocks.map(({ start }) => start / large));
    assert.equal(part.timeBefore, part.first === 0 ? 0 : 9 + part.first);
    assert.ok(part.blocks.length <= 2);
    end = part.first;
  } while (end > 0);
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6]);
});

test('its version tells of news; a connection that is not stored is none', () => {
  const store = storeOf([]);
  const before = store.connectionVersion('run/1');
  store.add('run', batchOf(2, { segments: [{ connection: 1, direction: 0, offset: 0, bytes: text('x') }] }));
  assert.notEqual(store.connectionVersion('run/1'), before);
  assert.equal(store.connectionVersion('run/2'), 0);
  assert.equal(store.follow('other/1', null), null);
});
