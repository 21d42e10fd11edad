import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import type { Field, Request } from '../../../src/http/message.ts';
import { MessageParser } from '../../../src/http/parser.ts';
import { ParsedRequest } from '../../../src/http/request.ts';
import { upstreamHead } from '../../../src/http/upstreamRequest.ts';
import { UpstreamResponse } from '../../../src/http/upstreamResponse.ts';

const text = (bytes: Uint8Array): string => latin1(bytes, 0, bytes.length);

/** What a gateway makes of a request. */
function forwarded(head: string): { lines: string[]; request: Request } {
  const parser = new MessageParser({ message: 'request', limits: defaultLimits });
  const bytes = bytesOf(head);
  parser.parse(bytes, 0, bytes.length);
  assert.equal(parser.violation, null);
  const request = new ParsedRequest(parser.head).renew(parser.framing.kind !== 'none');
  const route = {
    target: '/there',
    host: 'a:1',
    scheme: 'http' as const,
    client: '::1',
    pseudonym: 'spark-test',
  };
  return { lines: text(upstreamHead(request, parser.framing, route)).split('\r\n'), request };
}

const base = 'GET /here HTTP/1.1\r\nHost: a:1\r\n';
const added = [
  'Via: 1.1 spark-test',
  'X-Forwarded-For: [::1]',
  'X-Forwarded-Host: a:1',
  'X-Forwarded-Proto: http',
];

/** Field lines of the request beside Host; those that are forwarded. */
const heads: [name: string, received: string[], sent: string[]][] = [
  ['nothing', [], [...added, 'Connection: close']],
  [
    'fields keep order and spelling',
    ['b: 1', 'A: 2', 'b: 3'],
    ['b: 1', 'A: 2', 'b: 3', ...added, 'Connection: close'],
  ],
  [
    'fields of the connection stay behind',
    ['Connection: keep-alive, X-Secret', 'X-Secret: 1', 'Keep-Alive: 5', 'Proxy-Authorization: x', 'X: y'],
    ['X: y', ...added, 'Connection: close'],
  ],
  ['trailers are asked for on', ['TE: trailers, gzip'], [...added, 'TE: trailers', 'Connection: close, TE']],
  [
    'h2c is not asked for',
    ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: x'],
    [...added, 'Connection: close'],
  ],
  [
    'a WebSocket is',
    ['Connection: keep-alive, Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: k'],
    ['Sec-WebSocket-Key: k', ...added, 'Connection: Upgrade', 'Upgrade: websocket'],
  ],
  [
    'the client of a gateway',
    ['Via: 1.0 x', 'X-Forwarded-For: 10.0.0.1', 'X-Forwarded-Host: outer', 'X-Forwarded-Proto: https'],
    [
      'Via: 1.0 x, 1.1 spark-test',
      'X-Forwarded-For: 10.0.0.1, [::1]',
      'X-Forwarded-Host: outer',
      'X-Forwarded-Proto: https',
      'Connection: close',
    ],
  ],
  ['a length', ['Content-Length: 005'], [...added, 'Content-Length: 5', 'Connection: close']],
  ['no content', ['Content-Length: 0'], [...added, 'Content-Length: 0', 'Connection: close']],
  ['chunks', ['Transfer-Encoding:, CHUNKED'], [...added, 'Transfer-Encoding: chunked', 'Connection: close']],
  [
    'Expect goes on',
    ['Expect: 100-continue', 'Content-Length: 1'],
    ['Expect: 100-continue', ...added, 'Content-Length: 1', 'Connection: close'],
  ],
];

