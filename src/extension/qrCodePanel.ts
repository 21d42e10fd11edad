import * as vscode from 'vscode';
import { qrCodeSvg } from './qrCode.ts';

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
  open.webview.html = qrCodePage(
    title,
    vscode.l10n.t('Point the camera of a phone in the same network at a code, or type its address.'),
    addresses,
  );
}

/** Without scripts: an address is a link, which VS Code opens. */
function qrCodePage(title: string, hint: string, addresses: readonly string[]): string {
  const figures = addresses.map((address) => {
    const shown = escapeHtml(address);
    return `<figure>${qrCodeSvg(address, escapeHtml(vscode.l10n.t('QR code of {0}', address)))}<figcaption><a href="${shown}">${shown}</a></figcaption></figure>`;
  });
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
main { display: flex; flex-wrap: wrap; gap: 24px; padding: 12px 0; }
figure { margin: 0; width: min(320px, 100%); }
figcaption { margin-top: 8px; overflow-wrap: anywhere; }
</style>
</head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(hint)}</p><main>${figures.join('')}</main></body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
