import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { type PreviewState, plainScreen, type ToPreview } from '../protocol/preview.ts';
import { visibleText } from './displayText.ts';
import { externalUrl, isBehindProxy, openInBrowser, urlPath } from './externalAddress.ts';
import { folderOf } from './folderChoice.ts';
import type { FolderConsent } from './folderConsent.ts';
import type { LiveFiles } from './liveFiles.ts';
import type { MarkdownPages } from './markdownPages.ts';
import type { PageConsole } from './pageConsole.ts';
import { pageKindOf } from './pageOpening.ts';
import { isFromPreview } from './previewMessageGuard.ts';
import { type PreviewContent, previewPage } from './previewPage.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';
import { viewTypes } from './viewTypes.ts';

export interface PreviewServices {
  readonly extensionUri: vscode.Uri;
  readonly servers: Servers;
  readonly files: LiveFiles;
  readonly console: PageConsole;
  readonly markdown: MarkdownPages;
  readonly consent: FolderConsent;
}

/** A page, as its server gives it, beside its source. */
export class PreviewPanel {
  private static readonly open = new Map<string, PreviewPanel>();
  private static active: PreviewPanel | null = null;

  private readonly panel: vscode.WebviewPanel;
  private readonly file: vscode.Uri;
  private readonly root: string;
  private readonly services: PreviewServices;
  private readonly subscriptions: vscode.Disposable[];
  private readonly restored: PreviewState | null;
  private shown = '';
  /** Counts updates, so that the late result of an earlier one is not shown. */
  private updates = 0;

  private constructor(
    panel: vscode.WebviewPanel,
    file: vscode.Uri,
    root: string,
    services: PreviewServices,
    restored: PreviewState | null = null,
  ) {
    this.panel = panel;
    this.file = file;
    this.root = root;
    this.services = services;
    this.restored = restored;
    panel.webview.options = webviewOptions;
    panel.iconPath = vscode.Uri.joinPath(services.extensionUri, 'media/icon.svg');
    this.subscriptions = [
      services.servers.onDidChange(() => void this.update()),
      services.files.onDidChange((server) => {
        if (server.root === root) this.post({ type: 'changed' });
      }),
      panel.webview.onDidReceiveMessage((message) => this.take(message)),
      panel.onDidChangeViewState(() => this.followFocus()),
    ];
    panel.onDidDispose(() => this.close());
    PreviewPanel.open.set(file.toString(), this);
    this.followFocus();
    void this.update();
  }

