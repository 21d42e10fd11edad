import path from 'node:path';
import * as vscode from 'vscode';
import { version } from '../../package.json';
import type { CaptureSource } from '../capture/captureSource.ts';
import { allKeys, markedKeys } from '../capture/exchangeKeys.ts';
import { curlCommand } from '../capture/exportCurl.ts';
import {
  type ExportContent,
  type ExportFormat,
  exportPieces,
  exposedBy,
  fileEnding,
  gathersFirst,
} from '../capture/exportFormat.ts';
import { holdsSecrets } from '../capture/exportSecrets.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import type { exportCommandIds, Handlers } from './commandIds.ts';
import { numberText } from './connectionItems.ts';
import { connectionOf, type ExchangeServices, keysOf, oneExchange } from './exchangeArgument.ts';
import { writeWithProgress } from './fileWriting.ts';
import { notify } from './notices.ts';
import type { SendPanel } from './sendPanel.ts';

/** Milliseconds that secrets are looked for, at most. */
const patience = 2000;
/** Milliseconds of that for which the extension host is kept at a time. */
const slice = 20;

export interface ExportServices extends ExchangeServices {
  readonly send: SendPanel;
}

/** What exports exchanges, comments on them and sends them again, by the command's name. */
export function exportCommands(services: ExportServices): Handlers<typeof exportCommandIds> {
  return {
    'spark.exportExchanges': (argument) => exportExchanges(services, argument),
    'spark.copyAsCurl': (argument) => copyAsCurl(services, argument),
    'spark.commentExchange': (argument) => commentExchange(services, argument),
    'spark.sendRequest': () => services.send.show(null),
    'spark.editAndSend': (argument) => services.send.show(oneExchange(services, argument)),
  };
}

/** What is to be exported: exchanges, or a connection with all that it carried. */
interface Subject {
  readonly exchanges: readonly ExchangeKey[];
  readonly connection: ConnectionKey | null;
}

async function exportExchanges(services: ExportServices, argument: unknown): Promise<void> {
  const { capture } = services;
  const subject = givenSubject(services, argument) ?? (await chooseSubject(services));
  if (subject === null) return;
  const { exchanges, connection } = subject;
  const format = await chooseFormat(subject);
  if (format === null || !(await mayExpose(capture, exchanges, format))) return;
  const ending = fileEnding(format);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export'),
    filters: { [ending.toUpperCase()]: [ending] },
    ...(folder === undefined
      ? {}
      : { defaultUri: vscode.Uri.joinPath(folder, `${nameOf(subject)}.${ending}`) }),
  });
  if (target === undefined) return;
  try {
    if (!(await writeExport(capture, subject, format, target))) return;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notify('error', vscode.l10n.t('The exchanges could not be exported: {0}', reason));
    return;
  }
  vscode.window.setStatusBarMessage(vscode.l10n.t('Exported to {0}', path.basename(target.path)), 5000);
  if (format !== 'pcapng') return;
  const local =
    connection === null ? capture.detail(exchanges[0])?.local : capture.wholeConnection(connection)?.local;
  offerWireshark(local?.port ?? 0, target);
}

function givenSubject(services: ExportServices, argument: unknown): Subject | null {
  const connection = connectionOf(argument);
  const exchanges = keysOf(services, argument);
  return exchanges === null ? null : { exchanges, connection };
}

/** The proposed name of the file, without its extension. */
function nameOf({ exchanges, connection }: Subject): string {
  const number = (key: string) => key.slice(key.lastIndexOf('/') + 1);
  if (connection !== null) return `connection-${number(connection)}`;
  return exchanges.length === 1 ? `exchange-${number(exchanges[0])}` : 'exchanges';
}

