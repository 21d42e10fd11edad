import { COLON } from '../bytes.ts';
import { indexIn, type Part, trimmed } from './range.ts';

/** A field of a part's header. */
export interface PartField {
  readonly name: Part;
  readonly value: Part;
}

/** One part of a multipart body (RFC 2046 section 5.1.1), from its delimiter on. */
export interface BodyPart extends Part {
  readonly fields: readonly PartField[];
  readonly content: Part;
}

/** A multipart body, taken apart. */
export interface Multipart {
  readonly parts: readonly BodyPart[];
  /** Whether the delimiter that ends the body was found. */
  readonly closed: boolean;
}

/** Takes apart at most `limit` parts of a multipart body. Linear in the bytes, whatever they are. */
export function multipartOf(bytes: Uint8Array, boundary: string, limit: number): Multipart {
  const parts: BodyPart[] = [];
  if (boundary === '' || boundary.length > 200) return { parts, closed: false };
  const dashes = Uint8Array.from(`--${boundary}`, (character) => character.charCodeAt(0));
  let open: Delimiter | null = null;
  for (let at = 0; at < bytes.length; ) {
    const delimiter = nextDelimiter(bytes, dashes, at);
    if (open !== null) {
      // The line break before a delimiter belongs to the delimiter.
      const end = delimiter === null ? bytes.length : beforeLineBreak(bytes, open.end, delimiter.start);
      parts.push(partOf(bytes, open.start, open.end, end));
    }
    if (delimiter === null) break;
    if (delimiter.closing) return { parts, closed: true };
    if (parts.length >= limit) break;
    open = delimiter;
    at = delimiter.end;
  }
  return { parts, closed: false };
}

interface Delimiter extends Part {
  readonly closing: boolean;
}

/** The next line that is the delimiter; `end` is after its line break. */
function nextDelimiter(bytes: Uint8Array, dashes: Uint8Array, from: number): Delimiter | null {
  for (let at = from; ; ) {
    const start = at === 0 && startsWith(bytes, dashes, 0) ? 0 : nextLineStart(bytes, dashes, at);
    if (start < 0) return null;
    let end = start + dashes.length;
    const closing = bytes[end] === dash && bytes[end + 1] === dash;
    if (closing) end += 2;
    const line = indexIn(bytes, lineFeed, end, bytes.length);
    const { start: rest, end: restEnd } = trimmed(bytes, end, bytes[line - 1] === 0x0d ? line - 1 : line);
    // A longer boundary with the same beginning is another one.
    if (rest === restEnd || closing) return { start, end: Math.min(line + 1, bytes.length), closing };
    at = end;
  }
}

function nextLineStart(bytes: Uint8Array, dashes: Uint8Array, from: number): number {
  for (let at = Math.max(from - 1, 0); at < bytes.length; at++) {
    at = bytes.indexOf(lineFeed, at);
    if (at < 0) return -1;
    if (startsWith(bytes, dashes, at + 1)) return at + 1;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  if (at + wanted.length > bytes.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function beforeLineBreak(bytes: Uint8Array, from: number, at: number): number {
  if (at > from && bytes[at - 1] === lineFeed) at--;
  if (at > from && bytes[at - 1] === 0x0d) at--;
  return at;
}

function partOf(bytes: Uint8Array, start: number, headStart: number, end: number): BodyPart {
  const fields: PartField[] = [];
  let at = headStart;
  while (at < end) {
    const lineEnd = indexIn(bytes, lineFeed, at, end);
    const text = lineEnd > at && bytes[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd;
    const next = Math.min(lineEnd + 1, end);
    if (text === at) return { start, end, fields, content: { start: next, end } };
    const colon = indexIn(bytes, COLON, at, text);
    if (colon < text) {
      fields.push({ name: trimmed(bytes, at, colon), value: trimmed(bytes, colon + 1, text) });
    }
    at = next;
  }
  return { start, end, fields, content: { start: end, end } };
}

const dash = 0x2d;
const lineFeed = 0x0a;
