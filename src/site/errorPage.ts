import type { Response } from '../http/message.ts';
import { reasonPhrases } from '../http/reasonPhrases.ts';

const style = `:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem; box-sizing: border-box;
  background: light-dark(#fbfaf7, #16181d); color: light-dark(#22252b, #e6e4df);
  font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 36rem; border-left: .25rem solid light-dark(#b5440b, #ff9d5c); padding: .25rem 0 .25rem 1.5rem }
h1 { margin: .25rem 0 .75rem; font-size: 1.6rem; line-height: 1.25; font-weight: 600 }
p { margin: 0; overflow-wrap: anywhere }
.status { color: light-dark(#63676f, #a2a5ac); font-variant-numeric: tabular-nums }
@media (prefers-contrast: more) { body { background: light-dark(#fff, #000); color: light-dark(#000, #fff) } .status { color: inherit } }`;

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A page that says what happened and what to do. `title` and `explanation` are plain text; what they hold of a request
 * is shown as such.
 */
export function errorResponse(
  status: number,
  title: string,
  explanation: string,
  fields: Response['fields'] = [],
): Response {
  const phrase = reasonPhrases[status] ?? '';
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<p class="status">${status} ${escapeHtml(phrase)}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(explanation)}</p>
</main>
</html>
`;
  return {
    status,
    fields: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Cache-Control', 'no-store'],
      ['Content-Security-Policy', policy],
      ['X-Content-Type-Options', 'nosniff'],
      ...fields,
    ],
    body: [new TextEncoder().encode(page)],
  };
}

/** Characters with a meaning in HTML. */
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Plain text as it stands in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
