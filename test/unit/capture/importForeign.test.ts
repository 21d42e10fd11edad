import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pcapngFile } from '../../../src/capture/exportConversations.ts';
import { harFile } from '../../../src/capture/exportHar.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { allOf, storeOf } from './exchanges.ts';
import { essence, imported } from './importing.ts';
import { skipWithoutTshark, wireshark } from './tshark.ts';

const entry = (changes: Record<string, unknown> = {}) => ({
  startedDateTime: '2026-01-02T03:04:05.250Z',
  time: 40,
  request: {
    method: 'POST',
    url: 'https://example.org/a%20b?c=d#e',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [
      { name: 'Host', value: 'example.org' },
      { name: 'Content-Length', value: '99' },
    ],
    queryString: [],
    postData: { mimeType: 'text/plain', text: 'hé' },
    headersSize: -1,
    bodySize: 99,
  },
  response: {
    status: 200,
    statusText: 'OK',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [
      { name: 'Content-Encoding', value: 'gzip' },
      { name: 'Transfer-Encoding', value: 'chunked' },
      { name: 'Content-Type', value: 'text/plain' },
    ],
    content: { size: 5, mimeType: 'text/plain', text: 'aGVsbG8=', encoding: 'base64' },
    redirectURL: '',
    headersSize: -1,
    bodySize: 30,
  },
  cache: {},
  timings: { blocked: 3, dns: -1, connect: -1, send: 1, wait: 30, receive: 6 },
  ...changes,
});
const har = (...entries: object[]) =>
  Buffer.from(JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries } }));
const text = (detail: ExchangeDetail, message: 'request' | 'response') =>
  Buffer.concat(detail[message].kept.map(({ bytes }) => bytes)).toString();

test('of a HAR file of others, messages are rebuilt, and said to be so', () => {
  const [detail] = imported(har(entry({ comment: 'Look here.' })));
  assert.deepEqual(detail.imported, { file: 'capture.har', rebuilt: true });
  assert.equal(
    text(detail, 'request'),
    'POST /a%20b?c=d HTTP/1.1\r\nHost: example.org\r\nContent-Length: 3\r\n\r\nhé',
  );
  assert.equal(
    text(detail, 'response'),
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello',
  );
  const { row, times } = detail;
  assert.equal(row.comment, 'Look here.');
  assert.equal(row.rule, '');
  assert.equal(times.startedAt, Date.UTC(2026, 0, 2, 3, 4, 5, 253));
  assert.equal(times.endedAt - times.startedAt, 37);
  assert.equal(detail.local.port, 443);
});

test('bodies that the file does not have are counted, not made up', () => {
  const { response } = entry();
  const [detail] = imported(har(entry({ response: { ...response, content: { size: 5000, mimeType: '' } } })));
  assert.match(
    text(detail, 'response'),
    /Content-Encoding: gzip\r\nContent-Type: text\/plain\r\nContent-Length: 5000\r\n\r\n$/,
  );
  assert.equal(detail.response.length, text(detail, 'response').length + 5000);
});

test('HTTP/2, no answer, and values that would make lines of their own', () => {
  const { request, response } = entry();
  const headers = [
    { name: ':authority', value: 'two.example' },
    { name: 'X', value: 'a\r\nEvil: 1' },
    { name: 'X\nY', value: '\0' },
  ];
  const [two, none] = imported(
    har(
      entry({ request: { ...request, httpVersion: 'h2', headers, postData: undefined }, connection: '7' }),
      entry({ response: { ...response, status: 0, statusText: '' } }),
    ),
  );
  assert.equal(
    text(two, 'request'),
    'POST /a%20b?c=d HTTP/1.1\r\nHost: two.example\r\nX: a\r\nX: Evil: 1\r\nX Y:  \r\nContent-Length: 99\r\n\r\n',
  );
  assert.equal(none.row.aborted, true);
  assert.equal(none.response.length, 0);
});

test('what was rebuilt stays so through another export, in both formats', () => {
  const details = imported(har(entry({ comment: 'Mine.' })));
  for (const file of [
    Buffer.from([...harFile(details, { version: '1', secrets: true })].join('')),
    Buffer.concat([...pcapngFile(details, '1')]),
  ]) {
    const again = imported(file);
    assert.equal(again[0].imported?.rebuilt, true);
    assert.deepEqual(again.map(essence), details.map(essence));
  }
});

test('a file that another program wrote, with what its user wrote on packets', {
  skip: skipWithoutTshark,
}, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spark-import-'));
  try {
    const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    const store = storeOf([
      { request: get, response, reads: [7], writes: [9, 9] },
      { request: get, response },
    ]);
    store.comment('run/2', 'Kept?');
    const details = allOf(store);
    const [own, saved] = ['own.pcapng', 'saved.pcapng'].map((name) => path.join(folder, name));
    writeFileSync(own, Buffer.concat([...pcapngFile(details, '1')]));
    wireshark('tshark', '-r', own, '-w', saved);
    assert.deepEqual(imported(readFileSync(saved)).map(essence), details.map(essence));
    // Each packet twice, as a capture on several devices has them.
    const twice = path.join(folder, 'twice.pcapng');
    wireshark('mergecap', '-w', twice, own, saved);
    assert.deepEqual(
      imported(readFileSync(twice)).map(({ row, request }) => [row.target, request.length]),
      details.map(({ row, request }) => [row.target, request.length]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
