import * as vscode from 'vscode';
import { type Option, readSetting } from '../settings/option.ts';
import { type NoticeAction, notifyOnce, openSettings } from './notices.ts';

/** A setting's value for a folder. Where it cannot be used, the user is told so once, and the default is returned. */
export function settingOf<Value>(option: Option<Value>, scope?: vscode.Uri): Value {
  if (option.setting === null) return option.default;
  const raw = vscode.workspace.getConfiguration('spark', scope).get<unknown>(option.setting);
  const { value, problem } = readSetting(option, raw);
  if (problem !== null) notifyOnce('warning', problem, openSettings([`spark.${option.setting}`]));
  return value;
}

/** The action by which a user turns a kind of notice off for good; the settings turn it on again. */
export function dontShowAgain({ setting }: Option<boolean>): NoticeAction {
  return { title: vscode.l10n.t("Don't Show Again"), run: () => turnOff(setting ?? '') };
}

/** Written to where it has a value now, else to the user's settings. */
function turnOff(setting: string): Thenable<void> {
  const configuration = vscode.workspace.getConfiguration('spark');
  const isOfWorkspace = configuration.inspect(setting)?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  return configuration.update(setting, false, isOfWorkspace ? Workspace : Global);
}

/** Kinds of notices that were turned off for good, before there was a setting. */
const silencedKey = 'spark.silencedNotices';

/** Moves what was turned off in that way into the settings, where it can be turned on again. */
export async function takeOverSilenced(kept: vscode.Memento, { setting }: Option<boolean>): Promise<void> {
  if (kept.get(silencedKey) === undefined) return;
  await turnOff(setting ?? '');
  await kept.update(silencedKey, undefined);
}
