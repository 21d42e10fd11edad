import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pcapngFile } from '../../../src/capture/exportConversations.ts';
import { harFile } from '../../../src/capture/exportHar.ts';
import { capturedRequest } from '../../../src/http/captured.ts';
import { rules } from '../../../src/http/rules.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { allOf, bytesOf, storeOf, type WireExchange } from './exchanges.ts';
import { essence, imported } from './importing.ts';

const har = (details: readonly ExchangeDetail[]) =>
  Buffer.from([...harFile(details, { version: '1.2.3', secrets: true })].join(''));
const pcapng = (details: readonly ExchangeDetail[]) => Buffer.concat([...pcapngFile(details, '1.2.3')]);
const formats = { har, pcapng };

const token = fc.stringMatching(/^[A-Za-z0-9-]{1,12}$/);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.constant('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
);
const framed = fc
  .tuple(body, fc.boolean())
  .map(([content, chunked]) =>
    chunked
      ? `Transfer-Encoding: chunked\r\n\r\n${content === '' ? '' : `${content.length.toString(16)}\r\n${content}\r\n`}0\r\n\r\n`
      : `Content-Length: ${content.length}\r\n\r\n${content}`,
  );
const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 6 });

const exchange: fc.Arbitrary<WireExchange> = fc
  .record({ target: token, field: token, request: framed, response: framed, reads: cuts, writes: cuts })
  .map(({ target, field, request, response, reads, writes }) => ({
    request: `POST /${target} HTTP/1.1\r\nHost: localhost\r\nX-Field: ${field}\r\n${request}`,
    response: `HTTP/1.1 200 OK\r\nX-Field: ${field}\r\n${response}`,
    reads,
    writes,
  }));

const remark = fc.record({
  marked: fc.boolean(),
  comment: fc.oneof(
    fc.constant(''),
    fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.trim()),
  ),
});

for (const [format, file] of Object.entries(formats)) {
  test(`${format}: what was exported is imported: the same bytes, exchanges, marks and comments`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(exchange, remark), { minLength: 1, maxLength: 6 }), (planned) => {
        const store = storeOf(planned.map(([one]) => one));
        planned.forEach(([, { marked, comment }], i) => {
          store.mark(`run/${i + 1}`, marked);
          store.comment(`run/${i + 1}`, comment);
        });
        const details = allOf(store);
        assert.deepEqual(imported(file(details)).map(essence), details.map(essence));
      }),
      { numRuns: 60 },
    );
  });

  test(`${format}: a malformed request comes through, whatever rule it breaks`, () => {
    const bad = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
    for (const { message, example } of Object.values(rules)) {
      if (message !== 'request' || example === null) continue;
      // Of what is longer than a server takes, packets do not tell.
      const shown = capturedRequest(bytesOf(example), example.length, null).violation;
      if (format === 'pcapng' && shown === null) continue;
      const details = allOf(storeOf([{ request: example, response: bad }]));
      assert.deepEqual(imported(file(details)).map(essence), details.map(essence));
    }
  });

  test(`${format}: exchanges out of the middle, and bytes that were not kept`, () => {
    const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const long = `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1000)}`;
    const all = allOf(
      storeOf([
        { request: get, response: long },
        { request: get, response: long, notKept: 400 },
        { request: get, response: long },
        { request: get.replace('GET', 'HEAD'), response: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n' },
      ]),
    );
    for (const some of [all, [all[1], all[3]], [all[2]], [all[0], all[1], all[2]]]) {
      const found = imported(file(some));
      assert.deepEqual(found.map(essence), some.map(essence));
      assert.deepEqual(
        found.map(({ connection }) => connection.responseStart),
        some.map(({ connection }) => connection.responseStart),
        'they stand where they stood on their connection',
      );
    }
  });

  test(`${format}: an exchange that was never answered`, () => {
    const details = allOf(storeOf([{ request: 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', response: '' }]));
    const [found] = imported(file(details));
    assert.equal(found.row.status, 0);
    assert.equal(found.response.length, 0);
    assert.equal(found.row.method, 'GET');
  });
}

test('pipelined requests in one packet keep their own marks and comments', () => {
  const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const response = 'HTTP/1.1 204 No Content\r\n\r\n';
  const details = allOf(
    storeOf(['/a', '/b', '/c'].map((target) => ({ request: get(target), response }))),
  ).map((detail) => {
    // One read brought all three.
    const segments = detail.request.segments.map((segment) => ({ ...segment, time: 1_790_000_000_000 }));
    return { ...detail, request: { ...detail.request, segments } };
  });
  const [a, b, c] = details;
  const written = [
    { ...a, row: { ...a.row, comment: 'first' } },
    b,
    { ...c, row: { ...c.row, comment: 'third: Marked.', marked: true } },
  ];
  assert.deepEqual(
    imported(pcapng(written)).map(({ row }) => [row.target, row.comment, row.marked]),
    [
      ['/a', 'first', false],
      ['/b', '', false],
      ['/c', 'third: Marked.', true],
    ],
  );
});
