/** What other projects expect of messages; what they expect otherwise than Spark is listed, with the reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../../../src/http/bytes.ts';
import { dissect } from '../../../src/http/dissect.ts';
import { type Case, cases, otherwise, readAll, requestCases, skipCases, stricter } from './externalCases.ts';
import { parsed } from './parsing.ts';

/** One message, and what it comes to. */
function checkMessage(
  message: 'request' | 'response',
  bytes: Uint8Array,
  wanted: string | undefined,
  content?: string,
): void {
  const { violation, complete } = parsed(message, [bytes]);
  if (violation !== null && wanted !== 'reject' && violation.rule in stricter) return;
  const outcome = violation !== null ? 'reject' : complete ? 'accept' : 'incomplete';
  if (wanted !== undefined) assert.equal(outcome, wanted, violation?.rule);
  if (content === undefined) return;
  const chunks = dissect(message, bytes).spans.filter(({ name }) => name === 'chunk-data');
  assert.equal(chunks.map(({ start, end }) => latin1(bytes, start, end)).join(''), content);
}

/** What a decoder that says so has made of a chunked body; undefined where it leaves the trailer section alone. */
function chunkedOutcome({ runner, args = '' }: Case): string | undefined {
  const waits = args.endsWith('-2');
  if (runner === '_failure') return waits ? 'incomplete' : 'reject';
  return args.startsWith('1') ? (waits ? 'incomplete' : 'accept') : undefined;
}

test('cases of responses, fields and chunked bodies of other projects', {
  skip: skipCases,
}, async (t) => {
  const bytes = (base64 = '') => Buffer.from(base64, 'base64');
  const after = (head: string, rest: Uint8Array) => Uint8Array.from(Buffer.concat([Buffer.from(head), rest]));
  const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  for (const one of cases) {
    const { id, kind, requestBase64, expected, encodedBase64, decodedBase64 } = one;
    if (kind === 'response') {
      // Up to the end of the header section: these cases have no more, and nothing would tell where a body ends.
      const head = bytes(requestBase64)
        .toString('latin1')
        .replace(/\r\n\r\n$/, '\r\nContent-Length: 0\r\n\r\n');
      await t.test(id, () => checkMessage('response', after(head, bytes()), expected?.outcome));
    } else if (kind === 'headers') {
      const whole = after('GET / HTTP/1.0\r\n', bytes(requestBase64));
      await t.test(id, () => checkMessage('request', whole, expected?.outcome));
    } else if (kind === 'chunked-body') {
      const content = one.runner === '_failure' ? undefined : bytes(decodedBase64).toString('latin1');
      const whole = after(chunked, bytes(encodedBase64));
      await t.test(id, () => checkMessage('request', whole, chunkedOutcome(one), content));
    }
  }
});

test('request cases of other projects', {
  skip: skipCases,
}, async (t) => {
  for (const { id, requestBase64 = '', expected } of requestCases) {
    await t.test(id, () => {
      const {
        requests: found,
        outcome,
        rule,
      } = readAll(Buffer.from(requestBase64, 'base64'), expected?.outcome === 'accept');
      const wanted = expected?.outcome ?? '';
      if (id in otherwise) {
        assert.notEqual(outcome, wanted, 'It is no difference any more.');
        return;
      }
      if (wanted === 'reject') assert.notEqual(outcome, 'accept', found.join(', '));
      else if (rule in stricter) return;
      else assert.equal(outcome, wanted, rule);
      const named = expected?.requests?.map(({ method, uri }) => `${method} ${uri.raw}`);
      if (wanted === 'accept' && named !== undefined) assert.deepEqual(found.slice(0, named.length), named);
    });
  }
});
