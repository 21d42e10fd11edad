import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { configurationOf, programType } from './debugStart.ts';
import { visibleText } from './displayText.ts';
import { chooseFolder } from './folderChoice.ts';
import { notify } from './notices.ts';
import { rootOfFolder } from './servedFolder.ts';
import type { Servers } from './servers.ts';

/** Offers a configuration for each workspace folder, without a launch.json, and completes those that users write. */
export class ProgramConfigurations implements vscode.DebugConfigurationProvider {
  private readonly servers: Servers;

  constructor(servers: Servers) {
    this.servers = servers;
  }

  provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): vscode.DebugConfiguration[] {
    const folders = folder === undefined ? (vscode.workspace.workspaceFolders ?? []) : [folder];
    return folders
      .filter(({ uri }) => uri.scheme === 'file')
      .map((one) => configurationOf(rootOfFolder(one), visibleText(one.name)));
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const given: unknown = configuration.folder;
    const root =
      given ?? (folder === undefined ? null : rootOfFolder(folder)) ?? (await chooseFolder(this.servers));
    if (root === null) return undefined;
    if (typeof root !== 'string' || statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
      const shown = visibleText(typeof root === 'string' ? root : JSON.stringify(root));
      notify(
        'error',
        vscode.l10n.t(
          'The debug configuration "{0}" names {1} as the folder to serve, which is no folder. Correct "folder" in launch.json.',
          visibleText(configuration.name),
          shown,
        ),
      );
      return undefined;
    }
    const name = configuration.name || visibleText(root);
    return { ...configuration, type: programType, request: 'launch', name, folder: root };
  }
}
