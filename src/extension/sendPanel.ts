import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import * as vscode from 'vscode';
import type { CaptureStore } from '../capture/store.ts';
import { wireText } from '../http/content/wireText.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import type { FromSend, SendPlan, ToSend } from '../protocol/send.ts';
import { compareExchanges } from './byteCommands.ts';
import { inspectorHtml } from './inspectorHtml.ts';
import type { WarningLog } from './inspectorPanel.ts';
import { notify } from './notices.ts';
import { type Sent, sendOverOne } from './requestSender.ts';
import { isFromSend } from './sendMessageGuard.ts';
import type { Servers } from './servers.ts';
import { viewTypes } from './viewTypes.ts';

export interface SendServices {
  readonly extensionUri: vscode.Uri;
  readonly store: CaptureStore;
  readonly servers: Servers;
  readonly log: WarningLog;
  showExchange(key: ExchangeKey): void;
}

interface Result extends Sent {
  /** The server's run that it was sent to. */
  readonly run: string;
  /** The exchange that the request was made from; null for none. */
  readonly origin: ExchangeKey | null;
}

const scheme = 'spark-answer';
/** How many of the newest connections are searched for that of an answer. */
const newest = 1000;

/** The page that sends requests to the servers of this window, byte for byte, over loopback only. */
export class SendPanel implements vscode.Disposable {
  private readonly services: SendServices;
  private readonly answers: vscode.Disposable;
  private panel: vscode.WebviewPanel | null = null;
  private results: Result[] = [];
  private sending: AbortController | null = null;
  private toLoad: Uint8Array | null = null;
  private origin: ExchangeKey | null = null;
  private subscriptions: vscode.Disposable[] = [];

  constructor(services: SendServices) {
    this.services = services;
    this.answers = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ path }) => {
        const number = Number(/(\d+)\.http$/.exec(path)?.[1]);
        return wireText(this.results[number - 1]?.answer ?? new Uint8Array(0));
      },
    });
  }

  /** Opens the page; with the request of an exchange, if one is given. */
  show(detail: ExchangeDetail | null): void {
    if (detail !== null) {
      this.origin = detail.row.key;
      const { kept, length } = detail.request;
      this.toLoad = kept[0]?.offset === 0 ? kept[0].bytes : new Uint8Array(0);
      if (this.toLoad.length < length) {
        notify(
          'warning',
          vscode.l10n.t(
            'Only the first {0} of {1} bytes of the request were kept.',
            this.toLoad.length,
            length,
          ),
        );
      }
    }
    if (this.panel === null) this.open();
    else {
      this.panel.reveal();
      this.load();
    }
  }

  /** Takes over the page of before a window reload; it has kept what was in it by itself. */
  restore(panel: vscode.WebviewPanel): void {
    if (this.panel === null) this.attach(panel);
    else panel.dispose();
  }

  dispose(): void {
    this.answers.dispose();
    this.panel?.dispose();
  }

  private open(): void {
    const panel = vscode.window.createWebviewPanel(
      viewTypes.send,
      vscode.l10n.t('Send Request'),
      vscode.ViewColumn.Active,
      { enableScripts: true, retainContextWhenHidden: true },
    );
    this.attach(panel);
  }

  private attach(panel: vscode.WebviewPanel): void {
    const { extensionUri, servers } = this.services;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    this.panel = panel;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    this.subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => {
        if (isFromSend(message)) this.handle(message);
        else
          this.services.log.warn(
            'The page that sends requests sent a message of an unknown shape, which was ignored.',
          );
      }),
      servers.onDidChange(() => this.tellTargets()),
    ];
    panel.onDidDispose(() => {
      for (const subscription of this.subscriptions) subscription.dispose();
      this.sending?.abort();
      this.panel = null;
      this.results = [];
    });
    webview.html = inspectorHtml({
      script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'send.js')).toString(),
      stylesheet: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'send.css')).toString(),
      stylesheetSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64'),
      layout: '{}',
      title: vscode.l10n.t('Send Request'),
      language: vscode.env.language,
      texts: vscode.l10n.bundle,
    });
  }

  private handle(message: FromSend): void {
    switch (message.type) {
      case 'ready':
        this.tellTargets();
        this.load();
        break;
      case 'send':
        void this.send(message.url, message.plan);
        break;
      case 'exampleLoaded':
        this.origin = null;
        break;
      case 'cancel':
        this.sending?.abort();
        break;
      case 'show':
        this.showExchange(message.number);
        break;
      case 'compare':
        this.compare(message.number);
        break;
    }
  }

  private post(message: ToSend): void {
    void this.panel?.webview.postMessage(message);
  }

  private tellTargets(): void {
    const targets = this.services.servers.active.flatMap(({ name, url }) =>
      url === null ? [] : [{ name, url }],
    );
    this.post({ type: 'targets', targets });
  }

  private load(): void {
    if (this.toLoad === null) return;
    this.post({ type: 'load', bytes: Uint8Array.from(this.toLoad) });
    this.toLoad = null;
  }

  private async send(url: string, plan: SendPlan): Promise<void> {
    if (this.sending !== null) return;
    const server = this.services.servers.active.find((one) => one.url === url);
    const address = server === undefined ? null : loopback(url);
    if (server === undefined || address === null) {
      notify(
        'error',
        vscode.l10n.t('Requests are sent over loopback only, to a server that runs in this window.'),
      );
      this.post({ type: 'done' });
      return;
    }
    const sending = new AbortController();
    this.sending = sending;
    const { run } = server;
    for (let left = plan.oneConnection ? 1 : plan.times; left > 0 && !sending.signal.aborted; left--) {
      const sent = await sendOverOne(address, plan, sending.signal);
      const number = this.results.push({ ...sent, run, origin: this.origin });
      const { answer, answerLength, milliseconds, problem } = sent;
      const comparable = number > 1 || this.origin !== null;
      this.post({
        type: 'outcome',
        outcome: { number, answer, answerLength, milliseconds, problem, comparable },
      });
    }
    this.sending = null;
    this.post({ type: 'done' });
  }

  private showExchange(number: number): void {
    const exchange = this.exchangeOf(number);
    if (exchange === null) notify('information', vscode.l10n.t('The exchange is not stored (any more).'));
    else this.services.showExchange(exchange);
  }

  /** The first exchange on the connection of a result; null once it is no longer stored. */
  private exchangeOf(number: number): ExchangeKey | null {
    const result = this.results[number - 1];
    const { store } = this.services;
    const connections = store.run(result?.run ?? '')?.newestConnections(newest) ?? [];
    const connection = connections.find(({ record }) => record.peer.port === result?.port);
    const [exchange] = connection === undefined ? [] : store.newestExchanges(connection, newest).toReversed();
    return exchange?.key ?? null;
  }

  /** Compares the exchanges; where one of them is not stored, the answers as they came. */
  private compare(number: number): void {
    const { store } = this.services;
    const first = this.results[number - 1]?.origin ?? this.exchangeOf(1);
    const exchange = this.exchangeOf(number);
    if (first !== null && exchange !== null && store.indexOf(first) >= 0) {
      void compareExchanges(store, first, exchange);
      return;
    }
    const uri = (of: number) => vscode.Uri.from({ scheme, path: `/answer-${of}.http` });
    const title = vscode.l10n.t('Answer 1 and answer {0}', number);
    void vscode.commands.executeCommand('vscode.diff', uri(1), uri(number), title);
  }
}

function loopback(url: string): { host: string; port: number; secure: boolean } | null {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLoopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  return isLoopback ? { host, port: Number(port) || (secure ? 443 : 80), secure } : null;
}
