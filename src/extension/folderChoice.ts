import path from 'node:path';
import * as vscode from 'vscode';
import { notify, offer } from './notices.ts';
import { isWithin } from './paths.ts';
import { rootOfFolder } from './servedFolder.ts';
import type { Servers } from './servers.ts';

/**
 * Path of the folder to be served: the workspace's, or one of several that the user chooses; with no workspace, the
 * active file's. Null where there is none, or the user chooses none.
 *
 * @param options `running`: also one whose server runs may be chosen
 */
export async function chooseFolder(
  servers: Servers,
  { running = false }: { readonly running?: boolean } = {},
): Promise<string | null> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const startable = folders.filter(
    (folder) => running || servers.ofFolder(rootOfFolder(folder))?.isActive !== true,
  );
  if (folders.length > 0 && startable.length === 0) return rootOfFolder(folders[0]);
  if (startable.length === 1) return rootOfFolder(startable[0]);
  if (startable.length > 1) return pickFolder(startable);
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === 'file') return path.dirname(document.uri.fsPath);
  notify(
    'warning',
    vscode.l10n.t(
      'Spark serves a folder, and none is open. Open a folder, or a file whose folder shall be served.',
    ),
    offer(vscode.l10n.t('Open Folder'), 'vscode.openFolder'),
  );
  return null;
}

async function pickFolder(folders: readonly vscode.WorkspaceFolder[]): Promise<string | null> {
  const items = folders.map((folder) => {
    const root = rootOfFolder(folder);
    return { label: folder.name, description: root, root };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Spark',
    placeHolder: vscode.l10n.t('Which folder shall be served?'),
    matchOnDescription: true,
  });
  return picked?.root ?? null;
}

/**
 * The folder to serve a file from: of the server that has it already, else its workspace folder; with no folder open,
 * the one it lies in. Null where it lies outside all of them.
 */
export function folderOf(file: vscode.Uri, servers: Servers): string | null {
  const server = servers.containing(file.fsPath);
  if (server !== undefined) return server.root;
  const folder = vscode.workspace.getWorkspaceFolder(file);
  if (folder !== undefined) {
    const root = rootOfFolder(folder);
    // What lies beside the folder that is to be served is shown from the workspace folder.
    return isWithin(root, file.fsPath) ? root : folder.uri.fsPath;
  }
  return (vscode.workspace.workspaceFolders ?? []).length === 0 ? path.dirname(file.fsPath) : null;
}
