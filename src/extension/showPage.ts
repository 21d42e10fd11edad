import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { settingOf } from './configuration.ts';
import { visibleText } from './displayText.ts';
import { externalUrl, openInBrowser, urlPath } from './externalAddress.ts';
import { folderOf } from './folderChoice.ts';
import type { FolderConsent } from './folderConsent.ts';
import { notify, offer } from './notices.ts';
import {
  browserCall,
  browserDebugging,
  integratedBrowserCommand,
  type OpenIn,
  pageKindOf,
  wayToOpen,
} from './pageOpening.ts';
import { PreviewPanel, type PreviewServices } from './previewPanel.ts';
import { rootOfFolder } from './servedFolder.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';
import { previewOptions } from './settings.ts';

/**
 * Shows a page where the setting says.
 *
 * @param argument a URI; a path, absolute or below the workspace folder; else the active editor's file, or the start page
 * @returns its address for the user's browser: what a task's command variable stands for; undefined where it is not
 *   served, which the user was told
 */
export async function showPage(
  argument: unknown,
  services: PreviewServices,
  openIn?: OpenIn,
): Promise<string | undefined> {
  const file = fileOf(argument) ?? activeFile() ?? startPage(services.servers);
  if (file === null) {
    notify('information', vscode.l10n.t('Open the file that shall be shown.'));
    return undefined;
  }
  const way = wayToOpen(
    openIn ?? settingOf(previewOptions.openIn, file),
    pageKindOf(file.path),
    await vscode.commands.getCommands(true),
  );
  const root = await servedFolder(file, services.servers, services.consent);
  if (root === null) return undefined;
  const server = await services.servers.start(root);
  if (server === null) return undefined;
  if (pageKindOf(file.path) === 'markdown' && !(await services.markdown.show(file, server)))
    await vscode.commands.executeCommand('markdown.showPreviewToSide', file);
  else await open(way, file, server, services);
  return addressOf(server, file);
}

async function open(way: OpenIn, file: vscode.Uri, server: Server, services: PreviewServices): Promise<void> {
  switch (way) {
    case 'panel':
      PreviewPanel.show(file, server.root, services);
      return;
    case 'integratedBrowser': {
      const url = await addressOf(server, file);
      await vscode.commands.executeCommand(integratedBrowserCommand, { url, openToSide: true });
      return;
    }
    case 'externalBrowser':
      await openOutside(server, file);
      return;
    case 'debugger':
      await debugPage(server, file);
  }
}

/** Opens a page of a server in the browser that the setting names. */
export async function openOutside(server: Server, file?: vscode.Uri): Promise<void> {
  const local = localAddress(server, file);
  const browser = settingOf(previewOptions.browser);
  // A browser on another machine than this one can be opened by VS Code only.
  const isHere = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  const call = isHere ? browserCall(browser, local, process.platform) : null;
  if (call === null) {
    await openInBrowser(server.url ?? '', pathOf(server, file));
    return;
  }
  spawn(call.program, call.args, { stdio: 'ignore', detached: true })
    .once('error', (error) => {
      notify(
        'error',
        vscode.l10n.t('The browser {0} could not be started: {1}', visibleText(browser), error.message),
        offer(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', '@id:spark.browser'),
      );
    })
    .unref();
}

async function debugPage(server: Server, file: vscode.Uri): Promise<void> {
  const isWeb = vscode.env.uiKind === vscode.UIKind.Web;
  const url = isWeb ? localAddress(server, file) : await addressOf(server, file);
  const name = vscode.l10n.t('Page {0}', visibleText(path.basename(file.fsPath)));
  const configuration = browserDebugging(settingOf(previewOptions.browser), name, url, server.root, isWeb);
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), { ...configuration });
}

/** A page's address on this machine; without a file, that of the start page. */
function localAddress(server: Server, file?: vscode.Uri): string {
  return (server.url ?? '') + pathOf(server, file);
}

/** A page's address on the user's machine. */
async function addressOf(server: Server, file?: vscode.Uri): Promise<string> {
  return (await externalUrl(server.url ?? '')) + pathOf(server, file);
}

/** A page's path below its server, as in a URL, without the first slash. */
export function pathOf(server: Server, file?: vscode.Uri): string {
  const relative =
    file === undefined
      ? settingOf(previewOptions.startPage, vscode.Uri.file(server.root)).replace(/^\/+/, '')
      : path.relative(server.root, file.fsPath).split(path.sep).join('/');
  return urlPath(relative);
}

function fileOf(argument: unknown): vscode.Uri | null {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument !== 'string' || argument === '') return null;
  if (/^[a-z][a-z0-9+.-]+:/i.test(argument)) return vscode.Uri.parse(argument);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return vscode.Uri.file(path.resolve(folder?.uri.fsPath ?? '', argument));
}

function activeFile(): vscode.Uri | null {
  const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  return vscode.window.activeTextEditor?.document.uri ?? null;
}

function startPage(servers: Servers): vscode.Uri | null {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const root = servers.active[0]?.root ?? (folder === undefined ? null : rootOfFolder(folder));
  if (root === null) return null;
  const page = settingOf(previewOptions.startPage, vscode.Uri.file(root));
  return vscode.Uri.file(path.join(root, page));
}

/** The folder to serve a file from; where it lies outside of all, the user is asked whether it may be served. */
async function servedFolder(
  file: vscode.Uri,
  servers: Servers,
  consent: FolderConsent,
): Promise<string | null> {
  const name = visibleText(path.basename(file.fsPath));
  if (file.scheme !== 'file') {
    notify('warning', vscode.l10n.t('Spark can only show files on disk: save {0} first.', name));
    return null;
  }
  if (!existsSync(file.fsPath)) {
    notify('warning', vscode.l10n.t('Spark cannot show {0}: there is no such file.', name));
    return null;
  }
  const root = folderOf(file, servers);
  if (root !== null) return root;
  const folder = path.dirname(file.fsPath);
  return (await consent.mayServe(folder, name)) ? folder : null;
}
