import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { Connection } from '../../../src/http/connection.ts';
import type { Exchange } from '../../../src/http/exchange.ts';
import { defaultLimits, type Limits } from '../../../src/http/limits.ts';
import type { RequestHandler } from '../../../src/http/requestHandler.ts';
import { rules } from '../../../src/http/rules.ts';
import { changedRequest, effort, nearlyHttp } from './nearlyHttp.ts';

const handler: RequestHandler = {
  admit: ({ method }) => (method === 'DELETE' ? { status: 405, fields: [], body: [] } : null),
  wantsMessage: ({ method }) => method === 'POST',
  respond: ({ method, target, host }, message) => ({
    status: 200,
    fields: [],
    body: [bytesOf(`${method} ${target} for ${host}`), message ?? new Uint8Array(0)],
  }),
  refuse: ({ rule, offset }) => ({
    status: rules[rule].status || 400,
    fields: [],
    body: [bytesOf(`${rule} at ${offset}`)],
  }),
};

const limits: Limits = { ...defaultLimits, requestLine: 60, headerSection: 200, fieldCount: 6, body: 1000 };

/** What a connection says to the pieces, what it wants then, and the exchanges that it counted. */
function serve(pieces: readonly Uint8Array[], ends: boolean) {
  const exchanges: Exchange[] = [];
  const connection = new Connection(handler, limits, 0, {
    exchangeChanged(exchange) {
      if (!exchanges.includes(exchange)) exchanges.push(exchange);
    },
    stateChanged() {},
  });
  let sent = '';
  const send = (): void => {
    for (let item = connection.takeOutput(); item !== null; item = connection.takeOutput()) {
      assert.ok(!('file' in item));
      sent += latin1(item, 0, item.length);
      connection.sent(item.length, 0);
    }
  };
  for (const piece of pieces) {
    // What is received is lent for the call: afterwards, other bytes lie there.
    const lent = piece.slice();
    connection.receive(lent, 0);
    lent.fill(0x58);
    send();
  }
  if (ends) {
    connection.receiveEnd(0);
    send();
  }
  const { wants, state } = connection;
  connection.release(0);
  return { sent, wants, state, exchanges };
}

/** Whether 100 Continue is sent depends on what has come by then (RFC 9110 section 10.1.1). */
function withoutInterim(sent: string): string {
  return sent.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', '');
}

const streams = fc.array(fc.oneof(changedRequest, nearlyHttp), { maxLength: 4 }).map((parts) => {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
});

test('whatever comes, however it is cut, the answers are the same', () => {
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 6 });
  fc.assert(
    fc.property(streams, cuts, fc.boolean(), (bytes, places, ends) => {
      const sorted = [...new Set([0, ...places.filter((at) => at < bytes.length), bytes.length])];
      sorted.sort((a, b) => a - b);
      const whole = serve([bytes], ends);
      const pieces = sorted.slice(1).map((end, i) => bytes.slice(sorted[i], end));
      for (const cut of [pieces, Array.from(bytes, (octet) => Uint8Array.of(octet))]) {
        const { sent, wants, exchanges } = serve(cut, ends);
        assert.equal(withoutInterim(sent), withoutInterim(whole.sent));
        assert.equal(wants, whole.wants);
        assert.equal(exchanges.length, whole.exchanges.length);
      }
    }),
    effort(1500),
  );
});

test('every exchange is answered once, in order, and together they tile what came and went', () => {
  fc.assert(
    fc.property(streams, (bytes) => {
      const { sent, exchanges } = serve([bytes], true);
      let received = 0;
      let answered = 0;
      for (const [index, exchange] of exchanges.entries()) {
        assert.equal(exchange.number, index + 1);
        assert.equal(exchange.requestStart, received);
        assert.ok(exchange.requestEnd >= exchange.requestStart);
        assert.equal(exchange.responseStart, answered);
        assert.ok(exchange.status >= 200);
        assert.equal(exchange.aborted, false);
        received = exchange.requestEnd;
        answered = exchange.responseEnd;
      }
      assert.ok(received <= bytes.length);
      assert.equal(answered, sent.length);
    }),
    effort(1500),
  );
});
