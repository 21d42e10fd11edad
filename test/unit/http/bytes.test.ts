import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { latin1, sameBytes } from '../../../src/http/bytes.ts';
import { effort } from './nearlyHttp.ts';

const bytesAndPlaces = fc
  .uint8Array({ maxLength: 40 })
  .chain((bytes) =>
    fc.tuple(fc.constant(bytes), fc.nat({ max: bytes.length }), fc.nat({ max: bytes.length })),
  );

test('octets become the same text, whether Node.js makes it of them or not', () => {
  fc.assert(
    fc.property(bytesAndPlaces, ([bytes, start, end]) => {
      const expected = [...bytes.slice(start, Math.max(start, end))].map((octet) =>
        String.fromCharCode(octet),
      );
      assert.equal(latin1(bytes, start, end), expected.join(''));
      assert.equal(latin1(Buffer.from(bytes), start, end), expected.join(''));
    }),
    effort(300),
  );
  // As where a token of the message before began beyond what has come of this one.
  assert.equal(latin1(Buffer.from('a'), 3, 0), '');
});

test('bytes are compared the same way, whether Node.js does it or not', () => {
  fc.assert(
    fc.property(
      bytesAndPlaces,
      fc.nat({ max: 40 }),
      fc.nat({ max: 1 }),
      ([bytes, one, other], place, change) => {
        const start = Math.min(one, other);
        const others = bytes.slice(start, Math.max(one, other));
        if (others.length > 0) others[place % others.length] ^= change;
        const same = others.length === 0 || change === 0;
        assert.equal(sameBytes(bytes, start, others, others.length), same);
        assert.equal(sameBytes(Buffer.from(bytes), start, others, others.length), same);
      },
    ),
    effort(300),
  );
});
