import * as vscode from 'vscode';
import { type Option, readSetting } from '../settings/option.ts';
import { type NoticeAction, notifyOnce, openSettings } from './notices.ts';

/** A setting as it is for a folder; where its value cannot be used, says so once and gives the default. */
export function settingOf<Value>(option: Option<Value>, scope?: vscode.Uri): Value {
  if (option.setting === null) return option.default;
  const raw = vscode.workspace.getConfiguration('spark', scope).get<unknown>(option.setting);
  const { value, problem } = readSetting(option, raw);
  if (problem !== null) notifyOnce('warning', problem, openSettings([`spark.${option.setting}`]));
  return value;
}

/** What a notice offers that its user wants no more: it is turned off among the settings, and on again there. */
export function dontShowAgain({ setting }: Option<boolean>): NoticeAction {
  return { title: vscode.l10n.t("Don't Show Again"), run: () => turnOff(setting ?? '') };
}

/** Where it is turned on, else for the user. */
function turnOff(setting: string): Thenable<void> {
  const configuration = vscode.workspace.getConfiguration('spark');
  const isOfWorkspace = configuration.inspect(setting)?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  return configuration.update(setting, false, isOfWorkspace ? Workspace : Global);
}

/** Kinds of notices that were turned off for good, before there was a setting. */
const silencedKey = 'spark.silencedNotices';

/** What was turned off before stays so, and can be turned on again. */
export async function takeOverSilenced(kept: vscode.Memento, { setting }: Option<boolean>): Promise<void> {
  if (kept.get(silencedKey) === undefined) return;
  await turnOff(setting ?? '');
  await kept.update(silencedKey, undefined);
}
