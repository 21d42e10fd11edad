import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { version } from '../../package.json';
import type { CaptureSource } from '../capture/captureSource.ts';
import { curlCommand } from '../capture/exportCurl.ts';
import { type ExportFormat, exportPieces, exposedBy, fileEnding } from '../capture/exportFormat.ts';
import { holdsSecrets } from '../capture/exportSecrets.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import { isElement } from './connectionItems.ts';
import type { ExportCommandId } from './exportCommandIds.ts';
import type { InspectorPanel } from './inspectorPanel.ts';
import { notify } from './notices.ts';
import { withProgressWhereLong } from './progress.ts';
import type { SendPanel } from './sendPanel.ts';

/** Milliseconds after which it is no longer looked for secrets. */
const patience = 2000;
/** Milliseconds that an export keeps the extension host at a time. */
const slice = 20;

export interface ExportServices {
  readonly capture: CaptureSource;
  readonly store: CaptureStore;
  readonly inspector: InspectorPanel;
  readonly send: SendPanel;
}

/** What takes exchanges out of the capture, and what is written about them. */
export function exportCommands(
  services: ExportServices,
): Readonly<Record<ExportCommandId, (argument: unknown) => unknown>> {
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
    if (!(await writeWithProgress(services.capture, keys, format, target))) return;
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

/** The exchanges that a menu's argument is about; null where it is about none. */
function keysOf({ store }: ExportServices, argument: unknown): readonly ExchangeKey[] | null {
  if (typeof argument === 'string') return [argument];
  if (isElement(argument, 'exchange')) return [argument.row.key];
  if (isElement(argument, 'connection')) {
    const rows = store.newestExchanges(argument.connection, argument.connection.exchanges.length);
    return rows.map(({ key }) => key).toReversed();
  }
  if (isElement(argument, 'server')) {
    const prefix = `${argument.run?.description.id ?? ''}/`;
    return allKeys(store).filter((key) => key.startsWith(prefix));
  }
  if (typeof argument !== 'object' || argument === null) return null;
  if ('connection' in argument && typeof argument.connection === 'string' && !('exchange' in argument)) {
    return store.exchangesOf(argument.connection);
  }
  if (!('exchange' in argument)) return null;
  return typeof argument.exchange === 'string' && argument.exchange !== '' ? [argument.exchange] : null;
}

function allKeys(capture: CaptureSource): ExchangeKey[] {
  return capture.rows(0, capture.count).map(({ key }) => key);
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

/** How far an export is. */
interface Course {
  done: number;
  cancelled: boolean;
}

/** Writes the file; a progress bar with Cancel shows where that takes long. Returns whether it was written. */
function writeWithProgress(
  capture: CaptureSource,
  keys: readonly ExchangeKey[],
  format: ExportFormat,
  target: vscode.Uri,
): Promise<boolean> {
  const course: Course = { done: 0, cancelled: false };
  return withProgressWhereLong(
    vscode.l10n.t('Exporting exchanges'),
    write(exportPieces(format, counted(capture, keys, course), version), target, course),
    () => course.done / keys.length,
    () => {
      course.cancelled = true;
    },
  );
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

/** The file is there as a whole, or as it was before. */
async function write(
  pieces: Iterable<string | Uint8Array>,
  target: vscode.Uri,
  course: Course,
): Promise<boolean> {
  if (target.scheme !== 'file') {
    const gathered: Uint8Array[] = [];
    if (!(await inSlices(pieces, course, async (bytes) => void gathered.push(bytes)))) return false;
    await vscode.workspace.fs.writeFile(target, Buffer.concat(gathered));
    return true;
  }
  const unfinished = `${target.fsPath}.${process.pid}.part`;
  let file: FileHandle | null = null;
  try {
    file = await open(unfinished, 'wx');
    const handle = file;
    const whole = await inSlices(pieces, course, (bytes) => handle.writeFile(bytes));
    await file.close();
    file = null;
    if (whole) await rename(unfinished, target.fsPath);
    return whole;
  } finally {
    await file?.close();
    await rm(unfinished, { force: true });
  }
}

/** Others get their turn while pieces are made. Returns whether it came to its end. */
async function inSlices(
  pieces: Iterable<string | Uint8Array>,
  course: Course,
  put: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  let waiting: Uint8Array[] = [];
  let until = performance.now() + slice;
  for (const piece of pieces) {
    if (piece.length > 0) waiting.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
    if (performance.now() < until) continue;
    await put(Buffer.concat(waiting));
    waiting = [];
    await new Promise((resolve) => setImmediate(resolve));
    if (course.cancelled) return false;
    until = performance.now() + slice;
  }
  await put(Buffer.concat(waiting));
  return !course.cancelled;
}

/** The exchange that a command is for: given, or selected in the inspector. */
function oneExchange(services: ExportServices, argument: unknown): ExchangeDetail | null {
  const detail = givenExchange(services, argument) ?? selectedExchange(services);
  if (detail === null) notify('information', vscode.l10n.t('Select an exchange in the inspector first.'));
  return detail;
}

function selectedExchange({ capture, inspector }: ExportServices): ExchangeDetail | null {
  const key = inspector.feed?.selectedExchange ?? null;
  return key === null ? null : capture.detail(key);
}

/** The exchange that a menu's argument is about. */
function givenExchange(services: ExportServices, argument: unknown): ExchangeDetail | null {
  const key = keysOf(services, argument)?.[0];
  return key === undefined ? null : services.capture.detail(key);
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
