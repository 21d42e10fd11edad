import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decompressing } from '../../../src/inspector/decompressing.ts';
import type { Decompressed } from '../../../src/protocol/inspector.ts';
import type { FromInspector } from '../../../src/protocol/inspectorMessages.ts';

const whole: Decompressed = { bytes: new Uint8Array([1, 2]), end: 'whole' };

type Asked = Extract<FromInspector, { type: 'decompress' }>;

function asking(): { decompressing: Decompressing; asked: Asked[] } {
  const asked: Asked[] = [];
  const decompressing = new Decompressing((message) => {
    assert.equal(message.type, 'decompress');
    asked.push(message);
  });
  return { decompressing, asked };
}

for (const coding of ['br', 'zstd']) {
  test(`${coding}: an answer that is lost on the way is asked for again, the same bytes under the same number`, async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { decompressing, asked } = asking();
    const result = decompressing.decompress([coding], new Uint8Array([9, 8, 7]).subarray(1));
    assert.equal(asked.length, 1);
    context.mock.timers.tick(2000);
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1], asked[0]);
    assert.deepEqual([...asked[1].bytes], [8, 7]);
    decompressing.received(asked[1].number, whole);
    assert.deepEqual(await result, whole);
    context.mock.timers.tick(60_000);
    assert.equal(asked.length, 2, 'what is answered is asked no more');
  });
}

test('it is asked three times, and an answer that comes after all is taken', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { decompressing, asked } = asking();
  const result = decompressing.decompress(['br'], new Uint8Array(3));
  for (let i = 0; i < 10; i++) context.mock.timers.tick(2000);
  assert.equal(asked.length, 3);
  decompressing.received(asked[0].number, whole);
  decompressing.received(asked[0].number, { ...whole, end: 'broken' });
  assert.deepEqual(await result, whole);
});

test('each answer belongs to the bytes that it was asked for', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { decompressing, asked } = asking();
  const [one, other] = [1, 2].map((length) => decompressing.decompress(['br'], new Uint8Array(length)));
  const cut: Decompressed = { ...whole, end: 'cut' };
  decompressing.received(asked[1].number, cut);
  context.mock.timers.tick(2000);
  assert.deepEqual(
    asked.map(({ bytes }) => bytes.length),
    [1, 2, 1],
  );
  decompressing.received(asked[0].number, whole);
  assert.deepEqual([await one, await other], [whole, cut]);
});
