import path from 'node:path';
import * as vscode from 'vscode';
import { version } from '../../package.json';
import type { CaptureSource } from '../capture/captureSource.ts';
import { curlCommand } from '../capture/exportCurl.ts';
import { type ExportFormat, exportPieces, exposedBy, fileEnding } from '../capture/exportFormat.ts';
import { holdsSecrets } from '../capture/exportSecrets.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import type { exportCommandIds, Handlers } from './commandIds.ts';
import { type ExchangeServices, keysOf, oneExchange } from './exchangeArgument.ts';
import { writeWithProgress } from './fileWriting.ts';
import { notify } from './notices.ts';
import type { SendPanel } from './sendPanel.ts';

/** Milliseconds after which it is no longer looked for secrets. */
const patience = 2000;

export interface ExportServices extends ExchangeServices {
  readonly send: SendPanel;
}

/** What takes exchanges out of the capture, and what is written about them. */
export function exportCommands(services: ExportServices): Handlers<typeof exportCommandIds> {
  return {
    'spark.exportExchanges': (argument) => exportExchanges(services, argument),
    'spark.copyAsCurl': (argument) => copyAsCurl(services, argument),
    'spark.commentExchange': (argument) => commentExchange(services, argument),
    'spark.sendRequest': () => services.send.show(null),
    'spark.editAndSend': (argument) => services.send.show(oneExchange(services, argument)),
  };
}

