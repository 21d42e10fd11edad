import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../../src/http/bytes.ts';
import { defaultLimits, type Limits } from '../../../src/http/limits.ts';
import { MessageParser } from '../../../src/http/parser.ts';
import { ParsedRequest } from '../../../src/http/request.ts';
import { effort } from './nearlyHttp.ts';
import { byteByByte } from './parsing.ts';
import { acceptedRequests, refusedRequests } from './requestCases.ts';

const limits: Limits = { ...defaultLimits, requestLine: 60, headerSection: 200, fieldCount: 6, body: 1000 };

/** Where the parser of a connection has come to with one request, and all that it tells of it. */
function outcome(parser: MessageParser) {
  const { head, violation, framing, complete, length } = parser;
  const heard = { violation, complete, length, started: parser.started, headComplete: parser.headComplete };
  if (!parser.headComplete || violation !== null) return { ...heard, request: null };
  const request = new ParsedRequest(head).renew(framing.kind !== 'none');
  const { method, target, form, path, query, host, minorVersion } = request;
  const { end, connectionClose, connectionKeepAlive, expectsContinue, hostInTarget } = head;
  const offsets = Array.from({ length: head.fieldCount }, (_, field) => [
    head.nameStart(field),
    head.nameEnd(field),
    head.valueStart(field),
    head.valueEnd(field),
  ]);
  return {
    ...heard,
    request: {
      ...{
        framing,
        method,
        target,
        form,
        path,
        query,
        host,
        minorVersion,
        offsets,
        fields: request.fields(),
      },
      ...{ end, connectionClose, connectionKeepAlive, expectsContinue, hostInTarget },
      values: ['host', 'x', 'accept', 'connection'].map((name) => request.field(name)),
    },
  };
}

/** The outcome of each request on a connection whose bytes come in these pieces, to the first that breaks a rule. */
function outcomes(pieces: readonly Uint8Array[], recognizesRepeats: boolean) {
  const parser = new MessageParser({ message: 'request', limits, recognizesRepeats });
  const all: ReturnType<typeof outcome>[] = [];
  for (const piece of pieces) {
    for (let i = 0; i < piece.length && parser.violation === null; ) {
      i = parser.parse(piece, i, piece.length);
      if (!parser.complete) continue;
      all.push(outcome(parser));
      parser.reset();
    }
  }
  return [...all, outcome(parser)];
}

/** What a connection tells of requests that were sent one after the other as one piece, recognising what comes again. */
function recognized(...requests: string[]) {
  return outcomes([Buffer.from(requests.join(''), 'latin1')], true);
}

/** A piece as Node.js has it, which notes how often bytes of it were compared, and found to be the same. */
function watched(text: string) {
  const bytes = Buffer.from(text, 'latin1');
  const seen = { compared: 0, same: 0 };
  const compare = bytes.compare.bind(bytes);
  bytes.compare = (...args) => {
    const order = compare(...args);
    seen.compared++;
    if (order === 0) seen.same++;
    return order;
  };
  return { bytes, seen };
}

const cases = [
  ...acceptedRequests.map(([request]) => request),
  ...refusedRequests.map(([, marked]) => marked.replace('§', '')),
];
const lineEnd = (request: string) => request.indexOf('\r\n', 2) + 2;
/** Request lines and, apart from them, what follows them: the body too. */
const lines = cases.map((request) => request.slice(0, lineEnd(request))).filter((line) => line !== '');
const sections = cases.map((request) => request.slice(lineEnd(request)));
const ordinary = [
  'GET / HTTP/1.1\r\n',
  'GET /a?b HTTP/1.1\r\n',
  'HEAD http://b:1/c HTTP/1.1\r\n',
  'GET / HTTP/1.0\r\n',
];
const common = [
  'Host: a\r\n\r\n',
  'Host: a:80\r\nX: 1\r\nAccept: */*\r\n\r\n',
  'Connection: keep-alive\r\nX:\r\nhost: \t[::1] \r\nx: 2\r\n\r\n',
  'X: 1\r\nExpect: 100-continue\r\nHost: a\r\n\r\n',
  'Host: a\r\nContent-Length: 0\r\n\r\n',
  'Host: a\r\nContent-Length: 3\r\n\r\nabc',
  'Connection: close\r\nHost: a\r\n\r\n',
  'X: 1\r\n\r\n',
];

/** Requests of a client that has few header sections, and sends each of them again and again. */
const connections = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...common) }, fc.constantFrom(...sections)), {
    minLength: 1,
    maxLength: 2,
  })
  .chain((few) =>
    fc.array(
      fc.tuple(
        fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...ordinary) }, fc.constantFrom(...lines)),
        fc.constantFrom(...few),
      ),
      { maxLength: 12 },
    ),
  )
  .map((requests) => requests.flat().join(''));

test('whatever requests come, however they are cut: with repeats recognised, all is as if each was parsed', () => {
  const places = fc.array(fc.nat({ max: 600 }), { maxLength: 6 });
  fc.assert(
    fc.property(connections, places, (text, places) => {
      const bytes = bytesOf(text);
      const sorted = [...new Set([0, ...places.filter((at) => at < bytes.length), bytes.length])];
      sorted.sort((a, b) => a - b);
      const cut = sorted.slice(1).map((end, i) => bytes.slice(sorted[i], end));
      const asNode = cut.map((piece) => Buffer.from(piece));
      const parsedEach = outcomes([bytes], false);
      for (const pieces of [[bytes], [Buffer.from(bytes)], cut, asNode, byteByByte(text)])
        assert.deepEqual(outcomes(pieces, true), parsedEach);
    }),
    effort(1200),
  );
});

