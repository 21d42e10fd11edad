import { escapeHtml } from './escapeHtml.ts';
import { qrCodeSvg } from './qrCode.ts';

/** The page's words, already in the user's language, and the addresses that it shows. */
export interface QrCodePageOptions {
  readonly language: string;
  readonly title: string;
  readonly hint: string;
  /** `label`: the text alternative of the code. */
  readonly codes: readonly { readonly address: string; readonly label: string }[];
}

/** Addresses with their QR codes. Without scripts: an address is a link, which VS Code opens. */
export function qrCodePage({ language, title, hint, codes }: QrCodePageOptions): string {
  const figures = codes.map(({ address, label }) => {
    const shown = escapeHtml(address);
    return `<figure>${qrCodeSvg(address, escapeHtml(label))}<figcaption><a href="${shown}">${shown}</a></figcaption></figure>`;
  });
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { background: var(--vscode-editor-background); }
h1 { font-size: 1.4em; font-weight: 600; overflow-wrap: anywhere; }
section { display: flex; flex-wrap: wrap; gap: 24px; padding: 12px 0; }
figure { margin: 0; width: min(320px, 100%); }
figcaption { margin-top: 8px; overflow-wrap: anywhere; }
/* Readers need black on white, whatever colours the system has. */
svg { forced-color-adjust: none; }
</style>
</head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(hint)}</p><section>${figures.join('')}</section></main></body>
</html>`;
}
