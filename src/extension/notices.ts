import * as vscode from 'vscode';
import { noticeText } from './displayText.ts';

/** What a notice offers besides being read. */
export interface NoticeAction {
  readonly title: string;
  run(): unknown;
}

type Severity = 'information' | 'warning' | 'error';

const shown = new Set<string>();

/** Shows a notice, unless the same text is still on the screen or in the notification centre. */
export function notify(severity: Severity, message: string, ...actions: readonly NoticeAction[]): void {
  if (shown.has(message)) return;
  shown.add(message);
  void show(severity, message, actions).then((action) => {
    shown.delete(message);
    return run(action);
  });
}

/** Shows a notice at most once in the life of the window. */
export function notifyOnce(severity: Severity, message: string, ...actions: readonly NoticeAction[]): void {
  if (shown.has(message)) return;
  shown.add(message);
  void show(severity, message, actions).then(run);
}

/** Where it fails, as where the settings cannot be written, its user hears why. */
async function run(action: NoticeAction | undefined): Promise<void> {
  try {
    await action?.run();
  } catch (error) {
    void present('error', noticeText(error instanceof Error ? error.message : String(error)), []);
  }
}

interface Item extends vscode.MessageItem {
  readonly action: NoticeAction;
}

async function show(
  severity: Severity,
  message: string,
  actions: readonly NoticeAction[],
): Promise<NoticeAction | undefined> {
  const items: Item[] = actions.map((action) => ({ title: action.title, action }));
  const chosen = await present(severity, noticeText(message), items);
  return chosen?.action;
}

function present(severity: Severity, message: string, items: readonly Item[]): Thenable<Item | undefined> {
  switch (severity) {
    case 'information':
      return vscode.window.showInformationMessage(message, ...items);
    case 'warning':
      return vscode.window.showWarningMessage(message, ...items);
    case 'error':
      return vscode.window.showErrorMessage(message, ...items);
  }
}

/** An action that runs a command. */
export function offer(title: string, command: string, ...args: readonly unknown[]): NoticeAction {
  return { title, run: () => vscode.commands.executeCommand(command, ...args) };
}

/** @param names full names of settings, such as `spark.port` */
export function openSettings(names: readonly string[]): NoticeAction {
  const query = names.map((name) => `@id:${name}`).join(' ');
  return offer(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', query);
}

export function showLog(): NoticeAction {
  return offer(vscode.l10n.t('Show Log'), 'spark.showLog');
}
