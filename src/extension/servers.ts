import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CaptureLog } from '../capture/captureLog.ts';
import type { RunId } from '../capture/run.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { LogLevel } from '../protocol/server.ts';
import { debugServer } from './debugStart.ts';
import { visibleText } from './displayText.ts';
import { externalUrl, hostNameOf } from './externalAddress.ts';
import type { LiveTokens } from './liveTokens.ts';
import { notify, openSettings, showLog } from './notices.ts';
import { isWithin } from './paths.ts';
import { rootOfFolder } from './servedFolder.ts';
import { Server, type StartOutcome } from './server.ts';
import type * as serverStart from './serverStart.ts';
import type { KeptServer } from './windowFolder.ts';

interface HowToStart {
  /** Where it shall listen; else the setting's. */
  readonly port?: number;
  /** Prefer the port that it had, unless the setting has changed since. */
  readonly again?: boolean;
  /** It serves only once a debugger has attached. */
  readonly debugged?: boolean;
  /** The network may reach it, by these names; for this run only. */
  readonly sharedAs?: readonly string[];
}

/** A server whose program waits for a debugger. */
export interface AwaitedDebugger {
  readonly server: Server;
  readonly inspectorUrl: string;
}

/** The servers of this window: one for each folder that was ever served. */
export class Servers {
  private readonly byRoot = new Map<string, Server>();
  private readonly script: string;
  private readonly store: CaptureStore;
  private readonly log: CaptureLog;
  private readonly channel: vscode.LogOutputChannel;
  private readonly debuggersAwaited = new vscode.EventEmitter<AwaitedDebugger>();
  readonly onDebuggerAwaited = this.debuggersAwaited.event;
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  private readonly starting: () => Promise<typeof serverStart>;
  private readonly tokens: LiveTokens;
  /** Folder for the certificate that is made where none is given; shared by all windows, so that it is trusted once. */
  private readonly certificates: string;

  constructor(
    script: string,
    store: CaptureStore,
    log: CaptureLog,
    channel: vscode.LogOutputChannel,
    tokens: LiveTokens,
    certificates: string,
    starting: () => Promise<typeof serverStart>,
  ) {
    this.starting = starting;
    this.certificates = certificates;
    this.tokens = tokens;
    this.script = script;
    this.store = store;
    this.log = log;
    this.channel = channel;
  }

  get all(): readonly Server[] {
    return [...this.byRoot.values()];
  }

  get active(): readonly Server[] {
    return this.all.filter((server) => server.isActive);
  }

  ofRun(run: RunId): Server | undefined {
    return this.all.find((server) => server.run === run);
  }

  ofFolder(root: string): Server | undefined {
    return this.byRoot.get(root);
  }

  /** The server, active or not, of the innermost folder that holds a file. */
  containing(file: string): Server | undefined {
    return this.all
      .filter((server) => isWithin(server.root, file))
      .sort(
        (one, other) => Number(other.isActive) - Number(one.isActive) || other.root.length - one.root.length,
      )[0];
  }

  /**
   * Starts the server of a folder, and tells the user of a failure or another port than asked for.
   *
   * @returns the server; null where it does not run
   */
  async start(
    root: string,
    { port, again = false, debugged = false, sharedAs }: HowToStart = {},
  ): Promise<Server | null> {
    const { serverSettings, tellMissingMounts } = await this.starting();
    const scope = vscode.Uri.file(root);
    const problem = folderProblem(root);
    if (problem !== null) {
      notify('error', problem, ...(isOfSetting(root) ? [openSettings(['spark.root'])] : []));
      return null;
    }
    const server = this.serverOf(root);
    if (server.isActive) return server;
    const settings = serverSettings(scope, this.tokens.of(root), this.certificates);
    tellMissingMounts(root, settings.site.mounts);
    const shared =
      sharedAs === undefined ? {} : { host: '0.0.0.0', allowHosts: [...settings.allowHosts, ...sharedAs] };
    server.isShared = sharedAs !== undefined;
    const where = server.portToStartOn(settings.port, again);
    const outcome = await server.start({ ...settings, ...shared, port: port ?? where }, debugged);
    return (await this.tellOutcome(server, outcome)) ? server : null;
  }

  /**
   * Starts it again, whether it runs or has died, on the port that it had if that is free; in the debugger if it was
   * there.
   */
  async restart(server: Server): Promise<void> {
    const { root, isDebugged } = server;
    await server.stop();
    if (isDebugged) await debugServer(root);
    else await this.start(root, { again: true });
  }

