import type { ExchangeDetail } from '../protocol/inspector.ts';
import {
  authorityOf,
  bodyData,
  type ExportedExchange,
  exportedExchange,
  serverAddress,
  tokenText,
} from './exportExchange.ts';

/** Bytes that nearly every shell takes as one argument. */
const longestArgument = 100_000;

/**
 * A shell command that sends exactly the bytes of the request: with curl where curl can, else with printf and nc. A
 * comment instead of a command where bytes are missing or there are too many.
 */
export function curlCommand(detail: ExchangeDetail): string {
  const exchange = exportedExchange(detail);
  const { bytes, whole } = exchange.request;
  const { host, port } = serverAddress(detail.local);
  if (bytes.length === 0) return '# Nothing of this request was kept.';
  if (!whole) return '# Some bytes of this request were not kept: it cannot be sent again as it was.';
  if (bytes.length > longestArgument) {
    return `# ${bytes.length} bytes are too long for a command line. Export them as raw bytes, then: nc ${host} ${port} < FILE`;
  }
  const args = curlArguments(exchange);
  if (args !== null) return args;
  return `printf ${quoted(printfFormat(bytes))} | nc ${host} ${port}`;
}

/** What makes curl send exactly these bytes; null where nothing does. */
function curlArguments(exchange: ExportedExchange): string | null {
  const { request, detail } = exchange;
  const method = tokenText(request, 'method');
  const target = tokenText(request, 'request-target');
  const version = /^HTTP\/(1\.[01])$/.exec(tokenText(request, 'HTTP-version'))?.[1];
  if (version === undefined || request.facts.input.violation !== null || !request.detail.complete)
    return null;
  const lines = fieldLines(request.bytes.subarray(0, request.facts.bodyStart));
  const names = lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  const body = bodyData(request);
  // curl writes Host first and in this spelling, chunks as it likes, and asks before it sends.
  if (!lines[0]?.startsWith('Host:') || names.lastIndexOf('host') > 0) return null;
  if (names.includes('transfer-encoding') || (body.length > 0 && !names.includes('content-length')))
    return null;
  if (!sendsExactly(request.bytes, `${method} ${target} HTTP/${version}`, lines, body)) return null;
  // To HEAD curl sends no body, and "--request HEAD" waits for one.
  if (method === 'HEAD' && body.length > 0) return null;
  const args = ['curl'];
  if (method === 'HEAD') args.push('--head');
  else if (method !== (body.length > 0 ? 'POST' : 'GET')) args.push('--request', quoted(method));
  args.push(`--http${version}`, '--path-as-is', '--globoff');
  const plain = /^\/[A-Za-z0-9\-._~/?@!$&()*+,;=:%]*$/.test(target);
  if (!plain) args.push('--request-target', quoted(target));
  for (const line of lines) args.push('--header', quoted(headerArgument(line)));
  for (const own of ['User-Agent', 'Accept', 'Expect', ...(body.length > 0 ? ['Content-Type'] : [])]) {
    if (!names.includes(own.toLowerCase())) args.push('--header', quoted(`${own}:`));
  }
  const { tls } = detail.connection;
  // The certificate is mostly one that was made for this machine, which curl does not trust.
  if (tls !== '') args.push('--insecure');
  const url = quoted(`${tls === '' ? 'http' : 'https'}://${authorityOf(detail)}${plain ? target : '/'}`);
  if (body.length === 0) return `${args.join(' ')} ${url}`;
  if (isPlainText(body)) return `${args.join(' ')} --data-raw ${quoted(latin1(body))} ${url}`;
  return `printf ${quoted(printfFormat(body))} | ${args.join(' ')} --data-binary @- ${url}`;
}

/** Whether a start line, these field lines and a body, written as curl writes them, are the bytes. */
function sendsExactly(
  bytes: Uint8Array,
  startLine: string,
  lines: readonly string[],
  body: Uint8Array,
): boolean {
  const visible = /^[\x21-\x7e]+:(?:[\t ]*[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
  if (!/^[\x20-\x7e]+$/.test(startLine) || !lines.every((line) => visible.test(line))) return false;
  const head = `${startLine}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]).equals(bytes);
}

function fieldLines(head: Uint8Array): string[] {
  return latin1(head).split('\r\n').slice(1, -2);
}

/** curl takes "Name;" for a field without a value, and "Name:" for none. */
function headerArgument(line: string): string {
  return line.endsWith(':') ? `${line.slice(0, -1)};` : line;
}

function isPlainText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Within single quotes, a POSIX shell takes everything literally, except a single quote. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The bytes as a format of POSIX printf: what is not visible as an octal escape. */
function printfFormat(bytes: Uint8Array): string {
  let format = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (byte === 0x0d) format += '\\r';
    else if (byte === 0x0a) format += '\\n';
    else if (character === '%') format += '%%';
    // printf would take it for an option.
    else if (character === '-' && format === '') format += '\\055';
    else if (character === '\\') format += '\\\\';
    else if (byte >= 0x20 && byte < 0x7f) format += character;
    else format += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return format;
}

/** A script of commands, with a comment above each. */
export function* curlScript(details: Iterable<ExchangeDetail>): Generator<string> {
  yield '#!/bin/sh\n';
  for (const detail of details) yield `\n# ${exchangeTitle(detail)}\n${curlCommand(detail)}\n`;
}

/** One line that names an exchange: no bytes that a shell or a terminal would act on. */
export function exchangeTitle({ row }: ExchangeDetail): string {
  const request = row.method === '' ? 'malformed request' : `${row.method} ${row.target}`;
  const broken = row.rule === '' ? '' : ` - breaks ${row.rule}`;
  const written = row.comment === '' ? '' : ` - ${row.comment}`;
  return `${row.id}: ${request}${broken}${written}`
    .replaceAll(/[^\x20-\x7e\u00a1-\u024f]/g, '?')
    .slice(0, 500);
}
