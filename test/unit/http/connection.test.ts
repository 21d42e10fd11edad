import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { Connection } from '../../../src/http/connection.ts';
import type { Exchange } from '../../../src/http/exchange.ts';
import type { Forwarding } from '../../../src/http/forwarding.ts';
import { defaultLimits, type Limits } from '../../../src/http/limits.ts';
import type { BodySource, OpenFile, Output, Request, Response } from '../../../src/http/message.ts';
import type { RequestHandler } from '../../../src/http/requestHandler.ts';
import { EncodedResponse } from '../../../src/http/responseHead.ts';
import { rules } from '../../../src/http/rules.ts';

const start = 1_000_000;

function answer(request: Request): Response {
  return { status: 200, fields: [], body: [bytesOf(`${request.method} ${request.target}`)] };
}

function handlerOf(parts: Partial<RequestHandler> = {}): RequestHandler {
  return {
    admit: () => null,
    wantsMessage: () => false,
    respond: answer,
    refuse: (violation) => ({
      status: rules[violation.rule].status,
      fields: [],
      body: [bytesOf(violation.rule)],
    }),
    ...parts,
  };
}

class Driver {
  readonly exchanges: Exchange[] = [];
  readonly states: string[] = [];
  readonly connection: Connection;

  constructor(parts: Partial<RequestHandler> = {}, limits: Partial<Limits> = {}) {
    this.connection = new Connection(handlerOf(parts), { ...defaultLimits, ...limits }, start, {
      exchangeChanged: (exchange) => {
        if (!this.exchanges.includes(exchange)) this.exchanges.push(exchange);
      },
      stateChanged: (state) => this.states.push(state),
    });
  }

  /** Everything the connection has to say now. */
  sendAll(now = start): string {
    let text = '';
    for (let item = this.connection.takeOutput(); item !== null; item = this.connection.takeOutput()) {
      text += 'file' in item ? `<file ${item.offset}+${item.length}>` : latin1(item, 0, item.length);
      this.connection.sent(item.length, now);
    }
    return text;
  }

  receive(text: string, now = start): string {
    this.connection.receive(bytesOf(text), now);
    return this.sendAll(now);
  }

  receiveByBytes(text: string): string {
    let sent = '';
    for (const octet of bytesOf(text)) sent += this.receive(String.fromCharCode(octet));
    return sent;
  }
}

function statuses(output: string): string[] {
  return Array.from(output.matchAll(/HTTP\/1\.1 (\d{3})/g), (match) => match[1]);
}

const get = (target: string, fields = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

test('Date is what the handler has for one, else the time of the connection', () => {
  const driver = new Driver({ date: () => Date.UTC(2049, 0, 1) });
  assert.match(driver.receive(get('/x')), /\r\nDate: Fri, 01 Jan 2049 00:00:00 GMT\r\n/);
});

test('a request is answered, and the connection stays open', () => {
  const driver = new Driver();
  assert.equal(
    driver.receive(get('/x')),
    'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:16:40 GMT\r\nContent-Length: 6\r\n\r\nGET /x',
  );
  assert.equal(driver.connection.wants, 'read');
  assert.deepEqual(driver.states, ['responding', 'idle']);
});

test('pipelined requests are answered in order, however they are cut', () => {
  const text = `${get('/1')}POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${get('/3')}`;
  const whole = new Driver().receive(text);
  assert.deepEqual(whole.match(/(GET|POST) \/\d/g), ['GET /1', 'POST /2', 'GET /3']);
  assert.equal(new Driver().receiveByBytes(text), whole);
});

test('the exchanges tile what was received and sent', () => {
  const driver = new Driver();
  const text = `${get('/1')}\r\n${get('/2')}`;
  const output = driver.receive(text);
  const [first, second] = driver.exchanges;
  assert.deepEqual([first.requestStart, first.requestEnd], [0, get('/1').length]);
  assert.deepEqual([second.requestStart, second.requestEnd], [get('/1').length, text.length]);
  assert.deepEqual(
    [first.responseStart, second.responseStart, second.responseEnd],
    [0, first.responseEnd, output.length],
  );
});

const persistence: [name: string, request: string, stays: boolean, field: string][] = [
  ['HTTP/1.1', get('/'), true, ''],
  ['HTTP/1.1 with close', get('/', 'Connection: close\r\n'), false, 'Connection: close'],
  ['HTTP/1.1 with close in a list', get('/', 'Connection: x, Close\r\n'), false, 'Connection: close'],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', false, 'Connection: close'],
  [
    'HTTP/1.0 with keep-alive',
    'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    true,
    'Connection: keep-alive',
  ],
];

for (const [name, request, stays, field] of persistence) {
  test(`${name}: the connection ${stays ? 'stays' : 'closes'}`, () => {
    const driver = new Driver();
    const output = driver.receive(request);
    assert.equal(driver.connection.wants, stays ? 'read' : 'drain');
    assert.equal(/Connection: .*/.exec(output)?.[0].trim() ?? '', field);
  });
}

test('nothing after a request with "Connection: close" is answered', () => {
  const driver = new Driver();
  assert.deepEqual(statuses(driver.receive(get('/', 'Connection: close\r\n') + get('/2'))), ['200']);
});

test('100 Continue is sent when the body has not come, and not when it has', () => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
  const waiting = new Driver();
  assert.deepEqual(statuses(waiting.receive(head)), ['100']);
  assert.deepEqual(statuses(waiting.receive('hi')), ['200']);
  assert.deepEqual(statuses(new Driver().receive(`${head}hi`)), ['200']);
});

