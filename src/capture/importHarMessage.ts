import type { EntryReader } from './importJson.ts';

/** A message made from what HAR says of one; `length` counts bytes of its body that the file does not have, too. */
export interface RebuiltMessage {
  readonly bytes: Uint8Array;
  readonly bodyStart: number;
  readonly length: number;
}

/** What frames a body, or codes it: HAR has bodies without either. */
const framing = new Set(['content-length', 'transfer-encoding']);
const coding = 'content-encoding';

/** A request made from HAR's description; a missing Host is taken from the URL. @throws ImportProblem */
export function rebuiltRequest(request: EntryReader): RebuiltMessage & { method: string; target: string } {
  const method = oneLine(request.text('method'));
  const url = request.text('url');
  const { target, host } = targetOf(url);
  const fields = fieldsOf(request);
  const authority = request
    .objects('headers')
    .find((header) => header.text('name').toLowerCase() === ':authority');
  if (!fields.some(({ name }) => name.toLowerCase() === 'host')) {
    const value = authority === undefined ? host : oneLine(authority.text('value'));
    if (value !== '') fields.unshift({ name: 'Host', value });
  }
  const body = request.has('postData') ? postedBody(request.object('postData')) : null;
  const start = `${method} ${target} ${versionOf(request)}`;
  return { method, target, ...message(start, fields, body, size(request, 'bodySize'), false) };
}

/** Null where there was no answer: HAR writes status 0 then. */
export function rebuiltResponse(
  response: EntryReader,
  requestMethod: string,
): (RebuiltMessage & { status: number }) | null {
  const status = response.number('status');
  if (!Number.isInteger(status) || status < 0 || status > 999) throw response.problem('status');
  if (status === 0) return null;
  const content = response.object('content');
  const start = `${versionOf(response)} ${String(status).padStart(3, '0')} ${oneLine(response.text('statusText'))}`;
  const hasNone = requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304;
  const body = hasNone ? new Uint8Array(0) : content.has('text') ? bytesOf(content) : null;
  const missing = body === null ? Math.max(size(content, 'size'), size(response, 'bodySize')) : 0;
  return { status, ...message(start, fieldsOf(response), body, missing, hasNone) };
}

/** `missing`: bytes that a body had which the file does not have. */
function message(
  start: string,
  given: readonly Field[],
  body: Uint8Array | null,
  missing: number,
  keepsFraming: boolean,
): RebuiltMessage {
  const there = body ?? new Uint8Array(0);
  const length = body === null ? missing : there.length;
  const names = new Set(given.map(({ name }) => name.toLowerCase()));
  const isFramed = [...framing].some((name) => names.has(name));
  // What the fields say of the body as it was sent would not be true of this one.
  const fields = keepsFraming
    ? [...given]
    : given.filter(({ name }) => {
        const lower = name.toLowerCase();
        return !framing.has(lower) && !(lower === coding && body !== null);
      });
  if (!keepsFraming && (isFramed || length > 0))
    fields.push({ name: 'Content-Length', value: String(length) });
  const head = `${start}\r\n${fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const bytes = Buffer.concat([Buffer.from(head, 'utf8'), there]);
  return {
    bytes: Uint8Array.from(bytes),
    bodyStart: bytes.length - there.length,
    length: bytes.length + (body === null ? missing : 0),
  };
}

interface Field {
  readonly name: string;
  readonly value: string;
}

/** Pseudo-header fields of HTTP/2 and 3 begin with a colon (RFC 9113 section 8.3); some programs join values by LF. */
function fieldsOf(of: EntryReader): Field[] {
  return of
    .objects('headers')
    .map((header) => ({ name: header.text('name'), value: header.text('value') }))
    .filter(({ name }) => name !== '' && !name.startsWith(':'))
    .flatMap(({ name, value }) =>
      value.split('\n').map((part) => ({ name: oneLine(name), value: oneLine(part.trim()) })),
    );
}

/** HTTP/1.1 stands for later versions, and for what is not known. */
function versionOf(of: EntryReader): string {
  return /^HTTP\/1\.[01]$/i.exec(of.text('httpVersion'))?.[0].toUpperCase() ?? 'HTTP/1.1';
}

function targetOf(url: string): { target: string; host: string } {
  const [, host = '', rest = ''] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const target = oneLine(host === '' ? url : rest).replaceAll(' ', '%20');
  return {
    target: target.startsWith('/') || host === '' ? target || '/' : `/${target}`,
    host: oneLine(host),
  };
}

/** A CR, LF or NUL would make other lines of it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, ' ');
}

function postedBody(postData: EntryReader): Uint8Array | null {
  if (postData.has('_content')) return bytesOf(postData.object('_content'));
  if (postData.has('text') && postData.text('text') !== '') return bytesOf(postData);
  if (!postData.has('params')) return postData.has('text') ? new Uint8Array(0) : null;
  const pairs = postData
    .objects('params')
    .map((one) => [one.text('name'), one.has('value') ? one.text('value') : ''] as [string, string]);
  return Uint8Array.from(Buffer.from(new URLSearchParams(pairs).toString()));
}

function bytesOf(content: EntryReader): Uint8Array {
  const text = content.text('text');
  const isBase64 = content.has('encoding') && content.text('encoding') === 'base64';
  return Uint8Array.from(Buffer.from(text, isBase64 ? 'base64' : 'utf8'));
}

/** -1, and what is no size, is not known. */
function size(of: EntryReader, name: string): number {
  if (!of.has(name)) return 0;
  const value = of.number(name);
  return Number.isSafeInteger(value) && value > 0 ? Math.min(value, 2 ** 40) : 0;
}
