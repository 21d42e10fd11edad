import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '../../../src/http/limits.ts';
import { MessageParser } from '../../../src/http/parser.ts';

test('Trailers are copies: input is lent for the call only, also as a Buffer, whose slices are views', () => {
  const parser = new MessageParser({ message: 'request', limits: defaultLimits });
  let content = '';
  parser.whenContent = (bytes, start, end) => {
    content += Buffer.from(bytes.subarray(start, end)).toString('latin1');
  };
  const request =
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-One: 1\r\nX-Two: 2\r\n\r\n';
  for (const octet of Buffer.from(request)) {
    const lent = Buffer.from([octet]);
    parser.parse(lent, 0, 1);
    // The next read goes into the same memory.
    lent.fill('?');
  }
  assert.equal(parser.violation, null);
  assert.ok(parser.complete);
  assert.equal(content, 'abc');
  assert.deepEqual(parser.trailers, [
    ['X-One', '1'],
    ['X-Two', '2'],
  ]);
});
