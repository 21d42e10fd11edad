import type { ExchangeRowColumns } from '../protocol/exchangeList.ts';
import type { ExchangeRow } from '../protocol/inspector.ts';

/** UTF-16 units of a comment that a row of the list shows. */
const longestComment = 500;

/** Rows as columns: a few typed arrays cross to the page faster than many objects. */
export function rowColumns(rows: readonly ExchangeRow[]): ExchangeRowColumns {
  const runOf = ({ key }: ExchangeRow) => key.slice(0, key.lastIndexOf('/'));
  const runs = [...new Set(rows.map(runOf))];
  const numbers = (read: (row: ExchangeRow) => number) => Float64Array.from(rows, read);
  const flags = (read: (row: ExchangeRow) => boolean) => Uint8Array.from(rows, (row) => (read(row) ? 1 : 0));
  return {
    runs,
    run: Uint16Array.from(rows, (row) => runs.indexOf(runOf(row))),
    id: numbers((row) => row.id),
    connection: numbers((row) => row.connection),
    number: numbers((row) => row.number),
    method: rows.map((row) => row.method),
    target: rows.map((row) => row.target),
    type: rows.map((row) => row.type),
    status: Uint16Array.from(rows, (row) => row.status),
    requestSize: numbers((row) => row.requestSize),
    responseSize: numbers((row) => row.responseSize),
    startedAt: numbers((row) => row.startedAt),
    requestEndedAt: numbers((row) => row.requestEndedAt),
    respondedAt: numbers((row) => row.respondedAt),
    duration: numbers((row) => row.duration ?? Number.NaN),
    rule: rows.map((row) => row.rule),
    aborted: flags((row) => row.aborted),
    beforeReload: flags((row) => row.beforeReload),
    imported: flags((row) => row.imported),
    marked: flags((row) => row.marked),
    comment: rows.map((row) => row.comment.slice(0, longestComment)),
    connectionStart: numbers((row) => row.connectionStart),
    connectionEnd: numbers((row) => row.connectionEnd),
    previousEndedAt: numbers((row) => row.previousEndedAt),
  };
}
