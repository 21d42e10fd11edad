import * as vscode from 'vscode';
import { serverOptions } from '../settings/serverOptions.ts';
import { settingOf } from './configuration.ts';
import { notify, offer } from './notices.ts';
import type { Servers } from './servers.ts';
import { type BreakableCall, callsOf, linesOf, systemCallSource } from './systemCallLines.ts';

/** What each call is for, in the words of someone who writes a server. */
const purposes: Readonly<Record<string, string>> = {
  socket: vscode.l10n.t('makes an endpoint'),
  setsockopt: vscode.l10n.t('sets how it behaves'),
  bind: vscode.l10n.t('gives it an address and a port'),
  getsockname: vscode.l10n.t('asks which address it has'),
  listen: vscode.l10n.t('lets clients connect'),
  accept: vscode.l10n.t('takes the next connection out of the queue'),
  recv: vscode.l10n.t('takes bytes that a client has sent'),
  send: vscode.l10n.t('gives bytes to the kernel to be sent'),
  writev: vscode.l10n.t('the same, for several pieces at once'),
  sendfile: vscode.l10n.t('has the kernel send a file'),
  shutdown: vscode.l10n.t('ends one direction of a connection, or both'),
  close: vscode.l10n.t('gives the endpoint back'),
  poll: vscode.l10n.t('waits for some of several'),
  epoll_create1: vscode.l10n.t('makes a set of those to wait for'),
  epoll_ctl: vscode.l10n.t('changes that set'),
  epoll_wait: vscode.l10n.t('waits for some of that set'),
  kqueue: vscode.l10n.t('makes a set of those to wait for'),
  kevent: vscode.l10n.t('changes that set, or waits for some of it'),
};

/** Spark's own source, as it lies in the extension's folder: to read, and to set breakpoints in. */
export class ServerSource {
  private readonly extension: vscode.Uri;
  private readonly servers: Servers;

  constructor(extension: vscode.Uri, servers: Servers) {
    this.extension = extension;
    this.servers = servers;
  }

  /** Opens the source of the concurrency model that the settings ask for. */
  async show(): Promise<void> {
    const model = settingOf(serverOptions.model.name, this.scope());
    await this.open(`src/models/${model}.ts`);
    // Changes to it would have no effect: the program was built from it before.
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
  }

  /** Asks on which system calls to break, and sets and removes breakpoints accordingly. */
  async breakOnSystemCall(): Promise<void> {
    const uri = vscode.Uri.joinPath(this.extension, systemCallSource);
    const source = (await vscode.workspace.openTextDocument(uri)).getText();
    const items = callsOf(process.platform).map((call) => {
      const lines = linesOf(source, call, process.platform);
      const present = breakpointsAt(uri, lines);
      return {
        label: call.name,
        description: purposes[call.name],
        picked: present.length > 0,
        lines,
        present,
      };
    });
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Spark: Break on System Call'),
      placeHolder: vscode.l10n.t('Before which calls shall the server stop?'),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (picked === undefined) return;
    const isWanted = (item: (typeof items)[number]) => picked.includes(item);
    vscode.debug.removeBreakpoints(items.filter((item) => !isWanted(item)).flatMap(({ present }) => present));
    vscode.debug.addBreakpoints(
      items
        .filter((item) => isWanted(item) && item.present.length === 0)
        .flatMap(({ lines }) => lines.map((line) => breakpointAt(uri, line))),
    );
    this.tellWhatToDo(picked.map(({ label }) => label));
  }

  private tellWhatToDo(calls: readonly BreakableCall['name'][]): void {
    if (calls.length === 0 || this.servers.active.some(({ isDebugged }) => isDebugged)) return;
    notify(
      'information',
      vscode.l10n.t('The server stops before {0} once it runs in the debugger.', calls.join(', ')),
      offer(vscode.l10n.t('Debug Server'), 'spark.debugServer'),
    );
  }

  private async open(file: string): Promise<void> {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(this.extension, file), { preview: false });
  }

  /** The folder whose settings count: the one that is served, else the first. */
  private scope(): vscode.Uri | undefined {
    const [server] = this.servers.active;
    return server === undefined ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.file(server.root);
  }
}

function breakpointsAt(uri: vscode.Uri, lines: readonly number[]): vscode.SourceBreakpoint[] {
  return vscode.debug.breakpoints.filter(
    (breakpoint): breakpoint is vscode.SourceBreakpoint =>
      breakpoint instanceof vscode.SourceBreakpoint &&
      breakpoint.location.uri.toString() === uri.toString() &&
      lines.includes(breakpoint.location.range.start.line),
  );
}

function breakpointAt(uri: vscode.Uri, line: number): vscode.SourceBreakpoint {
  return new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line, 0)));
}
