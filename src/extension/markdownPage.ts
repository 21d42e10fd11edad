import { escapeHtml } from './escapeHtml.ts';

/** What a Markdown file's page is made of. */
export interface MarkdownPageOptions {
  /** HTML as VS Code's renderer made it: it holds any HTML of the file, even scripts. */
  readonly body: string;
  readonly title: string;
  readonly language: string;
  readonly style: string;
  /** Their addresses, relative to the page or absolute. */
  readonly styleSheets: readonly string[];
}

/**
 * The page of a Markdown file. HTML in Markdown is its author's and not the user's, so the page's policy lets none of
 * its scripts run, and no form be sent. The live reload script, which the server puts before the policy, has run by then.
 */
export function markdownPage({ body, title, language, style, styleSheets }: MarkdownPageOptions): string {
  const policy = [
    "default-src 'none'",
    // For the live reload script.
    "connect-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline' https:",
    "img-src 'self' data: https: http:",
    "media-src 'self' data: https: http:",
    "font-src 'self' data: https:",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  const links = styleSheets.map((address) => `<link rel="stylesheet" href="${escapeHtml(address)}">\n`);
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${style}
</style>
${links.join('')}</head>
<body class="markdown-body">
<main>
${body}
</main>
</body>
</html>
`;
}