test('a refusal with Expect comes at once and closes', () => {
  const driver = new Driver({ admit: () => ({ status: 405, fields: [], body: [] }) });
  const output = driver.receive(
    'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  );
  assert.deepEqual(statuses(output), ['405']);
  assert.equal(driver.connection.wants, 'drain');
});

test('a refusal with a short body waits for it, and the connection stays', () => {
  const driver = new Driver({ admit: () => ({ status: 405, fields: [], body: [] }) });
  assert.equal(driver.receive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh'), '');
  assert.deepEqual(statuses(driver.receive('i')), ['405']);
  assert.equal(driver.connection.wants, 'read');
});

test('a malformed request is answered by its rule, then the peer is drained', () => {
  const driver = new Driver();
  assert.match(
    driver.receive('GET / HTTP/1.1\r\n\r\n'),
    /^HTTP\/1\.1 400 .*Connection: close\r\n\r\nhost-missing$/s,
  );
  assert.equal(driver.connection.wants, 'drain');
  assert.equal(driver.exchanges[0].violation?.rule, 'host-missing');
  assert.equal(driver.exchanges[0].target, '/');
  driver.connection.receiveEnd(start);
  assert.equal(driver.connection.wants, 'close');
});

test('draining has an end, in bytes and in time', () => {
  const chatty = new Driver({}, { drainBytes: 10 });
  chatty.receive('x\r\n');
  chatty.receive('y'.repeat(11));
  assert.equal(chatty.connection.wants, 'close');
  const silent = new Driver();
  silent.receive('x\r\n');
  assert.equal(silent.connection.deadline, start + defaultLimits.drainTime);
  silent.connection.expire(start + defaultLimits.drainTime);
  assert.equal(silent.connection.wants, 'close');
});

test('a last response is not given up because the client sends on while it leaves', () => {
  const driver = new Driver({}, { drainBytes: 10 });
  driver.connection.receive(bytesOf(get('/', 'Connection: close\r\n')), start);
  driver.connection.receive(bytesOf('y'.repeat(11)), start);
  assert.equal(driver.connection.wants, 'write');
  assert.equal(driver.connection.readable, false);
  assert.deepEqual(statuses(driver.sendAll()), ['200']);
  assert.equal(driver.connection.wants, 'drain');
  assert.equal(driver.connection.readable, true);
  driver.receive('y');
  assert.equal(driver.connection.wants, 'close');
});

test('a refused HEAD is answered without a body too', () => {
  const output = new Driver().receive('HEAD / HTTP/1.1\r\n\r\n');
  assert.match(output, /^HTTP\/1\.1 400 .*Content-Length: 12\r\n.*\r\n\r\n$/s);
});

test('the request itself is handed over where it is wanted', () => {
  const driver = new Driver({
    wantsMessage: () => true,
    respond: (_request, message) => ({ status: 200, fields: [], body: message === null ? [] : [message] }),
  });
  const request =
    'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: v\r\n\r\n';
  assert.ok(driver.receiveByBytes(request).endsWith(`\r\n\r\n${request}`));
});

test('a request too long to be handed over is refused with 413', () => {
  const driver = new Driver({ wantsMessage: () => true }, { keptMessage: 60 });
  const output = driver.receive(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n${'x'.repeat(40)}`);
  assert.deepEqual(statuses(output), ['413']);
});

test('time runs out for a head, a body, an idle and a stalled connection', () => {
  const silent = new Driver();
  silent.connection.expire(start + defaultLimits.headerReadTime);
  assert.equal(silent.connection.wants, 'close');

  const slowHead = new Driver();
  slowHead.receive('GET / HT', start + 1);
  slowHead.receive('TP', start + 9_000);
  assert.equal(slowHead.connection.deadline, start + 1 + defaultLimits.headerReadTime);
  slowHead.connection.expire(slowHead.connection.deadline);
  assert.deepEqual(statuses(slowHead.sendAll()), ['408']);

  const slowBody = new Driver();
  slowBody.receive('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
  slowBody.receive('x', start + 20_000);
  assert.equal(slowBody.connection.deadline, start + 20_000 + defaultLimits.bodyIdleTime);

  const idle = new Driver();
  idle.receive(get('/'));
  assert.equal(idle.connection.deadline, start + defaultLimits.keepAliveTime);

  const stalled = new Driver();
  stalled.connection.receive(bytesOf(get('/')), start);
  stalled.connection.receive(bytesOf('G'), start + 20_000);
  assert.equal(stalled.connection.deadline, start + defaultLimits.writeStallTime);
});

test('what a client sends into a tunnel gives it no more time to take what waits for it', () => {
  const given: BodySource = { read: () => null, ready: () => {}, close: () => {} };
  const answers: Response[] = [{ status: 101, fields: [['Upgrade', 'echo']], body: [], source: given }];
  const forwarding: Forwarding = {
    record: { server: '', target: '', connectedAt: 0, sentAt: 0, answeredAt: 0, endedAt: 0, problem: '' },
    ready: () => {},
    writable: true,
    write: () => {},
    end: () => {},
    answer: () => answers.shift() ?? null,
    close: () => {},
  };
  const { connection } = new Driver({ forward: () => forwarding });
  connection.receive(
    bytesOf('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'),
    start,
  );
  connection.advance(start);
  assert.equal(connection.state, 'tunnel');
  connection.receive(bytesOf('more'), start + 20_000);
  assert.equal(connection.deadline, start + defaultLimits.writeStallTime);
});

test('no further request is read while too much output waits', () => {
  const driver = new Driver({}, { pendingOutput: 100 });
  driver.connection.receive(bytesOf(get('/1') + get('/2') + get('/3')), start);
  assert.equal(driver.connection.readable, false);
  assert.deepEqual(driver.sendAll().match(/GET \/\d/g), ['GET /1', 'GET /2', 'GET /3']);
  assert.equal(driver.connection.readable, true);
});

function file(): OpenFile & { closed: number } {
  return {
    descriptor: 99,
    path: '',
    isUnchanged: () => true,
    leftAlone: true,
    closed: 0,
    close() {
      this.closed++;
    },
  };
}

test('a file is closed when its last slice is sent', () => {
  const opened = file();
  const slices = [
    { file: opened, offset: 0, length: 5 },
    { file: opened, offset: 10, length: 5 },
  ];
  const driver = new Driver({ respond: () => ({ status: 206, fields: [], body: slices }) });
  assert.match(driver.receive(get('/')), /Content-Length: 10\r\n\r\n<file 0\+5><file 10\+5>$/);
  assert.equal(opened.closed, 1);
});

test('a file is closed once if HEAD leaves it out or the socket is gone', () => {
  for (const method of ['HEAD', 'GET']) {
    const opened = file();
    const driver = new Driver({
      respond: () => ({ status: 200, fields: [], body: [{ file: opened, offset: 0, length: 5 }] }),
    });
    driver.connection.receive(bytesOf(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`), start);
    driver.connection.release(start);
    driver.connection.release(start);
    assert.equal(opened.closed, 1, method);
  }
});

