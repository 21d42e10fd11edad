/** Taking apart what stands in bytes: every part keeps its place, `start` inclusive, `end` exclusive. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Narrows a part to what is between the white space at its ends. */
export function trimmed(bytes: Uint8Array, start: number, end: number): Part {
  let from = start;
  let to = end;
  while (from < to && isBlank(bytes[from])) from++;
  while (to > from && isBlank(bytes[to - 1])) to--;
  return { start: from, end: to };
}

/** Parts between separators, each narrowed by `trimmed`; a separator within double quotes does not count. */
export function separated(bytes: Uint8Array, start: number, end: number, separator: number): Part[] {
  const parts: Part[] = [];
  let from = start;
  let quoted = false;
  for (let at = start; at < end; at++) {
    const octet = bytes[at];
    if (quoted) {
      if (octet === backslash) at++;
      else if (octet === quote) quoted = false;
    } else if (octet === quote) {
      quoted = true;
    } else if (octet === separator) {
      parts.push(trimmed(bytes, from, at));
      from = at + 1;
    }
  }
  parts.push(trimmed(bytes, from, end));
  return parts;
}

/** Index of the first such octet from `start` (inclusive) to `end` (exclusive); `end` where there is none. */
export function indexIn(bytes: Uint8Array, octet: number, start: number, end: number): number {
  const at = bytes.indexOf(octet, start);
  return at < 0 || at > end ? end : at;
}

function isBlank(octet: number): boolean {
  return octet === 0x20 || octet === 0x09;
}

const quote = 0x22;
const backslash = 0x5c;
