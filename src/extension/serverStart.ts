/** Starting a server: its settings, and the notices about the outcome. Loaded with the first start. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Mount, ServerSettings } from '../protocol/server.ts';
import { readOptions } from '../settings/option.ts';
import { serverOptions } from '../settings/serverOptions.ts';
import { callText } from '../sockets/callText.ts';
import type { SocketOwner } from '../sockets/kernelView.ts';
import { type PlatformName, platforms } from '../sockets/platform.ts';
import { portOwner } from '../sockets/portOwner.ts';
import type { TracedCall } from '../sockets/tracedCall.ts';
import { dontShowAgain, settingOf } from './configuration.ts';
import { visibleText } from './displayText.ts';
import { notify, offer, openSettings, showLog } from './notices.ts';
import type { Server, StartOutcome } from './server.ts';
import { previewOptions, windowOptions } from './settings.ts';
import { startFailureText } from './startFailureText.ts';

/** How many ports are tried after the one asked for. */
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
  // Only in the event loop: each stream would occupy a worker of a blocking model, and only one thread sees all pages.
  const live =
    settings.model.name === 'eventLoop' ? { token, inject: settingOf(previewOptions.inject, scope) } : null;
  const https = { ...settings.https, kept: certificates };
  return { ...settings, https, live, furtherPorts, capture: { ...settings.capture, enabled: true } };
}

/** Warns of mounts whose folders do not exist; the rest is served all the same. */
export function tellMissingMounts(root: string, mounts: readonly Mount[]): void {
  for (const { prefix, folder } of mounts) {
    const mounted = path.resolve(root, folder);
    if (existsSync(mounted)) continue;
    notify(
      'warning',
      vscode.l10n.t(
        'There is no folder {0}, which spark.mounts names for {1}: what is asked for there is answered 404.',
        visibleText(mounted),
        visibleText(prefix),
      ),
      openSettings(['spark.mounts']),
    );
  }
}

type Failure = Extract<StartOutcome, { kind: 'failed' | 'died' }>;

/** Tells the user that a server could not start, or has ended at once. */
export function tellFailure({ name }: Server, outcome: Failure): void {
  const { text, settings } = whyNot(outcome);
  notify(
    'error',
    vscode.l10n.t('Spark could not serve {0}. {1}', name, text),
    showLog(),
    ...(settings.length === 0 ? [] : [openSettings(settings)]),
  );
}

/** Why it could not start, in a sentence; with the settings by which that can be mended. */
function whyNot(outcome: Failure): { readonly text: string; readonly settings: readonly string[] } {
  if (outcome.kind === 'died') return { text: outcome.reason, settings: [] };
  const { reason, message } = outcome;
  return startFailureText(reason) ?? { text: message, settings: settingsNamedIn(message) };
}

/** The settings that a message of the server names. */
function settingsNamedIn(message: string): string[] {
  return [...new Set(message.match(/\bspark\.[a-z]+(?:\.[a-z]+)*/gi))];
}

/** Who may have a port, beside programs that are none of ours. */
export interface OwnPrograms {
  /** Those of this window. */
  readonly servers: readonly Server[];
  /** Path of their program. */
  readonly program: string;
}

/** The server listens on another port than the one asked for. */
export async function tellTakenPort(server: Server, asked: number, own: OwnPrograms): Promise<void> {
  if (server.state.kind !== 'running' || !settingOf(windowOptions.takenPortNotice)) return;
  const { host, port } = server.state;
  const taken = takenBy(String(asked), await portOwner({ address: host, port: asked }), own);
  notify(
    'information',
    `${taken} ${vscode.l10n.t('Spark serves {0} on port {1}.', server.name, String(port))}`,
    offer(vscode.l10n.t('Open in Browser'), 'spark.openInBrowser', server),
    offer(vscode.l10n.t('Choose Another Port'), 'workbench.action.openSettings', '@id:spark.port'),
    dontShowAgain(windowOptions.takenPortNotice),
  );
}

/** Who has a port, in a sentence. */
function takenBy(port: string, owner: SocketOwner | null, { servers, program }: OwnPrograms): string {
  if (owner === null) return vscode.l10n.t('Another program listens on port {0}.', port);
  const own = servers.find(({ processId }) => processId === owner.pid);
  if (own !== undefined) return vscode.l10n.t('The server of {0} has port {1}.', own.name, port);
  if (owner.commandLine.includes(path.dirname(program)))
    return vscode.l10n.t('Spark in another window has port {0}.', port);
  const name = visibleText(owner.name, 60);
  return vscode.l10n.t('{0} (process {1}) has port {2}.', name, String(owner.pid), port);
}

/** System calls as strace writes them. */
export function callTexts(calls: readonly TracedCall[]): string[] {
  const platform = platforms[process.platform as PlatformName];
  return calls.map((call) => callText(call, platform));
}
