import path from 'node:path';
import type * as vscode from 'vscode';
import { settingOf } from './configuration.ts';
import { previewOptions } from './settings.ts';

/** The folder that is served for a workspace folder: itself, or the one that `spark.root` names. */
export function rootOfFolder({ uri }: vscode.WorkspaceFolder): string {
  return path.join(uri.fsPath, settingOf(previewOptions.root, uri)).replace(/[\\/]+$/, '') || path.sep;
}
