import * as vscode from 'vscode';
import { type DebuggedProgram, ProgramSession, type ProtocolRequest } from '../debug/programSession.ts';
import { ProgramConfigurations } from './debugConfiguration.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

/**
 * Lets VS Code's own JavaScript debugger into the server's program: one session that starts and stops the server, and
 * below it the debugger's, attached to the program.
 */
export class ProgramDebugging implements vscode.Disposable {
  readonly configurations: ProgramConfigurations;
  private readonly extension: vscode.Uri;
  private readonly servers: Servers;
  private readonly open = new Set<DebuggedServer>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(extension: vscode.Uri, servers: Servers) {
    this.extension = extension;
    this.servers = servers;
    this.configurations = new ProgramConfigurations(servers);
    this.subscriptions = [
      servers.onDidChange(() => this.follow()),
      servers.onDebuggerAwaited(({ server, inspectorUrl }) => void this.attach(server, inspectorUrl)),
      vscode.debug.onDidStartDebugSession((session) => this.sessionStarted(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.sessionEnded(session)),
    ];
  }

  adapter(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const debugged = new DebuggedServer(session, this.servers);
    this.open.add(debugged);
    return new vscode.DebugAdapterInlineImplementation(debugged);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private ofServer(server: Server): DebuggedServer | undefined {
    return [...this.open].find((debugged) => debugged.server === server);
  }

  /** Detaches the debugger of a server that stops: held at a breakpoint, the server would not read the message. */
  private follow(): void {
    for (const debugged of this.open) {
      const { state } = debugged.server ?? {};
      if (state?.kind === 'stopping') debugged.detach();
      if (state?.kind === 'stopped' || state?.kind === 'died') debugged.end();
    }
  }

  private async attach(server: Server, inspectorUrl: string): Promise<void> {
    const debugged = this.ofServer(server);
    let attached = false;
    if (debugged !== undefined) {
      const { workspaceFolder } = debugged.session;
      const configuration = this.attachment(inspectorUrl);
      attached = await vscode.debug.startDebugging(workspaceFolder, configuration, {
        parentSession: debugged.session,
        lifecycleManagedByParent: true,
        consoleMode: vscode.DebugConsoleMode.MergeWithParent,
        compact: true,
        suppressSaveBeforeStart: true,
      });
    }
    if (!attached) {
      server.abandonStart(vscode.l10n.t("VS Code's JavaScript debugger could not attach to the server."));
    }
  }

  /** For the JavaScript debugger (js-debug), which by itself looks for source maps beneath the workspace only. */
  private attachment(inspectorUrl: string): vscode.DebugConfiguration {
    const root = this.extension.fsPath.replaceAll('\\', '/');
    return {
      type: 'node',
      request: 'attach',
      name: 'JavaScript',
      websocketAddress: inspectorUrl,
      sourceMaps: true,
      outFiles: [`${root}/dist/*.js`],
      resolveSourceMapLocations: [`${root}/**`],
      skipFiles: ['<node_internals>/**', '**/node_modules/**', `${root}/dist/koffi/**`],
      autoAttachChildProcesses: true,
    };
  }

  private sessionStarted(session: vscode.DebugSession): void {
    const { parentSession } = session;
    for (const debugged of this.open) {
      if (debugged.session.id === parentSession?.id) debugged.attachedBy(session);
      // The JavaScript debugger knows no better name for what it attaches to than "Remote Process [0]".
      const isProgram = parentSession !== undefined && debugged.isAttachedBy(parentSession);
      if (isProgram && session.name.startsWith('Remote Process')) session.name = debugged.session.name;
    }
  }

  private sessionEnded(session: vscode.DebugSession): void {
    for (const debugged of this.open) {
      if (debugged.session.id === session.id) this.open.delete(debugged);
      else if (debugged.isAttachedBy(session)) debugged.wasLetGo();
    }
  }
}

/** A server and the debug session that started it. */
class DebuggedServer implements vscode.DebugAdapter, DebuggedProgram {
  readonly session: vscode.DebugSession;
  server: Server | null = null;
  private readonly servers: Servers;
  private readonly protocol: ProgramSession;
  private attached: vscode.DebugSession | null = null;
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.messages.event;

  constructor(session: vscode.DebugSession, servers: Servers) {
    this.session = session;
    this.servers = servers;
    this.protocol = new ProgramSession(this, (message) => this.messages.fire(message));
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    // VS Code sends responses only to requests of the adapter, and this one makes none.
    this.protocol.handle(message as ProtocolRequest);
  }

  dispose(): void {
    this.messages.dispose();
  }

  start(): void {
    void this.startServer();
  }

  stop(): void {
    void this.server?.stop();
  }

  kill(): void {
    void this.server?.stop();
    this.server?.kill();
  }

  release(): void {
    this.server?.debuggerLeft();
    this.detach();
    this.end();
  }

  end(): void {
    this.protocol.end();
  }

  attachedBy(session: vscode.DebugSession): void {
    this.attached = session;
  }

  isAttachedBy(session: vscode.DebugSession): boolean {
    return this.attached?.id === session.id;
  }

  detach(): void {
    const { attached } = this;
    this.attached = null;
    // Stopping this session as a user does would stop the one above it too, and so the server.
    attached?.customRequest('disconnect', { terminateDebuggee: false }).then(undefined, () => {
      // It is gone already.
    });
  }

  /** The debugger has gone by itself; the server, if it lives, goes on. */
  wasLetGo(): void {
    this.attached = null;
    const { server } = this;
    if (server?.isActive === true) server.debuggerLeft();
    this.end();
  }

  private async startServer(): Promise<void> {
    const root: string = this.session.configuration.folder;
    const former = this.servers.ofFolder(root);
    if (former !== undefined) await former.stop();
    const server = this.servers.serverOf(root);
    this.server = server;
    const started = await this.servers.start(root, { again: true, debugged: true });
    if (started === null) this.end();
  }
}
