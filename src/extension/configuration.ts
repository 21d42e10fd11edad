import * as vscode from 'vscode';
import { type Option, readSetting } from '../settings/option.ts';
import { notifyOnce, openSettings } from './notices.ts';

/** A setting as it is for a folder; where its value cannot be used, says so once and gives the default. */
export function settingOf<Value>(option: Option<Value>, scope?: vscode.Uri): Value {
  if (option.setting === null) return option.default;
  const raw = vscode.workspace.getConfiguration('spark', scope).get<unknown>(option.setting);
  const { value, problem } = readSetting(option, raw);
  if (problem !== null) notifyOnce('warning', problem, openSettings([`spark.${option.setting}`]));
  return value;
}
