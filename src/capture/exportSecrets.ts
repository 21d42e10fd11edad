import type { ExchangeDetail, KeptBytes, MessageDetail } from '../protocol/inspector.ts';
import { type ExportedMessage, exportedExchange } from './exportExchange.ts';

const secretFields =
  /^(cookie2?|set-cookie2?|authorization|proxy-authorization|proxy-authenticate|proxy-authentication-info|x-api-key|x-auth-token)$/;
const asterisk = 0x2a;
/** RFC 3986 section 3.2.1. */
const userInfo = /\/\/([^/@\s]+)@/;

/** The messages of which a format contains the original bytes. */
export type ExposedMessages = readonly ('request' | 'response')[];

/** Bytes that are looked at for an end of the head. */
const longestHead = 1024 * 1024;

/** Whether the head of such a message has a field whose value is a secret, however malformed it is. */
export function holdsSecrets(detail: ExchangeDetail, messages: ExposedMessages): boolean {
  if (messages.includes('request') && userInfo.test(detail.row.target)) return true;
  return messages.some((name) => {
    const bytes = detail[name].kept[0]?.bytes ?? new Uint8Array(0);
    const text = Buffer.from(bytes.subarray(0, longestHead)).toString('latin1');
    const [head] = text.split(/\r?\n\r?\n/, 1);
    return head.split(/[\r\n]+/).some((line) => secretFields.test(fieldNameOf(line)));
  });
}

/** Of a line that may be malformed; in lower case. */
function fieldNameOf(line: string): string {
  return /^[^A-Za-z]*([A-Za-z0-9-]+)/.exec(line)?.[1].toLowerCase() ?? '';
}

/**
 * The exchange with the values of its secret fields overwritten by asterisks, byte for byte, so that all offsets stay
 * valid. It works on lines, not on parsed fields: a malformed head may hold secrets too.
 */
export function withoutSecrets(detail: ExchangeDetail): ExchangeDetail {
  const { request, response } = exportedExchange(detail);
  const target = detail.row.target.replace(userInfo, (_, user: string) => `//${'*'.repeat(user.length)}@`);
  return { ...detail, row: { ...detail.row, target }, request: masked(request), response: masked(response) };
}

function masked({ detail, bytes, facts }: ExportedMessage): MessageDetail {
  const copy = bytes.slice();
  const headEnd = facts.hasHead ? facts.bodyStart : copy.length;
  maskLines(copy, 0, headEnd);
  for (const { name, start, end } of facts.input.spans) {
    if (name === 'trailer-name') maskLines(copy, start, endOfLine(copy, start));
    else if (name === 'unparsed') maskLines(copy, start, Math.min(end, copy.length));
  }
  const kept: KeptBytes[] = detail.kept.map((piece) =>
    piece.bytes === bytes ? { ...piece, bytes: copy } : piece,
  );
  return { ...detail, kept };
}

function maskLines(bytes: Uint8Array, from: number, to: number): void {
  let secret = false;
  for (let start = from; start < to; ) {
    const end = Math.min(endOfLine(bytes, start), to);
    if (end === start) {
      start++;
      continue;
    }
    const line = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    // A line that begins with white space goes on with the field before (RFC 9112 section 5.2).
    const goesOn: boolean = /^[ \t]/.test(line) && secret;
    const [, before, name, colon] = /^([^A-Za-z]*)([A-Za-z0-9-]+)([\s\0]*:?[ \t]*)/.exec(line) ?? [
      '',
      '',
      '',
      '',
    ];
    secret = goesOn || secretFields.test(name.toLowerCase());
    if (secret) bytes.fill(asterisk, start + (goesOn ? 0 : before.length + name.length + colon.length), end);
    const user = userInfo.exec(line);
    if (user !== null) bytes.fill(asterisk, start + user.index + 2, start + user.index + 2 + user[1].length);
    start = end + 1;
  }
}

/** Where the CR or LF stands that ends the line; behind the last byte where none does. */
function endOfLine(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== 0x0d && bytes[end] !== 0x0a) end++;
  return end;
}
