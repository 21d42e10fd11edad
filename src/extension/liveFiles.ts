import * as vscode from 'vscode';
import { FolderWatch } from './folderWatch.ts';
import { isWithin } from './paths.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

/** Tells every server that runs what changes in its folder: on disk, and in editors. */
export class LiveFiles implements vscode.Disposable {
  private readonly servers: Servers;
  private readonly watches = new Map<Server, FolderWatch>();
  private readonly changes = new vscode.EventEmitter<Server>();
  /** Fires when files of a server's folder have changed, and its pages should show that. */
  readonly onDidChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(servers: Servers) {
    this.servers = servers;
    this.subscriptions = [
      servers.onDidChange(() => this.follow()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.watchOf(document)?.typed(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.watchOf(document)?.settled(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.watchOf(document)?.settled(document)),
      this.changes,
    ];
    this.follow();
  }

  dispose(): void {
    for (const watch of this.watches.values()) watch.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private follow(): void {
    for (const server of this.servers.all) {
      const watch = this.watches.get(server);
      if (server.state.kind === 'running' && watch === undefined) {
        this.watches.set(server, new FolderWatch(server, () => this.changes.fire(server)));
      } else if (server.state.kind !== 'running' && watch !== undefined) {
        watch.dispose();
        this.watches.delete(server);
      }
    }
  }

  private watchOf({ uri }: vscode.TextDocument): FolderWatch | undefined {
    if (uri.scheme !== 'file') return undefined;
    const innermost = [...this.watches.keys()]
      .filter(({ root }) => isWithin(root, uri.fsPath))
      .sort((one, other) => other.root.length - one.root.length)[0];
    return innermost === undefined ? undefined : this.watches.get(innermost);
  }
}
