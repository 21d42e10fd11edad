import * as vscode from 'vscode';
import { notify } from './notices.ts';

/** Microsoft's editor of bytes, and the editor that it contributes. */
const extension = 'ms-vscode.hexeditor';
const viewType = 'hexEditor.hexedit';
/** Milliseconds to wait for an extension that was just installed to become usable. */
const patience = 15_000;

/** Opens a file in the Hex Editor; where it is not installed, offers to install it, and then opens the file. */
export async function openInHexEditor(uri: vscode.Uri): Promise<void> {
  if (isInstalled()) {
    await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
    return;
  }
  notify('information', vscode.l10n.t('The extension Hex Editor, which shows bytes, is not installed.'), {
    title: vscode.l10n.t('Install'),
    run: () => install(uri),
  });
}

function isInstalled(): boolean {
  return vscode.extensions.getExtension(extension) !== undefined;
}

async function install(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Installing the Hex Editor') },
      async () => {
        await vscode.commands.executeCommand('workbench.extensions.installExtension', extension);
        await isThere();
      },
    );
    await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notify('error', vscode.l10n.t('The Hex Editor could not be installed: {0}', reason), {
      title: vscode.l10n.t('Show Extension'),
      run: () => vscode.commands.executeCommand('workbench.extensions.search', `@id:${extension}`),
    });
  }
}

/** Resolves once the extension can be used, or cannot be waited for any longer. */
function isThere(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, patience);
    const subscription = vscode.extensions.onDidChange(() => {
      if (isInstalled()) done();
    });
    if (isInstalled()) done();
  });
}
