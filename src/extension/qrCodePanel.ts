import * as vscode from 'vscode';
import { qrCodePage } from './qrCodePage.ts';

let open: vscode.WebviewPanel | null = null;

/** Shows addresses of a server, each with its QR code. */
export function showAddresses(name: string, addresses: readonly string[]): void {
  const title = vscode.l10n.t('QR Code of {0}', name);
  if (open === null) {
    open = vscode.window.createWebviewPanel('spark.qrCode', title, vscode.ViewColumn.Beside, {});
    open.onDidDispose(() => {
      open = null;
    });
  } else {
    open.reveal();
  }
  open.title = title;
  open.webview.html = qrCodePage({
    language: vscode.env.language,
    title,
    hint: vscode.l10n.t('Point the camera of a phone in the same network at a code, or type its address.'),
    codes: addresses.map((address) => ({ address, label: vscode.l10n.t('QR code of {0}', address) })),
  });
}
