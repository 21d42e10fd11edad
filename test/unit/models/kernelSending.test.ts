import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileSlice } from '../../../src/http/message.ts';
import { KernelSending, lastPiece } from '../../../src/models/kernelSending.ts';
import type { UnreadByPeer } from '../../../src/sockets/transport.ts';

const MiB = 1024 * 1024;
const file = { descriptor: 3, path: '', leftAlone: true, isUnchanged: () => true, close: () => {} };
const slice: FileSlice = { file, offset: 0, length: 2 * MiB };

/** One whose client has yet to read so much, look by look; and how often it was asked. */
function sending(...unread: UnreadByPeer[]): { sending: KernelSending; left: UnreadByPeer[] } {
  const left = [...unread];
  return {
    left,
    sending: new KernelSending(() => left.shift() ?? assert.fail('It was asked once more than expected.')),
  };
}

test('the kernel sends all but the last piece, and nothing while the recorder holds on to what is sent', () => {
  const { sending: kernel } = sending(0);
  assert.equal(kernel.share(slice, 0, 1), 0);
  assert.equal(kernel.share(slice, 0, 0), slice.length - lastPiece);
  kernel.sent();
  assert.equal(kernel.share(slice, slice.length - lastPiece - 1, 0), 1);
  assert.equal(kernel.share(slice, slice.length - lastPiece, 0), 0);
});

test('where nobody can know what the client reads, the kernel sends nothing', () => {
  for (const unknown of ['absent', 'unknown'] as const)
    assert.equal(sending(unknown).sending.share(slice, 0, 0), 0);
});

test('the last piece need not wait where the kernel has sent nothing of the slice', () => {
  assert.deepEqual(sending().sending.reading(), { state: 'done' });
});

test('the looks are as far apart as the client is slow, and end when it has read all', () => {
  const { sending: kernel, left } = sending(1000, 900, 899, 899, 'unknown', 100, 99, 0);
  kernel.sent();
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 1, hasProgressed: true });
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 9, hasProgressed: true });
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 50, hasProgressed: true }, 'at the most');
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 50, hasProgressed: false });
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 50, hasProgressed: false });
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 7, hasProgressed: true });
  assert.deepEqual(kernel.reading(), { state: 'underWay', pause: 50, hasProgressed: true });
  assert.deepEqual(kernel.reading(), { state: 'done' });
  assert.equal(left.length, 0);
});

test('a client that has closed its socket is not waited for', () => {
  const { sending: kernel } = sending('absent');
  kernel.sent();
  assert.deepEqual(kernel.reading(), { state: 'ended' });
});

test('the next slice is asked about anew', () => {
  const { sending: kernel, left } = sending(0, 5, 'absent');
  assert.ok(kernel.share(slice, 0, 0) > 0);
  kernel.sent();
  kernel.reading();
  kernel.ended();
  assert.deepEqual(kernel.reading(), { state: 'done' });
  assert.equal(kernel.share(slice, 0, 0), 0);
  assert.equal(left.length, 0);
});
