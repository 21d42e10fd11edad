import path from 'node:path';
import * as vscode from 'vscode';
import { contentOfFile, type FileContent } from '../capture/capturedContent.ts';
import {
  type CapturedFile,
  type MessageName,
  type MessagePart,
  pathOfFile,
} from '../capture/capturedFile.ts';
import type { CaptureSource } from '../capture/captureSource.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import { reasonGone, reasonUndecodable, uriOfFile } from './captureUris.ts';
import type { byteCommandIds, Handlers } from './commandIds.ts';
import { numberText } from './connectionItems.ts';
import { setContextKey } from './contextKeys.ts';
import { byteSize } from './displayText.ts';
import { connectionOf, type ExchangeServices, givenOrSelected } from './exchangeArgument.ts';
import { pickExchange } from './exchangePick.ts';
import { writeWithProgress } from './fileWriting.ts';
import { openInHexEditor } from './hexEditor.ts';
import { notify } from './notices.ts';

/** Bytes that are written to a file at a time. */
const pieceLength = 1024 * 1024;

/** What shows captured bytes in editors of VS Code, compares them, and saves them. */
export function byteCommands(services: ExchangeServices): Handlers<typeof byteCommandIds> {
  const { capture } = services;
  let toCompare: ExchangeKey | null = null;
  return {
    'spark.openInHexEditor': async (argument) => {
      const file = await chooseFile(services, argument, vscode.l10n.t('Open in Hex Editor'));
      if (file === null || read(capture, file) === null) return;
      await openInHexEditor(uriOfFile(file));
    },
    'spark.saveBytesAs': async (argument) => {
      const file = await chooseFile(services, argument, vscode.l10n.t('Save Bytes As'));
      if (file !== null) await saveAs(capture, file);
    },
    'spark.openAsText': async (argument) => {
      const detail = await chooseExchange(services, argument, vscode.l10n.t('Open as Text'));
      if (detail !== null) await openAsText(detail.row.key);
    },
    'spark.compareExchange': async (argument) => {
      const title = vscode.l10n.t('Compare with');
      const detail = await chooseExchange(services, argument, title);
      if (detail === null) return;
      const other = await pickExchange(capture, title, detail.row);
      if (other !== null) await compareExchanges(capture, detail.row.key, other);
    },
    'spark.selectForCompare': async (argument) => {
      const detail = await chooseExchange(services, argument, vscode.l10n.t('Select for Compare'));
      if (detail === null) return;
      toCompare = detail.row.key;
      setContextKey('spark.comparisonBegun', true);
    },
    'spark.compareWithSelected': async (argument) => {
      if (toCompare === null) return;
      const detail = await chooseExchange(services, argument, vscode.l10n.t('Compare with Selected'));
      if (detail !== null) await compareExchanges(capture, toCompare, detail.row.key);
    },
  };
}

function openAsText(exchange: ExchangeKey): Thenable<unknown> {
  return vscode.commands.executeCommand('vscode.open', uriOfFile({ kind: 'dump', exchange, form: 'whole' }));
}

/** Compares two exchanges side by side, as text that differs only where they do. */
export async function compareExchanges(
  capture: CaptureSource,
  left: ExchangeKey,
  right: ExchangeKey,
): Promise<void> {
  const files = [left, right].map((exchange): CapturedFile => ({ kind: 'dump', exchange, form: 'compared' }));
  if (files.some((file) => read(capture, file) === null)) return;
  const [number, other] = [left, right].map((key) => key.slice(key.lastIndexOf('/') + 1));
  await vscode.commands.executeCommand(
    'vscode.diff',
    ...files.map(uriOfFile),
    vscode.l10n.t('Exchange {0} and exchange {1}', number, other),
  );
}

/** The exchange that a command is for; asks for it where none is given or selected. */
async function chooseExchange(
  services: ExchangeServices,
  argument: unknown,
  title: string,
): Promise<ExchangeDetail | null> {
  const known = givenOrSelected(services, argument);
  if (known !== null) return known;
  const key = await pickExchange(services.capture, title, null);
  return key === null ? null : services.capture.detail(key);
}

