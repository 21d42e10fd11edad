import { commands, Disposable } from 'vscode';
import { type ByteFormat, byteFormats } from '../http/byteEncodings.ts';
import type { ListColumn } from '../protocol/exchangeList.ts';
import { isListColumn } from './inspectorMessageGuard.ts';
import type { InspectorPanel } from './inspectorPanel.ts';

/** What the page says of the place where a context menu was opened: a command's argument. */
interface MenuContext {
  readonly filterOperator: string;
  readonly filterValue: string;
  readonly exchange: string;
  readonly listColumn: ListColumn | null;
}

/** Registers what the context menus of the inspector's page do. */
export function registerInspectorCommands(panel: InspectorPanel): Disposable {
  const handlers: Readonly<Record<string, (context: MenuContext) => void>> = {
    'spark.filterByThis': ({ filterOperator, filterValue }) =>
      panel.feed?.filterBy(filterOperator, filterValue, false),
    'spark.filterOutThis': ({ filterOperator, filterValue }) =>
      panel.feed?.filterBy(filterOperator, filterValue, true),
    'spark.markExchange': ({ exchange }) => panel.mark(exchange, true),
    'spark.unmarkExchange': ({ exchange }) => panel.mark(exchange, false),
    'spark.sortAscending': ({ listColumn }) => sort(panel, listColumn, false),
    'spark.sortDescending': ({ listColumn }) => sort(panel, listColumn, true),
    'spark.unsort': () => panel.feed?.listCommand({ kind: 'unsort' }),
    'spark.hideColumn': ({ listColumn: column }) => {
      if (column !== null) panel.feed?.listCommand({ kind: 'hideColumn', column });
    },
    'spark.chooseColumns': () => panel.feed?.listCommand({ kind: 'chooseColumns' }),
    ...Object.fromEntries(
      byteFormats.map((format) => [copyCommands[format], () => panel.feed?.copyBytes(format)]),
    ),
    'spark.resetColumns': () => panel.feed?.listCommand({ kind: 'resetColumns' }),
  };
  return Disposable.from(
    ...Object.entries(handlers).map(([id, handler]) =>
      commands.registerCommand(id, (argument: unknown) => handler(menuContext(argument))),
    ),
  );
}

const copyCommands: Readonly<Record<ByteFormat, string>> = {
  hex: 'spark.copyBytesAsHex',
  hexDump: 'spark.copyBytesAsHexDump',
  escaped: 'spark.copyBytesAsEscaped',
  cArray: 'spark.copyBytesAsCArray',
  jsArray: 'spark.copyBytesAsJsArray',
  base64: 'spark.copyBytesAsBase64',
  text: 'spark.copyBytesAsText',
};

function sort(panel: InspectorPanel, column: ListColumn | null, descending: boolean): void {
  if (column !== null) panel.feed?.listCommand({ kind: 'sort', column, descending });
}

/** A command may be called by anybody with anything: what is not there is empty. */
function menuContext(argument: unknown): MenuContext {
  const given: Readonly<Record<string, unknown>> =
    typeof argument === 'object' && argument !== null ? { ...argument } : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    filterOperator: text(given.filterOperator),
    filterValue: text(given.filterValue),
    exchange: text(given.exchange),
    listColumn: isListColumn(given.listColumn) ? given.listColumn : null,
  };
}
