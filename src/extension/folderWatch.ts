import path from 'node:path';
import * as vscode from 'vscode';
import { ChangeCollector } from '../protocol/changeCollector.ts';
import { settingOf } from './configuration.ts';
import { pathMatcher, watchOptions } from './pathPatterns.ts';
import { isWithin } from './paths.ts';
import type { Server } from './server.ts';
import { previewOptions } from './settings.ts';

/** Keystrokes within this time, in milliseconds, are one change. */
const typingDelay = 60;
/** From more files than this changed at once, they are not listed any more: every page counts as changed. */
const mostFiles = 500;

/** Watches one server's folder with VS Code's own watcher, which honours `files.watcherExclude`. */
export class FolderWatch implements vscode.Disposable {
  private readonly server: Server;
  private readonly told: () => void;
  private readonly watcher: vscode.FileSystemWatcher;
  private readonly configuration: vscode.Disposable;
  private readonly scope: vscode.Uri;
  private readonly typing = new Map<string, NodeJS.Timeout>();
  private readonly changes: ChangeCollector;
  /** Takes paths below the folder, with slashes. */
  private ignores: (file: string) => boolean;

  constructor(server: Server, told: () => void) {
    this.server = server;
    this.told = told;
    this.scope = vscode.Uri.file(server.root);
    this.ignores = this.ignoredFiles();
    this.configuration = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('spark.reload', this.scope)) this.ignores = this.ignoredFiles();
    });
    this.changes = new ChangeCollector(
      () => settingOf(previewOptions.delay, this.scope),
      (files) => this.changed(files),
    );
    this.watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(this.scope, '**/*'));
    this.watcher.onDidChange((uri) => this.add(uri));
    this.watcher.onDidCreate((uri) => this.add(uri));
    this.watcher.onDidDelete((uri) => this.add(uri));
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === 'file' && document.isDirty && isWithin(server.root, document.uri.fsPath))
        this.typed(document);
    }
  }

  dispose(): void {
    this.watcher.dispose();
    this.configuration.dispose();
    this.changes.dispose();
    for (const timer of this.typing.values()) clearTimeout(timer);
  }

  typed(document: vscode.TextDocument): void {
    const { fsPath } = document.uri;
    if (this.when !== 'typing' || this.isIgnored(fsPath)) return;
    clearTimeout(this.typing.get(fsPath));
    this.typing.set(
      fsPath,
      setTimeout(() => void this.sendText(document), typingDelay),
    );
  }

  /** Saved or closed: from now on, what is on disk counts. */
  settled(document: vscode.TextDocument): void {
    const { fsPath } = document.uri;
    clearTimeout(this.typing.get(fsPath));
    this.typing.delete(fsPath);
    this.server.setUnsaved(fsPath, null);
    // The watcher reports it too, but late on some file systems.
    if (!document.isDirty && !document.isClosed) this.add(document.uri);
  }

  private async sendText(document: vscode.TextDocument): Promise<void> {
    const { fsPath } = document.uri;
    this.typing.delete(fsPath);
    const bytes = document.isDirty
      ? await vscode.workspace.encode(document.getText(), { encoding: document.encoding })
      : null;
    this.server.setUnsaved(fsPath, bytes === null ? null : new Uint8Array(bytes));
    this.told();
  }

  private add({ fsPath }: vscode.Uri): void {
    if (this.when === 'never' || this.isIgnored(fsPath)) return;
    this.changes.add(fsPath);
  }

  private changed(files: readonly string[]): void {
    this.server.filesChanged(files.length > mostFiles ? null : files);
    this.told();
  }

  private get when(): 'typing' | 'save' | 'never' {
    return settingOf(previewOptions.reloadOn, this.scope);
  }

  private isIgnored(file: string): boolean {
    const name = path.relative(this.server.root, file).split(path.sep).join('/');
    return this.ignores(name);
  }

  private ignoredFiles(): (file: string) => boolean {
    return pathMatcher(settingOf(watchOptions.ignore, this.scope));
  }
}
