import * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import { FinishedExchanges } from '../capture/finishedExchanges.ts';
import { externalUrl } from './externalAddress.ts';
import { chooseFolder } from './folderChoice.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

/** One exchange that has ended: a request and its response. */
export interface SparkExchange {
  readonly method: string;
  readonly target: string;
  /** Status code; 0 where there was no response. */
  readonly status: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  /** Milliseconds from the request's first byte to the response's last. */
  readonly duration: number;
  /** Bytes on the wire. */
  readonly requestSize: number;
  readonly responseSize: number;
  /** The connection ended before the exchange did. */
  readonly aborted: boolean;
}

/** What other extensions can ask of Spark. README documents it. */
export interface SparkApi {
  /**
   * Serves a folder, unless it is served already.
   *
   * @param folder by default the workspace's; where there are several, the user is asked
   * @returns its address for the user's browser; undefined where it could not start, which the user was told
   */
  start(folder?: vscode.Uri): Promise<vscode.Uri | undefined>;
  /** Stops the server of a folder; by default all servers of the window. */
  stop(folder?: vscode.Uri): Promise<void>;
  /** Where a folder, by default the first that is served, is served for the user's browser; undefined where it is not. */
  url(folder?: vscode.Uri): Promise<vscode.Uri | undefined>;
  /** Calls the listener for each exchange of the window's servers as it ends, until the result is disposed of. */
  onExchange(listener: (exchange: SparkExchange) => void): vscode.Disposable;
}

/** The interface that `activate` gives to other extensions. */
export function sparkApi(servers: Servers, capture: CaptureSource): SparkApi {
  const serverOf = (folder?: vscode.Uri): Server | undefined =>
    folder === undefined ? servers.active[0] : servers.ofFolder(folder.fsPath);
  const addressOf = async (server: Server | null | undefined) =>
    server?.url == null ? undefined : vscode.Uri.parse(await externalUrl(server.url), true);
  return {
    async start(folder) {
      const root = folder?.fsPath ?? (await chooseFolder(servers, { running: true }));
      return root === null ? undefined : addressOf(await servers.start(root));
    },
    async stop(folder) {
      await (folder === undefined ? servers.stopAll() : serverOf(folder)?.stop());
    },
    url: (folder) => addressOf(serverOf(folder)),
    onExchange(listener) {
      const finished = new FinishedExchanges(capture, (row) => {
        const { method, target, status, startedAt, duration, requestSize, responseSize, aborted } = row;
        listener({
          method,
          target,
          status,
          startedAt,
          duration: duration ?? 0,
          requestSize,
          responseSize,
          aborted,
        });
      });
      return new vscode.Disposable(() => finished.dispose());
    },
  };
}
