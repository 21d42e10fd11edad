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
    const { text, label, isError } = present(this.servers.all);
    item.text = text;
    item.tooltip = label;
    item.accessibilityInformation = { label: `Spark: ${label}` };
    item.backgroundColor = isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  }
}

function present(servers: readonly Server[]): { text: string; label: string; isError: boolean } {
  const label = servers.map(describe).join('\n') || vscode.l10n.t('No server runs');
  const died = servers.some(({ state }) => state.kind === 'died');
  const ports = servers.flatMap(({ state }) => (state.kind === 'running' ? [state.port] : []));
  const busy = servers.some(({ state }) => state.kind === 'starting' || state.kind === 'stopping');
  if (died) return { text: `$(error) ${vscode.l10n.t('Spark: died')}`, label, isError: true };
  if (busy) return { text: '$(sync~spin) Spark', label, isError: false };
  if (ports.length > 0) return { text: `$(broadcast) Spark: ${ports.join(', ')}`, label, isError: false };
  return { text: '$(circle-slash) Spark', label, isError: false };
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
      return vscode.l10n.t('{0}: running at {1}', name, server.url ?? '') + debugged;
    case 'stopping':
      return vscode.l10n.t('{0}: stopping', name);
    case 'died':
      return vscode.l10n.t('{0}: died. {1}', name, state.reason);
  }
}
