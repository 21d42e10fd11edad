import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleId } from '../../../src/http/rules.ts';
import { bodyContent } from '../../../src/inspector/bodyContent.ts';
import { bodySection, noChoices } from '../../../src/inspector/bodySection.ts';
import { fieldValue } from '../../../src/inspector/fieldValue.ts';
import { type MessageView, viewExchange } from '../../../src/inspector/messageView.ts';
import type { PartRow } from '../../../src/inspector/partRow.ts';
import type { ExchangeDetail, KeptBytes } from '../../../src/protocol/inspector.ts';
import { onlyExchange } from './onlyExchange.ts';

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

interface Message {
  readonly kept: readonly KeptBytes[];
  readonly length: number;
  readonly complete?: boolean;
}

const of = (text: string): Message => ({ kept: [{ offset: 0, bytes: bytesOf(text) }], length: text.length });

function exchange(
  request: Message,
  response: Message,
  facts: { method?: string; rule?: RuleId; ruleOffset?: number } = {},
): ExchangeDetail {
  return {
    row: {
      key: 'run/1',
      id: 1,
      connection: 1,
      number: 1,
      type: '',
      requestEndedAt: 0,
      respondedAt: 0,
      marked: false,
      imported: false,
      comment: '',
      connectionStart: 0,
      connectionEnd: 0,
      previousEndedAt: 0,
      method: facts.method ?? 'GET',
      target: '/',
      status: 200,
      requestSize: request.length,
      responseSize: response.length,
      startedAt: 0,
      duration: 1,
      rule: facts.rule ?? '',
      aborted: false,
      beforeReload: false,
    },
    times: { startedAt: 1, headAt: 1, requestEndedAt: 1, respondedAt: 1, endedAt: 2 },
    connection: onlyExchange,
    serverName: 'site',
    peer: { address: '::1', port: 1 },
    local: { address: '::1', port: 2 },
    imported: null,
    forwarding: null,
    ruleOffset: facts.ruleOffset ?? 0,
    request: { direction: 'received', complete: true, segments: [], ...request },
    response: { direction: 'sent', complete: true, segments: [], ...response },
  };
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n';
const last = (message: MessageView) => message.spans.at(-1);
const data = (message: MessageView) => message.lines.find(({ kind }) => kind === 'body')?.tokens ?? [];

const section = (message: MessageView) => {
  const line = message.lines.find(({ kind }) => kind === 'body');
  assert.ok(line !== undefined);
  return bodySection(message, line, noChoices, null);
};
const blocks = (rows: readonly PartRow[]) =>
  rows.flatMap(({ block }) => (block === null || block.kind === 'image' ? [] : [block.text]));

test('a body that runs on behind what was kept is body to its end', () => {
  const length = head.length + 1_000_000;
  const { sent } = viewExchange(exchange(of(''), { ...of(`${head}begin`), length }));
  assert.deepEqual(last(sent), { name: 'message-body', start: head.length, end: length });
  const { facts, rows } = section(sent);
  assert.deepEqual(facts, ['1,000,000 bytes', 'text/plain', '999,995 bytes not kept']);
  assert.deepEqual(blocks(rows), ['begin']);
});

test('a body of which nothing was kept is body too', () => {
  const length = head.length + 1_000_000;
  const { sent } = viewExchange(exchange(of(''), { ...of(head), length }));
  assert.deepEqual(last(sent), { name: 'message-body', start: head.length, end: length });
  assert.equal(bodyContent(sent, data(sent), 2048).bytes.length, 0);
  assert.deepEqual(blocks(section(sent).rows), ['']);
});

test('nothing is parsed across a gap in a chunked body', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab';
  const { sent } = viewExchange(exchange(of(''), { ...of(text), length: text.length + 50 }));
  assert.equal(last(sent)?.name, 'unparsed');
  assert.equal(last(sent)?.end, text.length + 50);
});

test('the server decides what broke a request; bytes alone do not show a time limit', () => {
  const text = 'GET / HTTP/1.1\r\nHost: a\r\n';
  const { received } = viewExchange(
    exchange(of(text), of(''), { rule: 'request-timeout', ruleOffset: text.length }),
  );
  assert.deepEqual(received.violation, { rule: 'request-timeout', offset: text.length });
  assert.equal(last(received)?.name, 'CRLF');
});

test('bytes behind those that a limit stopped have no meaning', () => {
  const text = 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n';
  const { received } = viewExchange(
    exchange(of(text), of(''), { rule: 'header-section-too-large', ruleOffset: 25 }),
  );
  assert.deepEqual(last(received), { name: 'unparsed', start: 25, end: text.length });
});

test('a response to HEAD ends with its header section', () => {
  const { sent } = viewExchange(exchange(of(''), of(head), { method: 'HEAD' }));
  assert.equal(last(sent)?.name, 'header-end');
  assert.equal(data(sent).length, 0);
});

test('chunks are joined, and lines end as lines do', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\r\n\r\n4\r\nb\x1bcd\r\n0\r\n\r\n';
  const { sent } = viewExchange(exchange(of(''), of(text)));
  const body = bodyContent(sent, data(sent), 2048);
  assert.equal(body.length, 7);
  // Not text: hexadecimal.
  assert.match(blocks(section(sent).rows)[0], /^00000000 {2}61 0D 0A 62 1B 63 64 +a\.\.b\.cd$/);
  const plain = viewExchange(exchange(of(''), of(text.replace('\x1b', '-')))).sent;
  assert.deepEqual(blocks(section(plain).rows), ['a\nb-cd']);
  assert.deepEqual(bodyContent(plain, data(plain), 4).bytes, bytesOf('a\r\nb'));
});

test('each byte of joined chunks has its place in the message', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n';
  const { sent } = viewExchange(exchange(of(''), of(text)));
  const body = bodyContent(sent, data(sent), 2048);
  for (let at = 0; at < body.bytes.length; at++) {
    const place = body.place({ start: at, end: at + 1 });
    assert.ok(place !== null && place.end === place.start + 1);
    assert.equal(text.charCodeAt(place.start), body.bytes[at]);
  }
  const across = body.place({ start: 1, end: 5 });
  assert.equal(across && text.slice(across.start, across.end), 'bc\r\n4\r\nde');
});

test('an encoded body is not shown as text', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nhi';
  const { sent } = viewExchange(exchange(of(''), of(text)));
  const { facts, actions, rows } = section(sent);
  assert.deepEqual(facts, ['2 bytes', 'br']);
  assert.deepEqual(
    actions.map(({ label, pressed }) => [label, pressed]),
    [
      ['As sent', false],
      ['Decompressed', true],
    ],
  );
  assert.equal(rows[0].remark, 'Decompressing ...');
});

test('a field is found whatever its spelling', () => {
  const { sent } = viewExchange(exchange(of(''), of('HTTP/1.1 200 OK\r\ncONTENT-tYPE: a/b\r\n\r\n')));
  assert.equal(fieldValue(sent, 'content-type'), 'a/b');
  assert.equal(fieldValue(sent, 'etag'), '');
});
