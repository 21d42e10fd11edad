import type { FilterSuggestion } from '../protocol/exchangeList.ts';
import { filterTerm, parseFilter } from './filter.ts';
import { type FilterOperator, filterOperator, filterOperators } from './filterOperators.ts';
import type { FilterSubject } from './filterSubject.ts';

/** What can stand in place of the text from `start` (inclusive) to `end` (exclusive). */
export interface FilterCompletion {
  readonly start: number;
  readonly end: number;
  readonly suggestions: readonly FilterSuggestion[];
}

const mostSuggestions = 12;
/** Length of the longest value that is offered, in characters. */
const longestValue = 80;

/** The values that an operator has in the capture. */
const seenValues: Readonly<Record<string, (subject: FilterSubject) => readonly string[]>> = {
  method: ({ method }) => [method],
  status: ({ status }) => (status === 0 ? [] : [String(status)]),
  path: ({ target }) => [target.split('?', 1)[0]],
  query: ({ target }) => (target.includes('?') ? [target.slice(target.indexOf('?') + 1)] : []),
  target: ({ target }) => [target],
  type: ({ type }) => [type],
  conn: ({ connection }) => [String(connection)],
  server: ({ serverName }) => [serverName],
  rule: ({ rule }) => [rule],
  host: (subject) => valuesOfField(subject, 'host'),
  field: (subject) => fieldNames(subject),
};

/**
 * @param caret where the user types: UTF-16 units from the start of the text
 * @param seen exchanges to take values from; each is read before the next is asked for
 */
export function completeFilter(text: string, caret: number, seen: Iterable<FilterSubject>): FilterCompletion {
  const none = { start: caret, end: caret, suggestions: [] };
  const before = text.slice(0, caret);
  // In a quoted text, nothing is to be completed.
  if ((before.replace(/\\["\\]/g, '').split('"').length - 1) % 2 === 1) return none;
  const [, term] = /(?:^|[\s(])-?([^\s()"]*)$/.exec(before) ?? [];
  if (term === undefined) return none;
  const end = caret + (/^[^\s()"]*/.exec(text.slice(caret))?.[0].length ?? 0);
  const colon = term.indexOf(':');
  if (colon < 0) return { start: caret - term.length, end, suggestions: operatorSuggestions(term) };
  const operator = filterOperator(term.slice(0, colon));
  if (operator === undefined) return none;
  const comma = term.lastIndexOf(',');
  const valueAt = Math.max(colon, comma) + 1;
  const typed = term.slice(valueAt);
  return {
    start: caret - typed.length,
    end,
    suggestions: valueSuggestions(operator, typed, seen),
  };
}

/** The filter with a term added to it; the term alone where the filter has a problem. */
export function withTerm(filter: string, term: string): string {
  const text = filter.trim();
  const { condition } = parseFilter(text);
  if (text === '' || condition === null) return term;
  if (text === term || text.endsWith(` ${term}`) || text.startsWith(`${term} `)) return text;
  return condition.joinedBy === 'or' ? `(${text}) ${term}` : `${text} ${term}`;
}

function operatorSuggestions(typed: string): FilterSuggestion[] {
  const lower = typed.toLowerCase();
  const operators = filterOperators
    .filter(({ name, aliases = [] }) => [name, ...aliases].some((one) => one.startsWith(lower)))
    .map(({ name, summary }) => ({ text: `${name}:`, summary }));
  if (lower === '') return operators;
  // A value is found by its own name too: "mal" suggests is:malformed.
  const values = filterOperators.flatMap(({ name, values }) =>
    Object.entries(values ?? {})
      .filter(([value]) => value.startsWith(lower))
      .map(([value, summary]) => ({ text: `${name}:${value}`, summary })),
  );
  return [...operators, ...values].slice(0, mostSuggestions);
}

function valueSuggestions(
  operator: FilterOperator,
  typed: string,
  seen: Iterable<FilterSubject>,
): FilterSuggestion[] {
  const lower = typed.replace(/^=/, '').toLowerCase();
  const fixed = Object.entries(operator.values ?? {}).map(([text, summary]) => ({ text, summary }));
  const read = Object.hasOwn(seenValues, operator.name) ? seenValues[operator.name] : () => [];
  const counts = new Map<string, number>();
  for (const subject of seen) {
    for (const value of new Set(read(subject))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const found = [...counts]
    .filter(([value]) => value !== '' && value.length <= longestValue)
    .sort((one, other) => other[1] - one[1])
    .map(([value, count]) => ({ text: writtenValue(operator, value), summary: seenSummary(count) }));
  const all = [...fixed, ...found].filter(({ text }) =>
    text
      .replace(/^="?|^"/, '')
      .toLowerCase()
      .includes(lower),
  );
  if (all.length === 0 && typed === '') {
    return [{ text: operator.example.slice(operator.example.indexOf(':') + 1), summary: operator.summary }];
  }
  return all.slice(0, mostSuggestions);
}

/** As the value must be written to be taken as it is. */
function writtenValue({ name }: FilterOperator, value: string): string {
  const term = filterTerm(name, value).slice(name.length + 1);
  return term === `=${value}` ? value : term;
}

function seenSummary(count: number): string {
  return count === 1 ? 'in one of the newest exchanges' : `in ${count} of the newest exchanges`;
}

function valuesOfField(subject: FilterSubject, name: string): readonly string[] {
  const line = new RegExp(`^${name}:[ \\t]*(.*?)\\r?$`, 'im').exec(subject.head('request'));
  return line === null ? [] : [line[1]];
}

function fieldNames(subject: FilterSubject): readonly string[] {
  const heads = `${subject.head('request')}${subject.head('response')}`;
  return [...heads.matchAll(/^([!#$%&'*+.^_`|~0-9A-Za-z-]+):/gm)].map(([, name]) => name.toLowerCase());
}
