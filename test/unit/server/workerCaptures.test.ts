import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { newExchange } from '../../../src/http/exchange.ts';
import type { CaptureBatch } from '../../../src/protocol/capture.ts';
import { LogOfWorkers } from '../../../src/server/logOfWorkers.ts';
import { CaptureRecorder } from '../../../src/server/recorder.ts';
import { WorkerCaptures } from '../../../src/server/workerCaptures.ts';

const peer = { address: '127.0.0.1', port: 1000 };
const local = { address: '127.0.0.1', port: 5500 };

/** Two workers whose batches are merged; `unsent` holds those of a worker back. */
function capturing() {
  const passed: CaptureBatch[] = [];
  const captures = new WorkerCaptures(2, (batch) => passed.push(batch));
  const worker = (number: number) =>
    new CaptureRecorder({
      bodyBytes: 1024,
      unacknowledgedBatches: 4,
      numbering: captures.numbering(number),
      timer: false,
      trace: null,
      lends: false,
      send: (batch) => captures.take(number, batch),
    });
  return { passed, captures, worker };
}

function serve(recorder: CaptureRecorder, ended: boolean) {
  const { id, recorder: connection } = recorder.opened(peer, local, 1);
  connection.received(bytesOf('GET'), 2);
  const exchange = newExchange(1, 0, 2);
  if (ended) Object.assign(exchange, { requestEnd: 3, responseStart: 0, responseEnd: 0, endedAt: 5 });
  connection.exchangeChanged(exchange);
  if (ended) connection.closed('It ended.', 6);
  return id;
}

test('numbers tell whose they are, and go on where a worker is replaced', () => {
  const { captures, worker } = capturing();
  const [first, second] = [worker(1), worker(2)];
  assert.deepEqual([serve(first, true), serve(first, true), serve(second, true)], [1, 3, 2]);
  first.finish();
  second.finish();
  captures.died(1, 'It died.', null);
  assert.deepEqual(captures.numbering(1), { connection: 5, exchange: 5, step: 2 });
  assert.equal(serve(worker(1), true), 5);
});

test('batches are numbered anew, and acknowledged to whom they came from', () => {
  const { captures, passed, worker } = capturing();
  const [first, second] = [worker(1), worker(2)];
  for (const recorder of [first, second, second]) {
    serve(recorder, true);
    recorder.finish();
  }
  assert.deepEqual(
    passed.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
  assert.deepEqual([...captures.stored(2)].sort(), [
    [1, 1],
    [2, 1],
  ]);
  assert.deepEqual([...captures.stored(3)], [[2, 2]]);
  assert.deepEqual([...captures.stored(3)], []);
});

test('what a dead worker left open is closed, what it had not sent is counted, and nothing is acknowledged to its heir', () => {
  const { captures, passed, worker } = capturing();
  const [dying, other] = [worker(1), worker(2)];
  const open = serve(dying, false);
  serve(dying, true);
  serve(other, false);
  dying.finish();
  other.finish();
  serve(dying, true);
  serve(dying, true);
  captures.died(1, 'It died.', dying.tally);
  const last = passed.at(-1);
  assert.ok(last !== undefined);
  assert.deepEqual(
    last.connections.map(({ id, state, closeReason }) => [id, state, closeReason]),
    [[open, 'closed', 'It died.']],
  );
  const { exchanges } = last;
  assert.deepEqual([...exchanges.connection], [open]);
  assert.deepEqual([...exchanges.aborted], [1]);
  assert.deepEqual([...exchanges.requestEnd], [3]);
  assert.ok(exchanges.endedAt[0] > 5);
  assert.deepEqual(last.leftOut, { exchanges: 2, bytes: 6, calls: 0 });
  assert.deepEqual([...captures.stored(last.sequence)], [[2, 1]]);
  // What was lost stays counted, whatever the heir sends.
  const heir = worker(1);
  serve(heir, true);
  heir.finish();
  assert.deepEqual(passed.at(-1)?.leftOut, { exchanges: 2, bytes: 6, calls: 0 });
});

test('what happens to all workers is one line in the log, as often as it happens', () => {
  const lines: string[] = [];
  const log = new LogOfWorkers((level, message) => lines.push(`${level}: ${message}`));
  log.take(1, 'warning', 'It is gone.');
  log.take(2, 'warning', 'It is gone.');
  log.take(2, 'warning', 'It is back.');
  log.take(2, 'warning', 'It is gone.');
  log.take(1, 'warning', 'It is back.');
  log.take(1, 'warning', 'It is gone.');
  assert.deepEqual(lines, ['warning: It is gone.', 'warning: It is back.', 'warning: It is gone.']);
});
