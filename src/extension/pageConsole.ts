import * as vscode from 'vscode';
import type { ConsoleEntry } from '../protocol/live.ts';
import { visibleText } from './displayText.ts';

/** What pages write to their consoles, in an output channel that is made at the first entry. */
export class PageConsole implements vscode.Disposable {
  private channel: vscode.LogOutputChannel | null = null;

  write(page: string, entry: ConsoleEntry): void {
    const source = entry.source === '' ? '' : ` (${visibleText(entry.source, 300)})`;
    const line = `${visibleText(page)}: ${visibleText(entry.text, 10_000)}${source}`;
    const method = { debug: 'debug', info: 'info', warning: 'warn', error: 'error' } as const;
    this.opened()[method[entry.level]](line);
  }

  show(): void {
    this.opened().show(true);
  }

  dispose(): void {
    this.channel?.dispose();
  }

  private opened(): vscode.LogOutputChannel {
    this.channel ??= vscode.window.createOutputChannel(vscode.l10n.t('Spark Page Console'), { log: true });
    return this.channel;
  }
}
