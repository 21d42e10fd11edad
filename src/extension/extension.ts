import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import { l10n } from '../l10n/l10n.ts';
import { type SparkApi, sparkApi } from './api.ts';
import { byteCommandIds } from './byteCommandIds.ts';
import { CaptureFileSystem } from './captureFileSystem.ts';
import { registerCommands, showActionsCommand } from './commands.ts';
import { settingOf } from './configuration.ts';
import { ConnectionsView } from './connectionsView.ts';
import { exportCommandIds, sendViewType } from './exportCommandIds.ts';
import { followConnection } from './followCommand.ts';
import { registerInspectorCommands } from './inspectorCommands.ts';
import { InspectorPanel } from './inspectorPanel.ts';
import { registerLater } from './laterCommands.ts';
import { LiveFiles } from './liveFiles.ts';
import { MarkdownPages } from './markdownPages.ts';
import { PageConsole } from './pageConsole.ts';
import { PreviewPanel } from './previewPanel.ts';
import { ProgramDebugging } from './programDebugging.ts';
import type { SendPanel } from './sendPanel.ts';
import { ServerSource } from './serverSource.ts';
import type { Servers } from './servers.ts';
import { ServerTasks } from './serverTask.ts';
import type { PanelServices } from './services.ts';
import { windowOptions } from './settings.ts';
import { StatusBar } from './statusBar.ts';
import { SparkWindow } from './window.ts';

/** What `activate` gives to other extensions, and to the tests: to look at, not to change. */
export interface SparkExtension extends SparkApi {
  readonly capture: CaptureSource;
  readonly servers: Servers;
  readonly connections: vscode.TreeDataProvider<unknown>;
}

let window: SparkWindow | null = null;

export function activate(context: vscode.ExtensionContext): SparkExtension {
  l10n.use(vscode.env.language, vscode.l10n.bundle);
  const present = new SparkWindow(context);
  window = present;
  const { store, servers } = present;
  const { extensionUri } = context;
  const panels: PanelServices = {
    extensionUri,
    capture: capturedBy(present),
    get serverRuns() {
      return servers.active.length > 0;
    },
    onDidChangeServers: (listener) => servers.onDidChange(listener),
    startServer: () => void vscode.commands.executeCommand('spark.startServer'),
  };
  const files = new LiveFiles(servers);
  const preview = {
    extensionUri,
    servers,
    files,
    console: new PageConsole(),
    markdown: new MarkdownPages(extensionUri, servers, files),
  };
  const api = sparkApi(servers, panels.capture);
  const connections = new ConnectionsView(store, servers);
  const inspector = new InspectorPanel(panels, present.channel, context.workspaceState);
  let loadingSend: Promise<SendPanel> | null = null;
  const loadSend = () => {
    loadingSend ??= import('./onDemand.ts').then(({ SendPanel }) => {
      const send = new SendPanel({
        extensionUri,
        store,
        servers,
        log: present.channel,
        showExchange: (key) => inspector.show(key),
      });
      context.subscriptions.push(send);
      return send;
    });
    return loadingSend;
  };
  const loadExports = async () => {
    const { exportCommands } = await import('./onDemand.ts');
    return exportCommands({ capture: panels.capture, store, inspector, send: await loadSend() });
  };
  context.subscriptions.push(
    present,
    inspector,
    registerInspectorCommands(inspector),
    registerLater(exportCommandIds, loadExports),
    new CaptureFileSystem(panels.capture),
    registerLater(byteCommandIds, async () => {
      const { byteCommands } = await import('./onDemand.ts');
      return byteCommands({ capture: panels.capture, store, inspector });
    }),
    registerLater(['spark.importCapture'], async () => {
      const { importCommands } = await import('./onDemand.ts');
      present.resume();
      return importCommands({
        extensionUri,
        target: present.importTarget,
        storeBytes: () => settingOf(windowOptions.captureBytes),
        show: (exchange) => inspector.show(exchange),
      });
    }),
    connections,
    new ProgramDebugging(extensionUri, servers),
    files,
    preview.markdown,
    ServerTasks.register(servers, api),
    preview.console,
    new StatusBar(servers, showActionsCommand),
    registerCommands(present, {
      preview,
      serverSource: new ServerSource(extensionUri, servers),
      openInspector: (exchange) => inspector.show(exchange ?? null),
      followConnection: (argument) => followConnection(store, inspector, argument),
    }),
    vscode.window.registerWebviewPanelSerializer(sendViewType, {
      async deserializeWebviewPanel(panel) {
        present.resume();
        (await loadSend()).restore(panel);
      },
    }),
    vscode.window.registerWebviewPanelSerializer(PreviewPanel.viewType, {
      async deserializeWebviewPanel(panel, state) {
        present.resume();
        await PreviewPanel.restore(panel, state, preview);
      },
    }),
  );
  // Registered is all that activation waits for.
  setImmediate(() => present.resume());
  return { ...api, capture: panels.capture, servers, connections };
}

export async function deactivate(): Promise<void> {
  await window?.close();
  window = null;
}

/** The store; whoever asks it sees what was there before a reload too, and a clear removes what is on disk. */
function capturedBy(present: SparkWindow): CaptureSource {
  const resumed = () => {
    present.resume();
    return present.store;
  };
  return {
    get count() {
      return resumed().count;
    },
    rows: (start, end) => resumed().rows(start, end),
    newQuery: () => resumed().newQuery(),
    mark: (key, marked) => {
      resumed();
      present.mark(key, marked);
    },
    comment: (key, text) => {
      resumed();
      present.comment(key, text);
    },
    indexOf: (key) => resumed().indexOf(key),
    detail: (key) => resumed().detail(key),
    version: (key) => resumed().version(key),
    calls: (key) => resumed().calls(key),
    connectionVersion: (connection) => resumed().connectionVersion(connection),
    follow: (connection, end) => resumed().follow(connection, end),
    stream: (connection, direction) => resumed().stream(connection, direction),
    summary: () => resumed().summary(),
    onDidChange: (listener) => present.store.onDidChange(listener),
    clear: () => present.clearCapture(),
  };
}
