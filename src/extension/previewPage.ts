/** What the preview shows: the page at an address, or why it cannot. */
export type PreviewContent =
  | { readonly kind: 'page'; readonly address: string }
  | { readonly kind: 'notice'; readonly text: string; readonly offerStart: boolean };

export interface PreviewPageOptions {
  readonly content: PreviewContent;
  /** File name of the page. */
  readonly name: string;
  /** Brings the preview back after a reload of the window. */
  readonly state: unknown;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
}

/** The document of the preview's panel: a toolbar above the framed page. */
export function previewPage(options: PreviewPageOptions): string {
  const { content, name, state, nonce, script, style, cspSource } = options;
  const frameSource = content.kind === 'page' ? new URL(content.address).origin : "'none'";
  const policy = [
    "default-src 'none'",
    `frame-src ${frameSource}`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<link rel="stylesheet" href="${escapeHtml(style)}">
<title>${escapeHtml(name)}</title>
</head>
<body data-state="${escapeHtml(JSON.stringify(state))}">
${content.kind === 'page' ? framed(content.address, name) : notice(content.text, content.offerStart)}
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`;
}

/** As much as a page in an editor tab needs; it cannot navigate the workbench. */
const sandbox =
  'allow-same-origin allow-scripts allow-forms allow-modals allow-popups allow-downloads allow-pointer-lock';

function framed(address: string, name: string): string {
  const shown = escapeHtml(address);
  return `<header role="toolbar" aria-label="Preview">
<button type="button" data-action="reload" title="Reload the page" aria-label="Reload the page">${reloadIcon}</button>
<output class="address" title="${shown}">${shown}</output>
<button type="button" data-action="openInBrowser" title="Open in Browser" aria-label="Open in Browser">${openIcon}</button>
</header>
<iframe src="${shown}" data-address="${shown}" title="${escapeHtml(name)}" sandbox="${sandbox}"></iframe>`;
}

function notice(text: string, offerStart: boolean): string {
  const button = offerStart
    ? '<button type="button" class="primary" data-action="startServer">Start Server</button>'
    : '';
  return `<main role="status"><p>${escapeHtml(text)}</p>${button}</main>`;
}

const reloadIcon =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M12.5 5.5A5 5 0 1 0 13 9M13 2.5v3.2H9.8"/></svg>';
const openIcon =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M7 3H3v10h10V9M9.5 2.5h4v4M13.2 2.8 7.5 8.5"/></svg>';

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
