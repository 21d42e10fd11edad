/** What methods, status codes and fields mean, in a sentence each, with the source. */
import type { ExplanationRow } from './explanationRow.ts';
import { fieldRows } from './fields.ts';
import { mdnFields, mdnMethods, mdnStatuses } from './mdnPages.ts';
import { methodRows } from './methods.ts';
import { statusClasses, statusRows } from './statuses.ts';

/** A link to a source, with its name. */
export interface Link {
  readonly name: string;
  readonly url: string;
}

/** What a method, status code or field means. */
export interface Explanation {
  /** As registered, whatever the case on the wire. */
  readonly name: string;
  readonly sentence: string;
  /** Where it is defined, in words. */
  readonly definedIn: string;
  /** The section of the RFC and the page on MDN, where they exist. */
  readonly links: readonly Link[];
}

const mdn = 'https://developer.mozilla.org/docs/Web/HTTP/Reference';

const methods = byName(methodRows, mdnMethods, 'Methods', (name) => name);
const statuses = byName(statusRows, mdnStatuses, 'Status', (name) => name);
const fields = byName(fieldRows, mdnFields, 'Headers', (name) => name.toLowerCase());

/** Methods are case-sensitive (RFC 9110 section 9.1): "get" is not a known one. */
export function explainMethod(method: string): Explanation | null {
  return methods.get(method) ?? null;
}

/** A code that is not registered means the same as the x00 code of its class (RFC 9110 section 15). */
export function explainStatus(status: number): Explanation | null {
  const known = statuses.get(String(status));
  if (known !== undefined) return known;
  const sentence = statusClasses[String(status).slice(0, 1)];
  if (sentence === undefined) return null;
  return {
    name: String(status),
    sentence: `Not a registered status code. ${sentence}`,
    definedIn: 'RFC 9110 section 15',
    links: [rfcLink('9110', '15')],
  };
}

/** Field names are case-insensitive (RFC 9110 section 5.1). Null for one that is not known. */
export function explainField(name: string): Explanation | null {
  return fields.get(name.toLowerCase()) ?? null;
}

/** A section of an RFC, as a link. */
export function rfcLink(rfc: string | number, section: string): Link {
  const anchor = section === '' ? '' : /^\d/.test(section) ? `#section-${section}` : `#appendix-${section}`;
  return {
    name:
      section === '' ? `RFC ${rfc}` : `RFC ${rfc} ${/^\d/.test(section) ? 'section' : 'appendix'} ${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${rfc}${anchor}`,
  };
}

function byName(
  rows: readonly ExplanationRow[],
  mdnPages: ReadonlySet<string>,
  mdnFolder: string,
  key: (name: string) => string,
): ReadonlyMap<string, Explanation> {
  return new Map(
    rows.map(([name, source, sentence]) => {
      const [, rfc = '', section = ''] = /^(\d+)#?(.*)$/.exec(source) ?? [];
      const links: Link[] = rfc === '' ? [] : [rfcLink(rfc, section)];
      if (mdnPages.has(name.toLowerCase())) links.push({ name: 'MDN', url: `${mdn}/${mdnFolder}/${name}` });
      const definedIn = rfc === '' ? source : links[0].name;
      return [key(name), { name, sentence, definedIn, links }];
    }),
  );
}
