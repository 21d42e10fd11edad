import * as vscode from 'vscode';
import { notifyOnce, offer } from './notices.ts';
import { type NumberName, readNumber, readText, type SettingProblem, type TextName } from './settings.ts';

/** A setting as it is for a folder; where its value cannot be used, says so once and gives the default. */
export function numberSetting(name: NumberName, scope?: vscode.Uri): number {
  return checked(readNumber(name, rawValue(name, scope)));
}

/** As `numberSetting`. */
export function textSetting(name: TextName, scope?: vscode.Uri): string {
  return checked(readText(name, rawValue(name, scope)));
}

function rawValue(name: string, scope: vscode.Uri | undefined): unknown {
  return vscode.workspace.getConfiguration('spark', scope).get<unknown>(name);
}

function checked<Value>({ value, problem }: { value: Value; problem: SettingProblem | null }): Value {
  if (problem !== null) {
    const open = offer('Open Settings', 'workbench.action.openSettings', `@id:spark.${problem.name}`);
    notifyOnce('warning', problem.message, open);
  }
  return value;
}
