import type { Disposable, Uri } from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import type { ConnectionKey, ConnectionPart, FollowFormat } from '../protocol/follow.ts';

/** What the extension offers to its panels. */
export interface PanelServices {
  readonly extensionUri: Uri;
  readonly capture: CaptureSource;
  /** Whether any server runs or starts. */
  readonly serverRuns: boolean;
  onDidChangeServers(listener: () => void): Disposable;
  /** Puts all that is stored of a connection, or of one direction of it, into the clipboard. */
  copyConnection(connection: ConnectionKey, part: ConnectionPart, format: FollowFormat): Promise<void>;
  /** As the command Start Server. */
  startServer(): void;
}
