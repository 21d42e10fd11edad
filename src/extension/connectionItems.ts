import * as vscode from 'vscode';
import type { StoredConnection, StoredRun } from '../capture/run.ts';
import { rules } from '../http/rules.ts';
import type { ExchangeRow } from '../protocol/inspector.ts';
import { byteSize, countOf, durationText, shortSize, visibleText } from './displayText.ts';
import type { Server } from './server.ts';

/** What a row of the connections view stands for. Each row is one object for as long as it is shown. */
export type Element =
  | {
      readonly kind: 'server';
      readonly id: string;
      /** The server whose present or last run this is; null for an earlier one. */
      server: Server | null;
      run: StoredRun | null;
      /** No server runs on its folder now. */
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
  | { readonly kind: 'more'; readonly id: string; readonly parent: Element; count: number; what: string };

export type ElementOf<Kind extends Element['kind']> = Extract<Element, { kind: Kind }>;

export function isElement<Kind extends Element['kind']>(
  value: unknown,
  kind: Kind,
): value is ElementOf<Kind> {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind && 'id' in value
  );
}

/** How a row looks. Its tooltip is made when it is asked for. */
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
  const name = server?.name ?? visibleText(run?.description.serverName ?? '');
  const item = new vscode.TreeItem(name, Expanded);
  const [icon, colour, description] = serverState(server, run);
  item.iconPath = new vscode.ThemeIcon(icon, colour === '' ? undefined : new vscode.ThemeColor(colour));
  item.description = description;
  item.contextValue = `server.${server?.state.kind ?? (startable ? 'stopped' : 'past')}`;
  item.accessibilityInformation = { label: `Server ${name}, ${description}` };
  return item;
}

function serverState(
  server: Server | null,
  run: StoredRun | null,
): [icon: string, colour: string, description: string] {
  const before = run?.beforeReload === true ? 'before reload' : '';
  const debugged = server?.isDebugged === true ? `, ${vscode.l10n.t('in the debugger')}` : '';
  switch (server?.state.kind) {
    case 'running':
      return ['broadcast', 'charts.green', `${server.state.host}:${server.state.port}${debugged}`];
    case 'starting':
      return ['sync~spin', '', `starting${debugged}`];
    case 'stopping':
      return ['sync~spin', '', 'stopping'];
    case 'died':
      return ['error', 'list.errorForeground', 'died'];
    default:
      return ['debug-disconnect', 'disabledForeground', before || 'stopped'];
  }
}

function connectionItem({ connection }: ElementOf<'connection'>): vscode.TreeItem {
  const { record, exchanges } = connection;
  const peer = peerOf(connection);
  const item = new vscode.TreeItem(shortPeer(connection), exchanges.length > 0 ? Collapsed : None);
  const [icon, colour] = connectionIcons[record.state];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  item.description = `${record.state} ↓${shortSize(record.bytesReceived)} ↑${shortSize(record.bytesSent)}`;
  item.contextValue = record.state === 'closed' ? 'connection.closed' : 'connection.open';
  const [received, sent] = [byteSize(record.bytesReceived), byteSize(record.bytesSent)];
  item.accessibilityInformation = {
    label: `Connection ${record.id} from ${peer}, ${record.state}, ${received} received, ${sent} sent, ${countOf(exchanges.length, 'exchange')}`,
  };
  return item;
}

const connectionIcons = {
  accepted: ['plug', 'charts.blue'],
  reading: ['arrow-down', 'charts.blue'],
  responding: ['arrow-up', 'charts.green'],
  idle: ['circle-outline', 'charts.green'],
  closed: ['circle-slash', 'disabledForeground'],
} as const;

/** Leaves room for what differs: on a development machine nearly all clients have the same address. */
function shortPeer(connection: StoredConnection): string {
  const { address, port } = connection.record.peer;
  return address === '127.0.0.1' || address === '::1' ? `port ${port}` : peerOf(connection);
}

