import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { har as validateHar } from 'har-validator';
import { harFile } from '../../../src/capture/exportHar.ts';
import { rules } from '../../../src/http/rules.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { allOf, bytesOf, detailsOf, storeOf } from './exchanges.ts';

const get = (target: string, fields = '') =>
  `GET ${target} HTTP/1.1\r\nHost: localhost:5500\r\n${fields}\r\n`;
const ok = (body: string, fields = '') =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;

const secret = 'sEcReT42';

async function harOf(details: readonly ExchangeDetail[], secrets = false) {
  const file = [...harFile(details, { version: '1.2.3', secrets })].join('');
  const har = JSON.parse(file);
  // Rejects with what is wrong.
  await validateHar(har);
  return { file, har, entries: har.log.entries };
}

test('follows the schema, for every malformed request too, and for one without an answer', async () => {
  const examples = Object.values(rules).flatMap(({ message, example }) =>
    message === 'request' && example !== null ? [example] : [],
  );
  assert.ok(examples.length > 20);
  const bad = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
  const details = examples.flatMap((request) => detailsOf([{ request, response: bad }]));
  const { entries } = await harOf([...details, ...detailsOf([{ request: get('/'), response: '' }])], true);
  assert.equal(entries.length, examples.length + 1);
  for (const [i, example] of examples.entries()) {
    const { _spark } = entries[i];
    assert.notEqual(_spark.rule, '');
    assert.ok(_spark.findings.some(({ id }: { id: string }) => id === _spark.rule));
    assert.equal(Buffer.from(_spark.request.kept[0].base64, 'base64').toString('latin1'), example);
  }
  assert.equal(entries.at(-1).response.status, 0);
});

test('takes messages apart: query, cookies, body, sizes, times', async () => {
  const request = `POST /p?a=1&b=c%20d HTTP/1.1\r\nHost: localhost:5500\r\nCookie: x=1; y=2\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nh\u00c3\u00a9!!`;
  const zipped = zlib.gzipSync('hello hello hello');
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nSet-Cookie: s=t; Path=/; HttpOnly\r\nContent-Length: ${zipped.length}\r\n\r\n`;
  const response = Buffer.concat([bytesOf(head), zipped]);
  const { entries } = await harOf(detailsOf([{ request, response, writes: [10] }]), true);
  const [entry] = entries;
  assert.equal(entry.request.url, 'http://localhost:5500/p?a=1&b=c%20d');
  assert.deepEqual(entry.request.queryString, [
    { name: 'a', value: '1' },
    { name: 'b', value: 'c d' },
  ]);
  assert.deepEqual(entry.request.cookies, [
    { name: 'x', value: '1' },
    { name: 'y', value: '2' },
  ]);
  assert.equal(entry.request.postData.text, 'hé!!');
  assert.equal(entry.request.headersSize, request.length - 5);
  assert.equal(entry.request.bodySize, 5);
  assert.equal(entry.response.content.text, 'hello hello hello');
  assert.equal(entry.response.headersSize, head.length);
  assert.equal(entry.response.bodySize, zipped.length);
  assert.deepEqual(entry.response.cookies, [
    { name: 's', value: 't', path: '/', httpOnly: true, secure: false },
  ]);
  assert.deepEqual(entry.timings, { ...entry.timings, send: 1, wait: 0, receive: 2 });
  assert.equal(entry.time, 3);
});

test('keeps binary bodies as base64', async () => {
  const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\xff\xfe';
  const { entries } = await harOf(detailsOf([{ request, response: ok('\xff\x00') }]));
  assert.equal(entries[0].response.content.encoding, 'base64');
  assert.equal(entries[0].response.content.text, Buffer.from([0xff, 0]).toString('base64'));
  assert.equal(entries[0].request.postData._content.text, Buffer.from([0xff, 0xfe]).toString('base64'));
});

test('has no secret unless asked, wherever one stands', async () => {
  const heads = [
    get('/', `Cookie: id=${secret}\r\nAuthorization: Basic ${secret}\r\n`),
    get('/', `COOKIE:id=${secret}\r\nProxy-Authorization: ${secret}\r\n`),
    `GET / HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer ${secret}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\nAuthorization Bearer ${secret}\r\n\r\n`,
    `GET / HTTP/1.1\nHost: a\nAuthorization: ${secret}\n\n`,
    `GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b;\r\n c=${secret}\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: ${secret}\r\n\r\n`,
    `GET http://me:${secret}@a/ HTTP/1.1\r\nHost: a\r\n\r\n`,
  ];
  const answer = ok('', `Set-Cookie: id=${secret}\r\n`);
  const encoded = Buffer.from(secret).toString('base64').slice(0, 8);
  for (const request of heads) {
    const details = detailsOf([{ request, response: answer }]);
    const { file, entries } = await harOf(details);
    assert.ok(!file.includes(secret), request);
    for (const message of ['request', 'response']) {
      const raw = Buffer.from(entries[0]._spark[message].kept[0].base64, 'base64').toString('latin1');
      assert.ok(!raw.includes(secret), request);
      assert.equal(raw.length, message === 'request' ? request.length : answer.length);
    }
    const withSecrets = await harOf(details, true);
    assert.ok(withSecrets.file.includes(secret) || withSecrets.file.includes(encoded));
  }
});

test('keeps marks and comments', async () => {
  const store = storeOf([{ request: get('/'), response: ok('x') }]);
  store.mark('run/1', true);
  store.comment('run/1', 'Look here');
  const { entries } = await harOf(allOf(store));
  assert.equal(entries[0].comment, 'Look here');
  assert.equal(entries[0]._spark.marked, true);
});