async function exportExchanges(services: ExportServices, argument: unknown): Promise<void> {
  const keys = keysOf(services, argument) ?? (await chooseExchanges(services));
  if (keys === null) return;
  const format = await chooseFormat();
  if (format === null || !(await mayExpose(services.capture, keys, format))) return;
  const ending = fileEnding(format);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = keys.length === 1 ? `exchange-${keys[0].slice(keys[0].lastIndexOf('/') + 1)}` : 'exchanges';
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export'),
    filters: { [ending.toUpperCase()]: [ending] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${name}.${ending}`) }),
  });
  if (target === undefined) return;
  try {
    if (!(await writeExchanges(services.capture, keys, format, target))) return;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notify('error', vscode.l10n.t('The exchanges could not be exported: {0}', reason));
    return;
  }
  vscode.window.setStatusBarMessage(vscode.l10n.t('Exported to {0}', path.basename(target.path)), 5000);
  if (format === 'pcapng') offerWireshark(services.capture.detail(keys[0])?.local.port ?? 0, target);
}

/** Asks, where the format would hold cookies or credentials of one of the exchanges. */
async function mayExpose(
  capture: CaptureSource,
  keys: readonly ExchangeKey[],
  format: ExportFormat,
): Promise<boolean> {
  const messages = exposedBy(format);
  const until = performance.now() + patience;
  let exposes = false;
  for (let i = 0; i < keys.length && messages.length > 0 && !exposes; i++) {
    const detail = capture.detail(keys[i]);
    exposes = detail !== null && holdsSecrets(detail, messages);
    // Of very many, the rest may hold some: asking once too often does no harm.
    if (performance.now() > until) exposes = true;
    if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  if (!exposes) return true;
  const goOn = vscode.l10n.t('Export with Secrets');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('The file will hold cookies or credentials.'),
    {
      modal: true,
      detail: vscode.l10n.t('Whoever gets it can use them. HAR, without sensitive data, leaves them out.'),
    },
    goOn,
  );
  return answer === goOn;
}

/** On a port that it does not know, Wireshark guesses from a connection's first packet whether it is HTTP. */
function offerWireshark(port: number, { fsPath }: vscode.Uri): void {
  const command = `wireshark -d tcp.port==${port},http '${fsPath.replaceAll("'", "'\\''")}'`;
  notify(
    'information',
    vscode.l10n.t('Tell Wireshark that port {0} carries HTTP, so that it takes every request apart.', port),
    {
      title: vscode.l10n.t('Copy Command'),
      run: () => vscode.env.clipboard.writeText(command),
    },
  );
}

async function chooseExchanges({
  capture,
  inspector,
}: ExportServices): Promise<readonly ExchangeKey[] | null> {
  const rows = capture.rows(0, capture.count);
  const selected = inspector.feed?.selectedExchange ?? null;
  const choices: { label: string; keys: readonly ExchangeKey[] }[] = [
    { label: vscode.l10n.t('All exchanges'), keys: rows.map(({ key }) => key) },
    { label: vscode.l10n.t('What the inspector lists'), keys: inspector.feed?.listedExchanges() ?? [] },
    {
      label: vscode.l10n.t('Marked exchanges'),
      keys: rows.filter(({ marked }) => marked).map(({ key }) => key),
    },
    { label: vscode.l10n.t('The selected exchange'), keys: selected === null ? [] : [selected] },
  ].filter(({ keys }) => keys.length > 0);
  if (choices.length === 0) {
    notify('information', vscode.l10n.t('Nothing was captured yet.'));
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    choices.map((choice) => ({ ...choice, description: choice.keys.length.toLocaleString('en') })),
    { title: vscode.l10n.t('Export'), placeHolder: vscode.l10n.t('Which exchanges?') },
  );
  return picked?.keys ?? null;
}

async function chooseFormat(): Promise<ExportFormat | null> {
  const items: (vscode.QuickPickItem & { format: ExportFormat })[] = [
    {
      format: 'har',
      label: 'HAR',
      detail: vscode.l10n.t('For browsers and other tools, without cookies and credentials'),
    },
    {
      format: 'harWithSecrets',
      label: vscode.l10n.t('HAR with sensitive data'),
      detail: vscode.l10n.t('Whoever gets the file can use your cookies and credentials'),
    },
    {
      format: 'pcapng',
      label: 'pcapng',
      detail: vscode.l10n.t('For Wireshark, with every byte and with the findings as comments'),
    },
    { format: 'http', label: '.http', detail: vscode.l10n.t('For REST Client and its like') },
    {
      format: 'curl',
      label: vscode.l10n.t('Shell script'),
      detail: vscode.l10n.t('curl, or printf and nc where curl cannot send the very bytes'),
    },
    {
      format: 'requestBytes',
      label: vscode.l10n.t('Request bytes'),
      detail: vscode.l10n.t('As received, and nothing else'),
    },
    {
      format: 'responseBytes',
      label: vscode.l10n.t('Response bytes'),
      detail: vscode.l10n.t('As sent, and nothing else'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Export'),
    placeHolder: vscode.l10n.t('In which format?'),
  });
  return picked?.format ?? null;
}

/** Writes the file; returns whether it was written. */
function writeExchanges(
  capture: CaptureSource,
  keys: readonly ExchangeKey[],
  format: ExportFormat,
  target: vscode.Uri,
): Promise<boolean> {
  const course: Course = { done: 0 };
  return writeWithProgress({
    title: vscode.l10n.t('Exporting exchanges'),
    pieces: exportPieces(format, counted(capture, keys, course), version),
    target,
    share: () => course.done / keys.length,
  });
}

/** How far an export is. */
interface Course {
  done: number;
}

/** What is still stored of the exchanges, one after the other. */
function* counted(
  capture: CaptureSource,
  keys: readonly ExchangeKey[],
  course: Course,
): Generator<ExchangeDetail> {
  for (const key of keys) {
    const detail = capture.detail(key);
    if (detail !== null) yield detail;
    course.done++;
  }
}

async function copyAsCurl(services: ExportServices, argument: unknown): Promise<void> {
  const detail = oneExchange(services, argument);
  if (detail === null) return;
  await vscode.env.clipboard.writeText(curlCommand(detail));
  const said = holdsSecrets(detail, exposedBy('curl'))
    ? `$(warning) ${vscode.l10n.t('Copied a shell command: it holds cookies or credentials')}`
    : vscode.l10n.t('Copied a shell command that sends the request');
  vscode.window.setStatusBarMessage(said, 5000);
}

async function commentExchange(services: ExportServices, argument: unknown): Promise<void> {
  const detail = oneExchange(services, argument);
  if (detail === null) return;
  const comment = await vscode.window.showInputBox({
    title: vscode.l10n.t('Comment on Exchange {0}', detail.row.id),
    prompt: vscode.l10n.t('Shown in the inspector and kept in exports. Empty: no comment.'),
    value: detail.row.comment,
  });
  if (comment !== undefined) services.capture.comment(detail.row.key, comment.trim());
}
