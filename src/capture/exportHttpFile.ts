import type { ExchangeDetail } from '../protocol/inspector.ts';
import { curlCommand, exchangeTitle } from './exportCurl.ts';
import { authorityOf, bodyData, exportedExchange, fieldsOf, tokenText } from './exportExchange.ts';

/** Fields that the tool that sends the file writes itself. */
const ownFields = new Set(['content-length', 'transfer-encoding']);

/** The pieces of a `.http` file, as REST Client, httpYac and JetBrains' HTTP client read it. */
export function* httpFile(details: Iterable<ExchangeDetail>): Generator<string> {
  yield '# Requests captured by Spark. Spelling, order and framing may change when they are sent from here.\n';
  for (const detail of details) yield `\n### ${exchangeTitle(detail)}\n${requestText(detail)}\n`;
}

/** Whether those who send the file send this: no comment, no byte that its encoding changes, and no `{{`, which they run. */
function readsAsItself(text: string): boolean {
  return /^(?!#)[\t\x20-\x7e]*$/.test(text) && !text.includes('{{');
}

function requestText(detail: ExchangeDetail): string {
  const { request } = exportedExchange(detail);
  const body = bodyData(request);
  const text = bodyText(body);
  const target = tokenText(request, 'request-target');
  const malformed = request.facts.input.violation !== null || !request.facts.hasHead || !request.whole;
  const fields = fieldsOf(request).filter(({ name }) => !ownFields.has(name.toLowerCase()));
  const head = [tokenText(request, 'method'), target, ...fields.flatMap(({ name, value }) => [name, value])];
  const isHeld = /^(\/|https?:)/.test(target) && head.every(readsAsItself);
  if (malformed || text === null || !isHeld) {
    const command = curlCommand(detail).replaceAll('\n', '\n# ');
    return `# This format cannot hold the request. In a shell:\n# ${command}\n`;
  }
  const scheme = detail.connection.tls === '' ? 'http' : 'https';
  const url = target.startsWith('/') ? `${scheme}://${authorityOf(detail)}${target}` : target;
  const lines = fields.map(({ name, value }) => `${name}: ${value}\n`).join('');
  const start = `# @no-redirect\n# @no-cookie-jar\n${tokenText(request, 'method')} ${url} HTTP/1.1\n`;
  return `${start}${lines}${text === '' ? '' : `\n${text}\n`}`;
}

/** Null where it is no text, or would be read as something else: a separator, a file to include, a variable. */
function bodyText(body: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return /\0|^###|^<|\{\{|^>/m.test(text) ? null : text;
  } catch {
    return null;
  }
}