test('an observer is told every token, of repeated sections too', () => {
  const request = 'GET /a HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n';
  const told: string[][] = [];
  const observer = { span: (name: string, start: number) => told.at(-1)?.push(`${name} at ${start}`) };
  const parser = new MessageParser({ message: 'request', limits, observer, recognizesRepeats: true });
  for (let i = 0; i < 3; i++) {
    told.push([]);
    parser.parse(Buffer.from(request), 0, request.length);
    parser.reset();
  }
  assert.ok(told[0].includes('field-value at 23'));
  assert.deepEqual(told[1], told[0]);
  assert.deepEqual(told[2], told[0]);
});

const section = 'Host: a\r\nX: 1\r\n\r\n';

test('a section that comes again is compared, and not parsed', () => {
  const { bytes, seen } = watched(`GET / HTTP/1.1\r\n${section}`.repeat(5));
  outcomes([bytes], true);
  assert.deepEqual(seen, { compared: 4, same: 4 });
});

test('the request line may be of any length', () => {
  const [, second] = recognized(`GET / HTTP/1.1\r\n${section}`, `GET /longer?path HTTP/1.1\r\n${section}`);
  assert.deepEqual(second.request?.offsets, [
    [27, 31, 33, 34],
    [36, 37, 39, 40],
  ]);
  assert.deepEqual(second.request?.fields, [
    ['Host', 'a'],
    ['X', '1'],
  ]);
});

test('a byte makes the difference: of a value, after the same fields, or the very last', () => {
  const others = ['X: 2\r\n\r\n', 'X: 1\r\nY: 2\r\n\r\n', 'X: 1\r\n\n\r\n', 'X: 1\r\n\rX'];
  for (const other of others.map((lines) => `Host: a\r\n${lines}`)) {
    const requests = [`GET / HTTP/1.1\r\n${section}`, `GET / HTTP/1.1\r\n${other}`];
    assert.deepEqual(recognized(...requests), outcomes([bytesOf(requests.join(''))], false));
  }
});

test('a target with a host overrules the repeated Host field, and only for its own request', () => {
  const origin = `GET / HTTP/1.1\r\n${section}`;
  const absolute = `GET http://bcd/ HTTP/1.1\r\n${section}`;
  const hosts = (...requests: string[]) => recognized(...requests).map(({ request }) => request?.host);
  assert.deepEqual(hosts(origin, absolute, origin, absolute), ['a', 'bcd', 'a', 'bcd', undefined]);
  assert.deepEqual(hosts(absolute, origin, absolute, absolute), ['bcd', 'a', 'bcd', 'bcd', undefined]);
});

test('what the version decides is decided anew', () => {
  const last = (...requests: string[]) => recognized(...requests).at(-1)?.violation;
  const hostless = 'X: 1\r\n\r\n';
  const old = (section: string) => `GET / HTTP/1.0\r\n${section}`;
  const present = (section: string) => `GET / HTTP/1.1\r\n${section}`;
  assert.deepEqual(last(old(hostless), old(hostless), present(hostless)), {
    rule: 'host-missing',
    offset: 22,
  });
  const expecting = 'Host: a\r\nExpect: x\r\n\r\n';
  assert.deepEqual(last(old(expecting), old(expecting), present(expecting)), {
    rule: 'expectation-unknown',
    offset: 33,
  });
  const continuing = 'Host: a\r\nExpect: 100-continue\r\n\r\n';
  const expects = recognized(present(continuing), old(continuing), present(continuing)).map(
    ({ request }) => request?.expectsContinue,
  );
  assert.deepEqual(expects, [true, false, true, undefined]);
});

test('a target is checked, whatever section follows it', () => {
  const requests = [`GET / HTTP/1.1\r\n${section}`, `GET /%zz HTTP/1.1\r\n${section}`];
  assert.deepEqual(recognized(...requests).at(-1)?.violation, { rule: 'target-percent-encoding', offset: 5 });
});

test('a client that never repeats itself costs a comparison for few of its requests; it may change its habits', () => {
  const numbered = (n: number) => `GET / HTTP/1.1\r\nHost: a\r\nX: ${1000 + n}\r\n\r\n`;
  const { bytes, seen } = watched(Array.from({ length: 200 }, (_, n) => numbered(n)).join(''));
  const parser = new MessageParser({ message: 'request', limits, recognizesRepeats: true });
  const feed = (bytes: Buffer) => {
    for (let i = 0; i < bytes.length; parser.reset()) i = parser.parse(bytes, i, bytes.length);
  };
  feed(bytes);
  assert.ok(seen.compared < 30, `${seen.compared} of 200 were compared`);
  assert.equal(seen.same, 0);
  const later = watched(numbered(0).repeat(40));
  feed(later.bytes);
  assert.ok(later.seen.same >= 20, `${later.seen.same} of 40 were recognised`);
});

test('bounds hold for repeated sections: a longer one is not kept, however often it comes', () => {
  const long = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(5000)}\r\n\r\n`;
  const { bytes, seen } = watched(long.repeat(4));
  const parser = new MessageParser({ message: 'request', limits: defaultLimits, recognizesRepeats: true });
  let complete = 0;
  for (let i = 0; i < bytes.length; parser.reset()) {
    i = parser.parse(bytes, i, bytes.length);
    if (parser.complete) complete++;
  }
  assert.equal(complete, 4);
  assert.equal(seen.compared, 0);
});
