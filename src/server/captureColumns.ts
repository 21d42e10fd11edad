import type { Exchange } from '../http/exchange.ts';
import type { ExchangeColumns, SegmentColumns, SentFile } from '../protocol/capture.ts';

/** An exchange with its number, counted over all connections, and its connection's. */
export interface NumberedExchange {
  readonly id: number;
  readonly connection: number;
  readonly exchange: Exchange;
}

/** What one read or write carried, or a part of it, with what is kept of it. Offsets as in `SegmentColumns`. */
export interface Segment {
  readonly connection: number;
  readonly direction: 0 | 1;
  readonly offset: number;
  readonly length: number;
  readonly keptStart: number;
  readonly kept: Uint8Array;
  /** Where `kept` lies in the bytes of its batch. */
  keptAt: number;
  readonly time: number;
  /** Whose bytes they are, where the kernel sent them by itself. */
  readonly file: { readonly path: string; readonly offset: number } | null;
}

/** The exchanges as they are now. */
export function exchangeColumns(rows: readonly NumberedExchange[]): ExchangeColumns {
  const numbers = (): Float64Array<ArrayBuffer> => new Float64Array(rows.length);
  const columns = {
    id: numbers(),
    connection: numbers(),
    number: numbers(),
    method: new Array<string>(rows.length),
    target: new Array<string>(rows.length),
    status: new Uint16Array(rows.length),
    requestStart: numbers(),
    requestBodyStart: numbers(),
    requestEnd: numbers(),
    responseStart: numbers(),
    responseBodyStart: numbers(),
    responseEnd: numbers(),
    startedAt: numbers(),
    headAt: numbers(),
    requestEndedAt: numbers(),
    respondedAt: numbers(),
    endedAt: numbers(),
    aborted: new Uint8Array(rows.length),
    forwarding: new Array<ExchangeColumns['forwarding'][number]>(rows.length),
    rule: new Array<ExchangeColumns['rule'][number]>(rows.length),
    ruleOffset: numbers(),
  } satisfies ExchangeColumns;
  for (let i = 0; i < rows.length; i++) {
    const { id, connection, exchange } = rows[i];
    columns.id[i] = id;
    columns.connection[i] = connection;
    columns.number[i] = exchange.number;
    columns.method[i] = exchange.method;
    columns.target[i] = exchange.target;
    columns.status[i] = exchange.status;
    columns.requestStart[i] = exchange.requestStart;
    columns.requestBodyStart[i] = exchange.requestBodyStart;
    columns.requestEnd[i] = exchange.requestEnd;
    columns.responseStart[i] = exchange.responseStart;
    columns.responseBodyStart[i] = exchange.responseBodyStart;
    columns.responseEnd[i] = exchange.responseEnd;
    columns.startedAt[i] = exchange.startedAt;
    columns.headAt[i] = exchange.headAt;
    columns.requestEndedAt[i] = exchange.requestEndedAt;
    columns.respondedAt[i] = exchange.respondedAt;
    columns.endedAt[i] = exchange.endedAt;
    columns.aborted[i] = exchange.aborted ? 1 : 0;
    columns.forwarding[i] = exchange.forwarding;
    columns.rule[i] = exchange.violation?.rule ?? '';
    columns.ruleOffset[i] = exchange.violation?.offset ?? 0;
  }
  return columns;
}

/** One row of the columns, as an exchange of its own. */
export function exchangeAt(columns: ExchangeColumns, row: number): NumberedExchange {
  const rule = columns.rule[row];
  return {
    id: columns.id[row],
    connection: columns.connection[row],
    exchange: {
      number: columns.number[row],
      method: columns.method[row],
      target: columns.target[row],
      status: columns.status[row],
      requestStart: columns.requestStart[row],
      requestBodyStart: columns.requestBodyStart[row],
      requestEnd: columns.requestEnd[row],
      responseStart: columns.responseStart[row],
      responseBodyStart: columns.responseBodyStart[row],
      responseEnd: columns.responseEnd[row],
      startedAt: columns.startedAt[row],
      headAt: columns.headAt[row],
      requestEndedAt: columns.requestEndedAt[row],
      respondedAt: columns.respondedAt[row],
      endedAt: columns.endedAt[row],
      aborted: columns.aborted[row] === 1,
      forwarding: columns.forwarding[row],
      violation: rule === '' ? null : { rule, offset: columns.ruleOffset[row] },
    },
  };
}

export function segmentColumns(segments: readonly Segment[]): SegmentColumns {
  const numbers = (): Float64Array<ArrayBuffer> => new Float64Array(segments.length);
  const columns = {
    connection: numbers(),
    direction: new Uint8Array(segments.length),
    offset: numbers(),
    length: numbers(),
    keptStart: numbers(),
    keptLength: numbers(),
    keptAt: numbers(),
    time: numbers(),
  } satisfies SegmentColumns;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    columns.connection[i] = segment.connection;
    columns.direction[i] = segment.direction;
    columns.offset[i] = segment.offset;
    columns.length[i] = segment.length;
    columns.keptStart[i] = segment.keptStart;
    columns.keptLength[i] = segment.kept.length;
    columns.keptAt[i] = segment.keptAt;
    columns.time[i] = segment.time;
  }
  return columns;
}

/** The segments that the kernel sent out of files. */
export function sentFiles(segments: readonly Segment[]): SentFile[] {
  const sent: SentFile[] = [];
  for (let segment = 0; segment < segments.length; segment++) {
    const { file } = segments[segment];
    if (file !== null) sent.push({ segment, ...file });
  }
  return sent;
}

/** The kept bytes of the segments in a buffer of their own; those that segments share are there once. */
export function keptBytes(segments: readonly Segment[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const { kept, keptAt } of segments) {
    if (keptAt < end) continue;
    bytes.set(kept, keptAt);
    end = keptAt + kept.length;
  }
  return bytes;
}
