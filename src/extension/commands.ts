import * as vscode from 'vscode';
import type { featureCommandIds, Handlers } from './commandIds.ts';
import { exchangeCount, isElement, rootOf } from './connectionItems.ts';
import { debugServer } from './debugStart.ts';
import { externalUrl } from './externalAddress.ts';
import { chooseFolder } from './folderChoice.ts';
import type * as networkSharing from './networkSharing.ts';
import { notify, offer } from './notices.ts';
import { PreviewPanel, type PreviewServices } from './previewPanel.ts';
import { Server } from './server.ts';
import type { ServerSource } from './serverSource.ts';
import { openOutside, showPage } from './showPage.ts';
import { describe } from './statusBar.ts';
import type { SparkWindow } from './window.ts';

type NetworkSharing = Pick<typeof networkSharing, 'showQrCode' | 'shareOnNetwork' | 'stopSharing'>;

/** What the commands need beside the window. */
export interface CommandServices {
  readonly preview: PreviewServices;
  readonly serverSource: ServerSource;
  sharing(): Promise<NetworkSharing>;
  /** Opens the inspector, at an exchange if its key is given. */
  openInspector(exchange?: string): void;
  /** Opens the inspector at the connection that the argument is about; asks which where it is about none. */
  followConnection(argument: unknown): Promise<void>;
}

/** What the commands do that are about servers and pages. */
export function commands(window: SparkWindow, services: CommandServices): Handlers<typeof featureCommandIds> {
  const { servers, channel } = window;
  const sharing =
    (act: keyof NetworkSharing) =>
    async (server: Server): Promise<void> =>
      (await services.sharing())[act](server, servers);
  return {
    'spark.startServer': (argument) => startServer(window, argument),
    'spark.stopServer': async (argument) =>
      (await pickServer(window, argument, vscode.l10n.t('Stop Server')))?.stop(),
    'spark.restartServer': async (argument) => {
      const server = await pickServer(window, argument, vscode.l10n.t('Restart Server'));
      if (server !== null) await servers.restart(server);
    },
    'spark.debugServer': (argument) => startInDebugger(window, argument),
    'spark.showServerSource': () => services.serverSource.show(),
    'spark.breakOnSystemCall': () => services.serverSource.breakOnSystemCall(),
    'spark.preview': (argument) => showPage(argument, services.preview),
    'spark.debugInBrowser': (argument) => showPage(argument, services.preview, 'debugger'),
    'spark.showQrCode': (argument) =>
      onRunning(window, argument, vscode.l10n.t('Show QR Code'), sharing('showQrCode')),
    'spark.shareOnNetwork': (argument) =>
      onRunning(window, argument, vscode.l10n.t('Share on Local Network'), sharing('shareOnNetwork')),
    'spark.stopSharing': (argument) =>
      onRunning(window, argument, vscode.l10n.t('Stop Sharing'), sharing('stopSharing')),
    'spark.reloadPreview': () => PreviewPanel.tellActive({ type: 'reload' }),
    'spark.findInPreview': () => PreviewPanel.tellActive({ type: 'find' }),
    'spark.openInBrowser': (argument) => openInBrowser(window, argument),
    'spark.openInspector': (argument) =>
      services.openInspector(typeof argument === 'string' ? argument : exchangeOf(argument)),
    'spark.followConnection': (argument) => services.followConnection(argument),
    'spark.closeConnection': (argument) => closeConnection(window, argument),
    'spark.clearCapture': () => window.clearCapture(),
    'spark.showLog': () => channel.show(),
    'spark.copyServerUrl': (argument) => copyUrl(window, argument),
    'spark.showActions': () => showActions(window),
  };
}

async function startServer({ servers }: SparkWindow, argument: unknown): Promise<void> {
  const given = isElement(argument, 'server') ? rootOf(argument) : null;
  const root = given ?? (await chooseFolder(servers));
  if (root !== null) await servers.start(root);
}

async function startInDebugger({ servers }: SparkWindow, argument: unknown): Promise<void> {
  const given = isElement(argument, 'server') ? rootOf(argument) : null;
  const root = given ?? (await chooseFolder(servers, { running: true }));
  if (root !== null) await debugServer(root);
}

