import path from 'node:path';
import * as vscode from 'vscode';
import type { LiveFiles } from './liveFiles.ts';
import { markdownPage } from './markdownPage.ts';
import { isWithin } from './paths.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

interface Shown {
  readonly file: vscode.Uri;
  readonly server: Server;
  /** The server's run that has its page. */
  run: string;
}

/** The Markdown files that are shown: their servers answer with what VS Code's own renderer makes of them. */
export class MarkdownPages implements vscode.Disposable {
  private readonly extensionUri: vscode.Uri;
  private readonly shown = new Map<string, Shown>();
  private readonly subscriptions: vscode.Disposable[];
  private style: Promise<string> | null = null;

  constructor(extensionUri: vscode.Uri, servers: Servers, files: LiveFiles) {
    this.extensionUri = extensionUri;
    this.subscriptions = [
      files.onDidChange((server) => this.renderAgain((one) => one.server === server)),
      // A new run has no pages yet.
      servers.onDidChange(() =>
        this.renderAgain(({ server, run }) => server.state.kind === 'running' && server.run !== run),
      ),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('markdown')) this.renderAgain(() => true);
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /**
   * Makes a server answer with a file's page from now on.
   *
   * @returns false where that cannot be: VS Code's renderer is off, or the server's model keeps no pages for editors
   */
  async show(file: vscode.Uri, server: Server): Promise<boolean> {
    if (server.live === null) return false;
    const one: Shown = { file, server, run: '' };
    if (!(await this.render(one))) return false;
    this.shown.set(file.toString(), one);
    return true;
  }

  private renderAgain(concerned: (one: Shown) => boolean): void {
    for (const one of this.shown.values()) if (concerned(one)) void this.render(one);
  }

  private async render(one: Shown): Promise<boolean> {
    const { file, server } = one;
    one.run = server.run;
    // Its command exists only once the extension is active.
    const renderer = vscode.extensions.getExtension('vscode.markdown-language-features');
    if (renderer === undefined) return false;
    let body: string;
    try {
      await renderer.activate();
      const document = await vscode.workspace.openTextDocument(file);
      body = await vscode.commands.executeCommand<string>('markdown.api.render', document);
    } catch {
      // The file has gone, or an extension of the renderer has failed: the last page stays.
      return false;
    }
    const page = markdownPage({
      body,
      title: path.basename(file.fsPath),
      language: vscode.env.language,
      style: await this.ownStyle(),
      styleSheets: styleSheets(file, server.root),
    });
    server.setRendered(file.fsPath, new TextEncoder().encode(page));
    return true;
  }

  private ownStyle(): Promise<string> {
    const file = vscode.Uri.joinPath(this.extensionUri, 'media/markdown.css');
    this.style ??= Promise.resolve(vscode.workspace.fs.readFile(file)).then((bytes) =>
      new TextDecoder().decode(bytes),
    );
    return this.style;
  }
}

/** The style sheets of `markdown.styles`: https addresses, and files that the server has, relative to the page. */
function styleSheets(file: vscode.Uri, root: string): string[] {
  const styles = vscode.workspace.getConfiguration('markdown', file).get<unknown>('styles');
  if (!Array.isArray(styles)) return [];
  const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? path.dirname(file.fsPath);
  return styles.flatMap((style) => {
    if (typeof style !== 'string') return [];
    if (/^https:\/\//i.test(style)) return [style];
    const sheet = path.resolve(folder, style.replace(/^\/+/, ''));
    if (!isWithin(root, sheet)) return [];
    const relative = path.relative(path.dirname(file.fsPath), sheet).split(path.sep);
    return [relative.map(encodeURIComponent).join('/')];
  });
}
