import type { ExchangeKey } from '../protocol/inspector.ts';
import type { CaptureSource } from './captureSource.ts';
import type { QueryTable } from './exchangeQuery.ts';

/** Of all exchanges stored, oldest first. Each costs a fraction of its row. */
export function allKeys(capture: Pick<CaptureSource, 'queryTable'>): readonly ExchangeKey[] {
  return keysIn(capture.queryTable(), () => true);
}

/** Of those that the user marked. */
export function markedKeys(capture: Pick<CaptureSource, 'queryTable'>): readonly ExchangeKey[] {
  const table = capture.queryTable();
  return keysIn(table, (position) => table.subject.at(position).marked);
}

function keysIn(table: QueryTable, isWanted: (position: number) => boolean): ExchangeKey[] {
  const keys: ExchangeKey[] = [];
  for (let position = table.first; position < table.end; position++)
    if (isWanted(position)) keys.push(table.keyAt(position));
  return keys;
}
