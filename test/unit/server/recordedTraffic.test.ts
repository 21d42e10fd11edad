import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../../../src/http/bytes.ts';
import { Connection } from '../../../src/http/connection.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import type { RequestHandler } from '../../../src/http/requestHandler.ts';
import { runEventLoop } from '../../../src/models/eventLoop.ts';
import type { CaptureBatch } from '../../../src/protocol/capture.ts';
import { CaptureRecorder, unacknowledgedBatches } from '../../../src/server/recorder.ts';
import { allNumbers } from '../../../src/server/serving.ts';
import { libuvTransport } from '../../../src/sockets/libuv.ts';
import { Client } from '../cli/client.ts';

const alone = { unacknowledgedBatches, numbering: allNumbers, timer: true, trace: null, lends: false };

const peer = { address: '127.0.0.1', port: 1000 };
const local = { address: '127.0.0.1', port: 5500 };
const answerBody = 'abcdefgh';
const handler: RequestHandler = {
  admit: () => null,
  wantsMessage: () => false,
  respond: () => ({ status: 200, fields: [], body: [Buffer.from(answerBody)] }),
  refuse: () => ({ status: 400, fields: [], body: [] }),
};

/** What is kept of one direction of connection 1, by its offset; "." stands for a byte that is not kept. */
function kept(batches: readonly CaptureBatch[], direction: 0 | 1): string {
  let text = '';
  for (const { segments, bytes } of batches) {
    let last = 0;
    for (let i = 0; i < segments.offset.length; i++) {
      const count = segments.keptLength[i];
      const start = segments.keptAt[i];
      const at = start + count;
      last = Math.max(last, at);
      if (segments.connection[i] !== 1 || segments.direction[i] !== direction) continue;
      assert.equal(segments.offset[i], text.length, 'Segments follow one another without gap or overlap.');
      const rest = segments.length[i] - segments.keptStart[i] - count;
      assert.ok(rest >= 0);
      text += '.'.repeat(segments.keptStart[i]) + latin1(bytes, start, at) + '.'.repeat(rest);
    }
    assert.equal(last, bytes.length, 'The kept bytes are those of the segments.');
  }
  return text;
}

function post(body: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Requests on one connection, cut into reads at the given places; what was recorded of them. */
function record(input: string, cuts: readonly number[], bodyBytes: number): CaptureBatch[] {
  const batches: CaptureBatch[] = [];
  const recorder = new CaptureRecorder({ ...alone, bodyBytes, send: (batch) => batches.push(batch) });
  const { recorder: recorded } = recorder.opened(peer, local, 1);
  const connection = new Connection(handler, defaultLimits, 1, recorded);
  const bytes = Buffer.from(input, 'latin1');
  const ends = [...cuts, bytes.length];
  let start = 0;
  for (const end of ends) {
    const piece = bytes.subarray(start, end);
    start = end;
    connection.receive(piece, 2);
    recorded.received(piece, 2);
    let count = 0;
    for (let output = connection.takeOutput(); output !== null; output = connection.takeOutput()) {
      assert.ok(!('file' in output));
      recorded.sent(output, 3);
      count += output.length;
    }
    if (count > 0) connection.sent(count, 4);
  }
  recorder.finish();
  return batches;
}

test('however requests are cut into reads, just what the bound leaves of their bodies is kept', () => {
  const input = get + post('0123456789') + post('abc') + post('ABCDEFG') + get;
  for (const bodyBytes of [0, 4, 1000]) {
    const bounded = (body: string): string => body.slice(0, bodyBytes).padEnd(body.length, '.');
    const expected = input
      .replace('0123456789', bounded('0123456789'))
      .replace('abc', bounded('abc'))
      .replace('ABCDEFG', bounded('ABCDEFG'));
    for (let one = 1; one < input.length; one++) {
      for (const cuts of [[one], [one, Math.min(input.length - 1, one + 7)]]) {
        const batches = record(input, cuts, bodyBytes);
        assert.equal(kept(batches, 0), expected, `bound ${bodyBytes}, cut at ${cuts}`);
        const answers = kept(batches, 1).split('HTTP/1.1 200 OK').slice(1);
        assert.equal(answers.length, 5);
        for (const answer of answers) assert.equal(answer.split('\r\n\r\n')[1], bounded(answerBody));
      }
    }
  }
});

test('exchanges are numbered, and their offsets tile what was recorded', () => {
  const input = get + post('0123456789') + get;
  const [{ exchanges, connections }] = record(input, [40], 4);
  assert.deepEqual([...exchanges.id], [1, 2, 3]);
  assert.deepEqual([...exchanges.number], [1, 2, 3]);
  assert.deepEqual([...exchanges.requestEnd].slice(0, 2), [...exchanges.requestStart].slice(1));
  assert.deepEqual([...exchanges.responseEnd].slice(0, 2), [...exchanges.responseStart].slice(1));
  assert.equal(exchanges.requestEnd[2], input.length);
  assert.equal(exchanges.responseEnd[2], connections[0].bytesSent);
});

test('over real sockets, what is recorded is what the client sent and got', async () => {
  const batches: CaptureBatch[] = [];
  const recorder = new CaptureRecorder({
    ...alone,
    bodyBytes: 1024 * 1024,
    send(batch) {
      // As between processes: a copy, with no buffer shared.
      batches.push(structuredClone(batch));
      recorder.stored(batch.sequence);
    },
  });
  const service = { handler, limits: defaultLimits, recorder, trace: null, log: () => {} };
  const model = await runEventLoop(libuvTransport, { host: '127.0.0.1', port: 0 }, service);
  const client = await Client.connect(model.address.port);
  const sent = post('x'.repeat(300_000)) + get.repeat(100) + post('\0\xff');
  client.send(sent);
  client.socket.end();
  await client.untilEnd();
  await model.stop(1000);
  recorder.finish();
  assert.equal(kept(batches, 0), sent);
  assert.equal(kept(batches, 1), client.received);
  assert.deepEqual(
    batches.map((batch) => batch.sequence),
    Array.from(batches, (_, i) => i + 1),
  );
  const last = batches.flatMap((batch) => batch.connections).at(-1);
  assert.equal(last?.state, 'closed');
  assert.equal(last?.exchangeCount, 102);
  assert.deepEqual(batches.at(-1)?.leftOut, { exchanges: 0, bytes: 0, calls: 0 });
});

test('while nobody takes the batches, neither segments nor short connections pile up', () => {
  const batches: CaptureBatch[] = [];
  const recorder = new CaptureRecorder({ ...alone, bodyBytes: 0, send: (batch) => batches.push(batch) });
  const total = 60_000;
  for (let i = 0; i < total; i++) {
    const { recorder: connection } = recorder.opened(peer, local, i);
    connection.received(Uint8Array.of(1), i);
    connection.closed('It was idle.', i + 1);
  }
  recorder.finish();
  const [{ segments, connections, leftOut }] = batches;
  assert.equal(segments.offset.length, 50_000);
  assert.equal(leftOut.bytes, 10_000);
  assert.ok(connections.length < total);
  // Of whom bytes were recorded, the record is there too.
  const known = new Set(connections.map(({ id }) => id));
  assert.ok(segments.connection.every((id) => known.has(id)));
});