  /** The servers that run, to be started again after a reload. */
  kept(): KeptServer[] {
    return this.all.flatMap(({ root, name, state }) =>
      state.kind === 'running' ? [{ root, name, port: state.port }] : [],
    );
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.all.map((server) => server.stop()));
  }

  /** Ends and forgets the servers of folders that are no longer open. */
  async foldersClosed(closed: readonly vscode.WorkspaceFolder[]): Promise<void> {
    const open = vscode.workspace.workspaceFolders ?? [];
    const holds = (folders: readonly vscode.WorkspaceFolder[], root: string) =>
      folders.some(({ uri }) => isWithin(uri.fsPath, root));
    const concerned = this.all.filter(({ root }) => holds(closed, root) && !holds(open, root));
    await Promise.all(
      concerned.map(async (server) => {
        if (server.isActive) this.report('info', server, 'Its folder is no longer open.');
        await server.stop();
        this.byRoot.delete(server.root);
      }),
    );
    if (concerned.length > 0) this.changes.fire();
  }

  killAll(): void {
    for (const server of this.all) server.kill();
  }

  /** The server of a folder; a new one that does not run yet, where there was none. */
  serverOf(root: string): Server {
    const known = this.byRoot.get(root);
    if (known !== undefined) return known;
    const server = new Server(root, nameOf(root), {
      script: this.script,
      store: this.store,
      log: this.log,
      report: (level, message) => this.report(level, server, message),
      callTexts: async (calls) => (await this.starting()).callTexts(calls),
      debuggerAwaited: (_, inspectorUrl) => this.debuggersAwaited.fire({ server, inspectorUrl }),
      changed: () => this.changes.fire(),
      died: (_, reason, offerRestart) => this.tellDeath(server, reason, offerRestart),
    });
    this.byRoot.set(root, server);
    return server;
  }

  private report(level: LogLevel, server: Server, message: string): void {
    const line = `${server.name}: ${visibleText(message, 4000)}`;
    const write = { debug: 'debug', info: 'info', warning: 'warn', error: 'error' } as const;
    this.channel[write[level]](line);
  }

  private async tellOutcome(server: Server, outcome: StartOutcome): Promise<boolean> {
    switch (outcome.kind) {
      case 'running': {
        await this.allowExternalName(server);
        const [asked] = outcome.skippedPorts;
        // Not awaited: finding out who has the port may take a moment, and the server runs already.
        if (asked !== undefined) void this.tellTakenPort(server, asked);
        return true;
      }
      case 'failed':
      case 'died':
        (await this.starting()).tellFailure(server, outcome);
        return false;
      case 'stopped':
        return false;
    }
  }

  private async tellTakenPort(server: Server, asked: number): Promise<void> {
    const { tellTakenPort } = await this.starting();
    await tellTakenPort(server, asked, { servers: this.all, program: this.script });
  }

  private tellDeath(server: Server, reason: string, offerRestart: boolean): void {
    const message = vscode.l10n.t('Spark no longer serves {0}. {1}', server.name, visibleText(reason, 600));
    if (offerRestart) {
      notify(
        'error',
        message,
        { title: vscode.l10n.t('Restart'), run: () => this.restart(server) },
        showLog(),
      );
    } else {
      notify(
        'error',
        vscode.l10n.t(
          '{0} It has died three times within a minute: see the log before you start it again.',
          message,
        ),
        showLog(),
      );
    }
  }

  /** A browser on the user's machine may know the server by another name than this machine does. */
  private async allowExternalName(server: Server): Promise<void> {
    if (server.url === null) return;
    try {
      server.allowHosts([hostNameOf(await externalUrl(server.url))]);
    } catch (error) {
      this.report('warning', server, `Its external address is not known: ${error}`);
    }
  }
}

/** Whether a folder is served because `spark.root` names it. */
function isOfSetting(root: string): boolean {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.some((folder) => rootOfFolder(folder) === root && folder.uri.fsPath !== root);
}

function nameOf(root: string): string {
  const folder = vscode.workspace.workspaceFolders?.find((one) => rootOfFolder(one) === root);
  return visibleText(folder?.name ?? (path.basename(root) || root));
}

function folderProblem(root: string): string | null {
  if (!vscode.workspace.isTrusted) {
    return vscode.l10n.t(
      'Spark serves nothing in Restricted Mode: pages would run the scripts of a folder that is not trusted.',
    );
  }
  try {
    const found = statSync(root, { throwIfNoEntry: false });
    if (found === undefined)
      return vscode.l10n.t('Spark cannot serve {0}: there is no such folder.', visibleText(root));
    return found.isDirectory()
      ? null
      : vscode.l10n.t('Spark cannot serve {0}: it is not a folder.', visibleText(root));
  } catch (error) {
    return vscode.l10n.t(
      'Spark cannot serve {0}: {1}',
      visibleText(root),
      error instanceof Error ? error.message : String(error),
    );
  }
}
