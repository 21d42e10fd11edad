/** Octets by name, and the character classes of RFC 9110 section 5.6 and RFC 3986 as one table. */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DQUOTE = 0x22;
export const HASH = 0x23;
export const PERCENT = 0x25;
export const COMMA = 0x2c;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const AT = 0x40;
export const BACKSLASH = 0x5c;

/** tchar, RFC 9110 section 5.6.2. */
export const TOKEN = 1;
/** field-vchar, SP and HTAB: what a field value may hold, RFC 9110 section 5.5. */
export const FIELD_VALUE = 2;
/**
 * What a request target may hold: any visible ASCII octet but "#". RFC 3986 is narrower, but browsers send
 * "|", "^", "{" and others unencoded, and to refuse those would refuse their pages.
 */
export const TARGET = 4;
/** qdtext, RFC 9110 section 5.6.4. */
export const QUOTED_TEXT = 8;
export const HEX_DIGIT = 16;
export const DIGIT = 32;
/** unreserved and sub-delims without ",": a host name's octets, RFC 3986 section 3.2.2. */
export const HOST_NAME = 64;

/** One octet's classes as bits. */
export const classes = new Uint8Array(256);

for (let octet = 0; octet < 256; octet++) {
  const character = String.fromCharCode(octet);
  const visible = octet > SP && octet < 0x7f;
  if (/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character)) classes[octet] |= TOKEN;
  if (visible || octet >= 0x80 || octet === SP || octet === HTAB) {
    classes[octet] |= FIELD_VALUE;
    if (octet !== DQUOTE && octet !== BACKSLASH) classes[octet] |= QUOTED_TEXT;
  }
  if (visible && octet !== HASH) classes[octet] |= TARGET;
  if (/[0-9A-Fa-f]/.test(character)) classes[octet] |= HEX_DIGIT;
  if (/[0-9]/.test(character)) classes[octet] |= DIGIT;
  if (/[A-Za-z0-9\-._~!$&'()*+;=]/.test(character)) classes[octet] |= HOST_NAME;
}

/**
 * Index of the first byte from `start` (inclusive) to `stop` (exclusive) that is not of `octetClass`; `stop` if all are.
 * Nearly every byte of a head passes through here, so this is where the parser is made fast: it takes four bytes at a
 * time, and holds the table in a scope of its own, where it stays a constant (bundlers turn a module's into variables).
 */
export const runEnd = (() => {
  const classesOf = classes;
  return (octetClass: number, bytes: Uint8Array, start: number, stop: number): number => {
    let i = start;
    while (
      i + 4 <= stop &&
      (classesOf[bytes[i]] &
        classesOf[bytes[i + 1]] &
        classesOf[bytes[i + 2]] &
        classesOf[bytes[i + 3]] &
        octetClass) !==
        0
    ) {
      i += 4;
    }
    while (i < stop && (classesOf[bytes[i]] & octetClass) !== 0) i++;
    return i;
  };
})();

/** The value of a hexadecimal digit; the octet must be one. */
export function hexDigitValue(octet: number): number {
  return octet <= 0x39 ? octet - 0x30 : (octet | 0x20) - 0x57;
}

/** A Node.js Buffer, which compares bytes and turns them into text in one native call. */
interface NativeBytes extends Uint8Array {
  compare(other: Uint8Array, otherStart: number, otherEnd: number, start: number, end: number): number;
  latin1Slice(start: number, end: number): string;
}

/** Bytes `start` (inclusive) to `end` (exclusive) as one character each: protocol text is octets, not UTF-8. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return '';
  if ('latin1Slice' in bytes) return (bytes as NativeBytes).latin1Slice(start, end);
  // Spreading has a limit on its arguments; long text is put together piece by piece.
  const piece = 4096;
  if (end - start <= piece) return String.fromCharCode(...bytes.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i += piece) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(i + piece, end)));
  }
  return text;
}

/** Whether bytes `start` to `end` (exclusive) spell `word`, in either case. `word` is lower-case ASCII. */
export function equalsIgnoreCase(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    const octet = bytes[start + i];
    const lower = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
    if (lower !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether the `length` bytes from `start` on equal the first `length` of `others`. Both must be that long. */
export function sameBytes(bytes: Uint8Array, start: number, others: Uint8Array, length: number): boolean {
  if ('compare' in bytes)
    return (bytes as NativeBytes).compare(others, 0, length, start, start + length) === 0;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== others[i]) return false;
  return true;
}

/** Text as bytes, one for each character. Characters must not lie beyond U+00FF. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A copy. `slice` would not do: a Node.js Buffer's method of that name returns a view. */
export function copied(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Both, one after the other, as a copy. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** All of them, one after the other, as a copy. `length`: their bytes in all. */
export function concatenated(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