describe('the head of a forwarded request', () => {
  for (const [name, received, sent] of heads) {
    test(name, () => {
      const { lines } = forwarded(`${base}${received.map((line) => `${line}\r\n`).join('')}\r\n`);
      assert.deepEqual(lines, ['GET /there HTTP/1.1', 'Host: a:1', ...sent, '', '']);
    });
  }

  test('Max-Forwards counts down for OPTIONS, and means nothing for others', () => {
    const maxForwards = (method: string, value: string) => {
      const { lines } = forwarded(`${method} /here HTTP/1.1\r\nHost: a:1\r\nMax-Forwards: ${value}\r\n\r\n`);
      return lines.filter((line) => line.startsWith('Max-Forwards'));
    };
    assert.deepEqual(maxForwards('OPTIONS', '007'), ['Max-Forwards: 6']);
    assert.deepEqual(maxForwards('OPTIONS', '9'.repeat(30)), [
      `Max-Forwards: ${Number.MAX_SAFE_INTEGER - 1}`,
    ]);
    assert.deepEqual(maxForwards('OPTIONS', 'x'), ['Max-Forwards: x']);
    assert.deepEqual(maxForwards('GET', '7'), ['Max-Forwards: 7']);
  });

  test('whatever the fields: one message, framed as the client framed it, with nothing of its connection', () => {
    const name = fc.constantFrom(
      'X-A',
      'Connection',
      'TE',
      'Upgrade',
      'Keep-Alive',
      'Via',
      'Expect',
      'Cookie',
    );
    const value = fc.constantFrom(
      '',
      'close',
      'X-A, upgrade',
      'trailers',
      'websocket',
      '100-continue',
      'caf\xe9',
      'a\tb',
    );
    const framing = fc.constantFrom('', 'Content-Length: 7\r\n', 'Transfer-Encoding: chunked\r\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), framing, (fields, frame) => {
        if (fields.some(([one, said]) => one === 'Expect' && said !== '100-continue' && said !== '')) return;
        const { lines } = forwarded(
          `POST /x HTTP/1.1\r\nHost: a:1\r\n${fields.map((field) => `${field.join(': ')}\r\n`).join('')}${frame}\r\n`,
        );
        const again = new MessageParser({ message: 'request', limits: defaultLimits });
        const bytes = bytesOf(lines.join('\r\n'));
        assert.equal(again.parse(bytes, 0, bytes.length), bytes.length);
        assert.equal(again.violation, null);
        assert.equal(
          again.framing.kind,
          frame === '' ? 'none' : frame.startsWith('C') ? 'length' : 'chunked',
        );
        const sent = new ParsedRequest(again.head).renew(false);
        assert.match(sent.field('connection') ?? '', /^close(, TE)?$/);
        assert.equal(sent.field('keep-alive'), undefined);
        assert.equal(sent.field('upgrade'), undefined);
        const named = fields.some(([one, said]) => one === 'Connection' && said.includes('X-A'));
        if (named) assert.equal(sent.field('x-a'), undefined);
      }),
    );
  });
});

interface Received {
  readonly heads: { status: number; reason: string; fields: readonly Field[]; length: number | null }[];
  readonly content: string;
  readonly complete: boolean;
  readonly problem: string;
  readonly excess: number;
  readonly trailers: Field[];
}

function received(
  pieces: readonly string[],
  options: { method?: string; switches?: boolean; ends?: boolean } = {},
): Received {
  const response = new UpstreamResponse(options.method ?? 'GET', defaultLimits, options.switches ?? false);
  const heads: Received['heads'] = [];
  let content = '';
  for (const piece of pieces) {
    response.receive(bytesOf(piece));
    for (let head = response.nextHead(); head !== null; head = response.nextHead()) {
      const { hasContent: _, ...rest } = head;
      heads.push(rest);
    }
    for (let bytes = response.takeContent(); bytes !== null; bytes = response.takeContent())
      content += text(bytes);
  }
  if (options.ends === true) response.end();
  const { isComplete: complete, problem, excessBytes: excess, trailers } = response;
  return { heads, content, complete, problem, excess, trailers };
}

const ok = 'HTTP/1.1 200 OK\r\n';

