import type { ExchangeDetail, ExchangeRow, MessageDetail } from '../protocol/inspector.ts';
import type { StoredExchange } from './exchangeTable.ts';
import type { StoredConnection, StoredRun } from './run.ts';
import type { SegmentSlabs, Stream } from './segments.ts';

/** An exchange with what it belongs to. */
export interface LocatedExchange {
  readonly exchange: StoredExchange;
  readonly connection: StoredConnection;
  readonly run: StoredRun;
  readonly type: string;
  readonly marked: boolean;
  /** What the user wrote about it; empty for nothing. */
  readonly comment: string;
  /** When the exchange ahead of it on the connection ended; 0 where there is none stored, -1 where it goes on. */
  readonly previousEndedAt: number;
}

/** Where request and response end, as far as they have gone over the wire. */
export function endsOf(
  exchange: Pick<StoredExchange, 'requestStart' | 'requestEnd' | 'responseStart' | 'responseEnd' | 'endedAt'>,
  connection: StoredConnection,
): { request: number; response: number } {
  return { request: requestEndOf(exchange, connection), response: responseEndOf(exchange, connection) };
}

/** Where its request ends, as far as it has come. */
export function requestEndOf(
  { requestStart, requestEnd }: Pick<StoredExchange, 'requestStart' | 'requestEnd'>,
  { record, received }: StoredConnection,
): number {
  return requestEnd >= 0 ? requestEnd : Math.max(record.bytesReceived, received.length, requestStart);
}

/** Where its response ends, as far as it has left. */
export function responseEndOf(
  { responseStart, responseEnd, endedAt }: Pick<StoredExchange, 'responseStart' | 'responseEnd' | 'endedAt'>,
  { record, sent }: StoredConnection,
): number {
  if (responseEnd >= 0 && endedAt > 0) return responseEnd;
  const left = Math.max(record.bytesSent, sent.length, responseStart);
  // The end of a response is known before its bytes have left.
  return responseEnd < 0 ? left : Math.min(responseEnd, left);
}

/** The exchange as a line of a list. */
export function rowOf(located: LocatedExchange): ExchangeRow {
  const { exchange, connection, run } = located;
  const ends = endsOf(exchange, connection);
  return {
    key: `${run.description.id}/${exchange.id}`,
    id: exchange.id,
    connection: exchange.connection,
    number: exchange.number,
    method: exchange.method,
    target: exchange.target,
    status: exchange.status,
    type: located.type,
    requestSize: ends.request - exchange.requestStart,
    responseSize: exchange.responseStart < 0 ? 0 : ends.response - exchange.responseStart,
    startedAt: exchange.startedAt,
    requestEndedAt: exchange.requestEndedAt,
    respondedAt: exchange.respondedAt,
    duration: exchange.endedAt > 0 ? exchange.endedAt - exchange.startedAt : null,
    rule: exchange.rule,
    aborted: exchange.aborted !== 0,
    beforeReload: run.beforeReload,
    imported: run.description.imported !== undefined,
    marked: located.marked,
    comment: located.comment,
    connectionStart: Math.min(connection.record.openedAt, exchange.startedAt),
    connectionEnd: connection.lastActiveAt,
    previousEndedAt: located.previousEndedAt,
  };
}

/** All that is stored of the exchange; the caller owns the bytes. */
export function detailOf(located: LocatedExchange, slabs: SegmentSlabs): ExchangeDetail {
  const { exchange, connection, run } = located;
  const ends = endsOf(exchange, connection);
  const answered = exchange.status > 0 && exchange.endedAt > 0 && exchange.aborted === 0;
  const { received, sent } = connection;
  return {
    row: rowOf(located),
    times: {
      startedAt: exchange.startedAt,
      headAt: exchange.headAt,
      requestEndedAt: exchange.requestEndedAt,
      respondedAt: exchange.respondedAt,
      endedAt: exchange.endedAt,
    },
    connection: {
      exchangeNumber: exchange.number,
      requestStart: exchange.requestStart,
      responseStart: exchange.responseStart,
      readWithPrevious: inOneRead(received, slabs, exchange.requestStart),
      readWithNext: inOneRead(received, slabs, exchange.requestEnd),
      openedAt: connection.record.openedAt,
      closedAt: connection.record.closedAt,
      closeReason: connection.record.closeReason,
      exchangeCount: connection.record.exchangeCount,
      tls: connection.record.tls,
    },
    serverName: run.description.serverName,
    peer: connection.record.peer,
    local: connection.record.local,
    imported: run.description.imported ?? null,
    ruleOffset: exchange.ruleOffset,
    forwarding: exchange.forwarding,
    request: {
      ...messageOf('received', exchange.requestStart, ends.request, exchange.requestEndedAt > 0),
      ...received.cut(slabs, exchange.requestStart, ends.request),
    },
    response: {
      ...messageOf('sent', exchange.responseStart, ends.response, answered),
      ...(exchange.responseStart < 0 ? nothing : sent.cut(slabs, exchange.responseStart, ends.response)),
    },
  };
}

/** Whether one read brought the bytes on both sides of an offset. It may be stored as several segments. */
function inOneRead(stream: Stream, slabs: SegmentSlabs, offset: number): boolean {
  if (offset <= 0) return false;
  const { segments } = stream.cut(slabs, offset - 1, offset + 1);
  return segments.at(-1)?.end === 2 && segments.every(({ time }) => time === segments[0].time);
}

const nothing = { kept: [], segments: [] };

function messageOf(
  direction: MessageDetail['direction'],
  start: number,
  end: number,
  complete: boolean,
): Omit<MessageDetail, 'kept' | 'segments'> {
  return { direction, length: start < 0 ? 0 : end - start, complete };
}
