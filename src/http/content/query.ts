import { indexIn, type Part } from './range.ts';

/** One parameter of a query or of a form: `value` is null where there is no "=". */
export interface Parameter extends Part {
  readonly name: Part;
  readonly value: Part | null;
}

/**
 * At most `limit` parameters of a query, in the form that HTML forms use (the URL standard's
 * application/x-www-form-urlencoded); RFC 3986 section 3.4 leaves the form open.
 */
export function parametersOf(bytes: Uint8Array, start: number, end: number, limit: number): Parameter[] {
  const parameters: Parameter[] = [];
  let from = start;
  while (from < end && parameters.length < limit) {
    const to = indexIn(bytes, ampersand, from, end);
    if (to > from) {
      const equals = indexIn(bytes, equalsSign, from, to);
      parameters.push({
        start: from,
        end: to,
        name: { start: from, end: equals },
        value: equals === to ? null : { start: equals + 1, end: to },
      });
    }
    from = to + 1;
  }
  return parameters;
}

/** Bytes without their percent-encoding (RFC 3986 section 2.1). `plusIsSpace`: as forms write a space. */
export function percentDecoded(bytes: Uint8Array, plusIsSpace: boolean): Uint8Array {
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at];
    const high = octet === percent ? hexValue(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : hexValue(bytes[at + 2]);
    if (low >= 0) {
      decoded[length++] = high * 16 + low;
      at += 2;
    } else {
      decoded[length++] = plusIsSpace && octet === plus ? 0x20 : octet;
    }
  }
  return decoded.subarray(0, length);
}

/** Offset of the first "%" that two hexadecimal digits do not follow; -1 where there is none. */
export function brokenPercent(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== percent) continue;
    if (at + 2 >= end || hexValue(bytes[at + 1]) < 0 || hexValue(bytes[at + 2]) < 0) return at;
  }
  return -1;
}

/** The parts of a target, as far as it has them. `query` excludes the "?". */
export interface TargetParts {
  /** Scheme and authority of an absolute target. */
  readonly authority: Part | null;
  readonly path: Part;
  readonly query: Part | null;
}

/** Splits a target from `start` (inclusive) to `end` (exclusive), well-formed or not. */
export function targetParts(bytes: Uint8Array, start: number, end: number): TargetParts {
  let pathStart = start;
  for (let at = start; at + 2 < end && bytes[start] !== slash; at++) {
    if (bytes[at] !== colon || bytes[at + 1] !== slash || bytes[at + 2] !== slash) continue;
    pathStart = at + 3;
    while (pathStart < end && bytes[pathStart] !== slash && bytes[pathStart] !== question) pathStart++;
    break;
  }
  const mark = indexIn(bytes, question, pathStart, end);
  return {
    authority: pathStart > start ? { start, end: pathStart } : null,
    path: { start: pathStart, end: mark },
    query: mark < end ? { start: mark + 1, end } : null,
  };
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const ampersand = 0x26;
const equalsSign = 0x3d;
const percent = 0x25;
const plus = 0x2b;
const slash = 0x2f;
const colon = 0x3a;
const question = 0x3f;
