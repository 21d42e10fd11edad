import { escapeHtml } from './escapeHtml.ts';

export interface MarkdownPageOptions {
  /** HTML, as VS Code's renderer made it: what stands in the file is in it, scripts and all. */
  readonly body: string;
  readonly title: string;
  readonly language: string;
  readonly style: string;
  /** Addresses. */
  readonly styleSheets: readonly string[];
}

/**
 * The page of a Markdown file. HTML in Markdown is the author's, not the user's: the page's policy lets none of its
 * scripts run, and sends no form. Only what stands before the policy, the script that shows changes, has run by then.
 */
export function markdownPage({ body, title, language, style, styleSheets }: MarkdownPageOptions): string {
  const policy = [
    "default-src 'none'",
    // What the page that shows changes needs.
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
