import type { Exchange } from '../http/exchange.ts';
import type { ExchangeColumns } from '../protocol/capture.ts';
import { type ColumnMemory, ownMemory } from '../protocol/columnMemory.ts';

/** An exchange with its number, counted over all connections, and its connection's. */
export interface NumberedExchange {
  readonly id: number;
  readonly connection: number;
  readonly exchange: Exchange;
}

/** The exchanges as they are now. */
export function exchangeColumns(
  rows: readonly NumberedExchange[],
  memory: ColumnMemory = ownMemory,
): ExchangeColumns {
  const numbers = () => memory.float64(rows.length);
  const columns = {
    id: numbers(),
    connection: numbers(),
    number: numbers(),
    method: new Array<string>(rows.length),
    target: new Array<string>(rows.length),
    status: memory.uint16(rows.length),
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
    aborted: memory.uint8(rows.length),
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