test('an exchange that its connection cuts short ends as aborted', () => {
  const driver = new Driver();
  driver.receive('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx');
  driver.connection.release(start + 5);
  assert.equal(driver.exchanges[0].aborted, true);
  assert.equal(driver.exchanges[0].endedAt, start + 5);
  assert.equal(driver.connection.state, 'closed');
});

test('a peer that stops in the middle of a request is told so', () => {
  const driver = new Driver();
  driver.receive('GET / HTTP/1.1\r\nHo');
  driver.connection.receiveEnd(start);
  assert.match(driver.sendAll(), /request-incomplete$/);
  assert.equal(driver.connection.wants, 'close');
});

test('a graceful stop finishes what is under way', () => {
  const idle = new Driver();
  idle.receive(get('/'));
  idle.connection.stop(start);
  assert.equal(idle.connection.wants, 'drain');
  const busy = new Driver();
  busy.receive('GET / HTTP/1.1\r\n');
  busy.connection.stop(start);
  assert.equal(busy.connection.wants, 'read');
  assert.match(busy.receive('Host: a\r\n\r\n'), /Connection: close/);
});

test('a response cannot break out of its fields', () => {
  const driver = new Driver({
    respond: () => ({ status: 200, fields: [['X', 'a\r\nSet-Cookie: b']], body: [] }),
  });
  assert.throws(() => driver.receive(get('/')), { name: 'UnsafeFieldError' });
});

test('a response that is given again is encoded once a second, and never changed once it is made', () => {
  const body = bytesOf('same');
  const response: Response = { status: 200, fields: [], body: [body], encoded: new EncodedResponse() };
  const { connection } = new Driver({ respond: () => response });
  const outputs: Output[] = [];
  for (const [text, now] of [
    [get('/'), start],
    [get('/'), start + 999],
    [get('/'), start + 1000],
    [get('/').replace('GET', 'HEAD'), start + 1000],
    [get('/', 'Connection: close\r\n'), start + 1000],
  ] as const) {
    connection.receive(bytesOf(text), now);
    const output = connection.takeOutput();
    assert.ok(output !== null && !('file' in output));
    connection.sent(output.length, now);
    outputs.push(output);
  }
  assert.equal(outputs[1], outputs[0], 'The same bytes, not a copy.');
  const texts = outputs.map((output) => ('file' in output ? '' : latin1(output, 0, output.length)));
  const head = (second: number, fields = '') =>
    `HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:16:${second} GMT\r\nContent-Length: 4\r\n${fields}\r\n`;
  assert.deepEqual(texts, [
    `${head(40)}same`,
    `${head(40)}same`,
    `${head(41)}same`,
    head(41),
    `${head(41, 'Connection: close\r\n')}same`,
  ]);
});
