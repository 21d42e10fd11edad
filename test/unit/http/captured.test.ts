import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { capturedRequest } from '../../../src/http/captured.ts';

test('A captured request for an https resource is well-formed, unless the server has refused it', () => {
  const bytes = bytesOf('GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n');
  const answered = capturedRequest(bytes, bytes.length, null);
  assert.equal(answered.violation, null);
  const refusal = { rule: 'target-scheme', offset: 4 } as const;
  const refused = capturedRequest(bytes, bytes.length, refusal);
  assert.deepEqual(refused.violation, refusal);
  // All of it is explained either way.
  assert.deepEqual(refused.spans, answered.spans);
  assert.equal(answered.spans.at(-1)?.name, 'header-end');
});