  /** Shows the page of a file, or of a folder, of the server of `root`. */
  static show(file: vscode.Uri, root: string, services: PreviewServices): void {
    const present = PreviewPanel.open.get(file.toString());
    if (present !== undefined) {
      present.panel.reveal(undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      viewTypes.preview,
      vscode.l10n.t('Preview {0}', visibleText(path.basename(file.fsPath))),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      // What was typed into the page must still be there after a look at another tab.
      { ...webviewOptions, retainContextWhenHidden: true },
    );
    new PreviewPanel(panel, file, root, services);
  }

  /** Brings a preview back after a reload of the window. */
  static async restore(panel: vscode.WebviewPanel, state: unknown, services: PreviewServices): Promise<void> {
    const kept = previewState(state);
    const file = kept === null ? null : vscode.Uri.parse(kept.file);
    const root = file === null ? null : folderOf(file, services.servers);
    if (file === null || root === null) {
      panel.dispose();
      return;
    }
    new PreviewPanel(panel, file, root, services, kept);
    const present = services.servers.ofFolder(root);
    const server = present?.isActive === true ? present : await services.servers.start(root);
    if (server !== null && pageKindOf(file.path) === 'markdown') await services.markdown.show(file, server);
  }

  /** Sends a message to the preview that has the focus; false where none has. */
  static tellActive(message: ToPreview): boolean {
    PreviewPanel.active?.post(message);
    return PreviewPanel.active !== null;
  }

  private post(message: ToPreview): void {
    void this.panel.webview.postMessage(message);
  }

  private followFocus(): void {
    if (this.panel.active) PreviewPanel.active = this;
    else if (PreviewPanel.active === this) PreviewPanel.active = null;
  }

  private async update(): Promise<void> {
    const update = ++this.updates;
    const [content, script, style] = await Promise.all([
      this.content(),
      this.textOf('dist/preview.js'),
      this.textOf('media/preview.css'),
    ]);
    const key = JSON.stringify(content);
    if (update !== this.updates || key === this.shown) return;
    this.shown = key;
    this.panel.webview.html = previewPage({
      l10n: vscode.l10n,
      language: vscode.env.language,
      content,
      name: path.basename(this.file.fsPath),
      nonce: randomBytes(16).toString('hex'),
      script,
      style,
    });
  }

  /** Content of a file of the extension. */
  private textOf(name: string): Promise<string> {
    return readFile(vscode.Uri.joinPath(this.services.extensionUri, name).fsPath, 'utf8');
  }

  private get state(): PreviewState {
    return this.restored ?? { file: this.file.toString(), past: [], position: -1, screen: plainScreen };
  }

  private async content(): Promise<PreviewContent> {
    const server = this.services.servers.ofFolder(this.root);
    switch (server?.state.kind) {
      case 'running':
        return this.page(server);
      case 'starting':
        return this.notice(vscode.l10n.t('The server is starting.'), false);
      case 'died':
        return this.notice(visibleText(server.state.reason, 600), true);
      case 'stopping':
      case 'stopped':
      case undefined:
        return this.notice(vscode.l10n.t('The server of this page does not run.'), true);
    }
  }

  private notice(text: string, offerStart: boolean, offerBrowser = false): PreviewContent {
    return { kind: 'notice', state: this.state, text, offerStart, offerBrowser };
  }

  private async page(server: Server): Promise<PreviewContent> {
    const relative = path.relative(this.root, this.file.fsPath).split(path.sep).join('/');
    try {
      const root = await externalUrl(server.url ?? '');
      if (isBehindProxy(server.url ?? '', root)) {
        return this.notice(
          vscode.l10n.t(
            'The server speaks HTTPS (spark.https), but the proxy of this workbench, which lies between it and this panel, speaks HTTP only. Open {0} in a browser on the machine of the server, or turn the setting off.',
            server.url ?? '',
          ),
          false,
          true,
        );
      }
      const { live } = server;
      const remark =
        live === null
          ? vscode.l10n.t(
              'Live reload is off under this concurrency model: its connections would keep others waiting. Changes are shown by loading the page anew.',
            )
          : '';
      const token = live?.inject === true ? live.token : null;
      return {
        kind: 'page',
        data: {
          state: this.state,
          root,
          page: urlPath(relative),
          token,
          remark,
          secure: root.startsWith('https:'),
        },
      };
    } catch (error) {
      return this.notice(
        vscode.l10n.t('The workbench has no address for the server: {0}', String(error)),
        false,
      );
    }
  }

  private take(message: unknown): void {
    if (!isFromPreview(message)) return;
    switch (message.type) {
      case 'startServer':
        void this.services.servers.start(this.root);
        break;
      case 'openInBrowser':
        void this.openInBrowser(message.address);
        break;
      case 'title':
        this.panel.title = vscode.l10n.t(
          'Preview {0}',
          visibleText(message.title || path.basename(this.file.fsPath), 60),
        );
        break;
      case 'console':
        this.services.console.write(path.basename(this.file.fsPath), message.entry);
        break;
      case 'showConsole':
        this.services.console.show();
        break;
    }
  }

  /** @param address what the frame says it shows; for an address outside the server's site, its root is opened */
  private async openInBrowser(address: string): Promise<void> {
    const { url } = this.services.servers.ofFolder(this.root) ?? {};
    if (url === null || url === undefined) return;
    const root = await externalUrl(url);
    const page = address.startsWith(root) ? address.slice(root.length) : '';
    await openInBrowser(url, page);
  }

  private close(): void {
    // No update under way may touch the panel any more.
    this.updates++;
    for (const subscription of this.subscriptions) subscription.dispose();
    PreviewPanel.open.delete(this.file.toString());
    if (PreviewPanel.active === this) PreviewPanel.active = null;
  }
}

/** All that its document needs is in it. */
const webviewOptions: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [] };

function previewState(state: unknown): PreviewState | null {
  const { file, past, position, screen } = asRecord(state);
  if (typeof file !== 'string') return null;
  const pages = Array.isArray(past) ? past.filter((page) => typeof page === 'string') : [];
  const { size, zoom, rotated } = { ...plainScreen, ...asRecord(screen) };
  return {
    file,
    past: pages,
    position: typeof position === 'number' ? position : -1,
    screen: { size: String(size), zoom: Number(zoom), rotated: rotated === true },
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
