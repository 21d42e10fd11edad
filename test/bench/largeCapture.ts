import { CaptureStore } from '../../src/capture/store.ts';
import {
  batchOf,
  connectionRecord,
  type ExchangeFields,
  exchangeFields,
  type Segment,
} from '../unit/capture/traffic.ts';

const perConnection = 6;
const perBatch = 600;
const startedAt = Date.parse('2026-11-02T09:00:00Z');

const visits = [
  { method: 'GET', target: '/index.html', status: 200, type: 'text/html; charset=utf-8' },
  { method: 'GET', target: '/style.css', status: 200, type: 'text/css' },
  { method: 'GET', target: '/app.js', status: 304, type: 'text/javascript' },
  { method: 'GET', target: '/images/logo.svg', status: 200, type: 'image/svg+xml' },
  { method: 'POST', target: '/api/items?page=2', status: 201, type: 'application/json' },
  { method: 'GET', target: '/favicon.ico', status: 404, type: 'text/html' },
];

const messages = visits.map(({ method, target, status, type }) => ({
  request: Buffer.from(
    `${method} ${target} HTTP/1.1\r\nHost: localhost:5500\r\nConnection: keep-alive\r\n` +
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n' +
      'Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Encoding: gzip, br\r\nAccept-Language: en\r\n\r\n',
  ),
  responseHead: Buffer.from(
    `HTTP/1.1 ${status} Phrase\r\nDate: Mon, 02 Nov 2026 09:00:00 GMT\r\nContent-Type: ${type}\r\n` +
      'Content-Length: 240\r\n\r\n',
  ),
  body: Buffer.alloc(240, 'abcdefghijklmnopqrstuvwxyz \n'),
}));

/** A store with so many exchanges in it, six to a connection, each with heads and a small body. */
export function largeCapture(exchanges: number): CaptureStore {
  const store = new CaptureStore(2 ** 32);
  store.addRun({ id: 'run', serverName: 'site', root: '/site', startedAt });
  for (let from = 0, sequence = 1; from < exchanges; from += perBatch, sequence++) {
    store.add('run', batch(sequence, from, Math.min(exchanges, from + perBatch)));
  }
  return store;
}

function batch(sequence: number, from: number, to: number) {
  const rows: ExchangeFields[] = [];
  const segments: Segment[] = [];
  const connections = [];
  for (let i = from; i < to; i++) {
    const connection = 1 + Math.floor(i / perConnection);
    const place = i % perConnection;
    const time = startedAt + i * 3;
    const before = messages.slice(0, place);
    const { request, responseHead, body } = messages[place];
    const response = Buffer.concat([responseHead, body]);
    const requestStart = sum(before.map((one) => one.request.length));
    const responseStart = sum(before.map((one) => one.responseHead.length + one.body.length));
    if (place === 0) {
      const bytesReceived = sum(messages.map((one) => one.request.length));
      const bytesSent = sum(messages.map((one) => one.responseHead.length + one.body.length));
      connections.push(
        connectionRecord(connection, {
          state: 'closed',
          openedAt: time - 0.4,
          closedAt: time + 20,
          bytesReceived,
          bytesSent,
          exchangeCount: perConnection,
        }),
      );
    }
    segments.push({ connection, direction: 0, offset: requestStart, bytes: request });
    segments.push({ connection, direction: 1, offset: responseStart, bytes: response });
    rows.push(
      exchangeFields(i + 1, {
        connection,
        number: place + 1,
        method: visits[place].method,
        target: visits[place].target,
        status: i % 97 === 13 ? 400 : visits[place].status,
        requestStart,
        requestBodyStart: requestStart + request.length,
        requestEnd: requestStart + request.length,
        responseStart,
        responseBodyStart: responseStart + responseHead.length,
        responseEnd: responseStart + response.length,
        startedAt: time,
        headAt: time + 0.1,
        requestEndedAt: time + 0.1,
        respondedAt: time + 0.4,
        endedAt: time + 0.4 + (i % 90) / 10,
        rule: i % 97 === 13 ? 'host-missing' : '',
        ruleOffset: i % 97 === 13 ? 0 : -1,
      }),
    );
  }
  return batchOf(sequence, { connections, exchanges: rows, segments });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
