import * as vscode from 'vscode';
import type { ServerSettings } from '../protocol/server.ts';
import { type Option, readOptions, readSetting } from '../settings/option.ts';
import { serverOptions } from '../settings/serverOptions.ts';
import { notifyOnce, offer } from './notices.ts';
import { previewOptions } from './settings.ts';

/** Ports tried after the one asked for. */
const furtherPorts = 99;

/**
 * What a folder's settings say of its server.
 *
 * @param token of its live reload
 * @param certificates folder for the certificate that is made where none is given
 */
export function serverSettings(
  scope: vscode.Uri,
  token: string,
  certificates: string,
): Omit<ServerSettings, 'root'> {
  const settings = readOptions(serverOptions, (option) => settingOf(option, scope));
  // Its streams would each take a worker of a blocking model; and only one thread knows of all pages.
  const live =
    settings.model.name === 'eventLoop' ? { token, inject: settingOf(previewOptions.inject, scope) } : null;
  const https = { ...settings.https, kept: certificates };
  return { ...settings, https, live, furtherPorts, capture: { ...settings.capture, enabled: true } };
}

/** A setting as it is for a folder; where its value cannot be used, says so once and gives the default. */
export function settingOf<Value>(option: Option<Value>, scope?: vscode.Uri): Value {
  if (option.setting === null) return option.default;
  const raw = vscode.workspace.getConfiguration('spark', scope).get<unknown>(option.setting);
  const { value, problem } = readSetting(option, raw);
  if (problem !== null) {
    const open = offer(
      vscode.l10n.t('Open Settings'),
      'workbench.action.openSettings',
      `@id:spark.${option.setting}`,
    );
    notifyOnce('warning', problem, open);
  }
  return value;
}
