import type { ListColumn } from '../protocol/exchangeList.ts';
import type { FromInspector } from '../protocol/inspectorMessages.ts';

/** Whether what came from the inspector's page is a message of the protocol. */
export function isFromInspector(value: unknown): value is FromInspector {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const message: Record<string, unknown> = { ...value };
  switch (message.type) {
    case 'ready':
    case 'clear':
    case 'startServer':
      return true;
    case 'query':
      return isIndex(message.query) && isListQuery(message.list) && isRowWindow(message.window);
    case 'calls':
      return isIndex(message.limit);
    case 'complete':
      return typeof message.text === 'string' && isIndex(message.caret);
    case 'filterBy':
      return (
        typeof message.operator === 'string' &&
        typeof message.value === 'string' &&
        typeof message.excluded === 'boolean'
      );
    case 'follow':
      return (
        (message.connection === null || typeof message.connection === 'string') &&
        (message.end === null || isIndex(message.end))
      );
    case 'copyConnection':
      return (
        typeof message.connection === 'string' &&
        (message.part === 'both' || message.part === 'received' || message.part === 'sent') &&
        (message.format === 'text' || message.format === 'hex')
      );
    case 'exportConnection':
      return typeof message.connection === 'string';
    case 'mark':
      return typeof message.exchange === 'string' && typeof message.marked === 'boolean';
    case 'chooseColumns':
      return Array.isArray(message.shown) && message.shown.every(isListColumn);
    case 'layout':
      return isRecord(message.layout);
    case 'copy':
      return typeof message.text === 'string';
    case 'preserve':
      return typeof message.preserve === 'boolean';
    case 'rows':
      return isIndex(message.start) && isIndex(message.end);
    case 'openLink':
      return typeof message.url === 'string';
    case 'decompress':
      return (
        isIndex(message.number) &&
        (message.coding === 'br' || message.coding === 'zstd') &&
        message.bytes instanceof Uint8Array
      );
    case 'select':
      return message.exchange === null || typeof message.exchange === 'string';
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListQuery(value: unknown): boolean {
  if (!isRecord(value) || typeof value.filter !== 'string' || typeof value.paused !== 'boolean') return false;
  const { order } = value;
  return (
    order === null || (isRecord(order) && isListColumn(order.column) && typeof order.descending === 'boolean')
  );
}

function isRowWindow(value: unknown): boolean {
  return isRecord(value) && isIndex(value.length) && (value.start === 'end' || isIndex(value.start));
}

/** Whether it names a column of the list. */
export function isListColumn(value: unknown): value is ListColumn {
  return typeof value === 'string' && Object.hasOwn(listColumns, value);
}

const listColumns: Readonly<Record<ListColumn, true>> = {
  id: true,
  connection: true,
  time: true,
  method: true,
  target: true,
  status: true,
  type: true,
  requestSize: true,
  responseSize: true,
  duration: true,
  comment: true,
  waterfall: true,
};

function isIndex(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
