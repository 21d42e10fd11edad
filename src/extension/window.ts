import * as vscode from 'vscode';
import { CaptureLog } from '../capture/captureLog.ts';
import type { Unreadable } from '../capture/captureLogFile.ts';
import type { ImportTarget } from '../capture/importStore.ts';
import type { RunId } from '../capture/run.ts';
import { CaptureStore } from '../capture/store.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import { packedBatch } from '../protocol/packedBatch.ts';
import { Coalescer } from './coalescer.ts';
import { settingOf } from './configuration.ts';
import { setContextKey } from './contextKeys.ts';
import { LiveTokens } from './liveTokens.ts';
import { notify, showLog } from './notices.ts';
import { rootOfFolder } from './servedFolder.ts';
import type * as serverStart from './serverStart.ts';
import { Servers } from './servers.ts';
import { windowOptions } from './settings.ts';
import { WindowFolder, type WindowState } from './windowFolder.ts';

/** Milliseconds: a window that comes back within this time was reloaded; later, it was opened anew. */
const reloadTime = 120_000;
/** Milliseconds between two updates of the context keys that depend on the capture. */
const contextInterval = 200;

/** What this window holds: its servers, what they captured, and what of it outlasts the window. */
export class SparkWindow implements vscode.Disposable {
  readonly channel: vscode.LogOutputChannel;
  readonly store: CaptureStore;
  readonly log: CaptureLog;
  readonly servers: Servers;
  private readonly folder: WindowFolder;
  private readonly subscriptions: vscode.Disposable[];
  private resumed = false;
  private closing = false;
  private newestRun = '';
  private readonly contextUpdates = new Coalescer(contextInterval, () => this.updateCaptureKeys());

