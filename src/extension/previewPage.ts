import type { PreviewData, PreviewState } from '../protocol/preview.ts';
import { escapeHtml } from './escapeHtml.ts';

/** What the preview shows: a page of a server, or why it cannot. */
export type PreviewContent =
  | { readonly kind: 'page'; readonly data: PreviewData }
  | {
      readonly kind: 'notice';
      readonly state: PreviewState;
      readonly text: string;
      readonly offerStart: boolean;
      readonly offerBrowser?: boolean;
    };

/** What translates texts: `vscode.l10n`, or a stand-in where there is no VS Code. */
export interface Translation {
  t(message: string, ...values: string[]): string;
}

/** What the document of the preview's panel is made of. */
export interface PreviewPageOptions {
  readonly l10n: Translation;
  /** Language of the texts, as VS Code names it. */
  readonly language: string;
  readonly content: PreviewContent;
  /** File name of the page. */
  readonly name: string;
  /** Unguessable, and new for each document: only the script and the style sheet that have it count. */
  readonly nonce: string;
  /** Contents of the script and of the style sheet, which become part of the document. */
  readonly script: string;
  readonly style: string;
}

/**
 * The document of the preview's panel: a toolbar above the framed page. It asks VS Code for no file: in VS Code 1.100, one
 * that is still asked for when its panel is closed keeps every panel opened within the next 30 s empty
 * (microsoft/vscode#249114), and this document is replaced whenever its server starts or ends.
 */
