/** Where a message ends (RFC 9112 section 6), found from its complete header section, which is validated on the way. */
import { COMMA, classes, DIGIT, equalsIgnoreCase, HTAB, SEMICOLON, SP, TOKEN } from './bytes.ts';
import type { HeadBuffer } from './headBuffer.ts';
import type { Limits } from './limits.ts';
import { hostField } from './target.ts';
import type { Violation } from './violation.ts';

/** How a message's body is delimited (RFC 9112 section 6.3); `length` is above 0. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'untilClose' };

/** No body follows. */
export const noFraming: Framing = { kind: 'none' };
const chunkedFraming: Framing = { kind: 'chunked' };

/** What the fields that delimit the body say; -1 stands for a field that is not there. */
interface Delimiters {
  contentLength: number;
  contentLengthField: number;
  transferEncodingField: number;
  hostField: number;
  chunked: boolean;
  /** Offset of the first transfer coding that is not implemented. */
  unknownCoding: number;
}

/**
 * Validates the header section of a request whose target is known, and tells how its body is delimited, or which rule the
 * section breaks.
 */
export function requestFraming(head: HeadBuffer, limits: Limits): Framing | Violation {
  const found = delimiters();
  for (let field = 0; field < head.fieldCount; field++) {
    const violation = requestField(head, field, found, limits);
    if (violation !== null) return violation;
  }
  if (found.hostField < 0 && head.minorVersion > 0) return { rule: 'host-missing', offset: head.end - 2 };
  return delimited(head, found);
}

function requestField(head: HeadBuffer, field: number, found: Delimiters, limits: Limits): Violation | null {
  const start = head.base + head.nameStart(field);
  const end = head.base + head.nameEnd(field);
  // Only names of these lengths can matter here: most fields cost one comparison of numbers.
  switch (end - start) {
    case 4:
      if (!equalsIgnoreCase(head.bytes, start, end, 'host')) return null;
      if (found.hostField >= 0) return { rule: 'host-repeated', offset: head.nameStart(field) };
      found.hostField = field;
      return hostField(head, field);
    case 6:
      return equalsIgnoreCase(head.bytes, start, end, 'expect') ? expectField(head, field) : null;
    case 10:
      if (equalsIgnoreCase(head.bytes, start, end, 'connection')) connectionField(head, field);
      return null;
    case 14:
      if (!equalsIgnoreCase(head.bytes, start, end, 'content-length')) return null;
      return contentLengthField(head, field, found, limits.body);
    case 17:
      if (!equalsIgnoreCase(head.bytes, start, end, 'transfer-encoding')) return null;
      return transferEncodingField(head, field, found);
    default:
      return null;
  }
}

/**
 * Tells how a response's body is delimited, or which rule its head breaks. RFC 9112 section 6.3 numbers its rules; they
 * are named where they are applied.
 */
export function responseFraming(head: HeadBuffer, requestMethod: string): Framing | Violation {
  const { status } = head;
  const found = delimiters();
  for (let field = 0; field < head.fieldCount; field++) {
    const start = head.base + head.nameStart(field);
    const end = head.base + head.nameEnd(field);
    let violation: Violation | null = null;
    if (equalsIgnoreCase(head.bytes, start, end, 'content-length')) {
      violation = contentLengthField(head, field, found, Number.MAX_SAFE_INTEGER);
    } else if (equalsIgnoreCase(head.bytes, start, end, 'transfer-encoding')) {
      violation = transferEncodingField(head, field, found);
    }
    if (violation !== null) return violation;
  }
  // Rule 2; and 101, after which the connection is not HTTP's any more.
  const switched = status === 101 || (requestMethod === 'CONNECT' && status >= 200 && status < 300);
  if (switched) return { kind: 'untilClose' };
  // Rule 1.
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) return noFraming;
  const announced = found.contentLengthField >= 0 || found.transferEncodingField >= 0;
  // Rule 8; and rule 4: a response may end with its connection, whatever its transfer codings are.
  const chunkedLast = found.chunked || found.transferEncodingField < 0;
  if (!announced || (!chunkedLast && found.contentLengthField < 0)) return { kind: 'untilClose' };
  found.unknownCoding = -1;
  return delimited(head, found);
}

function delimiters(): Delimiters {
  return {
    contentLength: 0,
    contentLengthField: -1,
    transferEncodingField: -1,
    hostField: -1,
    chunked: false,
    unknownCoding: -1,
  };
}

/** Rules 3 to 7 of RFC 9112 section 6.3; rule 5, an invalid Content-Length, is found where that is read. */
function delimited(head: HeadBuffer, found: Delimiters): Framing | Violation {
  const { contentLengthField: length, transferEncodingField: encoding } = found;
  if (encoding >= 0) {
    if (head.minorVersion === 0) {
      return { rule: 'transfer-encoding-in-http-1.0', offset: head.nameStart(encoding) };
    }
    // Rule 3 lets Transfer-Encoding overrule Content-Length. Whoever sends both may be smuggling a request: refused.
    if (length >= 0) {
      return {
        rule: 'content-length-with-transfer-encoding',
        offset: head.nameStart(Math.max(length, encoding)),
      };
    }
    // Rule 4: without chunked at the end, nobody can tell where a request ends.
    if (!found.chunked) return { rule: 'chunked-not-final', offset: head.valueStart(encoding) };
    if (found.unknownCoding >= 0) return { rule: 'transfer-coding-unknown', offset: found.unknownCoding };
    return chunkedFraming;
  }
  // Rule 6, or 7: a request that announces no body has none.
  return found.contentLength > 0 ? { kind: 'length', length: found.contentLength } : noFraming;
}

