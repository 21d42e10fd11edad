import { isLiveReload } from '../http/liveReload.ts';
import { fieldCondition, hostCondition } from './filterFields.ts';
import { type Condition, FilterError, type FilterSubject } from './filterSubject.ts';
import { formatBytes, formatMilliseconds, parseDuration, parseSize, parseTimeOfDay } from './filterUnits.ts';
import { equalTo, type FilterValue, remembering, type TextMatch, textMatch } from './textMatch.ts';

/** What stands before a colon in a filter. */
export interface FilterOperator {
  readonly name: string;
  /** Other names that it understands. */
  readonly aliases?: readonly string[];
  /** One line for the completion. */
  readonly summary: string;
  readonly example: string;
  /** Values to offer where there is a fixed set of them. */
  readonly values?: Readonly<Record<string, string>>;
  /** @throws FilterError with what to write instead */
  condition(value: FilterValue): Condition;
}

function column(
  words: string,
  oppositeWords: string,
  matches: (subject: FilterSubject) => boolean,
): Condition {
  return { words, oppositeWords, cost: 'columns', hasExpression: false, matches };
}

/** @param part what of the text is compared, where it is not all */
function textColumn(
  name: string,
  match: TextMatch,
  read: (subject: FilterSubject) => string,
  part: (text: string) => string = (text) => text,
): Condition {
  const matches = remembering((text) => match.matches(part(text)));
  return column(`${name} ${match.words}`, `${name} ${match.oppositeWords}`, (subject) =>
    matches(read(subject)),
  );
}

function wholeNumber(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new FilterError(`“${text}” is no number: give ${what}.`);
  return Number(text);
}

/** The path of a target, whatever its form; and what follows the first question mark. */
function pathOf(target: string): string {
  const start = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(target)?.[0].length ?? 0;
  const question = target.indexOf('?');
  return target.slice(start, question < 0 ? undefined : question);
}

function queryOf(target: string): string {
  const question = target.indexOf('?');
  return question < 0 ? '' : target.slice(question + 1);
}

function statusCondition({ text }: FilterValue): Condition {
  if (text === 'none') {
    return column('there is no status yet', 'there is a status', ({ status }) => status === 0);
  }
  const kind = /^([1-9])xx$/i.exec(text);
  const range = /^(\d{3})-(\d{3})$/.exec(text);
  if (kind !== null) return statusRange(Number(kind[1]) * 100, Number(kind[1]) * 100 + 99);
  if (range !== null) return statusRange(Number(range[1]), Number(range[2]));
  if (/^\d{3}$/.test(text)) {
    const wanted = Number(text);
    return column(`status is ${text}`, `status is not ${text}`, ({ status }) => status === wanted);
  }
  throw new FilterError(`“${text}” is no status: give one like 404, 4xx, 400-499 or none.`);
}

function statusRange(from: number, to: number): Condition {
  if (from > to) throw new FilterError(`${from}-${to} holds no status: give the lower one first.`);
  const words = `from ${from} to ${to}`;
  return column(
    `status is ${words}`,
    `status is not ${words}`,
    ({ status }) => status >= from && status <= to,
  );
}

interface Nature {
  readonly words: string;
  readonly oppositeWords: string;
  readonly matches: (subject: FilterSubject) => boolean;
}

