/** The request target (RFC 9112 section 3.2) and the Host field (RFC 9110 section 7.2). */
import {
  AT,
  COLON,
  classes,
  DIGIT,
  DOT,
  equalsIgnoreCase,
  HEX_DIGIT,
  HOST_NAME,
  latin1,
  PERCENT,
  SLASH,
} from './bytes.ts';
import type { HeadBuffer } from './headBuffer.ts';
import { isIpLiteral } from './ipLiteral.ts';
import type { Violation } from './violation.ts';

const asterisk = 0x2a;
const plus = 0x2b;
const hyphen = 0x2d;
const zero = 0x30;
const question = 0x3f;
const leftBracket = 0x5b;
const rightBracket = 0x5d;
const highestPort = 65_535;

/**
 * Finds form, path, query and authority of a well-formed request line's target; returns the rule that it breaks.
 * `overTls`: whether the connection is secured, so that it may be for an https resource.
 */
export function requestTarget(head: HeadBuffer, overTls: boolean): Violation | null {
  const { targetStart: start, targetEnd: end, bytes, base } = head;
  head.pathStart = start;
  head.queryStart = end;
  if (methodIs(head, 'CONNECT')) return authorityForm(head);
  if (bytes[base + start] === SLASH) {
    head.form = 'origin';
    return splitPath(head);
  }
  if (bytes[base + start] === asterisk && end === start + 1) {
    head.form = 'asterisk';
    return methodIs(head, 'OPTIONS') ? null : { rule: 'target-asterisk', offset: start };
  }
  return absoluteForm(head, overTls);
}

/** Checks a Host field's value, and takes the host from it unless the target has one. */
export function hostField(head: HeadBuffer, field: number): Violation | null {
  const start = head.valueStart(field);
  const end = head.valueEnd(field);
  if (start === end) return { rule: 'host-empty', offset: start };
  const host = hostEnd(head, start, end);
  if (host === start) return { rule: 'host-syntax', offset: start };
  const broken = portBreaks(head, host, end);
  if (broken >= 0) return { rule: 'host-syntax', offset: broken };
  if (!head.hostInTarget) {
    head.hostStart = start;
    head.hostEnd = host;
  }
  return null;
}

function authorityForm(head: HeadBuffer): Violation | null {
  const { targetStart: start, targetEnd: end } = head;
  const host = hostEnd(head, start, end);
  const broken = host === start ? start : portBreaks(head, host, end);
  if (broken >= 0) return { rule: 'target-connect', offset: broken };
  // A port must be there (RFC 9110 section 9.3.6).
  if (end - host < 2) return { rule: 'target-connect', offset: end - 1 };
  head.form = 'authority';
  head.pathStart = end;
  setHost(head, start, host);
  return null;
}

/**
 * absolute-form = absolute-URI (RFC 9112 section 3.2.2). An http resource is served on any connection; an https one must be
 * refused unless the connection is secured (RFC 9110 section 7.4).
 */
function absoluteForm(head: HeadBuffer, overTls: boolean): Violation | null {
  const { targetStart: start, targetEnd: end, bytes, base } = head;
  const colon = schemeEnd(head);
  const slashes = bytes[base + colon + 1] === SLASH && bytes[base + colon + 2] === SLASH && colon + 2 < end;
  if (colon < 0 || !slashes) return { rule: 'target-form', offset: start };
  const schemeIs = (scheme: string) => equalsIgnoreCase(bytes, base + start, base + colon, scheme);
  if (!schemeIs('http') && !(overTls && schemeIs('https'))) return { rule: 'target-scheme', offset: start };
  const authority = colon + 3;
  let path = authority;
  while (path < end && bytes[base + path] !== SLASH && bytes[base + path] !== question) path++;
  const broken = authorityBreaks(head, authority, path);
  if (broken !== null) return broken;
  head.form = 'absolute';
  head.pathStart = path;
  setHost(head, authority, hostEnd(head, authority, path));
  return splitPath(head);
}

/** scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 section 3.1): the offset of the ":" after it, or -1. */
function schemeEnd(head: HeadBuffer): number {
  const { targetStart: start, targetEnd: end, bytes, base } = head;
  let colon = start;
  while (colon < end && isSchemeOctet(bytes[base + colon], colon === start)) colon++;
  return colon > start && colon < end && bytes[base + colon] === COLON ? colon : -1;
}

function isSchemeOctet(octet: number, first: boolean): boolean {
  const lower = octet | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return !first && ((classes[octet] & DIGIT) !== 0 || octet === plus || octet === hyphen || octet === DOT);
}

function authorityBreaks(head: HeadBuffer, start: number, end: number): Violation | null {
  for (let offset = start; offset < end; offset++) {
    if (head.bytes[head.base + offset] === AT) return { rule: 'target-authority', offset };
  }
  const host = hostEnd(head, start, end);
  const broken = portBreaks(head, host, end);
  const empty = start === end || (host === start && head.bytes[head.base + start] === COLON);
  if (empty) return { rule: 'target-host-empty', offset: start };
  return broken >= 0 ? { rule: 'target-authority', offset: broken } : null;
}

function setHost(head: HeadBuffer, start: number, end: number): void {
  head.hostInTarget = true;
  head.hostStart = start;
  head.hostEnd = end;
}

/**
 * Finds the query, and checks the path on the way. A lone "%" in a query is let through, since browsers send it; in a
 * path, nobody could tell which file it means.
 */
function splitPath(head: HeadBuffer): Violation | null {
  const { bytes, base, targetEnd: end } = head;
  let offset = head.pathStart;
  for (; offset < end && bytes[base + offset] !== question; offset++) {
    if (bytes[base + offset] !== PERCENT) continue;
    if (!isPercentEncoded(head, offset, end)) return { rule: 'target-percent-encoding', offset };
    if (bytes[base + offset + 1] === zero && bytes[base + offset + 2] === zero)
      return { rule: 'target-encoded-nul', offset };
  }
  head.queryStart = offset;
  return null;
}

/** Where uri-host (RFC 3986 section 3.2.2) ends: at the first byte that cannot belong to it. */
function hostEnd(head: HeadBuffer, start: number, end: number): number {
  const { bytes, base } = head;
  let offset = start;
  if (bytes[base + start] === leftBracket) {
    while (offset < end && bytes[base + offset] !== rightBracket) offset++;
    const literal = offset < end && isIpLiteral(latin1(bytes, base + start + 1, base + offset));
    return literal ? offset + 1 : start;
  }
  while (offset < end) {
    if ((classes[bytes[base + offset]] & HOST_NAME) !== 0) offset++;
    else if (isPercentEncoded(head, offset, end)) offset += 3;
    else break;
  }
  return offset;
}

/** The first byte from `host` on that is not part of an optional ":" and port; -1 where all is well. */
function portBreaks(head: HeadBuffer, host: number, end: number): number {
  const { bytes, base } = head;
  if (host === end) return -1;
  if (bytes[base + host] !== COLON) return host;
  let port = 0;
  for (let offset = host + 1; offset < end; offset++) {
    const octet = bytes[base + offset];
    if ((classes[octet] & DIGIT) === 0) return offset;
    port = port * 10 + octet - 0x30;
    if (port > highestPort) return offset;
  }
  return -1;
}

function isPercentEncoded(head: HeadBuffer, offset: number, end: number): boolean {
  const { bytes, base } = head;
  return (
    bytes[base + offset] === PERCENT &&
    offset + 2 < end &&
    (classes[bytes[base + offset + 1]] & classes[bytes[base + offset + 2]] & HEX_DIGIT) !== 0
  );
}

function methodIs(head: HeadBuffer, name: string): boolean {
  if (head.methodEnd - head.methodStart !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    if (head.bytes[head.base + head.methodStart + i] !== name.charCodeAt(i)) return false;
  }
  return true;
}