/** What another server sends; what comes of it. */
const answers: [
  name: string,
  bytes: string,
  options: Parameters<typeof received>[1],
  wanted: Partial<Received>,
][] = [
  ['a length', `${ok}Content-Length: 2\r\n\r\nhi`, {}, { content: 'hi', complete: true, problem: '' }],
  [
    'chunks',
    `${ok}Transfer-Encoding: chunked\r\n\r\n1;x\r\nh\r\n1\r\ni\r\n0\r\nT: 1\r\nContent-Length: 9\r\n\r\n`,
    {},
    { content: 'hi', complete: true, trailers: [['T', '1']] },
  ],
  ['up to the end', `${ok}\r\nhi`, { ends: true }, { content: 'hi', complete: true, problem: '' }],
  ['not to the end yet', `${ok}\r\nhi`, {}, { content: 'hi', complete: false }],
  ['HEAD', `${ok}Content-Length: 9\r\n\r\n`, { method: 'HEAD' }, { content: '', complete: true }],
  ['204 with a length', 'HTTP/1.1 204 \r\nContent-Length: 9\r\n\r\n', {}, { content: '', complete: true }],
  ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', {}, { complete: true }],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhi', { ends: true }, { content: 'hi', complete: true }],
  [
    'too short',
    `${ok}Content-Length: 3\r\n\r\nhi`,
    { ends: true },
    { content: 'hi', complete: false, problem: 'It ended the connection before its answer was complete.' },
  ],
  [
    'chunks broken off',
    `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhi`,
    { ends: true },
    { content: 'hi', problem: 'It ended the connection before its answer was complete.' },
  ],
  ['too long', `${ok}Content-Length: 1\r\n\r\nhi`, {}, { content: 'h', complete: true, excess: 1 }],
  [
    'a second answer',
    `${ok}Content-Length: 0\r\n\r\n${ok}\r\n`,
    {},
    { content: '', complete: true, excess: ok.length + 2 },
  ],
  ['no answer', '', { ends: true }, { problem: 'It ended the connection without an answer.' }],
  [
    'half a head',
    'HTTP/1.1 200 OK\r\nA:',
    { ends: true },
    { problem: 'It ended the connection within the head of its answer.' },
  ],
  [
    'a status that is none',
    'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
    {},
    {
      heads: [],
      complete: false,
      problem: 'Its answer has the status code 099; codes begin at 100. (RFC 9110 section 15)',
    },
  ],
  [
    'interim answers without end',
    'HTTP/1.1 103 \r\n\r\n'.repeat(101),
    {},
    { complete: false, problem: 'It sent more than 100 interim answers (1xx), and no final one.' },
  ],
  [
    'many interim answers',
    `${'HTTP/1.1 103 \r\n\r\n'.repeat(100)}${ok}Content-Length: 0\r\n\r\n`,
    {},
    { complete: true, problem: '' },
  ],
  [
    '101 unasked',
    'HTTP/1.1 101 X\r\n\r\n',
    {},
    { heads: [], problem: 'It switched to another protocol, which the request did not ask for.' },
  ],
  [
    '101',
    'HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n\x81\x00',
    { switches: true },
    { content: '\x81\x00', complete: false },
  ],
  [
    'gzip, chunked',
    `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`,
    {},
    { heads: [], problem: 'Its answer has the transfer coding gzip, chunked; only chunked can be sent on.' },
  ],
];

describe('the answer of another server', () => {
  for (const [name, bytes, options, wanted] of answers) {
    test(`${name}, whole and byte by byte`, () => {
      const whole = received([bytes], options);
      for (const [key, value] of Object.entries(wanted))
        assert.deepEqual(whole[key as keyof Received], value, key);
      assert.deepEqual(received([...bytes], options), whole);
    });
  }

  for (const [name, bytes, rule] of [
    ['both framings', `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, /Transfer-Encoding/],
    ['two lengths', `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, /Content-Length/],
    ['a bare LF', 'HTTP/1.1 200 OK\n\n', /byte 15/],
    ['not HTTP', 'SSH-2.0-OpenSSH\r\n', /byte 0/],
    ['a field without a name', `${ok}: x\r\n\r\n`, /byte 17/],
    ['a bad chunk', `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, /byte 47/],
  ] as const) {
    test(`${name} is malformed, and says where`, () => {
      const { problem, content } = received([bytes]);
      assert.match(problem, /^Its answer is malformed at byte \d+: .* \(RFC \d+ section [\d.]+\)$/);
      assert.match(problem, rule);
      assert.equal(content, '');
    });
  }

  test('interim answers come before the final one, without what ends with the connection', () => {
    const { heads } = received([
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}Connection: close, X\r\nX: 1\r\nY: caf\xe9\r\nContent-Length: 0\r\n\r\n`,
    ]);
    assert.deepEqual(
      heads.map(({ status, reason, fields }) => [status, reason, fields]),
      [
        [100, 'Continue', []],
        [103, 'Early Hints', [['Link', '</a>']]],
        [200, 'OK', [['Y', 'caf\xe9']]],
      ],
    );
  });

  test('any bytes in any pieces: no throw, and the same result as in one piece', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1 ',
      '200',
      ' OK',
      '\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n\r\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      'abc',
      '\n',
      '\0',
      ': ',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }),
        fc.boolean(),
        fc.array(fc.nat(60), { maxLength: 6 }),
        (parts, started, cuts) => {
          const bytes = (started ? 'HTTP/1.1 200 OK\r\n' : '') + parts.join('');
          const ends = [...new Set(cuts.filter((cut) => cut < bytes.length)), bytes.length].sort(
            (a, b) => a - b,
          );
          const pieces = ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
          assert.deepEqual(received(pieces, { ends: true }), received([bytes], { ends: true }));
        },
      ),
    );
  });
});