export function previewPage(options: PreviewPageOptions): string {
  const { l10n, language, content, name, nonce, script, style } = options;
  const frameSource = content.kind === 'page' ? new URL(content.data.root).origin : "'none'";
  const policy = [
    "default-src 'none'",
    `frame-src ${frameSource}`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<style nonce="${nonce}">${style}</style>
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title>
</head>
${content.kind === 'page' ? pageBody(content.data, name, l10n) : noticeBody(content, name, l10n)}
<script nonce="${nonce}">${script}</script>
</body>
</html>`;
}

/** As much as a page in an editor tab needs; it cannot navigate the workbench. */
const sandbox =
  'allow-same-origin allow-scripts allow-forms allow-modals allow-popups allow-downloads allow-pointer-lock';

function pageBody(data: PreviewData, name: string, l10n: Translation): string {
  const unlinked = data.secure
    ? l10n.t(
        'If there is no page here, the certificate of its server is not trusted, and a panel cannot ask. Open it in the browser, which can, or trust the certificate that the log names.',
      )
    : l10n.t("The page's own policy keeps live reload out: changes are shown by loading the page anew.");
  return `<body data-data="${escapeHtml(JSON.stringify(data))}" data-unlinked="${escapeHtml(unlinked)}">
<header>
<h1 class="unseen">${escapeHtml(l10n.t('Preview {0}', name))}</h1>
${button('back', l10n.t('Back'), icons.back)}
${button('forward', l10n.t('Forward'), icons.forward)}
${button('reload', l10n.t('Reload the Page'), icons.reload)}
<input id="address" type="text" spellcheck="false" aria-label="${escapeHtml(l10n.t('Address'))}">
${button('find', l10n.t('Find in Page'), icons.find)}
<select id="size" aria-label="${escapeHtml(l10n.t('Screen Size'))}" title="${escapeHtml(l10n.t('Screen Size'))}">${sizes(l10n)}</select>
${button('rotate', l10n.t('Rotate'), icons.rotate)}
<select id="zoom" aria-label="${escapeHtml(l10n.t('Zoom'))}" title="${escapeHtml(l10n.t('Zoom'))}">${zooms}</select>
${button('console', l10n.t("Show the Page's Console"), `${icons.console}<span class="count"></span>`)}
${button('openInBrowser', l10n.t('Open in Browser'), icons.open)}
</header>
<div id="remark" role="status" hidden><span></span>${data.secure ? textButton('openInBrowser', l10n.t('Open in Browser')) : ''}</div>
<div id="find" role="search" data-none="${escapeHtml(l10n.t('Not found'))}" data-unlinked="${escapeHtml(l10n.t('This page cannot be searched'))}" hidden>
<input type="text" aria-label="${escapeHtml(l10n.t('Find'))}" placeholder="${escapeHtml(l10n.t('Find'))}">
<output></output>
${button('previous', l10n.t('Previous Match'), icons.up, 'find')}
${button('next', l10n.t('Next Match'), icons.down, 'find')}
${button('close', l10n.t('Close'), icons.close, 'find')}
</div>
<main class="stage"><iframe title="${escapeHtml(name)}" sandbox="${sandbox}"></iframe>
<div id="outside" hidden><p>${escapeHtml(l10n.t('This is a PDF file. The viewer of the browser does not run within a panel: open the file in the browser itself.'))}</p>
<button type="button" class="primary" data-action="openInBrowser">${escapeHtml(l10n.t('Open in Browser'))}</button></div></main>`;
}

function noticeBody(
  { state, text, offerStart, offerBrowser }: Extract<PreviewContent, { kind: 'notice' }>,
  name: string,
  l10n: Translation,
): string {
  const start = offerStart ? textButton('startServer', l10n.t('Start Server')) : '';
  const browser = offerBrowser ? textButton('openInBrowser', l10n.t('Open in Browser')) : '';
  return `<body data-notice="${escapeHtml(JSON.stringify(state))}">
<main class="notice"><h1 class="unseen">${escapeHtml(l10n.t('Preview {0}', name))}</h1>
<p role="status">${escapeHtml(text)}</p>${start}${browser}</main>`;
}

function textButton(action: string, label: string): string {
  return `<button type="button" class="primary" data-action="${action}">${escapeHtml(label)}</button>`;
}

function button(name: string, label: string, content: string, kind: 'action' | 'find' = 'action'): string {
  const shown = escapeHtml(label);
  return `<button type="button" data-${kind}="${name}" data-label="${shown}" title="${shown}" aria-label="${shown}">${content}</button>`;
}

/** CSS pixels. */
function sizes(l10n: Translation): string {
  const known: [value: string, label: string][] = [
    ['', l10n.t('Fit the Panel')],
    ['360x640', l10n.t('Small Phone, {0}', '360 × 640')],
    ['390x844', l10n.t('Phone, {0}', '390 × 844')],
    ['820x1180', l10n.t('Tablet, {0}', '820 × 1180')],
    ['1280x800', l10n.t('Laptop, {0}', '1280 × 800')],
    ['1920x1080', l10n.t('Desktop, {0}', '1920 × 1080')],
  ];
  return known.map(([value, label]) => `<option value="${value}">${escapeHtml(label)}</option>`).join('');
}

const zooms = [50, 67, 75, 90, 100, 110, 125, 150, 200]
  .map((zoom) => `<option value="${zoom}"${zoom === 100 ? ' selected' : ''}>${zoom} %</option>`)
  .join('');

function icon(path: string): string {
  return `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
}

const icons = {
  back: icon('M9.5 3 4.5 8l5 5M5 8h8'),
  forward: icon('M6.5 3l5 5-5 5M11 8H3'),
  reload: icon('M12.5 5.5A5 5 0 1 0 13 9M13 2.5v3.2H9.8'),
  find: icon('M10.2 10.2 14 14M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0'),
  rotate: icon('M3 5.5h7v8H3zM10 2.5h2.5a1 1 0 0 1 1 1V6M12 4.7l1.5 1.5L15 4.7'),
  console: icon('M2.5 3.5h11v9h-11zM5 6l2 2-2 2M8.5 10.5H11'),
  open: icon('M7 3H3v10h10V9M9.5 2.5h4v4M13.2 2.8 7.5 8.5'),
  up: icon('M3.5 10 8 5.5l4.5 4.5'),
  down: icon('M3.5 6 8 10.5 12.5 6'),
  close: icon('M4 4l8 8M12 4l-8 8'),
};
