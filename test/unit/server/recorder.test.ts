import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { type Exchange, newExchange } from '../../../src/http/exchange.ts';
import type { CaptureBatch } from '../../../src/protocol/capture.ts';
import { CaptureRecorder, unacknowledgedBatches } from '../../../src/server/recorder.ts';
import { allNumbers } from '../../../src/server/serving.ts';

const alone = { unacknowledgedBatches, numbering: allNumbers, timer: true, trace: null, lends: false };

const peer = { address: '127.0.0.1', port: 1000 };
const local = { address: '127.0.0.1', port: 5500 };

function recording(bodyBytes = 1024) {
  const batches: CaptureBatch[] = [];
  const recorder = new CaptureRecorder({ ...alone, bodyBytes, send: (batch) => batches.push(batch) });
  return { recorder, batches };
}

function exchangeOf(parts: Partial<Exchange>): Exchange {
  return { ...newExchange(1, 0, 1), ...parts };
}

test('a batch holds what was received and sent, in order', () => {
  const { recorder, batches } = recording();
  const { id, recorder: connection } = recorder.opened(peer, local, 1);
  connection.received(bytesOf('GET '), 2);
  connection.received(bytesOf('/'), 3);
  connection.sent(bytesOf('200'), 4);
  connection.exchangeChanged(exchangeOf({ method: 'GET', target: '/', status: 200, endedAt: 5 }));
  connection.closed('It was idle.', 6);
  recorder.finish();

  const [batch] = batches;
  assert.equal(batch.sequence, 1);
  assert.equal(latin1(batch.bytes, 0, batch.bytes.length), 'GET /200');
  assert.equal(batch.bytes.buffer.byteLength, batch.bytes.length);
  assert.deepEqual([...batch.segments.direction], [0, 0, 1]);
  assert.deepEqual([...batch.segments.offset], [0, 4, 0]);
  assert.deepEqual([...batch.segments.time], [2, 3, 4]);
  assert.deepEqual([batch.exchanges.method, batch.exchanges.target], [['GET'], ['/']]);
  assert.deepEqual([...batch.exchanges.connection], [id]);
  const [record] = batch.connections;
  assert.deepEqual(
    [record.state, record.closeReason, record.bytesReceived, record.bytesSent, record.exchangeCount],
    ['closed', 'It was idle.', 5, 3, 1],
  );
});

test('an exchange keeps its number over batches', () => {
  const { recorder, batches } = recording();
  const { recorder: connection } = recorder.opened(peer, local, 1);
  const exchange = exchangeOf({ method: 'GET' });
  connection.exchangeChanged(exchange);
  recorder.finish();
  exchange.status = 200;
  exchange.endedAt = 9;
  connection.exchangeChanged(exchange);
  recorder.finish();
  assert.deepEqual(
    batches.map((batch) => [...batch.exchanges.id]),
    [[1], [1]],
  );
  assert.deepEqual(
    batches.map((batch) => [...batch.exchanges.status]),
    [[0], [200]],
  );
});

test('of a body no more is kept than asked for; the rest is counted', () => {
  const { recorder, batches } = recording(4);
  const { recorder: connection } = recorder.opened(peer, local, 1);
  connection.exchangeChanged(exchangeOf({ requestBodyStart: 10 }));
  connection.received(bytesOf('0123456789body and more'), 2);
  connection.received(bytesOf('still more'), 3);
  recorder.finish();
  assert.equal(latin1(batches[0].bytes, 0, batches[0].bytes.length), '0123456789body');
  assert.deepEqual([...batches[0].segments.length], [23, 10]);
  assert.deepEqual([...batches[0].segments.keptLength], [14, 0]);
  assert.equal(batches[0].leftOut.bytes, 19);
});

test('bytes that are sent again within a batch are carried once', () => {
  const { recorder, batches } = recording();
  const { recorder: one } = recorder.opened(peer, local, 1);
  const { recorder: other } = recorder.opened(peer, local, 1);
  const response = bytesOf('the same response');
  one.received(bytesOf('a'), 2);
  one.sent(response, 2);
  other.sent(response, 3);
  other.sent(bytesOf('b'), 4);
  other.sent(response, 5);
  recorder.finish();
  one.sent(response, 6);
  recorder.finish();
  const carried = batches.map(({ bytes }) => latin1(bytes, 0, bytes.length));
  assert.deepEqual(carried, ['athe same responseb', 'the same response']);
  assert.deepEqual([...batches[0].segments.keptAt], [0, 1, 1, 18, 1]);
  assert.deepEqual([...batches[0].segments.keptLength], [1, 17, 17, 1, 17]);
});

test('a batch leaves without a timer as soon as 1 MiB waits in it, and not before', () => {
  const { recorder, batches } = recording();
  const { recorder: connection } = recorder.opened(peer, local, 1);
  const piece = new Uint8Array(256 * 1024);
  for (let i = 0; i < 3; i++) connection.received(piece, i);
  assert.equal(batches.length, 0);
  connection.received(piece, 3);
  assert.deepEqual(
    batches.map(({ bytes }) => bytes.length),
    [1024 * 1024],
  );
});

test('what nobody takes is left out and counted, and recording goes on when somebody does', () => {
  const { recorder, batches } = recording();
  const { recorder: connection } = recorder.opened(peer, local, 1);
  const piece = new Uint8Array(256 * 1024);
  const pieces = 100;
  for (let i = 0; i < pieces; i++) connection.received(piece, i);
  // Eight batches are on their way, and at most eight MiB wait behind them.
  assert.equal(batches.length, 8);
  recorder.stored(8);
  connection.exchangeChanged(exchangeOf({}));
  recorder.finish();
  const kept = batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
  const { leftOut } = batches[batches.length - 1];
  assert.ok(leftOut.bytes > 0);
  assert.equal(kept + leftOut.bytes, pieces * piece.length);
});

test('exchanges beyond what may wait are left out and counted, each once', () => {
  const { recorder, batches } = recording();
  const { recorder: connection } = recorder.opened(peer, local, 1);
  const total = 20_050;
  for (let i = 0; i < total; i++) {
    const exchange = exchangeOf({ status: 200 });
    connection.exchangeChanged(exchange);
    exchange.endedAt = 1;
    connection.exchangeChanged(exchange);
  }
  recorder.finish();
  assert.equal(batches[0].exchanges.id.length + batches[0].leftOut.exchanges, total);
  assert.equal(batches[0].leftOut.exchanges, 50);
});

test('what the kernel sends of a file is told of, once what is kept of the body has passed', () => {
  const { recorder, batches } = recording(4);
  const { recorder: connection } = recorder.opened(peer, local, 1);
  connection.exchangeChanged(exchangeOf({ responseStart: 0, responseBodyStart: 2, responseEnd: 102 }));
  assert.equal(connection.heldAhead, 6);
  connection.sent(bytesOf('hhbo'), 2);
  assert.equal(connection.heldAhead, 2);
  connection.sent(bytesOf('dy+'), 3);
  assert.equal(connection.heldAhead, 0);
  connection.sentFile('/site/film', 5, 90, 4);
  connection.sent(bytesOf('end!!'), 5);
  recorder.finish();
  const [{ segments, sentFiles, leftOut }] = batches;
  assert.deepEqual([...segments.offset], [0, 4, 7, 97]);
  assert.deepEqual([...segments.length], [4, 3, 90, 5]);
  assert.deepEqual([...segments.keptLength], [4, 2, 0, 0]);
  assert.deepEqual(sentFiles, [{ segment: 2, path: '/site/film', offset: 5 }]);
  assert.equal(leftOut.bytes, 96);
});
