import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { piecesOf, sendOverOne } from '../../../src/extension/requestSender.ts';
import { isFromSend } from '../../../src/extension/sendMessageGuard.ts';
import type { SendPlan } from '../../../src/protocol/send.ts';

const bytes = Uint8Array.from(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
const answer = 'HTTP/1.1 204 No Content\r\n\r\n';
const plan: SendPlan = { bytes, cuts: [], pause: 0, times: 1, oneConnection: false };

describe('the sender', () => {
  let server: Server;
  let address = { host: '127.0.0.1', port: 0, secure: false };
  let reads: Buffer[] = [];
  let received: (socket: Socket) => void = () => {};

  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        reads.push(chunk);
        received(socket);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = { ...address, port: (server.address() as AddressInfo).port };
  });
  after(() => server.close());

  /** Answers each request once it has come as a whole. */
  function answering(): void {
    let answered = 0;
    reads = [];
    received = (socket) => {
      const whole = Math.floor(Buffer.concat(reads).length / bytes.length);
      for (; answered < whole; answered++) socket.write(answer);
    };
  }
  const never = new AbortController().signal;

  test('sends the very bytes, whole or byte by byte, and knows when they are answered', async () => {
    for (const cuts of [[], [4, 16], Array.from({ length: bytes.length - 1 }, (_, i) => i + 1)]) {
      answering();
      const sent = await sendOverOne(address, { ...plan, cuts }, never);
      assert.deepEqual(Buffer.concat(reads), Buffer.from(bytes));
      assert.equal(Buffer.from(sent.answer).toString(), answer);
      assert.equal(sent.problem, '');
    }
  });

  test('pauses stand between pieces', async () => {
    answering();
    const { milliseconds } = await sendOverOne(address, { ...plan, cuts: [4, 16], pause: 50 }, never);
    assert.equal(Buffer.concat(reads).length, bytes.length);
    // Timers may be early by a millisecond.
    assert.ok(milliseconds >= 98);
  });

  test('several over one connection wait for as many answers', async () => {
    answering();
    const sent = await sendOverOne(address, { ...plan, times: 3, oneConnection: true }, never);
    assert.equal(sent.answerLength, 3 * answer.length);
    assert.equal(sent.problem, '');
  });

  test('says why there is no answer', async () => {
    reads = [];
    received = (socket) => socket.end();
    assert.match((await sendOverOne(address, plan, never)).problem, /0 of 1 answers/);
    const cancel = new AbortController();
    received = () => cancel.abort();
    assert.equal((await sendOverOne(address, plan, cancel.signal)).problem, 'Cancelled.');
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const port = (gone.address() as AddressInfo).port;
    await new Promise((resolve) => gone.close(resolve));
    assert.match(
      (await sendOverOne({ host: '127.0.0.1', port, secure: false }, plan, never)).problem,
      /ECONNREFUSED/,
    );
  });
});

test('cuts make pieces that are the whole', () => {
  assert.deepEqual(piecesOf({ bytes: Uint8Array.of(1, 2, 3), cuts: [1] }), [
    Uint8Array.of(1),
    Uint8Array.of(2, 3),
  ]);
});

test('messages of another shape are none', () => {
  const send = (changes: object) => ({
    type: 'send',
    url: 'http://localhost/',
    plan: { ...plan, ...changes },
  });
  assert.ok(isFromSend(send({})));
  for (const changes of [
    { cuts: [0] },
    { cuts: [2, 1] },
    { cuts: [bytes.length] },
    { times: 0 },
    { pause: -1 },
    { bytes: 'x' },
  ]) {
    assert.ok(!isFromSend(send(changes)), JSON.stringify(changes));
  }
  for (const value of [null, 7, {}, { type: 'x' }, { type: 'show' }]) assert.ok(!isFromSend(value));
});
