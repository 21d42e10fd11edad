import type * as vscode from 'vscode';
import { contentOfFile } from '../capture/capturedContent.ts';
import type { CaptureSource } from '../capture/captureSource.ts';
import { removeImported } from '../capture/importRemoval.ts';
import { byteCommands } from './byteCommands.ts';
import type { byteCommandIds, exportCommandIds, Handlers, importCommandIds } from './commandIds.ts';
import { settingOf } from './configuration.ts';
import { copyConnection } from './connectionCopy.ts';
import { exportCommands } from './exportCommands.ts';
import { importCommands } from './importCommand.ts';
import type { InspectorPanel } from './inspectorPanel.ts';
import * as networkSharing from './networkSharing.ts';
import { SendPanel } from './sendPanel.ts';
import { windowOptions } from './settings.ts';
import type { SparkWindow } from './window.ts';

/**
 * What most windows never need, even where Spark is used in them: loaded in one piece when the first of it is asked for.
 * It is one piece because each further one that shares code with the rest costs every start another file.
 */
export class RareFeatures implements vscode.Disposable {
  readonly commands: Handlers<typeof byteCommandIds> &
    Handlers<typeof exportCommandIds> &
    Handlers<typeof importCommandIds>;
  readonly send: SendPanel;
  readonly sharing = networkSharing;
  readonly contentOfFile = contentOfFile;
  readonly copyConnection = copyConnection;

  constructor(
    extensionUri: vscode.Uri,
    window: SparkWindow,
    capture: CaptureSource,
    inspector: InspectorPanel,
  ) {
    const { store, servers } = window;
    const show = (exchange: string) => inspector.show(exchange);
    this.send = new SendPanel({ extensionUri, store, servers, log: window.channel, showExchange: show });
    this.commands = {
      ...byteCommands({ capture, store, inspector }),
      ...exportCommands({ capture, store, inspector, send: this.send }),
      ...importCommands({
        extensionUri,
        target: window.importTarget,
        runs: () => store.runs(),
        remove: (runs) => {
          removeImported(store, runs);
          window.importedRemoved(runs);
        },
        storeBytes: () => settingOf(windowOptions.captureBytes),
        show,
      }),
    };
  }

  dispose(): void {
    this.send.dispose();
  }
}
