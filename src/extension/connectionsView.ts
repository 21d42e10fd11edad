import * as vscode from 'vscode';
import type { StoredRun } from '../capture/run.ts';
import type { CaptureStore } from '../capture/store.ts';
import { Coalescer } from './coalescer.ts';
import {
  type Element,
  type ElementOf,
  exchangeCount,
  itemOf,
  numberText,
  type RowKind,
  rootOf,
  type TooltipLines,
  tooltipOf,
} from './connectionItems.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

/** Rows shown below a server, and below a connection: the inspector has all of them. */
const connectionLimit = 100;
const exchangeLimit = 100;

/** Milliseconds between two refreshes. */
const refreshInterval = 100;

/**
 * The tree server > connection > exchange, newest first. It asks the store for the few rows that are shown, so that the
 * others cost nothing. New rows appear at the top and are not revealed: that would take the selection from the user.
 * Nothing in it waits for the user, so it has no badge; counts stand in the view's description.
 */
export class ConnectionsView implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  private readonly store: CaptureStore;
  private readonly servers: Servers;
  private readonly furtherLines: (row: Element) => Promise<TooltipLines>;
  private readonly view: vscode.TreeView<Element>;
  private readonly changes = new vscode.EventEmitter<Element[] | undefined>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.changes.event;
  private roots: ElementOf<'server'>[] = [];
  /** By row, the rows below it that VS Code was last given, by id: each stays the same object while it is shown. */
  private readonly children = new WeakMap<Element, Map<string, Element>>();
  /** By row, its version (see `versionOf`) when VS Code was last given it. */
  private readonly versions = new WeakMap<Element, string>();
  private readonly refreshes = new Coalescer(refreshInterval, () => {
    if (this.view.visible) this.refresh();
  });

  /** @param furtherLines further lines of a row's tooltip, called when the pointer rests on the row */
  constructor(store: CaptureStore, servers: Servers, furtherLines: (row: Element) => Promise<TooltipLines>) {
    this.store = store;
    this.servers = servers;
    this.furtherLines = furtherLines;
    this.view = vscode.window.createTreeView('spark.connections', {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.subscriptions = [
      this.view,
      this.changes,
      servers.onDidChange(() => this.refreshes.request()),
      { dispose: store.onDidChange(() => this.refreshes.request()) },
      this.view.onDidChangeVisibility(() => this.refreshes.request()),
    ];
  }

  dispose(): void {
    this.refreshes.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  getTreeItem(element: Element): vscode.TreeItem {
    this.versions.set(element, this.versionOf(element));
    return itemOf(element);
  }

  async resolveTreeItem(item: vscode.TreeItem, element: Element): Promise<vscode.TreeItem> {
    item.tooltip = tooltipOf(element, await this.furtherLines(element));
    return item;
  }

  getParent(element: Element): Element | undefined {
    return element.kind === 'server' ? undefined : element.parent;
  }

  getChildren(element?: Element): Element[] {
    switch (element?.kind) {
      case undefined:
        this.roots = this.newRoots();
        return this.roots;
      case 'server':
        return this.connectionsOf(element);
      case 'connection':
        return this.exchangesOf(element);
      case 'exchange':
      case 'more':
        return [];
    }
  }

  /** Tells VS Code which of the shown rows have changed. With a row, it asks again for those below it. */
  private refresh(): void {
    this.view.description = this.summary();
    const roots = this.newRoots();
    if (roots.length !== this.roots.length || roots.some((root, i) => root !== this.roots[i])) {
      this.changes.fire(undefined);
      return;
    }
    const changed = roots.flatMap((root) => (this.hasChanged(root) ? [root] : this.changedBelow(root)));
    if (changed.length > 0) this.changes.fire(changed);
  }

  private changedBelow(element: Element): Element[] {
    return [...(this.children.get(element)?.values() ?? [])].filter((child) => this.hasChanged(child));
  }

  private hasChanged(element: Element): boolean {
    return this.versions.get(element) !== this.versionOf(element);
  }

  /** Differs whenever the row, or which rows lie below it, may look different. */
  private versionOf(element: Element): string {
    switch (element.kind) {
      case 'server':
        return `${element.server?.state.kind} ${element.startable} ${element.run?.version}`;
      case 'connection':
        return String(element.connection.version);
      case 'exchange':
      case 'more':
        return '';
    }
  }

  private newRoots(): ElementOf<'server'>[] {
    const known = new Map(this.roots.map((root) => [root.id, root]));
    const servers = new Map<string, Server>();
    for (const server of this.servers.all) {
      if (server.state.kind !== 'stopped') servers.set(server.run, server);
    }
    const runs = new Map<string, StoredRun>(this.store.runs().map((run) => [run.description.id, run]));
    const ids = [...runs.keys(), ...[...servers.keys()].filter((id) => !runs.has(id))];
    return ids.reverse().map((id) => {
      const root = known.get(id) ?? { kind: 'server', id, server: null, run: null, startable: false };
      root.server = servers.get(id) ?? null;
      root.run = runs.get(id) ?? null;
      root.startable = this.servers.ofFolder(rootOf(root))?.isActive !== true;
      return root;
    });
  }

  private connectionsOf(parent: ElementOf<'server'>): Element[] {
    const { run } = parent;
    if (run === null) return [];
    const rows: Element[] = run.newestConnections(connectionLimit).map((connection) => {
      const id = `${parent.id}/c${connection.record.id}`;
      const known = this.known(parent, id);
      if (known?.kind === 'connection' && known.connection === connection) return known;
      return { kind: 'connection', id, parent, run, connection };
    });
    return this.handOut(parent, rows, run.connections.size, 'connection');
  }

  private exchangesOf(parent: ElementOf<'connection'>): Element[] {
    const { connection } = parent;
    const rows: Element[] = this.store.newestExchanges(connection, exchangeLimit).map((row) => {
      const id = `${parent.id}/e${row.id}`;
      const known = this.known(parent, id);
      if (known?.kind !== 'exchange') return { kind: 'exchange', id, parent, row };
      known.row = row;
      return known;
    });
    return this.handOut(parent, rows, connection.exchanges.length, 'exchange');
  }

  /** Adds a row that counts those not shown, and remembers what VS Code is given. */
  private handOut(parent: Element, rows: Element[], total: number, what: RowKind): Element[] {
    const left = total - rows.length;
    const shown = left > 0 ? [...rows, this.moreRow(parent, left, what)] : rows;
    this.children.set(parent, new Map(shown.map((row) => [row.id, row])));
    return shown;
  }

  private moreRow(parent: Element, count: number, what: RowKind): Element {
    const id = `${parent.id}/more`;
    const known = this.known(parent, id);
    if (known?.kind !== 'more') return { kind: 'more', id, parent, count, what };
    known.count = count;
    return known;
  }

  private known(parent: Element, id: string): Element | undefined {
    return this.children.get(parent)?.get(id);
  }

  private summary(): string {
    const { exchanges, displaced, leftOut, lostInReload } = this.store.summary();
    const missing = displaced + leftOut + lostInReload;
    const stored = exchanges === 0 ? '' : exchangeCount(exchanges);
    return missing === 0
      ? stored
      : vscode.l10n.t('{0}, {1} not stored', exchangeCount(exchanges), numberText(missing));
  }
}
