import { indexIn, type Part, separated, trimmed } from './range.ts';

/** A pair of the form name=value; `value` is null where there is no "=". */
export interface Pair extends Part {
  readonly name: Part;
  readonly value: Part | null;
}

/** The cookies of a Cookie field's value (RFC 6265 section 4.2.1), in order. */
export function cookiesOf(bytes: Uint8Array, start: number, end: number): Pair[] {
  return pairsOf(bytes, start, end, semicolon);
}

/** The cookie of a Set-Cookie field's value, and its attributes (RFC 6265 section 4.1.1). */
export function setCookieOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): { cookie: Pair | null; attributes: Pair[] } {
  const [cookie = null, ...attributes] = pairsOf(bytes, start, end, semicolon);
  return { cookie, attributes };
}

/** The directives of a list such as Cache-Control (RFC 9111 section 5.2). */
export function directivesOf(bytes: Uint8Array, start: number, end: number): Pair[] {
  return pairsOf(bytes, start, end, comma);
}

const attributeSentences: Readonly<Record<string, string>> = {
  expires: 'The cookie goes at this time.',
  'max-age': 'The cookie goes after so many seconds; goes before Expires.',
  domain: 'The cookie goes to this host and to those below it; without it, to the very host that set it.',
  path: 'The cookie goes with requests for paths that begin so.',
  secure: 'The cookie goes over https only.',
  httponly: 'Scripts of the page cannot read the cookie.',
  samesite:
    'Whether the cookie goes with requests that other sites cause: Strict = never, Lax = when a link is followed, None = always.',
  partitioned: 'The cookie is kept apart for each site that embeds this one.',
  priority: 'Which cookies a browser drops first.',
};

/** What an attribute of Set-Cookie does (RFC 6265 section 5.2 and its revision); empty for an unknown one. */
export function explainCookieAttribute(name: string): string {
  return attributeSentences[name.toLowerCase()] ?? '';
}

function pairsOf(bytes: Uint8Array, start: number, end: number, separator: number): Pair[] {
  return separated(bytes, start, end, separator)
    .filter((part) => part.end > part.start)
    .map((part) => {
      const equals = indexIn(bytes, equalsSign, part.start, part.end);
      return {
        ...part,
        name: trimmed(bytes, part.start, equals),
        value: equals === part.end ? null : trimmed(bytes, equals + 1, part.end),
      };
    });
}

const semicolon = 0x3b;
const comma = 0x2c;
const equalsSign = 0x3d;
