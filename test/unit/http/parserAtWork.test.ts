import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../../src/http/bytes.ts';
import { dissect } from '../../../src/http/dissect.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import { bytesUntilViolation, parserAfter, rulesAhead } from '../../../src/http/parserAtWork.ts';
import { type RuleId, rules } from '../../../src/http/rules.ts';
import { nearlyHttp } from './nearlyHttp.ts';

const limits = defaultLimits;

test('a rule that an example breaks is one that the byte was held to', () => {
  for (const [id, { message, example, offset }] of Object.entries(rules)) {
    if (example === null) continue;
    const bytes = bytesOf(example);
    const fed = bytesUntilViolation(message, bytes, { limits });
    const { violation } = parserAfter(message, bytes, fed, { limits });
    assert.deepEqual(violation, { rule: id, offset }, id);
    const before = parserAfter(message, bytes, fed - 1, { limits });
    assert.equal(before.violation, null, id);
    const held: readonly string[] = rulesAhead(message, before);
    assert.ok(held.includes(id), `${id} while reading ${before.reading}`);
  }
});

test('it tells what it reads, byte by byte', () => {
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const readings = Array.from({ length: request.length + 1 }, (_, fed) => {
    const { reading } = parserAfter('request', bytesOf(request), fed);
    return reading ?? 'complete';
  });
  assert.deepEqual(runs(readings), [
    'method*4',
    'request-target*2',
    'HTTP-version*9',
    'CRLF*1',
    'field-name*5',
    'OWS*2',
    'field-value*1',
    'CRLF*1',
    'field-name*1',
    'header-end*1',
    'complete*1',
  ]);
});

test('what it has by then: head, fields, framing, the response behind an interim one', () => {
  const post = bytesOf('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel');
  const within = parserAfter('request', post, 30);
  assert.deepEqual([within.fieldCount, within.headEnd, within.framing], [1, 0, null]);
  const body = parserAfter('request', post, post.length);
  assert.deepEqual([body.fieldCount, body.headEnd, body.framing], [2, 47, { kind: 'length', length: 5 }]);
  assert.deepEqual([body.reading, body.complete], ['message-body', false]);
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
  const response = bytesOf(`${interim}HTTP/1.1 204 No Content\r\n\r\n`);
  const second = parserAfter('response', response, interim.length + 9);
  assert.deepEqual([second.messageStart, second.reading], [interim.length, 'status-code']);
});

test('after the end of a chunk’s data, CR LF is held to its own rule', () => {
  const bytes = bytesOf('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx');
  const standing = parserAfter('request', bytes, bytes.length);
  assert.equal(standing.reading, 'CRLF');
  assert.deepEqual(rulesAhead('request', standing), ['chunk-end'] satisfies RuleId[]);
});

test('whatever the bytes, it stops where the whole parse does, and reads something until then', () => {
  fc.assert(
    fc.property(nearlyHttp, (bytes) => {
      const whole = dissect('request', bytes, { limits });
      const at = parserAfter('request', bytes, bytes.length, { limits });
      assert.deepEqual([at.violation, at.complete], [whole.violation, whole.complete]);
      const last =
        whole.violation === null ? bytes.length : bytesUntilViolation('request', bytes, { limits });
      for (let fed = 0; fed < last; fed++) {
        const { reading, complete, violation } = parserAfter('request', bytes, fed, { limits });
        assert.equal(violation, null);
        assert.equal(reading === null, complete);
      }
    }),
    { numRuns: 100 },
  );
});

function runs(names: readonly string[]): string[] {
  const found: string[] = [];
  for (const name of names) {
    const [last, count] = (found.at(-1) ?? ' *0').split('*');
    if (last === name) found[found.length - 1] = `${name}*${Number(count) + 1}`;
    else found.push(`${name}*1`);
  }
  return found;
}
