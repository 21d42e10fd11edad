import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { unpackedBatch } from '../../../src/capture/packedBatch.ts';
import { packedBatch } from '../../../src/protocol/packedBatch.ts';
import { callColumns } from '../../../src/sockets/tracedCall.ts';
import { batchOf, connectionRecord, exchangeFields, makeTraffic } from './traffic.ts';

const message = { requestLength: 30, responseLength: 70, ends: true };

describe('a packed batch', () => {
  test('comes out as it went in, whatever it holds', () => {
    const lengths = fc.nat({ max: 90 });
    const planned = fc.record({ requestLength: lengths, responseLength: lengths, ends: fc.constant(true) });
    fc.assert(
      fc.property(fc.array(fc.array(planned, { maxLength: 4 }), { maxLength: 4 }), (plan) => {
        for (const batch of makeTraffic(plan, (below) => below - 1).batches)
          assert.deepEqual(unpackedBatch(deserialize(serialize(packedBatch(batch)))), batch);
      }),
    );
  });

  test('holds calls with their texts, and the texts of exchanges', () => {
    const calls = callColumns(3);
    calls.detail[1] = 'sin_port=htons(80)';
    calls.errno[2] = 11;
    calls.descriptor[0] = -1;
    const rows = [
      exchangeFields(1, { target: '/ä', rule: 'host-missing' }),
      exchangeFields(2, { target: '/ä' }),
    ];
    const batch = { ...batchOf(1, { connections: [connectionRecord(1)], exchanges: rows }), calls };
    const packed = packedBatch(batch);
    assert.deepEqual(unpackedBatch(packed), batch);
    assert.deepEqual(packed.exchanges.texts, ['GET', '/ä', 'host-missing', ''], 'each text once');
  });

  test('keeps nothing of the message alive but the bytes', () => {
    const [batch] = makeTraffic([[message]], () => 0).batches;
    const whole = new Uint8Array(1_000_000);
    const packed = packedBatch(batch);
    whole.set(packed.exchanges.bytes);
    const exchanges = { ...packed.exchanges, bytes: whole.subarray(0, packed.exchanges.bytes.length) };
    const unpacked = unpackedBatch({ ...packed, exchanges });
    assert.equal(unpacked?.exchanges.id.buffer.byteLength, packed.exchanges.bytes.length);
  });

  test('is refused where it does not hold together', () => {
    const packed = packedBatch(batchOf(1, { exchanges: [exchangeFields(1)] }));
    const { exchanges } = packed;
    const refused: Readonly<Record<string, unknown>> = {
      'no batch': null,
      'more rows than bytes': { ...packed, exchanges: { ...exchanges, rows: 2 } },
      'rows that are none': { ...packed, exchanges: { ...exchanges, rows: -1 } },
      'rows beyond memory': { ...packed, exchanges: { ...exchanges, rows: 2 ** 52 } },
      'no such text': { ...packed, exchanges: { ...exchanges, texts: [] } },
      'an unknown kind': {
        ...packed,
        exchanges: { ...exchanges, kinds: exchanges.kinds.map(() => 'constructor') },
      },
      'a kind that is no text': {
        ...packed,
        exchanges: { ...exchanges, kinds: exchanges.kinds.map(() => ({ toString: 1, valueOf: 1 })) },
      },
      'a missing column': {
        ...packed,
        exchanges: { ...exchanges, names: exchanges.names.map((name) => `${name}s`) },
      },
      'no calls': { ...packed, calls: undefined },
      // As a file may hold it that is damaged.
      'an array with a gap': { ...packed, exchanges: { ...exchanges, kinds: withGap(exchanges.kinds) } },
      'sent files with a gap': { ...packed, sentFiles: new Array(1) },
    };
    for (const [what, value] of Object.entries(refused)) assert.equal(unpackedBatch(value), null, what);
  });

  test('is refused where places are no whole numbers, or times no numbers', () => {
    const batch = batchOf(1, {
      exchanges: [exchangeFields(1)],
      segments: [{ connection: 1, direction: 0, offset: 0, bytes: new Uint8Array(4) }],
    });
    assert.notEqual(unpackedBatch(packedBatch(batch)), null);
    const { exchanges, segments } = batch;
    for (const [column, value] of [
      [exchanges.requestEnd, 0.5],
      [exchanges.responseStart, -2],
      [exchanges.endedAt, Number.NaN],
      [segments.offset, -1],
      [segments.length, 4.5],
      [segments.keptAt, Number.NaN],
      [segments.time, Number.POSITIVE_INFINITY],
    ] as const) {
      const before = column[0];
      column[0] = value;
      assert.equal(unpackedBatch(packedBatch(batch)), null, String(value));
      column[0] = before;
    }
  });
});

function withGap<Member>(array: readonly Member[]): Member[] {
  const gap = [...array];
  delete gap[1];
  return gap;
}
