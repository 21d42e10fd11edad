import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { exchangesOnly, pcapngFile } from '../../../src/capture/exportConversations.ts';
import { type ExportFormat, exportPieces } from '../../../src/capture/exportFormat.ts';
import { CaptureStore } from '../../../src/capture/store.ts';
import { batchOf, connectionRecord, exchangeFields, type Segment } from './traffic.ts';
import { skipWithoutTshark, wireshark } from './tshark.ts';

const ask = 'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const told = '\x81\x85\x01\x02\x03\x04igohn';
const answered = '\x81\x08\x1b[2Jé<b>';
const time = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Connection 1 was upgraded; the answer's first bytes of the tunnel came with one write. Connection 2 said nothing of HTTP. */
function newStore(): CaptureStore {
  const store = new CaptureStore(2 ** 26);
  store.addRun({ id: 'run', serverName: 'si\u202ete', root: '/site', startedAt: time });
  const segment = (
    connection: number,
    direction: 0 | 1,
    offset: number,
    text: string,
    at: number,
  ): Segment => ({
    connection,
    direction,
    offset,
    bytes: Buffer.from(text, 'latin1'),
    time: time + at,
  });
  const row = exchangeFields(1, {
    target: '/chat',
    requestStart: 0,
    requestEnd: ask.length,
    requestEndedAt: time + 1,
    responseStart: 0,
    responseEnd: switched.length,
    status: 101,
    startedAt: time,
    endedAt: time + 2,
  });
  const local = { address: '127.0.0.1', port: 8080 };
  store.add(
    'run',
    batchOf(1, {
      connections: [1, 2].map((id) => connectionRecord(id, { openedAt: time, local })),
      exchanges: [row],
      segments: [
        segment(1, 0, 0, ask, 1),
        segment(1, 1, 0, switched + answered, 2),
        segment(1, 0, ask.length, told, 414),
        segment(1, 0, ask.length + told.length, '\x89\x00', 500),
        segment(2, 0, 0, 'nothing of HTTP', 3),
      ],
    }),
  );
  return store;
}

function exported(store: CaptureStore, format: ExportFormat, connection = 'run/1'): Buffer {
  const details = store.exchangesOf(connection).flatMap((key) => store.detail(key) ?? []);
  const wholeConnection = (key: string) => store.wholeConnection(key);
  const pieces = exportPieces(format, { details, wholeConnection, connections: [connection] }, '1.2.3');
  return Buffer.concat([...pieces].map((piece) => Buffer.from(piece)));
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test('each direction of a connection is exported with every byte, those of a tunnel too', () => {
  const store = newStore();
  assert.deepEqual(exported(store, 'receivedBytes'), latin1(`${ask}${told}\x89\x00`));
  assert.deepEqual(exported(store, 'sentBytes'), latin1(switched + answered));
  assert.deepEqual(exported(store, 'messageBytes'), latin1(ask + switched));
  assert.deepEqual(exported(store, 'receivedBytes', 'run/2'), latin1('nothing of HTTP'));
});

test('as text, both directions stand in order with times and pauses, and nothing acts upon a screen', () => {
  const text = exported(newStore(), 'transcript').toString();
  const lines = text.split('\n');
  assert.equal(lines[0], 'Connection 1 · from 127.0.0.1:40001 · si\\u{202E}te');
  assert.ok(lines.includes(`→ Received ${ask.length} bytes  2026-01-02T03:04:05.001Z`), text);
  assert.ok(lines.includes(`→ Received 11 bytes  2026-01-02T03:04:05.414Z  +412.0 ms`), text);
  assert.ok(lines.includes('GET /chat HTTP/1.1\\r\\n') && lines.includes('\\x89\\x00'), text);
  assert.ok(lines.includes('\\x81\\x08\\x1B[2J\\xE9<b>'), text);
});

test('pcapng of a connection, or of what began a tunnel, has the tunnel', { skip: skipWithoutTshark }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spark-connection-'));
  const file = path.join(folder, 'x.pcapng');
  const tshark = (bytes: Uint8Array, ...args: readonly string[]) => {
    writeFileSync(file, bytes);
    return wireshark('tshark', '-n', '-r', file, ...args);
  };
  try {
    const store = newStore();
    const detail = store.detail('run/1');
    assert.ok(detail !== null);
    const wholeConnection = (key: string) => store.wholeConnection(key);
    const ofExchange = Buffer.concat([
      ...pcapngFile([detail], '1.2.3', { wholeConnection, connections: [] }),
    ]);
    for (const bytes of [exported(store, 'pcapng'), ofExchange]) {
      const frames = tshark(
        bytes,
        '-Y',
        'websocket',
        '-T',
        'fields',
        '-e',
        'websocket.payload',
        '-e',
        'tcp.len',
      );
      assert.match(frames, /\t\d+\n[^\n]*\t11\n/);
      const wrong = 'tcp.analysis.lost_segment || tcp.analysis.retransmission || tcp.analysis.out_of_order';
      assert.equal(tshark(bytes, '-Y', wrong), '');
    }
    assert.equal(
      tshark(exported(store, 'pcapng', 'run/2'), '-Y', 'tcp.len == 15')
        .trim()
        .split('\n').length,
      1,
    );
    const alone = Buffer.concat([...pcapngFile([detail], '1.2.3', exchangesOnly)]);
    assert.equal(tshark(alone, '-Y', 'tcp.len == 11'), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
