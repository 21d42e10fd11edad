import * as vscode from 'vscode';
import type { CaptureStore } from '../capture/store.ts';
import { callText } from '../sockets/callText.ts';
import { connectionOf, type KernelSocket, listenerOn, readKernelSockets } from '../sockets/kernelView.ts';
import { type PlatformName, platforms } from '../sockets/platform.ts';
import type { TracedCall } from '../sockets/tracedCall.ts';
import type { Element, ElementOf, TooltipLines } from './connectionItems.ts';

/** How many calls are shown of the beginning and of the end of a connection's life. */
const firstCalls = 6;
const lastCalls = 6;

/** What the kernel reports of a row's socket at this moment; asked for only when the tooltip is shown. */
export async function kernelLines(element: Element): Promise<TooltipLines> {
  const find = searchFor(element);
  if (find === null) return [];
  const sockets = await readKernelSockets();
  if (sockets === null) return [[kernelName(), vscode.l10n.t('not visible on this system')]];
  const socket = find(sockets);
  if (socket === undefined) return [[kernelName(), vscode.l10n.t('the socket is not listed')]];
  const { state, sendQueue, receiveQueue } = socket;
  const text =
    state === 'LISTEN'
      ? vscode.l10n.t('{0}, {1} in the accept queue', state, receiveQueue)
      : vscode.l10n.t(
          '{0}, {1} bytes not yet read, {2} bytes not yet acknowledged',
          state,
          receiveQueue,
          sendQueue,
        );
  return [[kernelName(), text]];
}

function kernelName(): string {
  return vscode.l10n.t('Kernel');
}

/** How the socket of a row is found; null where the row has none that is open. */
function searchFor(
  element: Element,
): ((sockets: readonly KernelSocket[]) => KernelSocket | undefined) | null {
  if (element.kind === 'server') {
    const state = element.server?.state;
    if (state?.kind !== 'running') return null;
    return (sockets) => listenerOn(sockets, { address: state.host, port: state.port });
  }
  if (element.kind !== 'connection') return null;
  const { record } = element.connection;
  return record.state === 'closed' ? null : (sockets) => connectionOf(sockets, record.local, record.peer);
}

/** The system calls that made up the life of the row's socket. */
export function callLines(element: Element, store: CaptureStore): TooltipLines {
  if (element.kind !== 'server' && element.kind !== 'connection') return [];
  const run = runOf(element);
  if (run === null) return [];
  const { calls, isIncomplete } = store.callsOf(
    run,
    element.kind === 'server' ? 0 : element.connection.record.id,
  );
  const shown = element.kind === 'server' ? calls.filter(isOfListener) : calls;
  if (shown.length === 0)
    return [
      [callsName(), isIncomplete ? vscode.l10n.t('not kept') : vscode.l10n.t('made unseen, or not traced')],
    ];
  const platform = platforms[process.platform as PlatformName];
  const lines = shown.map((call): [string, string] => ['', lineOf(call, callText(call, platform))]);
  const left = lines.length - firstCalls - lastCalls;
  const cut: [string, string][] =
    left > 1
      ? [
          ...lines.slice(0, firstCalls),
          ['', vscode.l10n.t('... {0} more ...', left)],
          ...lines.slice(-lastCalls),
        ]
      : lines;
  return [[callsName(), isIncomplete ? vscode.l10n.t('some were not kept') : String(shown.length)], ...cut];
}

function callsName(): string {
  return vscode.l10n.t('System calls');
}

function lineOf(call: TracedCall, text: string): string {
  return call.count > 1 ? vscode.l10n.t('{0} ({1} times)', text, call.count) : text;
}

/** Whether a call is shown for a server: waits and failed accepts are not, since they would fill the tooltip. */
function isOfListener({ name, result }: TracedCall): boolean {
  return !['epoll_wait', 'kevent', 'poll'].includes(name) && !(name.startsWith('accept') && result < 0);
}

function runOf(element: ElementOf<'server'> | ElementOf<'connection'>): string | null {
  return element.run?.description.id ?? null;
}
