import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../../src/http/bytes.ts';
import { dissect } from '../../../src/http/dissect.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import { MessageParser } from '../../../src/http/parser.ts';
import type { SpanName } from '../../../src/http/span.ts';
import { changedRequest, effort, nearlyHttp } from './nearlyHttp.ts';

function named(message: 'request' | 'response', text: string, requestMethod = 'GET') {
  const { spans } = dissect(message, bytesOf(text), { requestMethod });
  return spans.map((span) => `${span.name}=${JSON.stringify(text.slice(span.start, span.end))}`);
}

test('every token of a request has its name', () => {
  assert.deepEqual(named('request', '\r\nGET /a?b HTTP/1.1\r\nHost:\t a \r\nX:\r\n\r\n'), [
    'empty-line="\\r\\n"',
    'method="GET"',
    'SP=" "',
    'request-target="/a?b"',
    'SP=" "',
    'HTTP-version="HTTP/1.1"',
    'CRLF="\\r\\n"',
    'field-name="Host"',
    'colon=":"',
    'OWS="\\t "',
    'field-value="a"',
    'OWS=" "',
    'CRLF="\\r\\n"',
    'field-name="X"',
    'colon=":"',
    'CRLF="\\r\\n"',
    'header-end="\\r\\n"',
  ]);
});

test('every token of a chunked body has its name', () => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const spans = named('request', `${head}5;a="b\\""\r\nhello\r\n00\r\nT: v\r\n\r\n`);
  assert.deepEqual(spans.slice(spans.indexOf('header-end="\\r\\n"') + 1), [
    'chunk-size="5"',
    'chunk-ext=";a=\\"b\\\\\\"\\""',
    'CRLF="\\r\\n"',
    'chunk-data="hello"',
    'CRLF="\\r\\n"',
    'last-chunk="00"',
    'CRLF="\\r\\n"',
    'trailer-name="T"',
    'colon=":"',
    'OWS=" "',
    'trailer-value="v"',
    'CRLF="\\r\\n"',
    'trailer-end="\\r\\n"',
  ]);
});

test('a response begins with its interim responses', () => {
  const spans = named('response', 'HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
  assert.deepEqual(
    spans.filter((span) => span.startsWith('status-code')),
    ['status-code="100"', 'status-code="200"'],
  );
  assert.equal(spans.at(-1), 'message-body="hi"');
});

test('a response to HEAD has no body whatever its Content-Length says', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
  assert.equal(dissect('response', bytesOf(text), { requestMethod: 'HEAD' }).complete, true);
  assert.equal(dissect('response', bytesOf(text), { requestMethod: 'GET' }).complete, false);
});

test('what follows the offending byte is not parsed', () => {
  const text = 'GET / HTTP/1.1\r\nHost : a\r\n\r\n';
  const { violation, spans } = dissect('request', bytesOf(text));
  assert.deepEqual(violation, { rule: 'space-before-colon', offset: 20 });
  assert.deepEqual(spans.at(-1), { name: 'unparsed', start: 20, end: text.length });
});

function run(message: 'request' | 'response', pieces: readonly Uint8Array[]) {
  const spans: [SpanName, number, number][] = [];
  const parser = new MessageParser({
    message,
    limits: { ...defaultLimits, headerSection: 60, requestLine: 30, fieldCount: 4, chunkLine: 20 },
    observer: { span: (name, start, end) => void spans.push([name, start, end]) },
  });
  for (const piece of pieces) {
    for (let i = 0; i < piece.length && parser.violation === null && !parser.complete; ) {
      i = parser.parse(piece, i, piece.length);
    }
  }
  parser.finish(false);
  const { head } = parser;
  return {
    spans,
    violation: parser.violation,
    complete: parser.complete,
    length: parser.length,
    fields: head.fieldCount,
  };
}

for (const message of ['request', 'response'] as const) {
  test(`any cut of the same bytes gives the same ${message}`, () => {
    fc.assert(
      fc.property(
        fc.oneof(nearlyHttp, changedRequest),
        fc.array(fc.nat({ max: 200 }), { maxLength: 6 }),
        (bytes, cuts) => {
          const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
            (a, b) => a - b,
          );
          const pieces = places.slice(1).map((end, index) => bytes.slice(places[index], end));
          const whole = run(message, [bytes]);
          assert.deepEqual(run(message, pieces), whole);
          assert.deepEqual(
            run(
              message,
              Array.from(bytes, (octet) => Uint8Array.of(octet)),
            ),
            whole,
          );
        },
      ),
      effort(3000),
    );
  });

  test(`the spans of any ${message} tile it`, () => {
    fc.assert(
      fc.property(fc.oneof(nearlyHttp, changedRequest), (bytes) => {
        let end = 0;
        for (const span of dissect(message, bytes).spans) {
          assert.equal(span.start, end);
          assert.ok(span.end > span.start, `${span.name} is empty`);
          end = span.end;
        }
        assert.equal(end, bytes.length);
      }),
      effort(3000),
    );
  });
}
