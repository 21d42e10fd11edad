import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsSecrets } from '../../../src/capture/exportSecrets.ts';
import { detailsOf } from './exchanges.ts';

const both = ['request', 'response'] as const;
const plain = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n\r\nCookie: in=body';

test('secrets are found in the heads that a format shows, and nowhere else', () => {
  const holds = (request: string, response: string, messages: readonly ('request' | 'response')[] = both) =>
    detailsOf([{ request, response }]).some((detail) => holdsSecrets(detail, messages));
  assert.equal(holds(plain, ok), false);
  assert.equal(holds(plain.replace('Host', 'COOKIE: a=b\r\nHost'), ok), true);
  assert.equal(holds(plain.replace('Host', 'Authorization: Basic x\r\nHost'), ok, ['response']), false);
  assert.equal(holds(plain, ok.replace('Content-Length', 'Set-Cookie: a=b\r\nContent-Length')), true);
  assert.equal(
    holds(plain, ok.replace('Content-Length', 'Set-Cookie: a=b\r\nContent-Length'), ['request']),
    false,
  );
  // Malformed, and so not a field to the parser.
  assert.equal(holds(plain.replace('Host', ' Cookie : a=b\r\nHost'), ok), true);
  assert.equal(holds('GET / HTTP/1.1\nCookie: a=b\n\n', ok), true);
  assert.equal(holds(plain.replace(' /', ' http://user:word@localhost/'), ok), true);
});
