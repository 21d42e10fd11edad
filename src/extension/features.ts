import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import type { featureCommandIds, Handlers, inspectorCommandIds } from './commandIds.ts';
import { commands } from './commands.ts';
import { takeOverSilenced } from './configuration.ts';
import type { Element, TooltipLines } from './connectionItems.ts';
import { FolderConsent } from './folderConsent.ts';
import { followConnection } from './followCommand.ts';
import { inspectorCommands } from './inspectorCommands.ts';
import { InspectorPanel } from './inspectorPanel.ts';
import { LiveFiles } from './liveFiles.ts';
import { MarkdownPages } from './markdownPages.ts';
import { PageConsole } from './pageConsole.ts';
import { PreviewPanel, type PreviewServices } from './previewPanel.ts';
import { ProgramDebugging } from './programDebugging.ts';
import type { RareFeatures } from './rareFeatures.ts';
import { ServerSource } from './serverSource.ts';
import * as serverStart from './serverStart.ts';
import { windowOptions } from './settings.ts';
import { callLines, kernelLines } from './socketLines.ts';
import type { SparkWindow } from './window.ts';

/** What a window needs as soon as Spark is used in it: loaded when a command is called, a page comes back, a server starts. */
export class Features implements vscode.Disposable {
  readonly commands: Handlers<typeof featureCommandIds> & Handlers<typeof inspectorCommandIds>;
  readonly inspector: InspectorPanel;
  readonly debugging: ProgramDebugging;
  readonly serverStart = serverStart;
  private readonly preview: PreviewServices;
  private readonly window: SparkWindow;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    context: vscode.ExtensionContext,
    window: SparkWindow,
    capture: CaptureSource,
    rareFeatures: () => Promise<RareFeatures>,
  ) {
    const { extensionUri } = context;
    const { servers, store } = window;
    this.window = window;
    takeOverSilenced(context.globalState, windowOptions.takenPortNotice).catch((error) =>
      // It is tried again in the next window.
      window.channel.warn(`That a notice was turned off cannot be kept as a setting: ${error}`),
    );
    this.inspector = new InspectorPanel(
      {
        extensionUri,
        capture,
        get serverRuns() {
          return servers.active.length > 0;
        },
        onDidChangeServers: (listener) => servers.onDidChange(listener),
        copyConnection: async (connection, part, format) =>
          (await rareFeatures()).copyConnection(capture, connection, part, format),
        startServer: () => void vscode.commands.executeCommand('spark.startServer'),
      },
      window.channel,
      context.workspaceState,
    );
    this.debugging = new ProgramDebugging(extensionUri, servers);
    const files = new LiveFiles(servers);
    const console = new PageConsole();
    const markdown = new MarkdownPages(extensionUri, servers, files);
    const consent = new FolderConsent();
    this.preview = { extensionUri, servers, files, console, markdown, consent };
    this.commands = {
      ...inspectorCommands(this.inspector),
      ...commands(window, {
        preview: this.preview,
        serverSource: new ServerSource(extensionUri, servers),
        sharing: async () => (await rareFeatures()).sharing,
        openInspector: (exchange) => this.inspector.show(exchange ?? null),
        followConnection: (argument) => followConnection(store, this.inspector, argument),
      }),
    };
    this.subscriptions = [this.inspector, this.debugging, markdown, files, console];
  }

  restorePreview(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    return PreviewPanel.restore(panel, state, this.preview);
  }

  /** What a row of the tree tells when it is pointed at, beyond what is stored. */
  async tooltipLines(row: Element): Promise<TooltipLines> {
    return [...(await kernelLines(row)), ...callLines(row, this.window.store)];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
