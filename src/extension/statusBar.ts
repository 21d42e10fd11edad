import * as vscode from 'vscode';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

/** Shows which servers run, and on which ports; offers what can be done with them. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly servers: Servers;
  private readonly subscription: vscode.Disposable;

  /** @param command what a click runs */
  constructor(servers: Servers, command: string) {
    this.servers = servers;
    this.item = vscode.window.createStatusBarItem('spark.state', vscode.StatusBarAlignment.Left);
    this.item.name = 'Spark';
    this.item.command = command;
    this.subscription = servers.onDidChange(() => this.update());
    this.update();
    this.item.show();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { item } = this;
    const { text, label, isError, isShared } = present(this.servers.all);
    item.text = text;
    item.tooltip = label;
    item.accessibilityInformation = { label: `Spark: ${label}` };
    const level = isError ? 'error' : isShared ? 'warning' : null;
    item.backgroundColor =
      level === null ? undefined : new vscode.ThemeColor(`statusBarItem.${level}Background`);
  }
}

interface StatusText {
  readonly text: string;
  readonly label: string;
  readonly isError?: boolean;
  readonly isShared?: boolean;
}

function present(servers: readonly Server[]): StatusText {
  const label = servers.map(describe).join('\n') || vscode.l10n.t('No server runs');
  const died = servers.some(({ state }) => state.kind === 'died');
  const ports = servers.flatMap(({ state }) => (state.kind === 'running' ? [state.port] : []));
  const busy = servers.some(({ state }) => state.kind === 'starting' || state.kind === 'stopping');
  if (died) return { text: `$(error) ${vscode.l10n.t('Spark: died')}`, label, isError: true };
  if (busy) return { text: '$(sync~spin) Spark', label };
  if (servers.some((server) => server.isShared && server.isActive)) {
    return {
      text: `$(globe) ${vscode.l10n.t('Spark: shared, {0}', ports.join(', '))}`,
      label,
      isShared: true,
    };
  }
  if (ports.length > 0) return { text: `$(broadcast) Spark: ${ports.join(', ')}`, label };
  return { text: '$(circle-slash) Spark', label };
}

/** A server and its state, in a line. */
export function describe(server: Server): string {
  const { name, state } = server;
  const debugged = server.isDebugged ? `, ${vscode.l10n.t('in the debugger')}` : '';
  switch (state.kind) {
    case 'stopped':
      return vscode.l10n.t('{0}: stopped', name);
    case 'starting':
      return vscode.l10n.t('{0}: starting', name) + debugged;
    case 'running':
      return (
        vscode.l10n.t('{0}: running at {1}', name, server.url ?? '') +
        debugged +
        (server.isShared ? `, ${vscode.l10n.t('shared on the local network')}` : '')
      );
    case 'stopping':
      return vscode.l10n.t('{0}: stopping', name);
    case 'died':
      return vscode.l10n.t('{0}: died. {1}', name, state.reason);
  }
}