/** The server that a command is for: given, the only one, or asked for. */
async function pickServer(
  { servers }: SparkWindow,
  argument: unknown,
  title: string,
): Promise<Server | null> {
  if (argument instanceof Server) return argument;
  if (isElement(argument, 'server')) return servers.ofFolder(rootOf(argument)) ?? null;
  const { active } = servers;
  if (active.length < 2) {
    if (active.length === 0)
      notify(
        'information',
        vscode.l10n.t('No server runs.'),
        offer(vscode.l10n.t('Start Server'), 'spark.startServer'),
      );
    return active[0] ?? null;
  }
  const items = active.map((server) => ({
    label: server.name,
    description: server.url ?? server.state.kind,
    server,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Spark: ${title}`,
    placeHolder: vscode.l10n.t('Which server?'),
  });
  return picked?.server ?? null;
}

/** Does something with a server that runs, the only one or one that is chosen. */
async function onRunning(
  window: SparkWindow,
  argument: unknown,
  title: string,
  act: (server: Server) => Promise<void>,
): Promise<void> {
  const server = await pickServer(window, argument, title);
  if (server !== null) await act(server);
}

async function openInBrowser(window: SparkWindow, argument: unknown): Promise<void> {
  const given = argument instanceof vscode.Uri ? argument : undefined;
  const file = given ?? (argument === undefined ? activePage() : undefined);
  const served = file === undefined ? undefined : window.servers.containing(file.fsPath);
  const server =
    served?.isActive === true ? served : await pickServer(window, argument, vscode.l10n.t('Open in Browser'));
  if (server === null || server.url === null) return;
  await openOutside(server, server === served ? file : undefined);
}

/** The HTML file in the active editor. */
function activePage(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'html' && document.uri.scheme === 'file' ? document.uri : undefined;
}

async function copyUrl(window: SparkWindow, argument: unknown): Promise<void> {
  const server = await pickServer(window, argument, vscode.l10n.t('Copy Server URL'));
  if (server === null || server.url === null) return;
  const url = await externalUrl(server.url);
  await vscode.env.clipboard.writeText(url);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', url), 3000);
}

function exchangeOf(argument: unknown): string | undefined {
  return isElement(argument, 'exchange') ? argument.row.key : undefined;
}

async function closeConnection(window: SparkWindow, argument: unknown): Promise<void> {
  if (isElement(argument, 'connection')) {
    window.servers.ofRun(argument.run.description.id)?.closeConnection(argument.connection.record.id);
    return;
  }
  const items = window.servers.active.flatMap((server) => {
    const connections = window.store.run(server.run)?.newestConnections(1000) ?? [];
    return connections
      .filter((connection) => !connection.isClosed)
      .map(({ record, exchanges }) => ({
        label: `${record.peer.address}:${record.peer.port}`,
        description: `${record.state} · ${exchangeCount(exchanges.length)} · ${server.name}`,
        close: () => server.closeConnection(record.id),
      }));
  });
  if (items.length === 0) {
    notify('information', vscode.l10n.t('No connection is open.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `Spark: ${vscode.l10n.t('Close Connection')}`,
    placeHolder: vscode.l10n.t('Which connection shall be closed?'),
  });
  picked?.close();
}

async function showActions(window: SparkWindow): Promise<void> {
  const { servers } = window;
  const actions: [label: string, command: string][] = [];
  if (servers.active.length > 0) {
    actions.push(
      [`$(link-external) ${vscode.l10n.t('Open in Browser')}`, 'spark.openInBrowser'],
      [`$(copy) ${vscode.l10n.t('Copy Server URL')}`, 'spark.copyServerUrl'],
      [`$(device-mobile) ${vscode.l10n.t('Show QR Code')}`, 'spark.showQrCode'],
      servers.active.some(({ isShared }) => isShared)
        ? [`$(circle-slash) ${vscode.l10n.t('Stop Sharing')}`, 'spark.stopSharing']
        : [`$(globe) ${vscode.l10n.t('Share on Local Network')}`, 'spark.shareOnNetwork'],
      [`$(debug-restart) ${vscode.l10n.t('Restart Server')}`, 'spark.restartServer'],
      [`$(debug-stop) ${vscode.l10n.t('Stop Server')}`, 'spark.stopServer'],
    );
  }
  const folders = vscode.workspace.workspaceFolders?.length ?? 0;
  if (servers.active.length === 0 || servers.active.length < folders) {
    actions.unshift([`$(play) ${vscode.l10n.t('Start Server')}`, 'spark.startServer']);
  }
  actions.push(
    [`$(list-tree) ${vscode.l10n.t('Open Request Inspector')}`, 'spark.openInspector'],
    [`$(output) ${vscode.l10n.t('Show Log')}`, 'spark.showLog'],
  );
  const items = actions.map(([label, command]) => ({ label, command }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Spark',
    placeHolder: servers.all.map(describe).join(' · ') || vscode.l10n.t('No server runs'),
  });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}
