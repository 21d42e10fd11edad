import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type DumpForm, exchangeDump } from '../../../src/capture/byteDump.ts';
import { exportedExchange } from '../../../src/capture/exportExchange.ts';
import { bytesOf, detailsOf, type WireExchange } from './exchanges.ts';

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const answer = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function dumpOf(exchange: WireExchange, form: DumpForm = 'whole'): string {
  return exchangeDump(exportedExchange(detailsOf([exchange])[0]), form);
}

/** The lines of the response's body. */
function bodyOf(body: string, notKept = 0): string[] {
  const dump = dumpOf({ request: get, response: answer(body), notKept });
  return dump.slice(dump.lastIndexOf('header-end')).split('\n').slice(2, -1);
}

/** The bytes that the rows of a dump show. */
function bytesIn(dump: string): number[] {
  return [...dump.matchAll(/^ {2}[\dA-F]{8} {2}((?:[\dA-F]{2} )*[\dA-F]{2}) /gm)].flatMap(([, digits]) =>
    digits.split(' ').map((pair) => Number.parseInt(pair, 16)),
  );
}

test('each line of a message stands there as it reads, and its tokens below it with their names', () => {
  const [, request] = dumpOf({ request: get, response: '' }).split(/^(?=Request|Response)/m);
  assert.equal(
    request,
    `Request, 27 bytes
  offset    hex                                              text              meaning

GET / HTTP/1.1\\r\\n
  00000000  47 45 54                                         GET               method
  00000003  20                                                                 SP
  00000004  2F                                               /                 request-target
  00000005  20                                                                 SP
  00000006  48 54 54 50 2F 31 2E 31                          HTTP/1.1          HTTP-version
  0000000E  0D 0A                                            \\r\\n              CRLF

Host: a\\r\\n
  00000010  48 6F 73 74                                      Host              field-name
  00000014  3A                                               :                 colon
  00000015  20                                                                 OWS
  00000016  61                                               a                 field-value
  00000017  0D 0A                                            \\r\\n              CRLF

\\r\\n
  00000019  0D 0A                                            \\r\\n              header-end

`,
  );
});

describe('bytes of a body', () => {
  const row = (offset: string, digits: string, text: string, meaning = '') =>
    `  ${offset}  ${digits.padEnd(47)}  ${text.padEnd(16)}  ${meaning}`.trimEnd();
  for (const [what, body, expected] of [
    [
      'a line for each line',
      'a\nb',
      [
        'a\\n',
        row('00000026', '61 0A', 'a\\n', 'message-body'),
        '',
        'b',
        row('00000028', '62', 'b', 'message-body'),
      ],
    ],
    [
      'control bytes',
      'a\t\x1b[2J',
      ['(6 bytes that are no text)', row('00000026', '61 09 1B 5B 32 4A', 'a\\t\\x1B[2J', 'message-body')],
    ],
    ['a backslash, told from an escape', '\\n', ['\\\\n', row('00000026', '5C 6E', '\\\\n', 'message-body')]],
    [
      'invalid UTF-8',
      '\xc3(\xff-end',
      [
        '(7 bytes that are no text)',
        row('00000026', 'C3 28 FF 2D 65 6E 64', '\\xC3(\\xFF-end', 'message-body'),
      ],
    ],
    [
      'UTF-8, and a mark that would turn the text around',
      '\xc3\xa9\xe2\x80\xae',
      ['é\\u{202E}', row('00000026', 'C3 A9 E2 80 AE', 'é\\u{202E}', 'message-body')],
    ],
  ] as const) {
    test(what, () => assert.deepEqual(bodyOf(body), expected));
  }

  test('a character of UTF-8 stands whole in a row', () => {
    const rows = bodyOf(`${'a'.repeat(14)}\xe2\x82\xac!`).slice(1);
    assert.deepEqual(rows, [
      row('00000027', '61 '.repeat(14).trim(), 'a'.repeat(14), 'message-body'),
      row('00000035', 'E2 82 AC 21', '€!'),
    ]);
  });

  test('what was not kept is counted', () => {
    assert.deepEqual(bodyOf('abcde', 2).slice(0, 4), [
      'abc …',
      row('00000026', '61 62 63', 'abc', 'message-body'),
      '  00000029  (2 bytes not kept)',
    ]);
  });
});

test('a rule that a message breaks is told below the byte that breaks it', () => {
  const dump = dumpOf({ request: 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', response: '' });
  assert.match(
    dump,
    /20 3A 20 61 0D 0A .* unparsed\n {2}► .+ \(space-before-colon, RFC 9112 section 5\.1\)\n/,
  );
});

test('long bodies and long fields are cut, and what is left out is counted', () => {
  const long = 'x'.repeat(1_000_000);
  const dump = dumpOf({ request: `GET / HTTP/1.1\r\nHost: a\r\nX: ${long}\r\n\r\n`, response: answer(long) });
  assert.ok(dump.length < 1_500_000, `${dump.length}`);
  assert.match(dump, /^ {2}… 934,\d{3} bytes more: too many for a text/m);
  assert.match(dump, /header-end\n\nx{4096} …\n/);
  const lines = dumpOf({ request: get, response: answer('x\n'.repeat(500_000)) });
  assert.ok(lines.split('\n').length < 55_000, `${lines.split('\n').length}`);
  assert.match(lines, /^ {2}… 967,\d{3} bytes more: too many for a text/m);
});

describe('two dumps to be compared', () => {
  test('differ in nothing but what the messages differ in', () => {
    const [one, other] = detailsOf([
      { request: get, response: answer('hello') },
      { request: get.replace('Host', 'X-New: 1\r\nHost'), response: answer('hello') },
    ]).map((detail) => exchangeDump(exportedExchange(detail), 'compared').split('\n'));
    const added = other.filter((line) => !one.includes(line));
    assert.deepEqual(
      added.map((line) => line.trim().replaceAll(/ {2,}/g, '|')),
      [
        'Request, 37 bytes',
        'X-New: 1\\r\\n',
        '00000000|58 2D 4E 65 77|X-New|field-name',
        '00000000|31|1|field-value',
      ],
    );
    assert.deepEqual(
      one.filter((line) => !other.includes(line)),
      ['Request, 27 bytes'],
    );
  });

  test('read the same for the same bytes', () => {
    const [one, other] = detailsOf([0, 1].map(() => ({ request: get, response: answer('hello') })));
    const text = (detail: typeof one) => exchangeDump(exportedExchange(detail), 'compared');
    assert.equal(text(one), text(other));
  });
});

test('whatever the bytes are: the rows have each of them once, and no character acts upon a screen', () => {
  const wire = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 100 }).map((body) => bytesOf(answer(Buffer.from(body).toString('latin1')))),
  );
  fc.assert(
    fc.property(wire, wire, fc.constantFrom<DumpForm>('whole', 'compared'), (request, response, form) => {
      const dump = dumpOf({ request, response }, form);
      assert.deepEqual(bytesIn(dump), [...request, ...response]);
      assert.doesNotMatch(dump.replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 300 },
  );
});
