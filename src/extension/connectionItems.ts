import * as vscode from 'vscode';
import type { StoredConnection, StoredRun } from '../capture/run.ts';
import { rules } from '../http/rules.ts';
import type { ExchangeRow, ImportedFrom } from '../protocol/inspector.ts';
import { byteSize, durationText, shortSize, visibleText } from './displayText.ts';
import type { Server } from './server.ts';

/** Kinds of rows of which there can be more than are shown. */
export type RowKind = 'connection' | 'exchange';

/** What a row of the connections view stands for. Each row is one object for as long as it is shown. */
export type Element =
  | {
      readonly kind: 'server';
      readonly id: string;
      /** The server whose present or last run this is; null for an earlier one. */
      server: Server | null;
      run: StoredRun | null;
      /** Whether its folder can be served again: no server runs on it now. */
      startable: boolean;
    }
  | {
      readonly kind: 'connection';
      readonly id: string;
      readonly parent: Element;
      readonly run: StoredRun;
      readonly connection: StoredConnection;
    }
  | { readonly kind: 'exchange'; readonly id: string; readonly parent: Element; row: ExchangeRow }
  | { readonly kind: 'more'; readonly id: string; readonly parent: Element; count: number; what: RowKind };

/** A row of one kind. */
export type ElementOf<Kind extends Element['kind']> = Extract<Element, { kind: Kind }>;

/** Whether a command's argument, which may be anything, is a row of this kind. */
export function isElement<Kind extends Element['kind']>(
  value: unknown,
  kind: Kind,
): value is ElementOf<Kind> {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind && 'id' in value
  );
}

/** How a row looks. Its tooltip is left out: VS Code asks for it when the pointer rests on the row. */
export function itemOf(element: Element): vscode.TreeItem {
  const item = present(element);
  item.id = element.id;
  return item;
}

function present(element: Element): vscode.TreeItem {
  switch (element.kind) {
    case 'server':
      return serverItem(element);
    case 'connection':
      return connectionItem(element);
    case 'exchange':
      return exchangeItem(element);
    case 'more':
      return moreItem(element);
  }
}

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** The folder that a server serves, or served. */
export function rootOf({ server, run }: ElementOf<'server'>): string {
  return server?.root ?? run?.description.root ?? '';
}

function serverItem(element: ElementOf<'server'>): vscode.TreeItem {
  const { server, run, startable } = element;
  if (run?.description.imported !== undefined) return importedItem(run, run.description.imported);
  const name = server?.name ?? visibleText(run?.description.serverName ?? '');
  const item = new vscode.TreeItem(name, Expanded);
  const [icon, colour, description] = serverState(server, run);
  item.iconPath = new vscode.ThemeIcon(icon, colour === '' ? undefined : new vscode.ThemeColor(colour));
  item.description = description;
  const shared = server?.state.kind === 'running' && server.isShared ? '.shared' : '';
  item.contextValue = `server.${server?.state.kind ?? (startable ? 'stopped' : 'past')}${shared}`;
  item.accessibilityInformation = { label: vscode.l10n.t('Server {0}, {1}', name, description) };
  return item;
}

function importedItem(run: StoredRun, { file, rebuilt }: ImportedFrom): vscode.TreeItem {
  const name = visibleText(file);
  const item = new vscode.TreeItem(name, Collapsed);
  item.iconPath = new vscode.ThemeIcon('archive');
  item.description = [
    rebuilt ? vscode.l10n.t('imported, rebuilt from HAR') : vscode.l10n.t('imported'),
    run.beforeReload ? vscode.l10n.t('before reload') : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
  item.contextValue = 'server.imported';
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  return item;
}

function serverState(
  server: Server | null,
  run: StoredRun | null,
): [icon: string, colour: string, description: string] {
  const before = run?.beforeReload === true ? vscode.l10n.t('before reload') : '';
  const debugged = server?.isDebugged === true ? `, ${vscode.l10n.t('in the debugger')}` : '';
  switch (server?.state.kind) {
    case 'running':
      return [
        server.isShared ? 'globe' : 'broadcast',
        'charts.green',
        `${server.state.host}:${server.state.port}${debugged}${server.isShared ? `, ${vscode.l10n.t('shared on the local network')}` : ''}`,
      ];
    case 'starting':
      return ['sync~spin', '', `${vscode.l10n.t('starting')}${debugged}`];
    case 'stopping':
      return ['sync~spin', '', vscode.l10n.t('stopping')];
    case 'died':
      return ['error', 'list.errorForeground', vscode.l10n.t('died')];
    default:
      return ['debug-disconnect', 'disabledForeground', before || vscode.l10n.t('stopped')];
  }
}

function connectionItem({ connection }: ElementOf<'connection'>): vscode.TreeItem {
  const { record, exchanges } = connection;
  const peer = peerOf(connection);
  const item = new vscode.TreeItem(shortPeer(connection), exchanges.length > 0 ? Collapsed : None);
  const [icon, colour] = connectionIcons[record.state];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  item.description = `${connectionState(record.state)} ↓${shortSize(record.bytesReceived)} ↑${shortSize(record.bytesSent)}`;
  item.contextValue = record.state === 'closed' ? 'connection.closed' : 'connection.open';
  const [received, sent] = [byteSize(record.bytesReceived), byteSize(record.bytesSent)];
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      'Connection {0} from {1}, {2}, {3} received, {4} sent, {5}',
      record.id,
      peer,
      connectionState(record.state),
      received,
      sent,
      exchangeCount(exchanges.length),
    ),
  };
  return item;
}

