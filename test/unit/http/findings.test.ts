import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checks, findingsOf } from '../../../src/http/findings/findings.ts';
import { rules } from '../../../src/http/rules.ts';
import { isTrustedLink } from '../../../src/http/trustedLinks.ts';
import {
  answer,
  ask,
  cached,
  chunked,
  type Example,
  exchangeOf,
  html,
  page,
  tag,
} from './findingExamples.ts';

const ok = (fields: readonly string[], body = page) => answer('200 OK', fields, body);
const text = 'x'.repeat(2000);
const te = 'Transfer-Encoding: chunked';
const length = (count: number) => `Content-Length: ${count}`;
const early = { requestEndedAt: 0 };

/** For each finding an exchange that shows it, and one much like it that does not. */
const examples: Readonly<Record<string, readonly [shows: Example, not: Example]>> = {
  'response-shorter-than-content-length': [
    { response: ok([html, length(99)]) },
    { response: ok([html, length(99)]), request: ask('HEAD /') },
  ],
  'response-longer-than-content-length': [{ response: ok([html, length(5)]) }, { response: ok([html]) }],
  'request-shorter-than-content-length': [
    { request: ask('POST /', [length(99)]), requestComplete: false },
    { request: ask('POST /', [], 'a') },
  ],
  'bytes-behind-request-body': [
    { request: ask('POST /', [], 'a'), facts: { readWithNext: true } },
    { request: ask('POST /', [length(0)]), facts: { readWithNext: true } },
  ],
  'begins-where-a-body-ended': [
    { request: 'b=2GET / HTTP/1.1\r\n{}', facts: { readWithPrevious: true } },
    { request: 'b=2(GET / HTTP/1.1\r\n{}' },
  ],
  'length-where-no-body-can-be': [
    { response: answer('204 No Content', [length(0)]) },
    { response: answer('204 No Content') },
  ],
  'ends-with-the-connection': [{ response: ok([html, '-Length']) }, { response: ok([html]) }],
  'head-answered-without-body': [
    { request: ask('HEAD /'), response: answer('200 OK', [html, length(9)]) },
    { request: ask('GET /'), response: answer('200 OK', [html, length(0)]) },
  ],
  chunked: [{ response: ok([html, te], chunked('abc')) }, { response: ok([html]) }],
  'tiny-chunks': [
    { response: ok([html, te], chunked('a', 'b', 'c', 'd')) },
    { response: ok([html, te], chunked(text, text, text, text)) },
  ],
  'chunk-extensions': [
    { response: ok([html, te], '1;a=b\r\nx\r\n0\r\n\r\n') },
    { response: ok([html, te], '1\r\nx\r\n0\r\n\r\n') },
  ],
  trailers: [
    { response: ok([html, te], '1\r\nx\r\n0\r\nSum: 1\r\n\r\n') },
    { response: ok([html, te], '1\r\nx\r\n0\r\n\r\n') },
  ],
  'trailer-not-announced': [
    { response: ok([html, te], '1\r\nx\r\n0\r\nSum: 1\r\n\r\n') },
    { response: ok([html, te, 'Trailer: sum'], '1\r\nx\r\n0\r\nSum: 1\r\n\r\n') },
  ],
  'post-without-length': [{ request: ask('POST /') }, { request: ask('POST /', [length(0)]) }],
  'connection-reused': [{ facts: { exchangeNumber: 2 } }, {}],
  'client-ends-connection': [{ request: ask('GET /', ['Connection: x, Close']) }, { request: ask('GET /') }],
  'keep-alive-refused': [
    { response: ok([html, 'Connection: close']) },
    { request: ask('GET /', ['Connection: close']), response: ok([html, 'Connection: close']) },
  ],
  'kept-for-http-1.0': [
    {
      request: ask('GET / HTTP/1.0', ['Connection: keep-alive']),
      response: ok([html, 'Connection: keep-alive']),
    },
    { request: ask('GET / HTTP/1.0'), response: ok([html, 'Connection: keep-alive']) },
  ],
  pipelined: [{ facts: { readWithPrevious: true } }, { request: 'GET', facts: { readWithPrevious: false } }],
  'request-in-pieces': [
    {
      reads: [
        { end: 5, after: 0 },
        { end: 27, after: 1 },
      ],
    },
    {
      request: ask('POST /', [], 'abc'),
      reads: [
        { end: 47, after: 0 },
        { end: 50, after: 1 },
      ],
    },
  ],
  'byte-by-byte': [
    { reads: Array.from({ length: 9 }, (_, i) => ({ end: (i + 1) * 3, after: i })) },
    { reads: [{ end: 5, after: 0 }] },
  ],
  'pause-in-request': [
    {
      reads: [
        { end: 5, after: 0 },
        { end: 27, after: 1500 },
      ],
    },
    {
      reads: [
        { end: 5, after: 0 },
        { end: 27, after: 900 },
      ],
    },
  ],
  'held-back-write': [
    {
      reads: [
        { end: 5, after: 0 },
        { end: 27, after: 41 },
      ],
    },
    {
      reads: [
        { end: 5, after: 0 },
        { end: 27, after: 4 },
      ],
    },
  ],
  'response-in-pieces': [{ writes: [50, 120] }, { writes: [120] }],
  'answered-before-body': [
    { request: ask('POST /', [length(99)]), facts: early },
    { request: ask('GET /'), facts: early },
  ],
  'client-went-away': [{ facts: { aborted: true } }, {}],
  'http-1.0': [{ request: ask('GET / HTTP/1.0') }, {}],
  'host-missing-in-http-1.0': [
    { request: ask('GET / HTTP/1.0', ['-Host']) },
    { request: ask('GET / HTTP/1.0') },
  ],
  'host-differs-from-target': [{ request: ask('GET http://b/') }, { request: ask('GET http://A/') }],
  'target-is-absolute': [{ request: ask('GET http://a/') }, { request: ask('GET /?u=http://a/') }],
  'method-in-lower-case': [{ request: ask('get /') }, { request: ask('fetch /') }],
  'method-not-registered': [{ request: ask('FETCH /') }, { request: ask('get /') }],
  'percent-encoding-broken': [{ request: ask('GET /100%') }, { request: ask('GET /100%25') }],
  'target-not-encoded': [{ request: ask('GET /a|b') }, { request: ask('GET /a%7Cb') }],
  'dot-segments': [{ request: ask('GET /a/%2e%2e/b') }, { request: ask('GET /a/..b/.c') }],
  'query-parameter-repeated': [{ request: ask('GET /?a=1&a=2') }, { request: ask('GET /?a=1&b=1') }],
  'body-with-get': [{ request: ask('GET /', [], 'a') }, { request: ask('POST /', [], 'a') }],
  'empty-lines-before': [{ request: `\r\n${ask('GET /')}` }, {}],
  'expects-continue': [
    {
      request: ask('POST /', ['Expect: 100-continue'], 'a'),
      response: `HTTP/1.1 100 Continue\r\n\r\n${ok([html])}`,
    },
    { request: ask('POST /', ['Expect: 100-continue'], 'a') },
  ],
  'continue-not-awaited': [
    { request: ask('POST /', ['Expect: 100-continue'], 'a') },
    {
      request: ask('POST /', ['Expect: 100-continue'], 'a'),
      reads: [
        { end: 68, after: 0 },
        { end: 69, after: 1 },
      ],
    },
  ],
  'upgrade-not-taken': [
    { request: ask('GET /', ['Upgrade: websocket']) },
    {
      request: ask('GET /', ['Upgrade: websocket']),
      response: answer('101 Switching Protocols', ['Upgrade: websocket']),
    },
  ],
  'password-in-the-clear': [
    { request: ask('GET /', ['Authorization: Basic YTpi']) },
    { request: ask('GET /', ['Authorization: Bearer x']) },
  ],
  'came-through-a-proxy': [{ request: ask('GET /', ['Via: 1.1 p']) }, {}],
  'asks-before-sending': [
    { request: ask('OPTIONS /', ['Origin: http://b', 'Access-Control-Request-Method: PUT']) },
    { request: ask('OPTIONS /', ['Origin: http://b']) },
  ],
  'not-ascii': [{ request: ask('GET /', ['X: \xe4']) }, { request: ask('GET /', ['X: a']) }],
  'interim-response': [
    { response: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok([html])}` },
    { response: ok([html]) },
  ],
  'status-not-registered': [{ response: answer('299 Fine', [html], page) }, {}],
  'reason-phrase-unusual': [{ response: answer('200 Fine', [html], page) }, {}],
  redirect: [
    { response: answer('301 Moved Permanently', ['Location: /b']) },
    { response: answer('304 Not Modified', ['Location: /b']) },
  ],
  'redirect-without-location': [
    { response: answer('302 Found') },
    { response: answer('302 Found', ['Location: /']) },
  ],
  'method-not-allowed': [
    { request: ask('PUT /', [], 'a'), response: answer('405 Method Not Allowed', ['Allow: GET']) },
    { request: ask('PUT /', [], 'a'), response: answer('405 Method Not Allowed') },
  ],
  'allow-missing': [
    { response: answer('405 Method Not Allowed') },
    { response: answer('405 Method Not Allowed', ['Allow: GET']) },
  ],
  'nobody-linked-here': [
    { request: ask('GET /favicon.ico'), response: answer('404 Not Found') },
    { request: ask('GET /icon'), response: answer('404 Not Found') },
  ],
  'host-not-served': [{ response: answer('421 Misdirected Request') }, {}],
  'challenge-missing': [
    { response: answer('401 Unauthorized') },
    { response: answer('401 Unauthorized', ['WWW-Authenticate: Basic realm="a"']) },
  ],
  'cookie-sent': [{ request: ask('GET /', ['Cookie: a=1']) }, {}],
  'cookie-unprotected': [
    { response: ok([html, 'Set-Cookie: a=1; HttpOnly']) },
    { response: ok([html, 'Set-Cookie: a=1; HttpOnly; SameSite=Lax']) },
  ],
  'cookie-same-site-none-insecure': [
    { response: ok([html, 'Set-Cookie: a=1; SameSite=None']) },
    { response: ok([html, 'Set-Cookie: a=1; SameSite=None; Secure']) },
  ],
  'cookie-too-large': [
    { response: ok([html, `Set-Cookie: a=${'x'.repeat(4100)}`]) },
    { response: ok([html, 'Set-Cookie: a=x']) },
  ],
  'single-field-repeated': [{ response: ok([html, html]) }, { response: ok([html, 'X: 1', 'X: 2']) }],
  'field-repeated': [
    { request: ask('GET /', ['Accept: a/b', 'accept: c/d']) },
    { response: ok([html, 'Set-Cookie: a=1', 'Set-Cookie: b=1']) },
  ],
  'body-without-type': [{ response: ok([]) }, { response: ok([html]) }],
  'charset-missing': [{ response: ok(['Content-Type: text/html']) }, { response: ok([html]) }],
  'content-is-another-type': [
    { response: ok(['Content-Type: image/png']) },
    { response: ok(['Content-Type: image/png'], '\x89PNG\r\n\x1a\n') },
  ],
  compressed: [
    { request: ask('GET /', ['Accept-Encoding: gzip, br']), response: ok([html, 'Content-Encoding: br']) },
    { request: ask('GET /', ['Accept-Encoding: gzip']), response: ok([html, 'Content-Encoding: br']) },
  ],
  'coding-not-offered': [
    { request: ask('GET /', ['Accept-Encoding: gzip']), response: ok([html, 'Content-Encoding: br']) },
    {
      request: ask('GET /', ['Accept-Encoding: gzip, br;q=1']),
      response: ok([html, 'Content-Encoding: br']),
    },
  ],
  'compression-not-offered': [{ response: ok([html], text) }, { response: ok([html]) }],
  'sent-uncompressed': [
    { request: ask('GET /', ['Accept-Encoding: gzip']), response: ok([html], text) },
    { request: ask('GET /', ['Accept-Encoding: gzip']), response: ok([html]) },
  ],
  'part-answered': [
    {
      request: ask('GET /', ['Range: bytes=0-3']),
      response: answer('206 Partial Content', [html, 'Content-Range: bytes 0-3/9'], 'abcd'),
    },
    { request: ask('GET /', ['Range: bytes=0-3']) },
  ],
  'range-ignored': [
    { request: ask('GET /', ['Range: bytes=0-3']) },
    { request: ask('GET /', ['Range: bytes=0-3', 'If-Range: "2"']) },
  ],
  'range-outdated': [
    { request: ask('GET /', ['Range: bytes=0-3', 'If-Range: "2"']) },
    { request: ask('GET /', ['Range: bytes=0-3']) },
  ],
  'range-beyond-end': [
    {
      request: ask('GET /', ['Range: bytes=99-']),
      response: answer('416 Range Not Satisfiable', ['Content-Range: bytes */9']),
    },
    {},
  ],
  'several-ranges': [
    { request: ask('GET /', ['Range: bytes=0-3,6-7']) },
    { request: ask('GET /', ['Range: bytes=0-3']) },
  ],
  'part-has-wrong-length': [
    { response: answer('206 Partial Content', [html, 'Content-Range: bytes 0-4/9'], 'abcd') },
    { response: answer('206 Partial Content', [html, 'Content-Range: bytes 0-3/9'], 'abcd') },
  ],
  'type-malformed': [{ response: ok(['Content-Type: html']) }, { response: ok([html]) }],
  'validator-worked': [
    { request: ask('GET /', ['If-None-Match: "1"']), response: answer('304 Not Modified', [tag]) },
    { request: ask('GET /', ['If-None-Match: "1"']) },
  ],
  'date-validator-worked': [
    {
      request: ask('GET /', ['If-Modified-Since: Mon, 21 Sep 2026 14:13:20 GMT']),
      response: answer('304 Not Modified'),
    },
    { response: answer('304 Not Modified') },
  ],
  'changed-meanwhile': [
    { request: ask('GET /', ['If-None-Match: "0"']), response: ok([html, tag]) },
    { request: ask('GET /', ['If-None-Match: W/"1"']), response: ok([html, tag]) },
  ],
  'validator-ignored': [
    { request: ask('GET /', ['If-None-Match: W/"1"']), response: ok([html, tag]) },
    { request: ask('GET /', ['If-None-Match: "0"']), response: ok([html, tag]) },
  ],
  'date-condition-not-used': [
    { request: ask('GET /', ['If-None-Match: "0"', 'If-Modified-Since: Mon, 21 Sep 2026 14:13:20 GMT']) },
    { request: ask('GET /', ['If-Modified-Since: Mon, 21 Sep 2026 14:13:20 GMT']) },
  ],
  'precondition-failed': [
    { request: ask('PUT /', ['If-Match: "0"'], 'a'), response: answer('412 Precondition Failed') },
    { request: ask('PUT /', ['If-Match: "0"'], 'a') },
  ],
  'weak-validator': [{ response: ok([html, 'ETag: W/"1"']) }, { response: ok([html, tag]) }],
  'entity-tag-malformed': [{ response: ok([html, 'ETag: 1']) }, { response: ok([html, 'ETag: W/"1"']) }],
  'no-validator': [{ response: ok([html]) }, { response: ok([html, cached]) }],
  'freshness-not-given': [{ response: ok([html, tag]) }, { response: ok([html, tag, 'Expires: 0']) }],
  'cache-directives-conflict': [
    { response: ok([html, 'Cache-Control: no-store, max-age=5']) },
    { response: ok([html, 'Cache-Control: no-cache, max-age=5']) },
  ],
  'expires-not-used': [
    { response: ok([html, 'Cache-Control: max-age=5', 'Expires: 0']) },
    { response: ok([html, 'Cache-Control: no-cache', 'Expires: 0']) },
  ],
  'must-ask-again': [{ response: ok([html, 'Cache-Control: no-cache']) }, { response: ok([html, cached]) }],
  pragma: [{ request: ask('GET /', ['Pragma: no-cache']) }, {}],
  'vary-everything': [{ response: ok([html, 'Vary: *']) }, { response: ok([html, 'Vary: Accept']) }],
  'vary-lacks-accept-encoding': [
    { response: ok([html, 'Content-Encoding: gzip']) },
    { response: ok([html, 'Content-Encoding: gzip', 'Vary: Accept-Encoding']) },
  ],
  'date-malformed': [
    { response: ok([html, 'Last-Modified: yesterday']) },
    { response: ok([html, 'Last-Modified: Sun Nov  6 08:49:37 1994']) },
  ],
  'modified-in-the-future': [
    { response: ok([html, 'Last-Modified: Mon, 21 Sep 2027 14:13:20 GMT']) },
    { response: ok([html, 'Last-Modified: Mon, 21 Sep 2025 14:13:20 GMT']) },
  ],
  'date-missing': [{ response: ok([html, '-Date']) }, { response: ok([html]) }],
};

const idsOf = (example: Example) => findingsOf(exchangeOf(example)).map(({ id }) => id);

test('each finding has an exchange that shows it, and one that does not', () => {
  assert.deepEqual(Object.keys(examples).sort(), checks.map(({ id }) => id).sort());
  assert.ok(checks.filter(({ severity }) => severity === 'note').length >= 40);
});

for (const [id, [shows, not]] of Object.entries(examples)) {
  test(`${id} is found where it is, and only there`, () => {
    assert.ok(idsOf(shows).includes(id));
    assert.ok(!idsOf(not).includes(id));
  });
}

test('findings name places within the bytes, a sentence and a source that can be opened', () => {
  for (const [id, [shows]] of Object.entries(examples)) {
    const input = exchangeOf(shows);
    const finding = findingsOf(input).find((candidate) => candidate.id === id);
    assert.ok(finding !== undefined);
    assert.match(finding.sentence, /^["A-Z].*\.$/, id);
    assert.ok(isTrustedLink(finding.source.url), id);
    for (const { message, start, end } of finding.places) {
      assert.ok(
        start >= 0 && end > start && end <= input[message].length,
        `${id} ${message} ${start}-${end}`,
      );
    }
  }
});

test('a broken rule is a finding at its byte, before all others', () => {
  const [finding] = findingsOf(
    exchangeOf({ request: 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', response: answer('400 Bad Request') }),
  );
  assert.equal(finding.id, 'space-before-colon');
  assert.equal(finding.severity, 'error');
  assert.deepEqual(finding.places, [{ message: 'request', start: 20, end: 21 }]);
  assert.equal(finding.sentence, rules['space-before-colon'].sentence);
});

test('an ordinary exchange has neither errors nor warnings', () => {
  const severe = findingsOf(exchangeOf({})).filter(({ severity }) => severity !== 'note');
  assert.deepEqual(severe, []);
});

test('whatever the bytes, findings are found without failing', () => {
  const texts = Object.values(examples).flat();
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(255), fc.boolean(), (example, at, octet, cut) => {
      const mutate = (message: string | undefined) => {
        if (message === undefined) return undefined;
        const place = at % message.length;
        const rest = cut ? '' : message.slice(place + 1);
        return message.slice(0, place) + String.fromCharCode(octet) + rest;
      };
      const input = exchangeOf({
        ...example,
        request: mutate(example.request),
        response: mutate(example.response),
      });
      for (const { places } of findingsOf(input)) {
        for (const { message, start, end } of places) {
          assert.ok(start >= 0 && end >= start && end <= input[message].length);
        }
      }
    }),
  );
});
