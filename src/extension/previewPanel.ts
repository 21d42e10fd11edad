import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { visibleText } from './displayText.ts';
import { externalUrl, urlPath } from './externalAddress.ts';
import { folderOf } from './folderChoice.ts';
import { notify } from './notices.ts';
import { type PreviewContent, previewPage } from './previewPage.ts';
import type { Server } from './server.ts';
import { isWithin, type Servers } from './servers.ts';

/** Saving several files at once is one reason to reload. */
const reloadDelay = 80;

interface PreviewServices {
  readonly extensionUri: vscode.Uri;
  readonly servers: Servers;
}

/** An HTML file's page, as its server gives it, beside its source. */
export class PreviewPanel {
  static readonly viewType = 'spark.preview';
  private static readonly open = new Map<string, PreviewPanel>();

  private readonly panel: vscode.WebviewPanel;
  private readonly file: vscode.Uri;
  private readonly root: string;
  private readonly services: PreviewServices;
  private readonly subscriptions: vscode.Disposable[];
  private shown = '';
  /** Counts updates: what an earlier one finds out late is not shown. */
  private updates = 0;
  private reloadTimer: NodeJS.Timeout | undefined;

  private constructor(panel: vscode.WebviewPanel, file: vscode.Uri, root: string, services: PreviewServices) {
    this.panel = panel;
    this.file = file;
    this.root = root;
    this.services = services;
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(services) };
    panel.iconPath = vscode.Uri.joinPath(services.extensionUri, 'media/icon.svg');
    this.subscriptions = [
      services.servers.onDidChange(() => void this.update()),
      vscode.workspace.onDidSaveTextDocument((document) => this.fileSaved(document)),
      panel.webview.onDidReceiveMessage((message) => this.take(message)),
    ];
    panel.onDidDispose(() => this.close());
    PreviewPanel.open.set(file.toString(), this);
    void this.update();
  }

  /** Shows the page of a file, and starts its server if it does not run. */
  static async show(file: vscode.Uri, services: PreviewServices): Promise<void> {
    const root = servedFolder(file, services.servers);
    if (root === null) return;
    const server = services.servers.ofFolder(root);
    if (server?.isActive !== true && (await services.servers.start(root)) === null) return;
    const present = PreviewPanel.open.get(file.toString());
    if (present !== undefined) {
      present.panel.reveal(undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      PreviewPanel.viewType,
      `Preview ${visibleText(path.basename(file.fsPath))}`,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      // What was typed into the page should outlast a look at another tab.
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: resourceRoots(services) },
    );
    new PreviewPanel(panel, file, root, services);
  }

  /** Brings a preview back after a reload of the window. */
  static async restore(panel: vscode.WebviewPanel, state: unknown, services: PreviewServices): Promise<void> {
    const file = fileOfState(state);
    const root = file === null ? null : servedFolder(file, services.servers);
    if (file === null || root === null) {
      panel.dispose();
      return;
    }
    new PreviewPanel(panel, file, root, services);
    if (services.servers.ofFolder(root)?.isActive !== true) await services.servers.start(root);
  }

  private async update(): Promise<void> {
    const update = ++this.updates;
    const content = await this.content();
    const key = JSON.stringify(content);
    if (update !== this.updates || key === this.shown) return;
    this.shown = key;
    const { webview } = this.panel;
    const resource = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.services.extensionUri, name)).toString();
    webview.html = previewPage({
      content,
      name: path.basename(this.file.fsPath),
      state: { file: this.file.toString() },
      nonce: randomBytes(16).toString('hex'),
      script: resource('dist/preview.js'),
      style: resource('media/preview.css'),
      cspSource: webview.cspSource,
    });
  }

  private async content(): Promise<PreviewContent> {
    const server = this.services.servers.ofFolder(this.root);
    switch (server?.state.kind) {
      case 'running':
        return this.page(server);
      case 'starting':
        return { kind: 'notice', text: 'The server is starting.', offerStart: false };
      case 'died':
        return { kind: 'notice', text: visibleText(server.state.reason, 600), offerStart: true };
      case 'stopping':
      case 'stopped':
      case undefined:
        return { kind: 'notice', text: 'The server of this page does not run.', offerStart: true };
    }
  }

  private async page(server: Server): Promise<PreviewContent> {
    const relative = path.relative(this.root, this.file.fsPath).split(path.sep).join('/');
    try {
      return { kind: 'page', address: (await externalUrl(server.url ?? '')) + urlPath(relative) };
    } catch (error) {
      return {
        kind: 'notice',
        text: `The workbench has no address for the server: ${error}`,
        offerStart: false,
      };
    }
  }

  private fileSaved(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || !isWithin(this.root, document.uri.fsPath)) return;
    clearTimeout(this.reloadTimer);
    this.reloadTimer = setTimeout(() => void this.panel.webview.postMessage({ type: 'reload' }), reloadDelay);
  }

  private take(message: unknown): void {
    const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : null;
    if (type === 'startServer') void this.services.servers.start(this.root);
    else if (type === 'openInBrowser') void vscode.commands.executeCommand('spark.openInBrowser', this.file);
  }

  private close(): void {
    // No update under way may touch the panel any more.
    this.updates++;
    clearTimeout(this.reloadTimer);
    for (const subscription of this.subscriptions) subscription.dispose();
    PreviewPanel.open.delete(this.file.toString());
  }
}

function resourceRoots({ extensionUri }: PreviewServices): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist'), vscode.Uri.joinPath(extensionUri, 'media')];
}

/** The folder to serve a file from; where there is none, says so. */
function servedFolder(file: vscode.Uri, servers: Servers): string | null {
  const name = visibleText(path.basename(file.fsPath));
  if (file.scheme !== 'file') {
    notify('warning', `Spark can only show files on disk: save ${name} first.`);
    return null;
  }
  const root = folderOf(file, servers);
  if (root === null) {
    notify(
      'warning',
      `Spark cannot show ${name}: it lies outside every folder that is open or served. Open its folder first.`,
    );
  }
  return root;
}

function fileOfState(state: unknown): vscode.Uri | null {
  if (typeof state !== 'object' || state === null || !('file' in state)) return null;
  return typeof state.file === 'string' ? vscode.Uri.parse(state.file) : null;
}