const natures: Readonly<Record<string, Nature>> = {
  malformed: {
    words: 'the request is malformed',
    oppositeWords: 'the request is well-formed so far',
    matches: ({ rule }) => rule !== '',
  },
  aborted: {
    words: 'the connection ended before the exchange did',
    oppositeWords: 'the exchange was not aborted',
    matches: ({ aborted }) => aborted,
  },
  error: {
    words: 'something went wrong (status 400 or above, malformed, or aborted)',
    oppositeWords: 'nothing went wrong',
    matches: ({ status, rule, aborted }) => status >= 400 || rule !== '' || aborted,
  },
  live: {
    words: 'the request is of live reload, not of the site',
    oppositeWords: 'the request is of the site, not of live reload',
    matches: ({ target }) => isLiveReload(target),
  },
  open: {
    words: 'the exchange still goes on',
    oppositeWords: 'the exchange has ended',
    matches: ({ duration }) => duration === null,
  },
  reused: {
    words: 'the connection was used before',
    oppositeWords: 'it is the first of its connection',
    matches: ({ number }) => number > 1,
  },
  pipelined: {
    words: 'the request came before the answer ahead of it was out',
    oppositeWords: 'the request is not pipelined',
    matches: ({ pipelined }) => pipelined,
  },
  marked: {
    words: 'the exchange is marked',
    oppositeWords: 'the exchange is not marked',
    matches: ({ marked }) => marked,
  },
  imported: {
    words: 'it was imported from a file',
    oppositeWords: 'it was captured here',
    matches: ({ imported }) => imported,
  },
  'before-reload': {
    words: 'it was captured before the window was reloaded',
    oppositeWords: 'it was captured since the window was opened',
    matches: ({ beforeReload }) => beforeReload,
  },
};

const natureValues = Object.fromEntries(Object.entries(natures).map(([name, { words }]) => [name, words]));

function natureCondition({ text }: FilterValue): Condition {
  const name = text.toLowerCase();
  if (!Object.hasOwn(natures, name)) {
    throw new FilterError(`There is no “is:${text}”: give ${Object.keys(natures).join(', ')}.`);
  }
  const { words, oppositeWords, matches } = natures[name];
  return column(words, oppositeWords, matches);
}

