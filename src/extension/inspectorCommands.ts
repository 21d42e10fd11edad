import type { ListColumn } from '../protocol/exchangeList.ts';
import type { Handlers, inspectorCommandIds } from './commandIds.ts';
import { isListColumn } from './inspectorMessageGuard.ts';
import type { InspectorPanel } from './inspectorPanel.ts';

/** What the page says of the place where a context menu was opened: a command's argument. */
interface MenuContext {
  readonly filterOperator: string;
  readonly filterValue: string;
  readonly exchange: string;
  readonly listColumn: ListColumn | null;
}

/** What the context menus of the inspector's page do. */
export function inspectorCommands(panel: InspectorPanel): Handlers<typeof inspectorCommandIds> {
  const act = (handler: (context: MenuContext) => void) => (argument: unknown) =>
    handler(menuContext(argument));
  return {
    'spark.filterByThis': act(({ filterOperator, filterValue }) =>
      panel.feed?.filterBy(filterOperator, filterValue, false),
    ),
    'spark.filterOutThis': act(({ filterOperator, filterValue }) =>
      panel.feed?.filterBy(filterOperator, filterValue, true),
    ),
    'spark.markExchange': act(({ exchange }) => panel.mark(exchange, true)),
    'spark.unmarkExchange': act(({ exchange }) => panel.mark(exchange, false)),
    'spark.sortAscending': act(({ listColumn }) => sort(panel, listColumn, false)),
    'spark.sortDescending': act(({ listColumn }) => sort(panel, listColumn, true)),
    'spark.unsort': () => panel.feed?.listCommand({ kind: 'unsort' }),
    'spark.hideColumn': act(({ listColumn: column }) => {
      if (column !== null) panel.feed?.listCommand({ kind: 'hideColumn', column });
    }),
    'spark.chooseColumns': () => panel.feed?.listCommand({ kind: 'chooseColumns' }),
    'spark.resetColumns': () => panel.feed?.listCommand({ kind: 'resetColumns' }),
    'spark.copyBytesAsHex': () => panel.feed?.copyBytes('hex'),
    'spark.copyBytesAsHexDump': () => panel.feed?.copyBytes('hexDump'),
    'spark.copyBytesAsEscaped': () => panel.feed?.copyBytes('escaped'),
    'spark.copyBytesAsCArray': () => panel.feed?.copyBytes('cArray'),
    'spark.copyBytesAsJsArray': () => panel.feed?.copyBytes('jsArray'),
    'spark.copyBytesAsBase64': () => panel.feed?.copyBytes('base64'),
    'spark.copyBytesAsText': () => panel.feed?.copyBytes('text'),
  };
}

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
