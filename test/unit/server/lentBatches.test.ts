import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { unpackedBatch } from '../../../src/capture/packedBatch.ts';
import { type Exchange, newExchange } from '../../../src/http/exchange.ts';
import type { CaptureBatch } from '../../../src/protocol/capture.ts';
import { LentMemory } from '../../../src/protocol/columnMemory.ts';
import { packedBatch } from '../../../src/protocol/packedBatch.ts';
import { CaptureRecorder, unacknowledgedBatches } from '../../../src/server/recorder.ts';
import { allNumbers } from '../../../src/server/serving.ts';
import { CallTrace } from '../../../src/sockets/callTrace.ts';

const peer = { address: '127.0.0.1', port: 1000 };
const local = { address: '127.0.0.1', port: 5500 };
const options = { bodyBytes: 100_000, unacknowledgedBatches, numbering: allNumbers, timer: false };

type Step =
  | { readonly kind: 'received' | 'sent'; readonly connection: number; readonly length: number }
  | { readonly kind: 'sent again' | 'file' | 'exchange' | 'call' | 'wait'; readonly connection: number }
  | { readonly kind: 'batch' };

const connection = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('received', 'sent'),
    connection,
    length: fc.oneof(fc.nat({ max: 90 }), fc.nat({ max: 150_000 })),
  }),
  fc.record({ kind: fc.constantFrom('sent again', 'file', 'exchange', 'call', 'wait'), connection }),
  fc.constant({ kind: 'batch' as const }),
);

/** A recorder to which the steps are told as they come, each with bytes of its own. */
function recording(lends: boolean, send: (batch: CaptureBatch) => void) {
  const trace = new CallTrace(7);
  const recorder = new CaptureRecorder({ ...options, lends, trace, send });
  const connections = [1, 2, 3].map((time) => recorder.opened(peer, local, time).recorder);
  const again = new Uint8Array(70).fill(33);
  const exchanges: Exchange[] = [];
  let time = 10;
  const record = (idle: boolean, owner: number) =>
    trace.record({
      ...{ name: 3, descriptor: owner, first: time, second: 2, third: 3, detail: `call ${time % 3}` },
      ...{ result: idle ? 0 : 4, errno: 0, startedAt: time, endedAt: time + 1, idle, owner },
    });
  return {
    take(one: Step) {
      time++;
      if (one.kind === 'batch') return recorder.finish();
      const to = connections[one.connection];
      switch (one.kind) {
        case 'received':
          return to.received(new Uint8Array(one.length).fill(time), time);
        case 'sent':
          return to.sent(new Uint8Array(one.length).fill(time), time);
        case 'sent again':
          return to.sent(again, time);
        case 'file':
          return to.sentFile('/a/file', time, 1000, time);
        case 'exchange': {
          exchanges.push({ ...newExchange(exchanges.length + 1, 0, time), target: `/${time % 4}` });
          return to.exchangeChanged(exchanges[exchanges.length - 1]);
        }
        default:
          return record(one.kind === 'wait', one.connection);
      }
    },
  };
}

test('batches that are lent, and packed at once, hold what batches of their own memory hold', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const own: CaptureBatch[] = [];
      const lent: unknown[] = [];
      const memory = new LentMemory();
      const recorders = [
        recording(false, (batch) => own.push(batch)),
        recording(true, (batch) => {
          lent.push(unpackedBatch(deserialize(serialize(packedBatch(batch, memory)))));
          memory.reclaim();
        }),
      ];
      for (const recorder of recorders) {
        for (const one of steps) recorder.take(one);
        recorder.take({ kind: 'batch' });
      }
      assert.deepEqual(
        lent,
        own.map((batch) => unpackedBatch(deserialize(serialize(packedBatch(batch))))),
      );
    }),
  );
});

test('lent memory gives columns that do not overlap, and grows for the next batch where it was too small', () => {
  const memory = new LentMemory();
  for (let round = 0; round < 2; round++) {
    const [numbers, bytes, words] = [memory.float64(9_000), memory.uint8(3), memory.uint16(5)];
    numbers.fill(1);
    bytes.fill(2);
    words.fill(3);
    assert.ok(numbers.every((value) => value === 1) && bytes.every((value) => value === 2));
    assert.equal(numbers.buffer === words.buffer, round === 1);
    memory.reclaim();
  }
});
