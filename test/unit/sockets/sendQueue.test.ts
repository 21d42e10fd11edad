import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SendQueue } from '../../../src/sockets/sendQueue.ts';
import { type SystemCalls, wouldBlock } from '../../../src/sockets/systemCalls.ts';

/** A kernel that takes at most `room[n]` bytes in its n-th call; 0 = it would block. */
function kernel(room: readonly number[]) {
  const received: number[] = [];
  let vectors = 0;
  let calls = 0;
  const take = (pieces: readonly Uint8Array[]): number => {
    const most = room[calls++] ?? Number.POSITIVE_INFINITY;
    if (most === 0) return wouldBlock;
    const bytes = Buffer.concat(pieces).subarray(0, most);
    received.push(...bytes);
    return bytes.length;
  };
  const native = {
    send: (_: number, bytes: Uint8Array) => take([bytes]),
    writev: (_: number, pieces: readonly Uint8Array[]) => {
      vectors++;
      return take(pieces);
    },
  };
  return { calls: native as unknown as SystemCalls, received, vectors: () => vectors };
}

test('whatever the kernel takes at a time, all bytes leave once and in order', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ minLength: 4090, maxLength: 4100 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.array(fc.nat(6000), { maxLength: 20 }),
      (pieces, room) => {
        const queue = new SendQueue();
        for (const bytes of pieces) queue.push(bytes);
        const { calls, received } = kernel(room);
        const scratch = new Uint8Array(9000);
        for (let i = 0; !queue.isEmpty; i++) {
          assert.ok(i < 60, 'It does not come to an end.');
          queue.transfer(calls, 3, scratch);
        }
        assert.deepEqual(Buffer.from(received), Buffer.concat(pieces));
      },
    ),
  );
});

test('small pieces leave in one call of send, large ones by writev, where they lie', () => {
  const small = new SendQueue();
  for (let i = 0; i < 16; i++) small.push(new Uint8Array(1000).fill(i));
  const one = kernel([]);
  assert.equal(small.transfer(one.calls, 3, new Uint8Array(64 * 1024)), 16_000);
  assert.equal(one.vectors(), 0);
  const large = new SendQueue();
  large.push(new Uint8Array(100));
  large.push(new Uint8Array(60_000));
  const other = kernel([]);
  assert.equal(large.transfer(other.calls, 3, new Uint8Array(64 * 1024)), 60_100);
  assert.equal(other.vectors(), 1);
});
