import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { Connection } from '../../../src/http/connection.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import type { BodySource, Response } from '../../../src/http/message.ts';

const now = 1_000_000;

class Source implements BodySource {
  ready = () => {};
  closed = 0;
  readonly unending: boolean;
  private readonly queue: (Uint8Array | 'ended' | 'failed')[] = [];

  constructor(unending = false) {
    this.unending = unending;
  }

  give(...items: (string | 'ended' | 'failed')[]): void {
    this.queue.push(...items.map((item) => (item === 'ended' || item === 'failed' ? item : bytesOf(item))));
    this.ready();
  }

  read(): Uint8Array | 'ended' | 'failed' | null {
    return this.queue.shift() ?? null;
  }

  close(): void {
    this.closed++;
  }
}

function driven(source: Source, first: Partial<Response> = {}) {
  let asked = 0;
  const connection = new Connection(
    {
      admit: () => null,
      wantsMessage: () => false,
      respond: ({ target }) =>
        target === '/stream'
          ? { status: 200, fields: [], body: [], source, ...first }
          : { status: 200, fields: [], body: [bytesOf(`answer to ${target}`)] },
      refuse: () => ({ status: 400, fields: [], body: [] }),
    },
    { ...defaultLimits, pendingOutput: 64 },
    now,
  );
  connection.whenReady = () => asked++;
  const send = (): string => {
    let text = '';
    for (let item = connection.takeOutput(); item !== null; item = connection.takeOutput()) {
      if ('file' in item) throw new Error('There are no files here.');
      text += latin1(item, 0, item.length);
      connection.sent(item.length, now);
    }
    return text;
  };
  return {
    connection,
    send,
    receive(text: string): string {
      connection.receive(bytesOf(text), now);
      return send();
    },
    advance(): string {
      connection.advance(now);
      return send();
    },
    get timesReady() {
      return asked;
    },
  };
}

const get = (target: string, version = '1.1', method = 'GET') =>
  `${method} ${target} HTTP/${version}\r\nHost: a\r\n\r\n`;

test('a body of unknown length is sent in chunks as it comes, and the connection goes on', () => {
  const source = new Source();
  const driver = driven(source);
  assert.match(driver.receive(get('/stream')), /\r\nTransfer-Encoding: chunked\r\n\r\n$/);
  assert.equal(driver.connection.state, 'responding');
  assert.equal(driver.connection.deadline, Number.POSITIVE_INFINITY);
  source.give('hello', '', 'wide world, it is');
  assert.equal(driver.timesReady, 1);
  assert.equal(driver.advance(), '5\r\nhello\r\n11\r\nwide world, it is\r\n');
  source.give('ended');
  assert.equal(driver.advance(), '0\r\n\r\n');
  assert.equal(source.closed, 1);
  assert.match(driver.receive(get('/next')), /answer to \/next$/);
});

test('a pipelined request waits for the end of the body before it', () => {
  const source = new Source();
  const driver = driven(source);
  const head = driver.receive(get('/stream') + get('/next'));
  assert.doesNotMatch(head, /next/);
  source.give('x', 'ended');
  assert.match(driver.advance(), /^1\r\nx\r\n0\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*answer to \/next$/);
});

test('HTTP/1.0 gets the body without chunks, and its end by the end of the connection', () => {
  const source = new Source();
  const driver = driven(source);
  const head = driver.receive(
    get('/stream', '1.0').replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n'),
  );
  assert.match(head, /Connection: close\r\n\r\n$/);
  assert.doesNotMatch(head, /Transfer-Encoding|Content-Length/);
  source.give('abc', 'ended');
  assert.equal(driver.advance(), 'abc');
  assert.equal(driver.connection.wants, 'drain');
});

test('HEAD gets the head alone', () => {
  const source = new Source();
  const driver = driven(source);
  assert.match(driver.receive(get('/stream', '1.1', 'HEAD')), /^HTTP\/1\.1 200 OK\r\nDate: .*\r\n\r\n$/);
  assert.equal(source.closed, 1);
  assert.match(driver.receive(get('/next')), /answer to \/next$/);
});

test('the source is not read beyond what may wait', () => {
  const source = new Source();
  const { connection } = driven(source);
  connection.receive(bytesOf(get('/stream')), now);
  connection.sent(connection.takeOutput()?.length ?? 0, now);
  source.give(...Array.from({ length: 100 }, () => 'x'.repeat(50)));
  connection.advance(now);
  let waiting = 0;
  for (let item = connection.takeOutput(); item !== null; item = connection.takeOutput())
    waiting += item.length;
  assert.ok(waiting > 0 && waiting < 200, `${waiting} bytes wait`);
});

test('a source that fails cuts the connection, so that nobody takes what came for the whole', () => {
  const source = new Source();
  const driver = driven(source);
  driver.receive(get('/stream'));
  source.give('half', 'failed');
  driver.advance();
  assert.equal(driver.connection.wants, 'close');
});

test('a body without an end of its own ends with its client', () => {
  const source = new Source(true);
  const driver = driven(source);
  driver.receive(get('/stream'));
  driver.connection.receiveEnd(now);
  assert.equal(source.closed, 1);
  assert.equal(driver.send(), '0\r\n\r\n');
  assert.equal(driver.connection.wants, 'close');
});

test('a body without an end of its own ends when the server stops, another one is finished', () => {
  for (const unending of [true, false]) {
    const source = new Source(unending);
    const driver = driven(source);
    driver.receive(get('/stream'));
    driver.connection.stop(now);
    assert.equal(driver.send(), unending ? '0\r\n\r\n' : '');
    if (!unending) {
      source.give('rest', 'ended');
      assert.equal(driver.advance(), '4\r\nrest\r\n0\r\n\r\n');
    }
    assert.equal(source.closed, 1);
  }
});

test('a source is closed when its socket is gone', () => {
  const source = new Source();
  const driver = driven(source);
  driver.receive(get('/stream'));
  driver.connection.release(now);
  assert.equal(source.closed, 1);
});
