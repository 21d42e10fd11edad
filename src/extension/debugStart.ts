import * as vscode from 'vscode';
import { visibleText } from './displayText.ts';

/** The debug type of the server's own program. */
export const programType = 'spark-program';

/** Starts the server of a folder in VS Code's JavaScript debugger; one that runs is stopped first. */
export function debugServer(root: string): Thenable<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root));
  return vscode.debug.startDebugging(folder, configurationOf(root, visibleText(folder?.name ?? root)));
}

/** The configuration by which *Run and Debug* debugs the server of a folder; `name` is the folder's, for its title. */
export function configurationOf(folder: string, name: string): vscode.DebugConfiguration {
  return { type: programType, request: 'launch', name: vscode.l10n.t("Spark's server of {0}", name), folder };
}