  /** @param starting loads the code that starts servers */
  constructor(context: vscode.ExtensionContext, starting: () => Promise<typeof serverStart>) {
    this.channel = vscode.window.createOutputChannel('Spark', { log: true });
    this.store = new CaptureStore(settingOf(windowOptions.captureBytes));
    // A window without a workspace has no storage of its own.
    const storage = context.storageUri ?? vscode.Uri.joinPath(context.globalStorageUri, 'no-workspace');
    this.folder = new WindowFolder(vscode.Uri.joinPath(storage, 'windows').fsPath);
    const keptBytes = settingOf(windowOptions.keptBytes);
    this.log = new CaptureLog(this.folder.folder, this.store, keptBytes, (error) =>
      this.channel.error(`What is captured no longer outlasts a reload of the window: ${error}`),
    );
    const script = vscode.Uri.joinPath(context.extensionUri, 'dist/server.js').fsPath;
    this.servers = new Servers(
      script,
      this.store,
      this.log,
      this.channel,
      new LiveTokens(context.workspaceState),
      vscode.Uri.joinPath(context.globalStorageUri, 'certificates').fsPath,
      starting,
    );
    this.subscriptions = [
      this.channel,
      this.servers.onDidChange(() => this.serversChanged()),
      { dispose: this.store.onDidChange(() => this.contextUpdates.request()) },
      vscode.workspace.onDidChangeConfiguration((change) => this.configurationChanged(change)),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        void this.servers.foldersClosed(removed);
        this.updateServerKeys();
      }),
    ];
  }

  /** Takes over what the window had before it was reloaded, and starts its servers again. Further calls do nothing. */
  resume(): void {
    if (this.resumed) return;
    this.resumed = true;
    let left: WindowState;
    try {
      left = this.folder.claim();
    } catch (error) {
      this.channel.error(`What was captured before cannot be read: ${error}`);
      return;
    }
    const unreadable = this.log.restore();
    if (unreadable !== null) this.tellUnreadable(unreadable);
    const { exchanges, lostInReload } = this.store.summary();
    if (exchanges + lostInReload > 0) {
      this.channel.info(`From before the reload: ${exchanges} exchanges; ${lostInReload} were not kept.`);
    }
    const wasReloaded = left.closedAt === null || Date.now() - left.closedAt < reloadTime;
    if (!wasReloaded || !vscode.workspace.isTrusted) return;
    for (const { root, port } of left.servers) void this.servers.start(root, { port });
  }

  /** Runs that are read from a file are kept as those of servers are. */
  get importTarget(): ImportTarget {
    const { store, log } = this;
    return {
      addRun: (description) => {
        store.addRun(description);
        log.addRun(description);
      },
      add: (run, batch) => {
        // The run may have been dropped for want of memory before its last batch came.
        if (store.run(run) === undefined) return;
        store.add(run, batch);
        log.addBatch(run, packedBatch(batch));
      },
      endRun: (run, end) => {
        if (store.run(run) === undefined) return;
        store.endRun(run, end);
        log.endRun(run, end);
      },
      mark: (exchange, marked) => this.mark(exchange, marked),
      comment: (exchange, text) => this.comment(exchange, text),
    };
  }

  /** Removes imported runs, which have been removed from the store, from the disk too. */
  importedRemoved(runs: readonly RunId[]): void {
    this.log.addRemoval(runs);
  }

  mark(exchange: ExchangeKey, marked: boolean): void {
    this.store.mark(exchange, marked);
    this.log.addMark(exchange, marked);
  }

  comment(exchange: ExchangeKey, text: string): void {
    this.store.comment(exchange, text);
    this.log.addComment(exchange, text);
  }

  clearCapture(): void {
    this.store.clear();
    this.log.clear();
  }

  /** Ends the servers; answers under way get a short time to finish. */
  async close(): Promise<void> {
    // From now on servers end because the window does, which must not be kept as its state.
    this.closing = true;
    this.log.close();
    try {
      if (this.resumed) this.folder.close();
    } catch (error) {
      this.channel.error(`Which servers ran is not kept: ${error}`);
    }
    await Promise.race([this.servers.stopAll(), new Promise((resolve) => setTimeout(resolve, 1000))]);
    this.servers.killAll();
  }

  dispose(): void {
    this.contextUpdates.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Tells the user that some history could not be read. What is unreadable has been removed, so this happens once. */
  private tellUnreadable(why: Unreadable): void {
    this.channel.warn(`What was kept over the reload is not all understood (${why}); the rest was removed.`);
    notify('warning', unreadableText(why), showLog());
  }

  private serversChanged(): void {
    this.updateServerKeys();
    this.clearFormerRuns();
    if (!this.resumed || this.closing) return;
    try {
      this.folder.keep(this.servers.kept());
    } catch (error) {
      this.channel.error(`Which servers run is not kept: ${error}`);
    }
  }

  /** Where exchanges are not preserved, the first server to start again removes those of before. */
  private clearFormerRuns(): void {
    const runs = this.store.runs().filter(({ description }) => description.imported === undefined);
    const newest = runs.at(-1)?.description.id;
    if (newest === undefined || newest === this.newestRun) return;
    this.newestRun = newest;
    if (settingOf(windowOptions.preserve)) return;
    if (runs.slice(0, -1).every(({ end }) => end !== null)) this.clearCapture();
  }

  private updateServerKeys(): void {
    const { active } = this.servers;
    const folders = vscode.workspace.workspaceFolders ?? [];
    setContextKey('spark.serverRuns', active.length > 0);
    setContextKey(
      'spark.isShared',
      active.some(({ isShared }) => isShared),
    );
    setContextKey(
      'spark.allServersRun',
      folders.length > 0 &&
        folders.every((folder) => active.some(({ root }) => root === rootOfFolder(folder))),
    );
  }

  private updateCaptureKeys(): void {
    const runs = this.store.runs();
    const connections = runs.some((run) => run.connections.size > 0);
    const open = runs.some(
      (run) => run.end === null && run.newestConnections(1000).some((one) => !one.isClosed),
    );
    setContextKey('spark.hasCapture', connections || this.store.summary().displaced > 0);
    setContextKey('spark.hasOpenConnections', open);
  }

  private configurationChanged(change: vscode.ConfigurationChangeEvent): void {
    if (change.affectsConfiguration('spark.capture.maxMegabytes')) {
      this.store.setMaxBytes(settingOf(windowOptions.captureBytes));
    }
    if (change.affectsConfiguration('spark.capture.keepMegabytes')) {
      this.log.setMaxBytes(settingOf(windowOptions.keptBytes));
    }
  }
}

function unreadableText(why: Unreadable): string {
  switch (why) {
    case 'earlierFormat':
      return vscode.l10n.t(
        'History that an earlier version of Spark kept could not be taken over, and was removed.',
      );
    case 'laterFormat':
      return vscode.l10n.t(
        'History that a later version of Spark kept could not be taken over, and was removed.',
      );
    case 'damaged':
      return vscode.l10n.t(
        'History that was kept over the reload is damaged: what could not be read of it was removed.',
      );
  }
}