/** Content-Length = 1*DIGIT (RFC 9110 section 8.6); a list or a second field line is refused even if all agree. */
function contentLengthField(
  head: HeadBuffer,
  field: number,
  found: Delimiters,
  most: number,
): Violation | null {
  if (found.contentLengthField >= 0) {
    return { rule: 'content-length-repeated', offset: head.nameStart(field) };
  }
  found.contentLengthField = field;
  const start = head.valueStart(field);
  const end = head.valueEnd(field);
  if (start === end) return { rule: 'content-length-syntax', offset: start };
  for (let offset = start; offset < end; offset++) {
    const octet = head.bytes[head.base + offset];
    if ((classes[octet] & DIGIT) === 0) {
      return { rule: octet === COMMA ? 'content-length-repeated' : 'content-length-syntax', offset };
    }
    found.contentLength = found.contentLength * 10 + octet - 0x30;
    if (found.contentLength > most) return { rule: 'body-too-large', offset: start };
  }
  return null;
}

/** Transfer-Encoding = #transfer-coding (RFC 9112 section 6.1); chunked is the one that is implemented. */
function transferEncodingField(head: HeadBuffer, field: number, found: Delimiters): Violation | null {
  let codings = 0;
  const broken = eachElement(head, field, (start, end) => {
    codings++;
    if (found.chunked) return { rule: 'chunked-not-final', offset: start };
    const name = tokenEnd(head, start, end);
    if (name === start) return { rule: 'transfer-encoding-syntax', offset: start };
    if (!equalsIgnoreCase(head.bytes, head.base + start, head.base + name, 'chunked')) {
      if (found.unknownCoding < 0) found.unknownCoding = start;
      return null;
    }
    if (name < end) {
      const parameters = head.bytes[head.base + skipSpace(head, name, end)] === SEMICOLON;
      return { rule: parameters ? 'chunked-parameters' : 'transfer-encoding-syntax', offset: name };
    }
    found.chunked = true;
    return null;
  });
  if (broken !== null) return broken;
  if (codings === 0) return { rule: 'transfer-encoding-syntax', offset: head.valueStart(field) };
  found.transferEncodingField = field;
  return null;
}

/** Connection = #connection-option (RFC 9110 section 7.6.1). */
function connectionField(head: HeadBuffer, field: number): void {
  eachElement(head, field, (start, end) => {
    if (equalsIgnoreCase(head.bytes, head.base + start, head.base + end, 'close'))
      head.connectionClose = true;
    if (equalsIgnoreCase(head.bytes, head.base + start, head.base + end, 'keep-alive')) {
      head.connectionKeepAlive = true;
    }
    return null;
  });
}

/** Expect = #expectation (RFC 9110 section 10.1.1), which HTTP/1.0 does not have. */
function expectField(head: HeadBuffer, field: number): Violation | null {
  if (head.minorVersion === 0) return null;
  return eachElement(head, field, (start, end) => {
    if (!equalsIgnoreCase(head.bytes, head.base + start, head.base + end, '100-continue')) {
      return { rule: 'expectation-unknown', offset: start };
    }
    head.expectsContinue = true;
    return null;
  });
}

/**
 * Calls `visit` with the offsets of each element of a list that is not empty (RFC 9110 section 5.6.1), white space
 * around it left out, until one returns a violation. Quoted commas do not occur in the fields it is used for.
 */
function eachElement(
  head: HeadBuffer,
  field: number,
  visit: (start: number, end: number) => Violation | null,
): Violation | null {
  const valueEnd = head.valueEnd(field);
  for (let start = head.valueStart(field); start < valueEnd; ) {
    let comma = start;
    while (comma < valueEnd && head.bytes[head.base + comma] !== COMMA) comma++;
    const first = skipSpace(head, start, comma);
    let end = comma;
    while (end > first && isSpace(head.bytes[head.base + end - 1])) end--;
    const broken = first < end ? visit(first, end) : null;
    if (broken !== null) return broken;
    start = comma + 1;
  }
  return null;
}

function tokenEnd(head: HeadBuffer, start: number, end: number): number {
  let offset = start;
  while (offset < end && (classes[head.bytes[head.base + offset]] & TOKEN) !== 0) offset++;
  return offset;
}

function skipSpace(head: HeadBuffer, start: number, end: number): number {
  let offset = start;
  while (offset < end && isSpace(head.bytes[head.base + offset])) offset++;
  return offset;
}

function isSpace(octet: number): boolean {
  return octet === SP || octet === HTAB;
}
