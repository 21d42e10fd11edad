import { type Condition, FilterError, type FilterSubject, type MessageName } from './filterSubject.ts';
import { type FilterValue, type TextMatch, textMatch } from './textMatch.ts';

const messages: readonly MessageName[] = ['request', 'response'];

/** The Host field's value matches. */
export function hostCondition(match: TextMatch): Condition {
  return {
    words: `host ${match.words}`,
    oppositeWords: `host ${match.oppositeWords}`,
    cost: 'heads',
    hasExpression: false,
    matches: (subject) => fieldValues(subject.head('request'), 'host').some((value) => match.matches(value)),
  };
}

/** A field is there; or, given as `name:value`, one whose value matches. @throws FilterError */
export function fieldCondition({ text, quoted }: FilterValue): Condition {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim().toLowerCase();
  const value = colon < 0 ? '' : text.slice(colon + 1).trim();
  // RFC 9110, section 5.6.2: token.
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
    throw new FilterError(`“${name}” is no field name: give one like field:cookie or field:accept:json.`);
  }
  const whole = value.startsWith('=');
  const match = value === '' ? null : textMatch({ text: whole ? value.slice(1) : value, quoted, whole });
  const some = (subject: FilterSubject) =>
    messages.some((message) =>
      fieldValues(subject.head(message), name).some((one) => match === null || match.matches(one)),
    );
  return {
    words: match === null ? `there is a field “${name}”` : `field “${name}” ${match.words}`,
    oppositeWords: match === null ? `there is no field “${name}”` : `no field “${name}” ${match.words}`,
    cost: 'heads',
    hasExpression: false,
    matches: some,
  };
}

/** Values of the fields of a name in a head, which may be malformed; the name in lower case. */
export function fieldValues(head: string, name: string): readonly string[] {
  const values: string[] = [];
  for (let at = head.indexOf('\n') + 1; at > 0 && at < head.length; ) {
    const feed = head.indexOf('\n', at);
    const end = feed < 0 ? head.length : feed;
    const colon = at + name.length;
    if (hasName(head, at, name) && /^[ \t]*:/.test(head.slice(colon, colon + 8))) {
      values.push(head.slice(head.indexOf(':', colon) + 1, end).trim());
    }
    if (feed < 0) break;
    at = feed + 1;
  }
  return values;
}

/** Compares in place, without a copy of each name: there are many heads, and few names match. */
function hasName(head: string, at: number, name: string): boolean {
  // Letters of ASCII differ in this bit only.
  if ((head.charCodeAt(at) | 0x20) !== (name.charCodeAt(0) | 0x20)) return false;
  return head.slice(at, at + name.length).toLowerCase() === name;
}
