import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { contentOfFile } from '../../../src/capture/capturedContent.ts';
import {
  type CapturedFile,
  fileOfPath,
  fileState,
  type MessagePart,
  pathOfFile,
} from '../../../src/capture/capturedFile.ts';
import { bytesOf, storeOf } from './exchanges.ts';

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const text = 'It is served. '.repeat(20);
const chunked = (bytes: Uint8Array) =>
  `${bytes.length.toString(16)}\r\n${Buffer.from(bytes).toString('latin1')}\r\n0\r\n\r\n`;
const response = (fields: string, body: string) => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`;
const coded = (coding: string, bytes: Uint8Array) =>
  response(`Content-Encoding: ${coding}\r\nTransfer-Encoding: chunked`, chunked(bytes));

const ofResponse = (part: MessagePart, exchange = 'run/1'): CapturedFile => ({
  kind: 'message',
  exchange,
  message: 'response',
  part,
});

function latin1(content: ReturnType<typeof contentOfFile>): string {
  return typeof content === 'string' ? content : Buffer.from(content.bytes).toString('latin1');
}

describe('paths', () => {
  const files: readonly (readonly [CapturedFile, string])[] = [
    [
      { kind: 'message', exchange: 'a-b/12', message: 'request', part: 'message' },
      '/a-b/exchange-12-request.bin',
    ],
    [ofResponse('body', 'r/1'), '/r/exchange-1-response-body.bin'],
    [ofResponse('decodedBody', 'r/1'), '/r/exchange-1-response-body-decoded.bin'],
    [{ kind: 'dump', exchange: 'r/1', form: 'whole' }, '/r/exchange-1.txt'],
    [{ kind: 'dump', exchange: 'r/1', form: 'compared' }, '/r/exchange-1-compared.txt'],
    [{ kind: 'stream', connection: 'r/3', direction: 'sent' }, '/r/connection-3-sent.bin'],
  ];
  for (const [file, path] of files) {
    test(path, () => {
      assert.equal(pathOfFile(file), path);
      assert.deepEqual(fileOfPath(path), file);
    });
  }

  for (const path of [
    '/',
    '/r',
    '/r/',
    '/r/exchange-1.bin',
    '/r/exchange-x.txt',
    '/r/s/exchange-1.txt',
    '/../r/x',
  ]) {
    test(`${path} names nothing`, () => assert.equal(fileOfPath(path), null));
  }
});

test('messages are there byte for byte, and bodies as sent', () => {
  const answer = response('Content-Length: 4', '\0\xff\r\n');
  const store = storeOf([{ request: get, response: answer, writes: [7] }]);
  assert.equal(
    latin1(contentOfFile(store, { ...ofResponse('message'), message: 'request' } as CapturedFile)),
    get,
  );
  assert.equal(latin1(contentOfFile(store, ofResponse('message'))), answer);
  assert.equal(latin1(contentOfFile(store, ofResponse('body'))), '\0\xff\r\n');
});

describe('a decoded body', () => {
  for (const [coding, bytes] of [
    ['identity', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
  ] as const) {
    test(`${coding}, chunked`, () => {
      const store = storeOf([{ request: get, response: coded(coding, bytes) }]);
      assert.equal(latin1(contentOfFile(store, ofResponse('body'))), chunked(bytes));
      assert.equal(latin1(contentOfFile(store, ofResponse('decodedBody'))), text);
    });
  }

  test('of a coding that is not known, or of broken data, is not there', () => {
    for (const answer of [coded('rot13', bytesOf('abc')), coded('gzip', bytesOf('abc'))]) {
      const store = storeOf([{ request: get, response: answer }]);
      assert.equal(contentOfFile(store, ofResponse('decodedBody')), 'undecodable');
    }
  });
});

test('what was not kept is counted, and not in the file', () => {
  const store = storeOf([{ request: get, response: response('Content-Length: 9', '123456789'), notKept: 4 }]);
  const content = contentOfFile(store, ofResponse('body'));
  assert.equal(latin1(content), '12345');
  assert.equal(typeof content === 'object' && content.missing, 4);
});

test('a connection is there as a whole, each direction by itself', () => {
  const answers = ['a', 'bc'].map((body) => response(`Content-Length: ${body.length}`, body));
  const store = storeOf(answers.map((one) => ({ request: get, response: one })));
  const stream = (direction: 'received' | 'sent') =>
    latin1(contentOfFile(store, { kind: 'stream', connection: 'run/1', direction }));
  assert.equal(stream('received'), get + get);
  assert.equal(stream('sent'), answers.join(''));
});

test('times are those of the traffic, and whole', () => {
  const store = storeOf([{ request: get, response: response('Content-Length: 1', 'a') }]);
  const content = contentOfFile(store, ofResponse('message'));
  assert.ok(typeof content === 'object');
  assert.equal(content.createdAt, store.rows(0, 1)[0].startedAt);
  assert.ok(content.changedAt > content.createdAt && Number.isInteger(content.changedAt));
});

test('of what is not stored there is no file, and its state tells', () => {
  const store = storeOf([{ request: get, response: '' }]);
  const file: CapturedFile = { kind: 'dump', exchange: 'run/1', form: 'whole' };
  const before = fileState(store, file);
  assert.notEqual(before, '');
  store.comment('run/1', 'look');
  assert.notEqual(fileState(store, file), before);
  store.clear();
  for (const gone of [file, { kind: 'stream', connection: 'run/1', direction: 'sent' } as const]) {
    assert.equal(fileState(store, gone), '');
    assert.equal(contentOfFile(store, gone), 'gone');
  }
});