/** The bytes that a command is for: given by a menu, or asked for. */
async function chooseFile(
  services: ExchangeServices,
  argument: unknown,
  title: string,
): Promise<CapturedFile | null> {
  const connection = connectionOf(argument);
  if (connection !== null) {
    const streams: CapturedFile[] = [
      { kind: 'stream', connection, direction: 'received' },
      { kind: 'stream', connection, direction: 'sent' },
    ];
    return pickFile(services.capture, streams, title);
  }
  const detail = await chooseExchange(services, argument, title);
  if (detail === null) return null;
  const exchange = detail.row.key;
  const message = messageGiven(argument);
  if (message !== null) return { kind: 'message', exchange, message, part: 'message' };
  const parts: readonly (readonly [MessageName, MessagePart])[] = [
    ['request', 'message'],
    ['response', 'message'],
    ['request', 'body'],
    ['response', 'body'],
    ['request', 'decodedBody'],
    ['response', 'decodedBody'],
  ];
  const files = parts.map(
    ([name, part]): CapturedFile => ({ kind: 'message', exchange, message: name, part }),
  );
  return pickFile(services.capture, files, title);
}

/** Which message a context menu was opened on. */
function messageGiven(argument: unknown): MessageName | null {
  if (typeof argument !== 'object' || argument === null || !('message' in argument)) return null;
  return argument.message === 'request' || argument.message === 'response' ? argument.message : null;
}

async function pickFile(
  capture: CaptureSource,
  files: readonly CapturedFile[],
  title: string,
): Promise<CapturedFile | null> {
  const offered: Uint8Array[] = [];
  const items = files.flatMap((file) => {
    const content = contentOfFile(capture, file);
    if (content === 'gone' || content === 'undecodable' || content.bytes.length === 0) return [];
    // A body without any coding reads the same as it was sent.
    if (offered.some((bytes) => Buffer.compare(bytes, content.bytes) === 0)) return [];
    offered.push(content.bytes);
    return [{ file, label: nameOf(file), description: byteSize(content.bytes.length) }];
  });
  if (items.length === 0) {
    notify(
      'information',
      vscode.l10n.t(
        'No byte of it was kept: spark.capture.bodyKilobytes and spark.capture.maxMegabytes say how much is.',
      ),
    );
    return null;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Which bytes?'),
  });
  return picked?.file ?? null;
}

function nameOf(file: CapturedFile): string {
  switch (file.kind) {
    case 'stream':
      return file.direction === 'received'
        ? vscode.l10n.t('All that was received')
        : vscode.l10n.t('All that was sent');
    case 'dump':
      return vscode.l10n.t('Both messages as text');
    case 'message':
      return messageName(file.message, file.part);
  }
}

function messageName(message: MessageName, part: MessagePart): string {
  const isRequest = message === 'request';
  switch (part) {
    case 'message':
      return isRequest ? vscode.l10n.t('Request') : vscode.l10n.t('Response');
    case 'body':
      return isRequest ? vscode.l10n.t('Request body, as sent') : vscode.l10n.t('Response body, as sent');
    case 'decodedBody':
      return isRequest ? vscode.l10n.t('Request body, decoded') : vscode.l10n.t('Response body, decoded');
  }
}

/** The content of a file; where it has none, or not all, the user is told why. */
function read(capture: CaptureSource, file: CapturedFile): FileContent | null {
  const content = contentOfFile(capture, file);
  if (content === 'gone') {
    notify('information', reasonGone(file));
    return null;
  }
  if (content === 'undecodable') {
    notify('information', reasonUndecodable());
    return null;
  }
  if (content.missing > 0) {
    notify(
      'information',
      vscode.l10n.t(
        '{0} bytes of it were not kept; what you get is the rest. spark.capture.bodyKilobytes says how much is kept.',
        numberText(content.missing),
      ),
    );
  }
  return content;
}

async function saveAs(capture: CaptureSource, file: CapturedFile): Promise<void> {
  const content = read(capture, file);
  if (content === null) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = path.posix.basename(pathOfFile(file));
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Bytes As'),
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return;
  const { bytes } = content;
  let written = 0;
  function* pieces(): Generator<Uint8Array> {
    for (; written < bytes.length; written += pieceLength)
      yield bytes.subarray(written, written + pieceLength);
  }
  try {
    const title = vscode.l10n.t('Saving bytes');
    const share = () => written / Math.max(1, bytes.length);
    if (!(await writeWithProgress({ title, pieces: pieces(), target, share }))) return;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notify('error', vscode.l10n.t('The bytes could not be saved: {0}', reason));
    return;
  }
  vscode.window.setStatusBarMessage(vscode.l10n.t('Saved to {0}', path.posix.basename(target.path)), 5000);
}
