import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../../src/http/bytes.ts';
import type { Span } from '../../../src/http/dissect.ts';
import { type MessageView, viewExchange } from '../../../src/inspector/messageView.ts';
import { knownSoFar, standingSentence } from '../../../src/inspector/scrub/parserWords.ts';
import { Scrubbing } from '../../../src/inspector/scrub/scrubbing.ts';
import { ScrubStops } from '../../../src/inspector/scrub/scrubStops.ts';
import { exampleDetail } from '../../e2e/inspectorPage/exchanges.ts';

function requestView(request: string, response = ''): MessageView {
  return viewExchange(exampleDetail({ id: 1, request, response })).received;
}

function sentenceAt(message: MessageView, fed: number): string {
  return standingSentence(message, fed, new Scrubbing(message, 'GET').after(fed));
}

const post = 'POST /a?b=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';

test('each byte is said in a sentence', () => {
  const message = requestView(post);
  const said = (text: string) => sentenceAt(message, post.indexOf(text) + text.length);
  assert.equal(sentenceAt(message, 0), 'nothing is read yet; reading the method');
  assert.equal(said('P'), 'byte 0, "P": first byte of the method; reading the method');
  assert.equal(said('POST '), 'byte 4, SP: end of method POST; reading the request target');
  assert.equal(said('HTTP/1.1\r'), 'byte 20, CR: end of HTTP version HTTP/1.1; reading the end of the line');
  assert.equal(said('HTTP/1.1\r\n'), 'byte 21, LF: end of the request line; reading the field name');
  assert.equal(said('Host:'), 'byte 26, ":": end of field name Host; reading the optional white space');
  assert.equal(said('Host: a\r\n'), 'byte 30, LF: end of the field Host; reading the field name');
  assert.equal(said('5\r\n\r\n'), 'byte 51, LF: end of the header section; reading the body');
  assert.equal(said('hello'), 'byte 56, "o": last byte of the body; the message is complete');
});

test('a broken rule ends it, at the byte that shows it', () => {
  const early = requestView('GET / HTTP/1.1\r\nHost : a\r\n\r\n');
  const scrubbing = new Scrubbing(early, 'GET');
  assert.equal(scrubbing.stops.end, 21);
  assert.equal(
    sentenceAt(early, 21),
    'byte 20, SP: it breaks a rule: White space stands between a field name and its colon; it reads no further',
  );
  const late = requestView('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
  const whole = new Scrubbing(late, 'GET');
  assert.equal(whole.stops.end, late.bytes.length);
  assert.match(sentenceAt(late, whole.stops.end), /^byte 35, LF: it shows that byte 25 broke a rule: /);
  assert.equal(whole.byteAt(whole.stops.end), 25);
});

test('what the parser knows grows with the bytes', () => {
  const message = requestView(post);
  const scrubbing = new Scrubbing(message, 'POST');
  const known = (fed: number) =>
    Object.fromEntries(
      knownSoFar(message, fed, scrubbing.after(fed)).map(({ name, value }) => [name, value]),
    );
  assert.deepEqual(known(8), { Method: 'POST', 'Request target': '/a? …', Framing: 'not decided yet' });
  assert.deepEqual(known(post.indexOf('hello') + 2), {
    Method: 'POST',
    'Request target': '/a?b=1',
    'HTTP version': 'HTTP/1.1',
    Fields: '2: Host, Content-Length',
    Framing: 'Content-Length: 5 bytes of body follow',
    Body: '2 of 5 bytes counted',
  });
});

test('steps by byte, by token and by line', () => {
  const scrubbing = new Scrubbing(requestView(post), 'POST');
  assert.equal(scrubbing.step(0, 'stop', 1), 1);
  assert.equal(scrubbing.step(0, 'stop', -1), 0);
  assert.equal(scrubbing.step(0, 'token', 1), 4);
  assert.equal(scrubbing.step(2, 'token', -1), 0);
  assert.equal(scrubbing.step(0, 'line', 1), 22);
  assert.equal(scrubbing.step(22, 'line', 1), 31);
  assert.equal(scrubbing.step(31, 'line', -1), 22);
  assert.equal(scrubbing.step(post.length, 'line', 1), post.length);
});

test('a body of 100 MB is gone through in 64 steps, its head byte by byte', () => {
  const length = 100 * 1024 * 1024;
  const spans: Span[] = [
    { name: 'header-end', start: 0, end: 40 },
    { name: 'message-body', start: 40, end: 40 + length },
  ];
  const stops = new ScrubStops(spans, 40 + length);
  assert.equal(stops.last, 104);
  assert.deepEqual([stops.fedAt(40), stops.fedAt(41), stops.fedAt(104)], [40, 40 + length / 64, 40 + length]);
});

test('stops and bytes lead to each other, whatever the spans', () => {
  const lengths = fc.array(
    fc.tuple(fc.constantFrom('field-name', 'message-body', 'chunk-data'), fc.integer({ min: 1, max: 300 })),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(lengths, fc.integer({ min: 0, max: 400 }), (parts, cut) => {
      let start = 0;
      const spans = parts.map(([name, length]) => {
        const span = { name: name as Span['name'], start, end: start + length };
        start = span.end;
        return span;
      });
      const end = Math.max(1, start - cut);
      const stops = new ScrubStops(spans, end);
      assert.equal(stops.fedAt(stops.last), end);
      for (let stop = 1; stop <= stops.last; stop++) {
        const fed = stops.fedAt(stop);
        assert.ok(fed > stops.fedAt(stop - 1));
        assert.equal(stops.stopAt(fed), stop);
      }
      for (let fed = 1; fed <= end; fed++) {
        const stop = stops.stopAt(fed);
        assert.ok(stops.fedAt(stop) >= fed && stops.fedAt(stop - 1) < fed);
      }
    }),
    { numRuns: 50 },
  );
});

test('a long body and its parser are quick: the parser skips what only counts', () => {
  const body = 32 * 1024 * 1024;
  const head = bytesOf(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body}\r\n\r\n`);
  const bytes = new Uint8Array(head.length + body);
  bytes.set(head);
  const detail = exampleDetail({ id: 1, request: 'POST / HTTP/1.1\r\n' });
  const request = { ...detail.request, length: bytes.length, kept: [{ offset: 0, bytes }] };
  const { received } = viewExchange({ ...detail, request });
  const scrubbing = new Scrubbing(received, 'POST');
  assert.equal(scrubbing.stops.end, bytes.length);
  assert.equal(scrubbing.after(bytes.length).complete, true);
  assert.equal(scrubbing.after(head.length + 1).reading, 'message-body');
});