/** In the order in which they are offered. */
export const filterOperators: readonly FilterOperator[] = [
  {
    name: 'method',
    summary: 'The request’s method',
    example: 'method:POST',
    condition: ({ text }) => textColumn('method', equalTo(text), ({ method }) => method),
  },
  {
    name: 'status',
    summary: 'The answer’s status: one, a class, a range, or none',
    example: 'status:4xx',
    values: {
      '2xx': 'it succeeded',
      '3xx': 'another step is needed: a redirect, or a copy that is still valid',
      '4xx': 'the request was at fault',
      '5xx': 'the server was at fault',
      none: 'not answered yet',
    },
    condition: statusCondition,
  },
  {
    name: 'path',
    summary: 'A part of the target’s path; =whole, or a pattern with *',
    example: 'path:/api',
    condition: (value) => textColumn('path', textMatch(value), ({ target }) => target, pathOf),
  },
  {
    name: 'query',
    summary: 'A part of what follows the ? in the target',
    example: 'query:page=2',
    condition: (value) => textColumn('query', textMatch(value), ({ target }) => target, queryOf),
  },
  {
    name: 'target',
    summary: 'A part of the target as it was sent',
    example: 'target:=/',
    condition: (value) => textColumn('target', textMatch(value), ({ target }) => target),
  },
  {
    name: 'type',
    summary: 'The response’s media type',
    example: 'type:json',
    condition: (value) => ({
      ...textColumn('type', textMatch(value), ({ type }) => type),
      cost: 'heads',
    }),
  },
  {
    name: 'host',
    summary: 'The request’s Host field',
    example: 'host:localhost',
    condition: (value) => hostCondition(textMatch(value)),
  },
  {
    name: 'field',
    aliases: ['header'],
    summary: 'A field of request or response: its name, or name:value',
    example: 'field:content-type:json',
    condition: fieldCondition,
  },
  {
    name: 'conn',
    aliases: ['connection'],
    summary: 'The connection’s number',
    example: 'conn:7',
    condition: ({ text }) => {
      const wanted = wholeNumber(text, 'the number of a connection, like conn:7');
      return column(
        `connection is ${wanted}`,
        `connection is not ${wanted}`,
        ({ connection }) => connection === wanted,
      );
    },
  },
  {
    name: 'exchange',
    summary: 'The exchange’s number',
    example: 'exchange:12',
    condition: ({ text }) => {
      const wanted = wholeNumber(text, 'the number of an exchange, like exchange:12');
      return column(`exchange is ${wanted}`, `exchange is not ${wanted}`, ({ id }) => id === wanted);
    },
  },
  {
    name: 'server',
    summary: 'The server that answered, by its folder’s name',
    example: 'server:site',
    condition: (value) => textColumn('server', textMatch(value), ({ serverName }) => serverName),
  },
  {
    name: 'is',
    summary: 'What became of the exchange',
    example: 'is:malformed',
    values: natureValues,
    condition: natureCondition,
  },
  {
    name: 'has',
    summary: 'Something that most exchanges have not',
    example: 'has:comment',
    values: { comment: 'you wrote a comment on it' },
    condition: ({ text }) => {
      if (text.toLowerCase() !== 'comment') throw new FilterError(`There is no “has:${text}”: give comment.`);
      return column('it has a comment', 'it has no comment', ({ comment }) => comment !== '');
    },
  },
  {
    name: 'comment',
    summary: 'A part of what you wrote about the exchange',
    example: 'comment:slow',
    condition: (value) => textColumn('comment', textMatch(value), ({ comment }) => comment),
  },
  {
    name: 'rule',
    summary: 'The rule that a malformed request broke',
    example: 'rule:host-missing',
    condition: (value) => textColumn('broken rule', textMatch(value), ({ rule }) => rule),
  },
  {
    name: 'larger',
    summary: 'Request or response has more bytes than this',
    example: 'larger:10k',
    condition: ({ text }) => {
      const bytes = parseSize(text);
      const size = formatBytes(bytes);
      return column(
        `request or response is larger than ${size}`,
        `neither request nor response is larger than ${size}`,
        ({ requestSize, responseSize }) => requestSize > bytes || responseSize > bytes,
      );
    },
  },
  {
    name: 'smaller',
    summary: 'Request and response have fewer bytes than this',
    example: 'smaller:500',
    condition: ({ text }) => {
      const bytes = parseSize(text);
      const size = formatBytes(bytes);
      return column(
        `request and response are smaller than ${size}`,
        `request or response is not smaller than ${size}`,
        ({ requestSize, responseSize }) => requestSize < bytes && responseSize < bytes,
      );
    },
  },
  {
    name: 'slower',
    summary: 'Ended, and took longer than this',
    example: 'slower:100ms',
    condition: ({ text }) => {
      const limit = parseDuration(text);
      const time = formatMilliseconds(limit);
      return column(
        `it took longer than ${time}`,
        `it did not take longer than ${time}`,
        ({ duration }) => duration !== null && duration > limit,
      );
    },
  },
  {
    name: 'faster',
    summary: 'Ended, and took less than this',
    example: 'faster:5ms',
    condition: ({ text }) => {
      const limit = parseDuration(text);
      const time = formatMilliseconds(limit);
      return column(
        `it took less than ${time}`,
        `it did not take less than ${time}`,
        ({ duration }) => duration !== null && duration < limit,
      );
    },
  },
  {
    name: 'after',
    summary: 'Started at this time of day or later',
    example: 'after:14:05',
    condition: ({ text }) => {
      const from = parseTimeOfDay(text);
      return column(
        `it started at ${text} or later`,
        `it started before ${text}`,
        ({ startedAt }) => timeOfDay(startedAt) >= from,
      );
    },
  },
  {
    name: 'before',
    summary: 'Started before this time of day',
    example: 'before:14:05:30',
    condition: ({ text }) => {
      const to = parseTimeOfDay(text);
      return column(
        `it started before ${text}`,
        `it started at ${text} or later`,
        ({ startedAt }) => timeOfDay(startedAt) < to,
      );
    },
  },
];

/** Milliseconds since local midnight. */
function timeOfDay(time: number): number {
  const date = new Date(time);
  return (
    ((date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds()) * 1000 + date.getMilliseconds()
  );
}

/** The operator of a name, in any case; undefined where there is none. */
export function filterOperator(name: string): FilterOperator | undefined {
  const lower = name.toLowerCase();
  return filterOperators.find((operator) => operator.name === lower || operator.aliases?.includes(lower));
}
