import * as vscode from 'vscode';
import type { contentOfFile, FileContent } from '../capture/capturedContent.ts';
import { fileOfPath, fileState } from '../capture/capturedFile.ts';
import type { CaptureSource } from '../capture/captureSource.ts';
import { captureScheme, reasonGone, reasonUndecodable } from './captureUris.ts';
import { Coalescer } from './coalescer.ts';

/** Milliseconds between two reports of changes, after each of which an editor reads the whole file again. */
const interval = 500;
/** Files whose changes are reported: those that were asked for last. */
const mostWatched = 200;
/** Bytes of a file that is kept from one call to the next, at most. */
const mostRemembered = 16 * 1024 * 1024;

interface Known {
  /** As `fileState`. */
  readonly state: string;
  /** Whether it was there at any time in this window. */
  readonly wasThere: boolean;
}

/** Captured bytes as files that can be read, by VS Code's own means: editors, comparison, search. */
export class CaptureFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly capture: CaptureSource;
  private readonly loadContent: () => Promise<typeof contentOfFile>;
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  /** The state in which each file was last asked for, and whether it was ever there. */
  private readonly known = new Map<string, Known>();
  /** What was read last: an editor calls `stat` first, and then `readFile`. */
  private latest: { readonly path: string; readonly state: string; readonly content: FileContent } | null =
    null;
  private readonly subscriptions: vscode.Disposable[];
  private readonly updates = new Coalescer(interval, () => this.tellChanges());

  /** @param loadContent loads the code that makes a file's bytes; called when a file is first asked for */
  constructor(capture: CaptureSource, loadContent: () => Promise<typeof contentOfFile>) {
    this.capture = capture;
    this.loadContent = loadContent;
    this.subscriptions = [
      vscode.workspace.registerFileSystemProvider(captureScheme, this, {
        isCaseSensitive: true,
        isReadonly: new vscode.MarkdownString(
          vscode.l10n.t('What was captured can be read, compared and saved elsewhere, but not changed.'),
        ),
      }),
      { dispose: capture.onDidChange(() => this.updates.request()) },
    ];
  }

  /** Nothing to begin: every file that was asked for is watched. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, createdAt, changedAt } = await this.content(uri);
    return {
      type: vscode.FileType.File,
      ctime: createdAt,
      mtime: changedAt,
      size: bytes.length,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.content(uri)).bytes;
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.updates.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changes.dispose();
  }

  private async content({ path }: vscode.Uri): Promise<FileContent> {
    const contentOfFile = await this.loadContent();
    const file = fileOfPath(path);
    if (file === null) {
      throw vscode.FileSystemError.FileNotFound(vscode.l10n.t('Nothing captured is called {0}.', path));
    }
    const state = fileState(this.capture, file);
    this.remember(path, state);
    // An editor that comes back after a reload would only say that there is no such file.
    if (state === '' && file.kind === 'dump' && this.known.get(path)?.wasThere === false) {
      return {
        bytes: new TextEncoder().encode(`${reasonGone(file)}\n`),
        missing: 0,
        createdAt: 0,
        changedAt: 0,
      };
    }
    if (this.latest?.path === path && this.latest.state === state) return this.latest.content;
    const content = contentOfFile(this.capture, file);
    if (content === 'gone') throw vscode.FileSystemError.FileNotFound(reasonGone(file));
    if (content === 'undecodable') throw vscode.FileSystemError.Unavailable(reasonUndecodable());
    this.latest = content.bytes.length > mostRemembered ? null : { path, state, content };
    return content;
  }

  private remember(path: string, state: string): void {
    const wasThere = state !== '' || this.known.get(path)?.wasThere === true;
    this.known.delete(path);
    this.known.set(path, { state, wasThere });
    const [oldest] = this.known.keys();
    if (this.known.size > mostWatched && oldest !== undefined) this.known.delete(oldest);
  }

  private tellChanges(): void {
    const events: vscode.FileChangeEvent[] = [];
    for (const [path, { state: before, wasThere }] of this.known) {
      const file = fileOfPath(path);
      const state = file === null ? '' : fileState(this.capture, file);
      if (state === before) continue;
      this.known.set(path, { state, wasThere: wasThere || state !== '' });
      events.push({ uri: vscode.Uri.from({ scheme: captureScheme, path }), type: changeOf(before, state) });
    }
    if (this.latest !== null && this.known.get(this.latest.path)?.state !== this.latest.state)
      this.latest = null;
    if (events.length > 0) this.changes.fire(events);
  }
}

function changeOf(before: string, after: string): vscode.FileChangeType {
  if (after === '') return vscode.FileChangeType.Deleted;
  return before === '' ? vscode.FileChangeType.Created : vscode.FileChangeType.Changed;
}
