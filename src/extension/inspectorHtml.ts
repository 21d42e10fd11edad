/** Addresses and tokens that the inspector's page is made of. */
export interface InspectorPageParts {
  readonly title: string;
  /** As VS Code names it: `de`, `zh-cn`. */
  readonly language: string;
  /** The page's texts in that language, by the English ones: what `vscode.l10n.bundle` holds; undefined for English. */
  readonly texts: Readonly<Record<string, string>> | undefined;
  readonly script: string;
  readonly stylesheet: string;
  /** Where stylesheets may come from, as a source of a content security policy. */
  readonly stylesheetSource: string;
  /** Unguessable, and new for each page: only the script that has it runs. */
  readonly nonce: string;
  /** How the page was laid out in this workspace, as JSON. */
  readonly layout: string;
}

/** The inspector's page. It contains nothing that was captured: that comes as messages, and is shown as text. */
export function inspectorHtml({
  script,
  stylesheet,
  stylesheetSource,
  nonce,
  layout,
  title,
  language,
  texts,
}: InspectorPageParts): string {
  const policy = `default-src 'none'; style-src ${stylesheetSource}; img-src blob:; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${attribute(title)}</title>
<link rel="stylesheet" href="${attribute(stylesheet)}">
</head>
<body data-layout="${attribute(layout)}" data-texts="${attribute(JSON.stringify(texts ?? null))}">
<script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

function attribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
