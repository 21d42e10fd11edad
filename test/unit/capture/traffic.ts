import type { RunDescription } from '../../../src/capture/run.ts';
import { CaptureStore } from '../../../src/capture/store.ts';
import type {
  CaptureBatch,
  ConnectionRecord,
  ExchangeColumns,
  SegmentColumns,
} from '../../../src/protocol/capture.ts';
import { noCalls } from '../../../src/sockets/tracedCall.ts';

/** An exchange of made-up traffic: the lengths of its two messages, and whether it comes to its end. */
export interface PlannedExchange {
  readonly requestLength: number;
  readonly responseLength: number;
  readonly ends: boolean;
}

type Piece =
  | {
      kind: 'segment';
      connection: number;
      direction: 0 | 1;
      offset: number;
      bytes: Uint8Array;
      kept: boolean;
    }
  | { kind: 'exchange'; row: ExchangeFields }
  | { kind: 'connection'; record: ConnectionRecord };

export type ExchangeFields = {
  readonly [column in keyof ExchangeColumns]: ExchangeColumns[column] extends readonly (infer Text)[]
    ? Text
    : number;
};

const megabyte = 1024 * 1024;

/** The run that test stores begin with. */
export const exampleRun: RunDescription = { id: 'run', serverName: 'site', root: '/site', startedAt: 1000 };

/** A store in which nothing was captured yet, with `exampleRun`. */
export function newStore(maxBytes = 64 * megabyte): CaptureStore {
  const store = new CaptureStore(maxBytes);
  store.addRun(exampleRun);
  return store;
}

export const endpoint = { address: '127.0.0.1', port: 5500 };

export function connectionRecord(id: number, changes: Partial<ConnectionRecord> = {}): ConnectionRecord {
  return {
    id,
    peer: { address: '127.0.0.1', port: 40_000 + (id % 20_000) },
    local: endpoint,
    tls: '',
    state: 'reading',
    openedAt: 1000 + id,
    closedAt: 0,
    bytesReceived: 0,
    bytesSent: 0,
    exchangeCount: 0,
    closeReason: '',
    ...changes,
  };
}

export function exchangeFields(id: number, changes: Partial<ExchangeFields> = {}): ExchangeFields {
  return {
    id,
    connection: 1,
    number: 1,
    method: 'GET',
    target: `/${id}`,
    status: 0,
    requestStart: 0,
    requestBodyStart: -1,
    requestEnd: -1,
    responseStart: -1,
    responseBodyStart: -1,
    responseEnd: -1,
    startedAt: 2000 + id,
    headAt: 0,
    requestEndedAt: 0,
    respondedAt: 0,
    endedAt: 0,
    aborted: 0,
    forwarding: null,
    rule: '',
    ruleOffset: -1,
    ...changes,
  };
}

/** The byte that a made-up connection carries at an offset: no two streams are alike. */
export function byteAt(connection: number, direction: 0 | 1, offset: number): number {
  return (offset * 31 + connection * 7 + direction * 101 + (offset >> 8)) & 0xff;
}

function bytesOf(connection: number, direction: 0 | 1, start: number, end: number): Uint8Array {
  return Uint8Array.from({ length: end - start }, (_, i) => byteAt(connection, direction, start + i));
}