const connectionIcons = {
  accepted: ['plug', 'charts.blue'],
  reading: ['arrow-down', 'charts.blue'],
  responding: ['arrow-up', 'charts.green'],
  idle: ['circle-outline', 'charts.green'],
  tunnel: ['arrow-swap', 'charts.purple'],
  closed: ['circle-slash', 'disabledForeground'],
} as const;

/** Only the port for a loopback address: on a development machine nearly all clients have the same one. */
function shortPeer(connection: StoredConnection): string {
  const { address, port } = connection.record.peer;
  return address === '127.0.0.1' || address === '::1'
    ? vscode.l10n.t('port {0}', String(port))
    : peerOf(connection);
}

/** Address and port of the client; the connection's number where they are not known, as in a HAR file. */
export function peerOf({ record }: StoredConnection): string {
  const { address, port } = record.peer;
  if (address === '') return vscode.l10n.t('connection {0}', record.id);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function exchangeItem({ row }: ElementOf<'exchange'>): vscode.TreeItem {
  const label = visibleText(`${row.method} ${row.target}`.trim()) || vscode.l10n.t('(no request line)');
  const item = new vscode.TreeItem(label, None);
  const [icon, colour] = exchangeIcon(row);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  const parts = [
    row.status === 0 ? '' : String(row.status),
    byteSize(row.responseSize),
    row.duration === null ? vscode.l10n.t('in progress') : durationText(row.duration),
    row.aborted ? vscode.l10n.t('cut off') : '',
    row.beforeReload ? vscode.l10n.t('before reload') : '',
  ].filter((part) => part !== '');
  item.description = parts.join(' · ');
  item.contextValue = 'exchange';
  item.command = {
    command: 'spark.openInspector',
    title: vscode.l10n.t('Open in the Request Inspector'),
    arguments: [row.key],
  };
  const malformed = row.rule === '' ? '' : `, ${vscode.l10n.t('malformed: {0}', sentenceOf(row.rule))}`;
  item.accessibilityInformation = { label: `${label}, ${parts.join(', ')}${malformed}` };
  return item;
}

/** What a rule demands; the id of one that this version does not know, such as an imported one. */
function sentenceOf(rule: string): string {
  const known = Object.entries(rules).find(([id]) => id === rule);
  return known?.[1].sentence ?? rule;
}

function exchangeIcon(row: ExchangeRow): [icon: string, colour: string] {
  if (row.rule !== '') return ['error', 'list.errorForeground'];
  if (row.aborted) return ['debug-disconnect', 'list.warningForeground'];
  if (row.duration === null) return ['loading~spin', 'charts.blue'];
  if (row.status >= 500) return ['error', 'list.errorForeground'];
  if (row.status >= 400) return ['warning', 'list.warningForeground'];
  if (row.status >= 300) return ['arrow-right', 'charts.blue'];
  return ['pass', 'charts.green'];
}

function moreItem({ count, what }: ElementOf<'more'>): vscode.TreeItem {
  const item = new vscode.TreeItem(moreText(count, what), None);
  item.command = { command: 'spark.openInspector', title: vscode.l10n.t('Open the Request Inspector') };
  item.contextValue = 'more';
  return item;
}

/** The tooltip of a row. What came over the wire is shown as text, never as Markdown. */
export function tooltipOf(element: Element, further: TooltipLines = []): vscode.MarkdownString {
  const lines = [...tooltipLines(element), ...further];
  const tooltip = new vscode.MarkdownString();
  for (const [i, [name, value]] of lines.entries()) {
    if (i > 0) tooltip.appendMarkdown('  \n');
    if (name !== '') tooltip.appendMarkdown(`**${name}:** `);
    tooltip.appendMarkdown(asText(value));
  }
  return tooltip;
}

/** Markdown that shows a text as it is: all but letters, digits and spaces as character references. */
function asText(text: string): string {
  return visibleText(text, 400).replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Lines of a tooltip, each with its name in bold unless that is empty. */
export type TooltipLines = readonly (readonly [name: string, value: string])[];

function tooltipLines(element: Element): [name: string, value: string][] {
  switch (element.kind) {
    case 'server':
      return serverLines(element);
    case 'connection':
      return connectionLines(element.connection);
    case 'exchange':
      return exchangeLines(element.row);
    case 'more':
      return [['', vscode.l10n.t('The request inspector lists all of them.')]];
  }
}

function serverLines(element: ElementOf<'server'>): [string, string][] {
  const { server, run } = element;
  if (run?.description.imported !== undefined) return importedLines(run, run.description.imported);
  const lines: [string, string][] = [[vscode.l10n.t('Folder'), rootOf(element)]];
  if (server?.url) lines.push([vscode.l10n.t('Address'), server.url]);
  if (server?.processId !== undefined) lines.push([vscode.l10n.t('Process'), String(server.processId)]);
  if (run !== null) lines.push([vscode.l10n.t('Started'), timeText(run.description.startedAt)]);
  if (server?.state.kind === 'died') lines.push([vscode.l10n.t('Died'), server.state.reason]);
  else if (run?.end) lines.push([vscode.l10n.t('Ended'), `${timeText(run.end.time)}. ${run.end.reason}`]);
  if (run !== null && run.leftOut > 0) {
    lines.push([
      vscode.l10n.t('Left out'),
      vscode.l10n.t('{0} served, but not recorded', exchangeCount(run.leftOut)),
    ]);
  }
  return lines;
}

function importedLines({ description, end }: StoredRun, { file, rebuilt }: ImportedFrom): [string, string][] {
  const lines: [string, string][] = [[vscode.l10n.t('File'), file]];
  if (rebuilt) lines.push(['', vscode.l10n.t('Rebuilt from HAR: not the bytes on the wire.')]);
  lines.push([vscode.l10n.t('Started'), timeText(description.startedAt)]);
  if (end !== null) lines.push([vscode.l10n.t('Ended'), timeText(end.time)]);
  return lines;
}

function connectionLines({ record }: StoredConnection): [string, string][] {
  const lines: [string, string][] = [
    [vscode.l10n.t('Connection'), String(record.id)],
    [vscode.l10n.t('Peer'), vscode.l10n.t('{0} port {1}', record.peer.address, String(record.peer.port))],
    [vscode.l10n.t('State'), connectionState(record.state)],
    [vscode.l10n.t('Received'), vscode.l10n.t('{0} bytes', numberText(record.bytesReceived))],
    [vscode.l10n.t('Sent'), vscode.l10n.t('{0} bytes', numberText(record.bytesSent))],
    [vscode.l10n.t('Exchanges'), String(record.exchangeCount)],
    [vscode.l10n.t('Opened'), timeText(record.openedAt)],
  ];
  if (record.closedAt > 0) lines.push([vscode.l10n.t('Closed'), timeText(record.closedAt)]);
  if (record.closeReason !== '') lines.push([vscode.l10n.t('Why'), record.closeReason]);
  return lines;
}

function exchangeLines(row: ExchangeRow): [string, string][] {
  const lines: [string, string][] = [
    [vscode.l10n.t('Request'), `${row.method} ${row.target}`],
    [vscode.l10n.t('Status'), row.status === 0 ? vscode.l10n.t('none yet') : String(row.status)],
    [vscode.l10n.t('Request size'), vscode.l10n.t('{0} bytes', numberText(row.requestSize))],
    [vscode.l10n.t('Response size'), vscode.l10n.t('{0} bytes', numberText(row.responseSize))],
    [vscode.l10n.t('Started'), timeText(row.startedAt)],
  ];
  if (row.duration !== null) lines.push([vscode.l10n.t('Time'), `${row.duration.toFixed(1)} ms`]);
  if (row.rule !== '') lines.push([vscode.l10n.t('Malformed'), sentenceOf(row.rule)]);
  if (row.aborted)
    lines.push([vscode.l10n.t('Cut off'), vscode.l10n.t('The connection ended before the exchange did.')]);
  return lines;
}

/** The state in the user's language. */
export function connectionState(state: StoredConnection['record']['state']): string {
  switch (state) {
    case 'accepted':
      return vscode.l10n.t('accepted');
    case 'reading':
      return vscode.l10n.t('reading');
    case 'responding':
      return vscode.l10n.t('responding');
    case 'idle':
      return vscode.l10n.t('idle');
    case 'tunnel':
      return vscode.l10n.t('tunnel');
    case 'closed':
      return vscode.l10n.t('closed');
  }
}

/** `1 exchange`, `2 exchanges`. */
export function exchangeCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 exchange') : vscode.l10n.t('{0} exchanges', numberText(count));
}

function moreText(count: number, what: RowKind): string {
  const number = numberText(count);
  return what === 'exchange'
    ? vscode.l10n.t('… {0} more exchanges, see the inspector', number)
    : vscode.l10n.t('… {0} more connections, see the inspector', number);
}

/** A number as the language of VS Code writes it. */
export function numberText(count: number): string {
  return count.toLocaleString(vscode.env.language);
}

function timeText(time: number): string {
  return new Date(time).toLocaleTimeString(vscode.env.language);
}
