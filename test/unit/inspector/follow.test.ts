import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followRows } from '../../../src/inspector/follow/followRows.ts';
import type { Direction } from '../../../src/protocol/capture.ts';
import type { FollowedBlock, FollowedConnection, FollowedExchange } from '../../../src/protocol/follow.ts';

function block(direction: Direction, start: number, text: string, time: number, missing = 0): FollowedBlock {
  const kept = Uint8Array.from(Buffer.from(text, 'utf8'));
  return { direction, start, end: start + kept.length + missing, time, keptStart: start, kept };
}

function exchange(id: number, requestStart: number, responseStart: number): FollowedExchange {
  return { key: `run/${id}`, id, method: 'GET', target: `/${id}`, status: 200, requestStart, responseStart };
}

function connection(blocks: FollowedBlock[], exchanges: FollowedExchange[]): FollowedConnection {
  return {
    key: 'run/1',
    id: 1,
    serverName: '',
    peer: { address: '127.0.0.1', port: 1 },
    openedAt: 0,
    closedAt: 0,
    closeReason: '',
    total: blocks.length,
    first: 0,
    blocks,
    timeBefore: 0,
    exchanges,
  };
}

function drawn(followed: FollowedConnection, format: 'text' | 'hex' = 'text'): string[] {
  return followRows(followed, format).map((row): string => {
    switch (row.kind) {
      case 'exchange':
        return `${row.part} ${row.exchange.id}`;
      case 'block':
        return `${row.block.direction} ${row.block.end - row.block.start} after ${row.pause}`;
      case 'bytes': {
        const { kept, keptStart } = row.block;
        return Buffer.from(kept.subarray(row.start - keptStart, row.end - keptStart)).toString('utf8');
      }
      default:
        return `missing ${row.end - row.start}`;
    }
  });
}

test('exchanges, reads and writes with the pause before each, and their lines', () => {
  const followed = connection(
    [
      block('received', 0, 'GET /1\r\n\r\nGET /2\r\n\r\n', 100),
      block('sent', 0, 'one', 512),
      block('sent', 3, 'two', 513, 7),
    ],
    [exchange(1, 0, 0), exchange(2, 10, 3)],
  );
  assert.deepEqual(drawn(followed), [
    'request 1',
    'received 20 after null',
    'GET /1\r\n',
    '\r\n',
    'request 2',
    'GET /2\r\n',
    '\r\n',
    'response 1',
    'sent 3 after 412',
    'one',
    'response 2',
    'sent 10 after 1',
    'two',
    'missing 7',
  ]);
});

test('rows of hexadecimal have 16 bytes; long lines are cut between characters', () => {
  const followed = connection([block('sent', 0, 'x'.repeat(40), 1)], []);
  assert.deepEqual(
    drawn(followed, 'hex').map((row) => row.length),
    ['sent 40 after null'.length, 16, 16, 8],
  );
  const long = connection([block('sent', 0, `${'x'.repeat(119)}€${'y'.repeat(3)}`, 1)], []);
  assert.deepEqual(drawn(long).slice(1), ['x'.repeat(119), '€yyy']);
});
