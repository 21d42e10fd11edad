import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dissect, type Span } from '../../../src/http/dissect.ts';
import type { SpanName } from '../../../src/http/span.ts';
import { lineIndexAt, meaningLines } from '../../../src/inspector/meaning.ts';

/** Spans of given lengths, one behind the other. */
function tiled(...tokens: [SpanName, number][]): Span[] {
  let start = 0;
  return tokens.map(([name, length]) => {
    start += length;
    return { name, start: start - length, end: start };
  });
}

const summary = (spans: readonly Span[]) =>
  meaningLines(spans).map(({ kind, start, end, tokens }) => [
    kind,
    start,
    end,
    tokens.map(({ name }) => name).join(' '),
  ]);

test('a request is a start line, fields, the end of the header section and a body', () => {
  const spans = tiled(
    ['empty-line', 2],
    ['method', 4],
    ['SP', 1],
    ['request-target', 1],
    ['SP', 1],
    ['HTTP-version', 8],
    ['CRLF', 2],
    ['field-name', 4],
    ['colon', 1],
    ['OWS', 1],
    ['field-value', 9],
    ['CRLF', 2],
    ['field-name', 5],
    ['colon', 1],
    ['CRLF', 2],
    ['header-end', 2],
    ['message-body', 7],
  );
  assert.deepEqual(summary(spans), [
    ['empty-lines', 0, 2, ''],
    ['start-line', 2, 19, 'method request-target HTTP-version'],
    ['field', 19, 36, 'field-name field-value'],
    ['field', 36, 44, 'field-name'],
    ['header-end', 44, 46, ''],
    ['body', 46, 53, 'message-body'],
  ]);
});

test('a chunked body is one line with its data, and trailers follow it', () => {
  const spans = tiled(
    ['header-end', 2],
    ['chunk-size', 1],
    ['chunk-ext', 4],
    ['CRLF', 2],
    ['chunk-data', 5],
    ['CRLF', 2],
    ['chunk-size', 1],
    ['CRLF', 2],
    ['chunk-data', 3],
    ['CRLF', 2],
    ['last-chunk', 1],
    ['CRLF', 2],
    ['trailer-name', 1],
    ['colon', 1],
    ['trailer-value', 1],
    ['CRLF', 2],
    ['trailer-end', 2],
  );
  assert.deepEqual(summary(spans), [
    ['header-end', 0, 2, ''],
    ['body', 2, 27, 'chunk-data chunk-data'],
    ['trailer', 27, 32, 'trailer-name trailer-value'],
    ['trailer-end', 32, 34, ''],
  ]);
});

test('what was not parsed is a line of its own', () => {
  const spans = tiled(['field-name', 7], ['unparsed', 20]);
  assert.deepEqual(summary(spans), [
    ['field', 0, 7, 'field-name'],
    ['unparsed', 7, 27, 'unparsed'],
  ]);
});

test('an interim response is followed by the start line of the final one', () => {
  const text = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n';
  const { spans } = dissect('response', new TextEncoder().encode(text));
  assert.deepEqual(
    summary(spans).map(([kind]) => kind),
    ['start-line', 'header-end', 'start-line', 'header-end'],
  );
});

test('whatever the bytes, the lines tile the message and each byte has its line', () => {
  const text =
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n';
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length - 1), fc.nat(255), (cut, at, octet) => {
      const bytes = new TextEncoder().encode(text).slice(0, cut);
      if (at < bytes.length) bytes[at] = octet;
      const lines = meaningLines(dissect('request', bytes).spans);
      let position = 0;
      lines.forEach((line, index) => {
        assert.equal(line.start, position);
        assert.equal(lineIndexAt(lines, line.start), index);
        assert.equal(lineIndexAt(lines, line.end - 1), index);
        position = line.end;
      });
      assert.equal(position, bytes.length);
      assert.equal(lineIndexAt(lines, bytes.length), -1);
    }),
  );
});