/** A batch of what is given; counts and order are the caller's. */
export function batchOf(
  sequence: number,
  pieces: { connections?: ConnectionRecord[]; exchanges?: ExchangeFields[]; segments?: Segment[] },
  leftOut = 0,
): CaptureBatch {
  const { connections = [], exchanges = [], segments = [] } = pieces;
  const kept = segments.map((segment) => (segment.kept === false ? new Uint8Array() : segment.bytes));
  const bytes = new Uint8Array(kept.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  const keptAt: number[] = [];
  for (const piece of kept) {
    keptAt.push(at);
    bytes.set(piece, at);
    at += piece.length;
  }
  const numbers = (of: (row: ExchangeFields) => number) => Float64Array.from(exchanges, of);
  const columns: SegmentColumns = {
    connection: Float64Array.from(segments, (segment) => segment.connection),
    direction: Uint8Array.from(segments, (segment) => segment.direction),
    offset: Float64Array.from(segments, (segment) => segment.offset),
    length: Float64Array.from(segments, (segment) => segment.bytes.length),
    keptStart: Float64Array.from(segments, () => 0),
    keptLength: Float64Array.from(kept, (piece) => piece.length),
    keptAt: Float64Array.from(keptAt),
    time: Float64Array.from(segments, (segment) => segment.time ?? 3000 + segment.offset),
  };
  return {
    sequence,
    connections,
    exchanges: {
      id: numbers((row) => row.id),
      connection: numbers((row) => row.connection),
      number: numbers((row) => row.number),
      method: exchanges.map((row) => row.method),
      target: exchanges.map((row) => row.target),
      status: Uint16Array.from(exchanges, (row) => row.status),
      requestStart: numbers((row) => row.requestStart),
      requestBodyStart: numbers((row) => row.requestBodyStart),
      requestEnd: numbers((row) => row.requestEnd),
      responseStart: numbers((row) => row.responseStart),
      responseBodyStart: numbers((row) => row.responseBodyStart),
      responseEnd: numbers((row) => row.responseEnd),
      startedAt: numbers((row) => row.startedAt),
      headAt: numbers((row) => row.headAt),
      requestEndedAt: numbers((row) => row.requestEndedAt),
      respondedAt: numbers((row) => row.respondedAt),
      endedAt: numbers((row) => row.endedAt),
      aborted: Uint8Array.from(exchanges, (row) => row.aborted),
      forwarding: exchanges.map((row) => row.forwarding),
      rule: exchanges.map((row) => row.rule),
      ruleOffset: numbers((row) => row.ruleOffset),
    },
    segments: columns,
    sentFiles: segments.flatMap(({ file }, segment) => (file === undefined ? [] : [{ segment, ...file }])),
    bytes,
    calls: noCalls,
    leftOut: { exchanges: leftOut, bytes: 0, calls: 0 },
  };
}

export interface Segment {
  readonly connection: number;
  readonly direction: 0 | 1;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly kept?: boolean;
  readonly file?: { readonly path: string; readonly offset: number };
  readonly time?: number;
}

/** What the store should show of an exchange in the end. */
export interface ExpectedExchange {
  readonly id: number;
  readonly connection: number;
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  readonly ended: boolean;
}

/**
 * Traffic of several connections, mixed and cut by `choose`, which gives an integer from 0 to its argument - 1.
 * Exchanges are expected in the order in which their first rows come.
 */
export function makeTraffic(
  plan: readonly (readonly PlannedExchange[])[],
  choose: (below: number) => number,
): { batches: CaptureBatch[]; expected: ExpectedExchange[] } {
  let nextId = 1;
  const expected: ExpectedExchange[] = [];
  const queues = plan.map((exchanges, i) => connectionPieces(i + 1, exchanges, choose));
  const batches: CaptureBatch[] = [];
  let pieces: Piece[] = [];
  const ids = new Map<ExchangeFields, number>();
  const flush = () => {
    const batch = batchOf(batches.length + 1, {
      connections: pieces.flatMap((piece) => (piece.kind === 'connection' ? [piece.record] : [])),
      exchanges: pieces.flatMap((piece) => (piece.kind === 'exchange' ? [piece.row] : [])),
      segments: pieces.flatMap((piece) => (piece.kind === 'segment' ? [piece] : [])),
    });
    batches.push(batch);
    pieces = [];
  };
  const left = queues.filter((queue) => queue.length > 0);
  while (left.length > 0) {
    const i = choose(left.length);
    const piece = left[i].shift();
    if (left[i].length === 0) left.splice(i, 1);
    if (piece === undefined) continue;
    if (piece.kind === 'exchange') {
      const first = piece.of;
      let id = ids.get(first);
      if (id === undefined) {
        id = nextId++;
        ids.set(first, id);
        expected.push({ ...piece.expected, id });
      }
      pieces.push({ kind: 'exchange', row: { ...piece.row, id, target: `/${id}` } });
    } else {
      pieces.push(piece);
    }
    if (choose(4) === 0) flush();
  }
  flush();
  return { batches, expected };
}

type QueuedPiece =
  | Exclude<Piece, { kind: 'exchange' }>
  | { kind: 'exchange'; row: ExchangeFields; of: ExchangeFields; expected: Omit<ExpectedExchange, 'id'> };

function connectionPieces(
  connection: number,
  exchanges: readonly PlannedExchange[],
  choose: (below: number) => number,
): QueuedPiece[] {
  const pieces: QueuedPiece[] = [{ kind: 'connection', record: connectionRecord(connection) }];
  let received = 0;
  let sent = 0;
  const cut = (direction: 0 | 1, start: number, end: number) => {
    for (let at = start; at < end; ) {
      const next = Math.min(end, at + 1 + choose(40));
      const bytes = bytesOf(connection, direction, at, next);
      pieces.push({ kind: 'segment', connection, direction, offset: at, bytes, kept: true });
      at = next;
    }
  };
  exchanges.forEach(({ requestLength, responseLength, ends }, i) => {
    const requestEnd = received + requestLength;
    const responseEnd = sent + responseLength;
    const begun = exchangeFields(0, { connection, number: i + 1, requestStart: received });
    const expected = {
      connection,
      request: bytesOf(connection, 0, received, requestEnd),
      response: ends ? bytesOf(connection, 1, sent, responseEnd) : new Uint8Array(),
      ended: ends,
    };
    pieces.push({ kind: 'exchange', row: begun, of: begun, expected });
    cut(0, received, requestEnd);
    const read = { ...begun, requestEnd, requestEndedAt: 4000 };
    pieces.push({ kind: 'exchange', row: read, of: begun, expected });
    received = requestEnd;
    if (!ends) return;
    cut(1, sent, responseEnd);
    const row = { ...read, status: 200, responseStart: sent, responseEnd, endedAt: 5000 };
    pieces.push({ kind: 'exchange', row, of: begun, expected });
    sent = responseEnd;
  });
  const record = connectionRecord(connection, {
    bytesReceived: received,
    bytesSent: sent,
    exchangeCount: exchanges.length,
  });
  pieces.push({ kind: 'connection', record });
  return pieces;
}
