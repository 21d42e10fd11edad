import path from 'node:path';
import * as vscode from 'vscode';
import type { SparkApi } from './api.ts';
import { durationText, visibleText } from './displayText.ts';
import { rootOfFolder } from './servedFolder.ts';
import type { Servers } from './servers.ts';

const taskType = 'spark';

/** What stands in tasks.json. */
interface ServerTaskDefinition extends vscode.TaskDefinition {
  /** Absolute, or relative to the workspace folder; by default what `spark.root` says. */
  readonly folder?: string;
}

/** Tasks that serve a folder for as long as they run: a launch configuration can wait for one. */
export class ServerTasks implements vscode.TaskProvider {
  private readonly servers: Servers;
  private readonly api: SparkApi;

  static register(servers: Servers, api: SparkApi): vscode.Disposable {
    return vscode.tasks.registerTaskProvider(taskType, new ServerTasks(servers, api));
  }

  constructor(servers: Servers, api: SparkApi) {
    this.servers = servers;
    this.api = api;
  }

  provideTasks(): vscode.Task[] {
    return (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map((folder) => this.taskOf({ type: taskType }, folder));
  }

  resolveTask({ definition, scope }: vscode.Task): vscode.Task {
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    // The definition must be that of tasks.json, unchanged: VS Code compares them.
    return this.taskOf(definition as ServerTaskDefinition, folder);
  }

  private taskOf(definition: ServerTaskDefinition, folder: vscode.WorkspaceFolder | undefined): vscode.Task {
    const execution = new vscode.CustomExecution(async () => {
      const base = folder === undefined ? '' : rootOfFolder(folder);
      const root = path.resolve(folder?.uri.fsPath ?? '', definition.folder ?? base);
      return new ServerTerminal(root, this.servers, this.api);
    });
    const task = new vscode.Task(
      definition,
      folder ?? vscode.TaskScope.Workspace,
      vscode.l10n.t('Serve'),
      'Spark',
      execution,
      '$spark',
    );
    task.isBackground = true;
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
    return task;
  }
}

/** Shows a server's address and its exchanges. The problem matcher waits for the words in English, so they stay so. */
class ServerTerminal implements vscode.Pseudoterminal {
  private readonly root: string;
  private readonly servers: Servers;
  private readonly api: SparkApi;
  private readonly lines = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.lines.event;
  private readonly ends = new vscode.EventEmitter<number>();
  readonly onDidClose = this.ends.event;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(root: string, servers: Servers, api: SparkApi) {
    this.root = root;
    this.servers = servers;
    this.api = api;
  }

  open(): void {
    void this.start();
  }

  close(): void {
    this.letGo();
    void this.servers.ofFolder(this.root)?.stop();
  }

  private async start(): Promise<void> {
    this.write(`Spark is starting: ${visibleText(this.root, 1000)}`);
    const address = await this.api.start(vscode.Uri.file(this.root));
    if (address === undefined) {
      this.write(`error: Spark could not serve ${visibleText(this.root, 1000)}`);
      this.ends.fire(1);
      return;
    }
    this.write(`Spark is listening on ${address.toString(true)}`);
    this.subscriptions.push(
      this.api.onExchange(({ method, target, status, duration }) =>
        this.write(`${visibleText(`${method} ${target}`)} ${status || '-'} ${durationText(duration)}`),
      ),
      this.servers.onDidChange(() => {
        if (this.servers.ofFolder(this.root)?.state.kind === 'stopped') {
          this.letGo();
          this.ends.fire(0);
        }
      }),
    );
  }

  private letGo(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  private write(line: string): void {
    this.lines.fire(`${line}\r\n`);
  }
}