function peerOf({ record }: StoredConnection): string {
  const { address, port } = record.peer;
  if (address === '') return `connection ${record.id}`;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function exchangeItem({ row }: ElementOf<'exchange'>): vscode.TreeItem {
  const label = visibleText(`${row.method} ${row.target}`.trim()) || '(no request line)';
  const item = new vscode.TreeItem(label, None);
  const [icon, colour] = exchangeIcon(row);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  const parts = [
    row.status === 0 ? '' : String(row.status),
    byteSize(row.responseSize),
    row.duration === null ? 'in progress' : durationText(row.duration),
    row.aborted ? 'cut off' : '',
    row.beforeReload ? 'before reload' : '',
  ].filter((part) => part !== '');
  item.description = parts.join(' · ');
  item.contextValue = 'exchange';
  item.command = {
    command: 'spark.openInspector',
    title: 'Open in the Request Inspector',
    arguments: [row.key],
  };
  const malformed = row.rule === '' ? '' : `, malformed: ${sentenceOf(row.rule)}`;
  item.accessibilityInformation = { label: `${label}, ${parts.join(', ')}${malformed}` };
  return item;
}

/** A rule that this version does not know stands for itself. */
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
  const item = new vscode.TreeItem(`… ${countOf(count, `more ${what}`)}, see the inspector`, None);
  item.command = { command: 'spark.openInspector', title: 'Open the Request Inspector' };
  item.contextValue = 'more';
  return item;
}

/** What pointing at a row tells. What came over the wire is shown as text, never as Markdown. */
export function tooltipOf(element: Element): vscode.MarkdownString {
  const lines = tooltipLines(element);
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

function tooltipLines(element: Element): [name: string, value: string][] {
  switch (element.kind) {
    case 'server':
      return serverLines(element);
    case 'connection':
      return connectionLines(element.connection);
    case 'exchange':
      return exchangeLines(element.row);
    case 'more':
      return [['', 'The request inspector lists all of them.']];
  }
}

function serverLines(element: ElementOf<'server'>): [string, string][] {
  const { server, run } = element;
  const lines: [string, string][] = [['Folder', rootOf(element)]];
  if (server?.url) lines.push(['Address', server.url]);
  if (server?.processId !== undefined) lines.push(['Process', String(server.processId)]);
  if (run !== null) lines.push(['Started', timeText(run.description.startedAt)]);
  if (server?.state.kind === 'died') lines.push(['Died', server.state.reason]);
  else if (run?.end) lines.push(['Ended', `${timeText(run.end.time)}. ${run.end.reason}`]);
  if (run !== null && run.leftOut > 0) {
    lines.push(['Left out', `${countOf(run.leftOut, 'exchange')} served, but not recorded`]);
  }
  return lines;
}

function connectionLines({ record }: StoredConnection): [string, string][] {
  const lines: [string, string][] = [
    ['Connection', String(record.id)],
    ['Peer', `${record.peer.address} port ${record.peer.port}`],
    ['State', record.state],
    ['Received', `${record.bytesReceived.toLocaleString('en')} bytes`],
    ['Sent', `${record.bytesSent.toLocaleString('en')} bytes`],
    ['Exchanges', String(record.exchangeCount)],
    ['Opened', timeText(record.openedAt)],
  ];
  if (record.closedAt > 0) lines.push(['Closed', timeText(record.closedAt)]);
  if (record.closeReason !== '') lines.push(['Why', record.closeReason]);
  return lines;
}

function exchangeLines(row: ExchangeRow): [string, string][] {
  const lines: [string, string][] = [
    ['Request', `${row.method} ${row.target}`],
    ['Status', row.status === 0 ? 'none yet' : String(row.status)],
    ['Request size', `${row.requestSize.toLocaleString('en')} bytes`],
    ['Response size', `${row.responseSize.toLocaleString('en')} bytes`],
    ['Started', timeText(row.startedAt)],
  ];
  if (row.duration !== null) lines.push(['Time', `${row.duration.toFixed(1)} ms`]);
  if (row.rule !== '') lines.push(['Malformed', sentenceOf(row.rule)]);
  if (row.aborted) lines.push(['Cut off', 'The connection ended before the exchange did.']);
  return lines;
}

function timeText(time: number): string {
  return new Date(time).toLocaleTimeString();
}
