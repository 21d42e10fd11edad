import { httpDate } from './date.ts';
import type { Output, Response, ResponseEncoding } from './message.ts';
import { reasonPhrases } from './reasonPhrases.ts';

const textEncoder = new TextEncoder();

/** What the connection adds to a response. */
export interface ResponseFrame {
  readonly now: number;
  /** Value of the Connection field; empty for none. */
  readonly connection: '' | 'close' | 'keep-alive';
  /** How the body ends: by its length, by its last chunk, or with the connection. */
  readonly framing?: 'length' | 'chunked' | 'connection';
}

/** Bytes of a body, whether in memory or in a file. */
export function bodyLength(body: readonly Output[]): number {
  let length = 0;
  for (const part of body) length += part.length;
  return length;
}

/** Whether a response with this status has no content by definition (RFC 9110 section 6.4.1). */
export function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** How the body of a response ends. HTTP/1.0 gets no chunks; without a body, "connection" adds no framing field. */
export function framingOf(
  { source, sourceLength }: Response,
  bodiless: boolean,
  minorVersion: number,
): NonNullable<ResponseFrame['framing']> {
  if (source === undefined || sourceLength !== undefined) return 'length';
  return bodiless || minorVersion === 0 ? 'connection' : 'chunked';
}

/**
 * Status line and header section with the empty line that ends them. The status line keeps its last space where there
 * is no reason phrase (RFC 9112 section 4). Content-Length is on every response that may have content; for HEAD it is
 * the one that GET would get (RFC 9110 section 8.6). Throws UnsafeFieldError.
 */
export function responseHead(response: Response, frame: ResponseFrame): string {
  const { status } = response;
  checkFields(response.fields);
  let head = `HTTP/1.1 ${status} ${checkedReason(response)}\r\n`;
  if (needsDate(response)) head += `Date: ${httpDate(frame.now)}\r\n`;
  for (const [name, value] of response.fields) head += `${name}: ${value}\r\n`;
  const { framing = 'length' } = frame;
  if (framing === 'chunked') head += 'Transfer-Encoding: chunked\r\n';
  else if (framing === 'length' && !isBodiless(status))
    head += `Content-Length: ${bodyLength(response.body) + (response.sourceLength ?? 0)}\r\n`;
  if (frame.connection !== '') head += `Connection: ${frame.connection}\r\n`;
  return `${head}\r\n`;
}

/**
 * A response with its body as the bytes that it is sent as, to be sent again and again. They are made anew only when
 * Date has to change, and never modified, since sockets and the recorder may still hold them.
 */
export class EncodedResponse implements ResponseEncoding {
  bytes: Uint8Array = new Uint8Array(0);
  bodyStart = 0;
  private second = Number.NaN;

  renew(response: Response, now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.second) return;
    const head = textEncoder.encode(responseHead(response, { now, connection: '' }));
    this.bytes = new Uint8Array(head.length + bodyLength(response.body));
    this.bytes.set(head);
    this.bodyStart = head.length;
    let offset = head.length;
    for (const part of response.body) {
      if ('file' in part) throw new TypeError('A response from an open file is sent once.');
      this.bytes.set(part, offset);
      offset += part.length;
    }
    this.second = second;
  }
}

/** Thrown for a response whose fields would break out of the header section (RFC 9110 section 5.5). */
export class UnsafeFieldError extends Error {
  constructor(name: string) {
    super(`The field ${JSON.stringify(name)} of a response has a name or value that no field may have.`);
    this.name = 'UnsafeFieldError';
  }
}

/** RFC 9110 section 6.6.1: a gateway adds Date only where a response has none. Interim ones need none. */
function needsDate({ status, fields, reason }: Response): boolean {
  if (reason === undefined) return true;
  return status >= 200 && !fields.some(([name]) => name.toLowerCase() === 'date');
}

/** reason-phrase = 1*( HTAB / SP / VCHAR / obs-text ) (RFC 9112 section 4). */
function checkedReason({ status, reason = reasonPhrases[status] ?? '' }: Response): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(reason)) throw new UnsafeFieldError('reason-phrase');
  return reason;
}

/** Throws UnsafeFieldError. */
export function checkFields(fields: Response['fields']): void {
  for (const [name, value] of fields) {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || /[\r\n\0]/.test(value))
      throw new UnsafeFieldError(name);
  }
}
