import type { Disposable, Uri } from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';

/** What the extension offers to its panels. */
export interface PanelServices {
  readonly extensionUri: Uri;
  readonly capture: CaptureSource;
  /** Whether any server runs or starts. */
  readonly serverRuns: boolean;
  onDidChangeServers(listener: () => void): Disposable;
  /** As the command Start Server. */
  startServer(): void;
}
