import type { ExchangeRowColumns } from '../protocol/exchangeList.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';

/** The rows that columns hold. */
export function exchangeRows(columns: ExchangeRowColumns): readonly ExchangeRow[] {
  return Array.from(columns.id, (id, i) => ({
    key: `${columns.runs[columns.run[i]]}/${id}`,
    id,
    connection: columns.connection[i],
    number: columns.number[i],
    method: columns.method[i],
    target: columns.target[i],
    status: columns.status[i],
    type: columns.type[i],
    requestSize: columns.requestSize[i],
    responseSize: columns.responseSize[i],
    startedAt: columns.startedAt[i],
    requestEndedAt: columns.requestEndedAt[i],
    respondedAt: columns.respondedAt[i],
    duration: Number.isNaN(columns.duration[i]) ? null : columns.duration[i],
    rule: columns.rule[i],
    aborted: columns.aborted[i] !== 0,
    beforeReload: columns.beforeReload[i] !== 0,
    imported: columns.imported[i] !== 0,
    marked: columns.marked[i] !== 0,
    comment: columns.comment[i],
    connectionStart: columns.connectionStart[i],
    connectionEnd: columns.connectionEnd[i],
    previousEndedAt: columns.previousEndedAt[i],
  }));
}

/** The key of the connection that an exchange is on: both are numbered in the same run. */
export function connectionKey(exchange: ExchangeKey, connection: number): ConnectionKey {
  return `${exchange.slice(0, exchange.lastIndexOf('/'))}/${connection}`;
}
