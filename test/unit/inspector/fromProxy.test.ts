import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { dissect } from '../../../src/http/dissect.ts';
import { MessageFacts } from '../../../src/http/findings/exchangeFacts.ts';
import { isFromProxy } from '../../../src/inspector/fromProxy.ts';
import { onlyExchange } from './onlyExchange.ts';

/** Field lines of a request that comes to port 5500; whether a proxy has written it. */
const requests: [fields: string, fromProxy: boolean][] = [
  ['Host: localhost:5500', false],
  ['host: localhost:5500', false],
  ['Host: localhost:8080', false],
  ['host: localhost:8080', true],
  ['host: code.example', true],
  ['Host: localhost:5500\r\nVia: 1.1 x', true],
  ['Host: localhost:5500\r\nX-Forwarded-For: 10.0.0.1', true],
  ['Host: localhost:5500\r\nForwarded: for=10.0.0.1', true],
  ['Host: localhost:5500\r\nX-Forwarded: no', false],
];

for (const [fields, fromProxy] of requests) {
  test(`${JSON.stringify(fields)} is ${fromProxy ? '' : 'not '}as sent by a proxy`, () => {
    const bytes = bytesOf(`GET / HTTP/1.1\r\n${fields}\r\n\r\n`);
    const { spans, violation } = dissect('request', bytes);
    const input = { bytes, length: bytes.length, complete: true, spans, violation, transfers: [] };
    const local = { address: '127.0.0.1', port: 5500 };
    assert.equal(isFromProxy(new MessageFacts(input), { connection: onlyExchange, local }), fromProxy);
  });
}
