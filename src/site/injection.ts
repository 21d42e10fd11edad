/** Where a script can be put into a page without changing the meaning of the rest (HTML standard, section 13.2.6). */

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;

/**
 * The offset at which a script element belongs: the start of the page's head, after the doctype, so that no page falls
 * into quirks mode, and before a `base` element, which would give the script's address another meaning. Null where
 * the bytes are not in an encoding that begins like ASCII.
 */
function injectionPoint(page: Uint8Array): number | null {
  if ((page[0] === 0xfe && page[1] === 0xff) || (page[0] === 0xff && page[1] === 0xfe)) return null;
  let i = page[0] === 0xef && page[1] === 0xbb && page[2] === 0xbf ? 3 : 0;
  for (;;) {
    i = afterSpace(page, i);
    if (page[i] !== lessThan) return i;
    let end: number;
    if (startsWith(page, i, '<!--')) end = afterComment(page, i + 4);
    else if (startsWith(page, i, '<!') || startsWith(page, i, '<?')) end = afterTag(page, i + 2);
    else if (isTag(page, i, '<html')) end = afterTag(page, i + 5);
    else if (isTag(page, i, '<head')) {
      end = afterTag(page, i + 5);
      return end < 0 ? i : end;
    } else return i;
    // Something that does not end takes the rest of the page with it, a script too.
    if (end < 0) return i;
    i = end;
  }
}

/** The page with `script` put in at the injection point; null where there is none. */
export function injected(page: Uint8Array, script: string): Uint8Array | null {
  const point = injectionPoint(page);
  if (point === null) return null;
  const element = new TextEncoder().encode(script);
  const bytes = new Uint8Array(page.length + element.length);
  bytes.set(page.subarray(0, point));
  bytes.set(element, point);
  bytes.set(page.subarray(point), point + element.length);
  return bytes;
}

function afterSpace(page: Uint8Array, start: number): number {
  let i = start;
  while (isSpace(page[i])) i++;
  return i;
}

function isSpace(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x0a || octet === 0x09 || octet === 0x0d || octet === 0x0c;
}

function afterComment(page: Uint8Array, start: number): number {
  for (let i = start; i < page.length; i++) if (startsWith(page, i, '-->')) return i + 3;
  return -1;
}

/** After the ">" of a tag; one within quotes is part of an attribute's value. */
function afterTag(page: Uint8Array, start: number): number {
  let quote = 0;
  for (let i = start; i < page.length; i++) {
    const octet = page[i];
    if (quote !== 0) {
      if (octet === quote) quote = 0;
    } else if (octet === 0x22 || octet === 0x27) quote = octet;
    else if (octet === greaterThan) return i + 1;
  }
  return -1;
}

function isTag(page: Uint8Array, at: number, name: string): boolean {
  const next = page[at + name.length];
  return startsWith(page, at, name) && (isSpace(next) || next === greaterThan || next === slash);
}

function startsWith(page: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const octet = page[at + i];
    const lower = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
    if (lower !== text.charCodeAt(i)) return false;
  }
  return true;
}
