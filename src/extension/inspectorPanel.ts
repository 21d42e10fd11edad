import { randomBytes } from 'node:crypto';
import {
  commands,
  type Disposable,
  env,
  l10n,
  type Memento,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import { InspectorChoices } from './inspectorChoices.ts';
import { InspectorFeed } from './inspectorFeed.ts';
import { inspectorHtml } from './inspectorHtml.ts';
import type { PanelServices } from './services.ts';
import { viewTypes } from './viewTypes.ts';

/** What is logged where nobody looks at it as it happens. */
export interface WarningLog {
  warn(text: string): void;
}

interface OpenPanel {
  readonly panel: WebviewPanel;
  readonly feed: InspectorFeed;
}

/** The request inspector: one panel, which comes back after a window reload with the exchange it showed. */
export class InspectorPanel implements Disposable {
  private readonly services: PanelServices;
  private readonly log: WarningLog;
  private readonly choices: InspectorChoices;
  private open: OpenPanel | null = null;

  /** What was captured before a window reload must be stored by now: a panel that comes back asks for it at once. */
  constructor(services: PanelServices, log: WarningLog, workspaceState: Memento) {
    this.choices = new InspectorChoices(workspaceState);
    this.services = services;
    this.log = log;
  }

  /** Takes over the page of before a window reload. */
  restore(panel: WebviewPanel, state: unknown): void {
    if (this.open === null) this.adopt(panel, selectedIn(state));
    else panel.dispose();
  }

  /** The page that is open, if one is. */
  get feed(): InspectorFeed | null {
    return this.open?.feed ?? null;
  }

  mark(exchange: ExchangeKey, marked: boolean): void {
    this.services.capture.mark(exchange, marked);
  }

  /** Opens the panel, or brings it to the front; with an exchange selected, if one is given. */
  show(exchange: ExchangeKey | null = null): void {
    if (this.open === null) {
      const { extensionUri } = this.services;
      const panel = window.createWebviewPanel(
        viewTypes.inspector,
        l10n.t('Request Inspector'),
        ViewColumn.Active,
        {
          enableScripts: true,
          localResourceRoots: resourceRoots(extensionUri),
        },
      );
      this.adopt(panel, exchange);
      return;
    }
    if (exchange !== null) this.open.feed.reveal(exchange);
    this.open.panel.reveal();
  }

  /** As `show`, with both directions of a connection. */
  follow(connection: ConnectionKey): void {
    this.show();
    this.open?.feed.follow(connection);
  }

  dispose(): void {
    this.open?.panel.dispose();
  }

  private adopt(panel: WebviewPanel, selected: ExchangeKey | null): void {
    const { capture, extensionUri } = this.services;
    const { webview } = panel;
    const feed = new InspectorFeed({
      capture,
      selected,
      serverRuns: () => this.services.serverRuns,
      startServer: () => this.services.startServer(),
      openOutside: (url) => {
        void env.openExternal(Uri.parse(url, true));
      },
      copyConnection: (connection, part, format) => {
        void this.services.copyConnection(connection, part, format);
      },
      exportConnection: (connection) => {
        void commands.executeCommand('spark.exportExchanges', { connection });
      },
      copy: (text) => {
        void env.clipboard.writeText(text);
      },
      post: (message) => {
        // False: the page is hidden by now. It asks anew when it is shown.
        void webview.postMessage(message);
      },
      warn: (text) => this.log.warn(text),
      page: this.choices,
    });
    this.open = { panel, feed };
    const subscriptions: Disposable[] = [
      webview.onDidReceiveMessage((message: unknown) => feed.receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) feed.hidden();
      }),
      this.services.onDidChangeServers(() => feed.changed()),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      feed.dispose();
      if (this.open?.panel === panel) this.open = null;
    });
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'inspector-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'inspector-dark.svg'),
    };
    webview.options = { enableScripts: true, localResourceRoots: resourceRoots(extensionUri) };
    webview.html = inspectorHtml({
      script: webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', 'inspector.js')).toString(),
      stylesheet: webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', 'inspector.css')).toString(),
      stylesheetSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64'),
      layout: this.choices.layout,
      title: l10n.t('Request Inspector'),
      language: env.language,
      texts: l10n.bundle,
    });
  }
}

function resourceRoots(extensionUri: Uri): Uri[] {
  return [Uri.joinPath(extensionUri, 'dist'), Uri.joinPath(extensionUri, 'media')];
}

function selectedIn(state: unknown): ExchangeKey | null {
  if (typeof state !== 'object' || state === null || !('exchange' in state)) return null;
  return typeof state.exchange === 'string' ? state.exchange : null;
}