/** Asks for consent where the file would hold cookies or credentials of one of the exchanges. */
async function mayExpose(
  capture: CaptureSource,
  keys: readonly ExchangeKey[],
  format: ExportFormat,
): Promise<boolean> {
  const messages = exposedBy(format);
  const until = performance.now() + patience;
  let turn = performance.now() + slice;
  let exposes = false;
  for (let i = 0; i < keys.length && messages.length > 0 && !exposes; i++) {
    const detail = capture.detail(keys[i]);
    exposes = detail !== null && holdsSecrets(detail, messages);
    const now = performance.now();
    // Where there are too many to look at, the rest may hold some: asking needlessly does no harm.
    if (now > until) exposes = true;
    if (now < turn) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now() + slice;
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

async function chooseSubject({ capture, store, inspector }: ExportServices): Promise<Subject | null> {
  const selected = inspector.feed?.selectedExchange ?? null;
  const connection = selected === null ? null : store.connectionOfExchange(selected);
  const choices: (Subject & { label: string })[] = [
    { label: vscode.l10n.t('All exchanges'), exchanges: allKeys(capture), connection: null },
    {
      label: vscode.l10n.t('What the inspector lists'),
      exchanges: inspector.feed?.listedExchanges() ?? [],
      connection: null,
    },
    {
      label: vscode.l10n.t('Marked exchanges'),
      exchanges: markedKeys(capture),
      connection: null,
    },
    {
      label: vscode.l10n.t('The selected exchange'),
      exchanges: selected === null ? [] : [selected],
      connection: null,
    },
    {
      label: vscode.l10n.t('The connection of the selected exchange'),
      exchanges: connection === null ? [] : store.exchangesOf(connection),
      connection,
    },
  ].filter(({ exchanges }) => exchanges.length > 0);
  if (choices.length === 0) {
    notify('information', vscode.l10n.t('Nothing was captured yet: open a page of the server first.'));
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    choices.map((choice) => ({ ...choice, description: numberText(choice.exchanges.length) })),
    { title: vscode.l10n.t('Export'), placeHolder: vscode.l10n.t('Which exchanges?') },
  );
  return picked ?? null;
}

type FormatItem = vscode.QuickPickItem & { readonly format: ExportFormat };

async function chooseFormat({ exchanges, connection }: Subject): Promise<ExportFormat | null> {
  const ofExchanges = exchanges.length === 0 ? [] : [...harFormats(), ...requestFormats()];
  const items =
    connection === null
      ? [...harFormats(), pcapngFormat(), ...requestFormats(), ...rawFormats()]
      : [...connectionFormats(), ...ofExchanges];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Export'),
    placeHolder: vscode.l10n.t('In which format?'),
  });
  return picked?.format ?? null;
}

function pcapngFormat(): FormatItem {
  return {
    format: 'pcapng',
    label: 'pcapng',
    detail: vscode.l10n.t('For Wireshark, with every byte and with the findings as comments'),
  };
}

/** What has all that a connection carried, a tunnel's bytes too. */
function connectionFormats(): FormatItem[] {
  return [
    pcapngFormat(),
    {
      format: 'transcript',
      label: vscode.l10n.t('Text'),
      detail: vscode.l10n.t('Both directions in order, with the times of all reads and writes'),
    },
    {
      format: 'receivedBytes',
      label: vscode.l10n.t('Received bytes'),
      detail: vscode.l10n.t('All that the connection received, and nothing else'),
    },
    {
      format: 'sentBytes',
      label: vscode.l10n.t('Sent bytes'),
      detail: vscode.l10n.t('All that the connection sent, and nothing else'),
    },
  ];
}

function harFormats(): FormatItem[] {
  return [
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
  ];
}

function requestFormats(): FormatItem[] {
  return [
    { format: 'http', label: '.http', detail: vscode.l10n.t('For REST Client and its like') },
    {
      format: 'curl',
      label: vscode.l10n.t('Shell script'),
      detail: vscode.l10n.t('curl, or printf and nc where curl cannot send the very bytes'),
    },
  ];
}

function rawFormats(): FormatItem[] {
  return [
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
    {
      format: 'messageBytes',
      label: vscode.l10n.t('Request and response bytes'),
      detail: vscode.l10n.t('Of each exchange one behind the other, and nothing else'),
    },
  ];
}

/** Writes the file; returns whether it was written. */
function writeExport(
  capture: CaptureSource,
  { exchanges, connection }: Subject,
  format: ExportFormat,
  target: vscode.Uri,
): Promise<boolean> {
  const course: Course = { gone: 0, made: gathersFirst(format) ? 0 : 1 };
  const content: ExportContent = {
    details: counted(capture, exchanges, course),
    progress: (share) => {
      course.made = share;
    },
    wholeConnection: (key) => capture.wholeConnection(key),
    connections: connection === null ? [] : [connection],
  };
  return writeWithProgress({
    title: vscode.l10n.t('Exporting exchanges'),
    pieces: exportPieces(format, content, version),
    target,
    share: () => ((course.gone / Math.max(1, exchanges.length)) * (1 + course.made)) / 2,
  });
}

/** How far an export is. */
interface Course {
  /** Exchanges that were gone through. */
  gone: number;
  /** The share of the file that was made of them, where that begins after the last; else 1. */
  made: number;
}

/** Those of the exchanges that are still stored, one after the other. */
function* counted(
  capture: CaptureSource,
  keys: readonly ExchangeKey[],
  course: Course,
): Generator<ExchangeDetail> {
  for (const key of keys) {
    const detail = capture.detail(key);
    if (detail !== null) yield detail;
    course.gone++;
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
