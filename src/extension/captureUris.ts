import * as vscode from 'vscode';
import { type CapturedFile, pathOfFile } from '../capture/capturedFile.ts';

/** Scheme of the URIs under which captured bytes are read as files. */
export const captureScheme = 'spark';

/** The URI under which `CaptureFileSystem` gives the bytes. */
export function uriOfFile(file: CapturedFile): vscode.Uri {
  return vscode.Uri.from({ scheme: captureScheme, path: pathOfFile(file) });
}

/** Why there is no such file any more: a sentence in the user's language. */
export function reasonGone(file: CapturedFile): string {
  return file.kind === 'stream'
    ? vscode.l10n.t(
        'Connection {0} is no longer stored: newer ones took its place, or the capture was cleared.',
        file.connection.slice(file.connection.lastIndexOf('/') + 1),
      )
    : vscode.l10n.t(
        'Exchange {0} is no longer stored: newer ones took its place, or the capture was cleared.',
        file.exchange.slice(file.exchange.lastIndexOf('/') + 1),
      );
}

export function reasonUndecodable(): string {
  return vscode.l10n.t('The content coding of the body could not be undone: read it as it was sent.');
}
