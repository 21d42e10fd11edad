import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import { l10n } from '../l10n/l10n.ts';
import { type SparkApi, sparkApi } from './api.ts';
import { CaptureFileSystem } from './captureFileSystem.ts';
import {
  byteCommandIds,
  exportCommandIds,
  featureCommandIds,
  importCommandIds,
  inspectorCommandIds,
} from './commandIds.ts';
import { ConnectionsView } from './connectionsView.ts';
import { programType } from './debugStart.ts';
import { registerLater } from './laterCommands.ts';
import { Loading } from './loading.ts';
import type { Servers } from './servers.ts';
import { ServerTasks } from './serverTask.ts';
import { StatusBar } from './statusBar.ts';
import { viewTypes } from './viewTypes.ts';
import { SparkWindow } from './window.ts';

/** What `activate` returns: what other extensions may use, and what the tests look at. */
export interface SparkExtension extends SparkApi {
  readonly capture: CaptureSource;
  readonly servers: Servers;
  readonly connections: vscode.TreeDataProvider<unknown>;
}

let window: SparkWindow | null = null;

/** Registers names. What stands behind most of them is loaded when the first is called: see `Loading`. */
export function activate(context: vscode.ExtensionContext): SparkExtension {
  l10n.use(vscode.env.language, vscode.l10n.bundle);
  const present = new SparkWindow(context, async () => (await later.features()).serverStart);
  window = present;
  const { store, servers } = present;
  const capture = capturedBy(present);
  const later = new Loading(context, present, capture);
  const api = sparkApi(servers, capture);
  const connections = new ConnectionsView(store, servers, async (row) =>
    (await later.features()).tooltipLines(row),
  );
  context.subscriptions.push(
    present,
    later,
    connections,
    new StatusBar(servers, 'spark.showActions'),
    ServerTasks.register(servers, api),
    new CaptureFileSystem(capture, async () => (await later.rareFeatures()).contentOfFile),
    registerLater(featureCommandIds, async () => (await later.features()).commands),
    registerLater(inspectorCommandIds, async () => (await later.features()).commands),
    ...[byteCommandIds, exportCommandIds, importCommandIds].map((ids) =>
      registerLater(ids, async () => (await later.rareFeatures()).commands),
    ),
    ...pages(later),
    ...debugging(later),
  );
  // Activation ends with the registrations: what the last window left is taken over after it.
  setImmediate(() => present.resume());
  return { ...api, capture, servers, connections };
}

/** VS Code waits for the promise, though not for long: see `SparkWindow.close`. */
export async function deactivate(): Promise<void> {
  await window?.close();
  window = null;
}

/** Pages come back after a reload of the window. */
function pages(later: Loading): vscode.Disposable[] {
  const restored = (
    type: string,
    restore: (panel: vscode.WebviewPanel, state: unknown) => Promise<void>,
  ): vscode.Disposable =>
    vscode.window.registerWebviewPanelSerializer(type, { deserializeWebviewPanel: restore });
  return [
    restored(viewTypes.inspector, async (panel, state) =>
      (await later.features()).inspector.restore(panel, state),
    ),
    restored(viewTypes.preview, async (panel, state) =>
      (await later.features()).restorePreview(panel, state),
    ),
    restored(viewTypes.send, async (panel) => (await later.rareFeatures()).send.restore(panel)),
  ];
}

/** The debug type of the server's program. */
function debugging(later: Loading): vscode.Disposable[] {
  const configurations: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: async (folder) =>
      (await later.features()).debugging.configurations.provideDebugConfigurations(folder),
    resolveDebugConfigurationWithSubstitutedVariables: async (folder, configuration) =>
      (await later.features()).debugging.configurations.resolveDebugConfigurationWithSubstitutedVariables(
        folder,
        configuration,
      ),
  };
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  return [
    vscode.debug.registerDebugConfigurationProvider(programType, configurations),
    vscode.debug.registerDebugConfigurationProvider(programType, configurations, Dynamic),
    vscode.debug.registerDebugAdapterDescriptorFactory(programType, {
      createDebugAdapterDescriptor: async (session) => (await later.features()).debugging.adapter(session),
    }),
  ];
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
    queryTable: () => resumed().queryTable(),
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
    wholeConnection: (connection) => resumed().wholeConnection(connection),
    summary: () => resumed().summary(),
    onDidChange: (listener) => present.store.onDidChange(listener),
    clear: () => present.clearCapture(),
  };
}
