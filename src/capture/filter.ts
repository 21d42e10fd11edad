import type { FilterProblem } from '../protocol/exchangeList.ts';
import { type FilterOperator, filterOperator, filterOperators } from './filterOperators.ts';
import {
  type Condition,
  type Conjunction,
  type FilterCost,
  FilterError,
  type FilterSubject,
} from './filterSubject.ts';
import { bytesExpression, remembering, textMatch } from './textMatch.ts';

/**
 * A filter, read: either what it asks, or what is wrong with it. The language:
 *
 * - terms stand side by side, and all must hold; `OR` between them: one of both sides; parentheses group;
 * - `-` or `NOT` before a term turns it into its opposite;
 * - `operator:value` as in `filterOperators`; `operator:one,other` holds where one of them does;
 * - a word is looked for in the target, a `"quoted text"` and a `/regular expression/` in all bytes that were kept.
 */
export type ParsedFilter =
  | { readonly condition: Condition; readonly problem: null }
  | { readonly condition: null; readonly problem: FilterProblem };

/** Nested deeper than this, a filter is refused before it can exhaust the stack. */
const deepest = 50;

/** Never throws: what is wrong with the text is the `problem`. */
export function parseFilter(text: string): ParsedFilter {
  try {
    return { condition: new FilterParser(text).parse(), problem: null };
  } catch (error) {
    if (error instanceof PlacedError) {
      return { condition: null, problem: { message: error.message, start: error.start, end: error.end } };
    }
    throw error;
  }
}

class PlacedError extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

const everything: Condition = {
  words: 'everything',
  oppositeWords: 'nothing',
  cost: 'columns',
  hasExpression: false,
  matches: () => true,
};

class FilterParser {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  parse(): Condition {
    const condition = this.alternatives();
    if (this.at < this.text.length) {
      throw new PlacedError('This parenthesis closes none: remove it, or quote it.', this.at, this.at + 1);
    }
    return condition ?? everything;
  }

  private alternatives(): Condition | null {
    const found = this.conjunction();
    const parts = found === null ? [] : [found];
    for (let start = this.at; this.keyword('OR'); start = this.at) {
      const next = this.conjunction();
      if (parts.length === 0 || next === null) {
        throw new PlacedError('OR stands between two terms: write the one that is missing.', start, this.at);
      }
      parts.push(next);
    }
    return parts.length === 0 ? null : anyOf(parts);
  }

  private conjunction(): Condition | null {
    const parts: Condition[] = [];
    for (;;) {
      this.skipSpace();
      if (this.at >= this.text.length || this.text[this.at] === ')' || this.isKeyword('OR')) break;
      parts.push(this.term());
    }
    return parts.length === 0 ? null : allOf(parts);
  }

  private term(): Condition {
    const start = this.at;
    if (this.text[this.at] === '-' || this.isKeyword('NOT')) {
      this.at += this.text[this.at] === '-' ? 1 : 3;
      this.skipSpace();
      if (this.at >= this.text.length || this.text[this.at] === ')') {
        throw new PlacedError('Nothing follows to be left out: write a term after it.', start, this.at);
      }
      return this.deeper(start, () => opposite(this.term()));
    }
    if (this.text[this.at] === '(') return this.deeper(start, () => this.group(start));
    if (this.text[this.at] === '"') return textCondition(this.quoted());
    const expression = this.expression();
    if (expression !== null) return expression;
    const operator = /^([A-Za-z]+):/.exec(this.text.slice(this.at, this.at + 40));
    return operator === null ? this.word() : this.operation(operator[1]);
  }

  private deeper(start: number, read: () => Condition): Condition {
    if (++this.depth > deepest) throw new PlacedError('This is nested too deeply.', start, this.text.length);
    const condition = read();
    this.depth--;
    return condition;
  }

  private group(start: number): Condition {
    this.at++;
    const inner = this.alternatives();
    if (this.text[this.at] !== ')') {
      throw new PlacedError('This parenthesis is not closed: add “)”.', start, start + 1);
    }
    this.at++;
    if (inner === null) throw new PlacedError('Nothing stands between the parentheses.', start, this.at);
    return inner;
  }

  private operation(name: string): Condition {
    const start = this.at;
    const operator = filterOperator(name);
    if (operator === undefined) {
      throw new PlacedError(unknownOperator(name, this.raw()), start, start + name.length + 1);
    }
    this.at = start + name.length + 1;
    const alternatives: Condition[] = [];
    do {
      if (this.text[this.at] === ',') this.at++;
      alternatives.push(this.value(operator, start));
    } while (this.text[this.at] === ',');
    return anyOf(alternatives);
  }

  private value(operator: FilterOperator, start: number): Condition {
    const from = this.at;
    const whole = this.text[this.at] === '=';
    if (whole) this.at++;
    const quoted = this.text[this.at] === '"';
    const text = quoted ? this.quoted() : this.bare(/[\s,]/);
    if (text === '') {
      const message = `Give a value after “${operator.name}:”, like ${operator.example}.`;
      throw new PlacedError(message, start, Math.max(this.at, start + operator.name.length + 1));
    }
    try {
      return operator.condition({ text, quoted, whole });
    } catch (error) {
      if (error instanceof FilterError) throw new PlacedError(error.message, from, this.at);
      throw error;
    }
  }

  private word(): Condition {
    const match = textMatch({ text: this.raw(), quoted: false, whole: false });
    const matches = remembering((target) => match.matches(target));
    return {
      words: `target ${match.words}`,
      oppositeWords: `target ${match.oppositeWords}`,
      cost: 'columns',
      hasExpression: false,
      matches: ({ target }) => matches(target),
    };
  }

  /** `/expression/flags` that ends where the term does; null where there is none: a path starts with a slash too. */
  private expression(): Condition | null {
    const found = /^\/((?:[^\\/\n]|\\.)+)\/([a-z]*)(?=[\s)]|$)/.exec(this.text.slice(this.at));
    if (found === null) return null;
    const [whole, source, flags] = found;
    const start = this.at;
    this.at += whole.length;
    try {
      // Without `g` and `y`, which would make it remember where it was.
      return expressionCondition(whole, new RegExp(source, flags.replace(/[gy]/g, '')));
    } catch (error) {
      const reason = error instanceof SyntaxError ? error.message.replace(/^.*: /, '') : String(error);
      throw new PlacedError(`This is no regular expression: ${reason}.`, start, this.at);
    }
  }

  /** A quoted text; a backslash stands before a quote or a backslash in it. */
  private quoted(): string {
    const start = this.at;
    let text = '';
    for (this.at++; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (character === '"') {
        this.at++;
        if (text === '') throw new PlacedError('Write a text between the quotes.', start, this.at);
        return text;
      }
      if (character === '\\' && /["\\]/.test(this.text[this.at + 1] ?? '')) this.at++;
      text += this.text[this.at];
    }
    throw new PlacedError('This text has no end: add a quote.', start, this.text.length);
  }

  private raw(): string {
    return this.bare(/\s/);
  }

  /** Up to a separator, or to a parenthesis that it did not open. */
  private bare(separator: RegExp): string {
    const start = this.at;
    let open = 0;
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (separator.test(character)) break;
      if (character === '(') open++;
      if (character === ')' && open-- === 0) break;
    }
    return this.text.slice(start, this.at);
  }

  private keyword(word: string): boolean {
    this.skipSpace();
    if (!this.isKeyword(word)) return false;
    this.at += word.length;
    return true;
  }

  private isKeyword(word: string): boolean {
    const after = this.text[this.at + word.length];
    return this.text.startsWith(word, this.at) && (after === undefined || /[\s(]/.test(after));
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
}

function textCondition(text: string): Condition {
  const expression = bytesExpression(text);
  return {
    words: `the bytes contain “${text}”`,
    oppositeWords: `the bytes do not contain “${text}”`,
    cost: 'bytes',
    hasExpression: false,
    matches: (subject) =>
      expression.test(subject.bytes('request')) || expression.test(subject.bytes('response')),
  };
}

function expressionCondition(written: string, expression: RegExp): Condition {
  return {
    words: `the bytes match ${written}`,
    oppositeWords: `the bytes do not match ${written}`,
    cost: 'bytes',
    hasExpression: true,
    matches: (subject) =>
      expression.test(subject.bytes('request')) || expression.test(subject.bytes('response')),
  };
}

function opposite(condition: Condition): Condition {
  const { words, oppositeWords, joinedBy } = condition;
  return {
    ...condition,
    words: oppositeWords,
    oppositeWords: words,
    joinedBy: joinedBy && otherThan[joinedBy],
    matches: (subject) => !condition.matches(subject),
  };
}

const otherThan = { and: 'or', or: 'and' } as const;

function allOf(parts: readonly Condition[]): Condition {
  return combined(parts, 'and', (conditions, subject) => {
    for (const condition of conditions) if (!condition.matches(subject)) return false;
    return true;
  });
}

function anyOf(parts: readonly Condition[]): Condition {
  return combined(parts, 'or', (conditions, subject) => {
    for (const condition of conditions) if (condition.matches(subject)) return true;
    return false;
  });
}

const costs: readonly FilterCost[] = ['columns', 'heads', 'bytes'];

function combined(
  parts: readonly Condition[],
  conjunction: Conjunction,
  matches: (conditions: readonly Condition[], subject: FilterSubject) => boolean,
): Condition {
  if (parts.length === 1) return parts[0];
  // Cheap conditions are tested first, and may spare the rest.
  const conditions = [...parts].sort((one, other) => costs.indexOf(one.cost) - costs.indexOf(other.cost));
  return {
    words: joined(
      parts.map(({ words }) => words),
      parts,
      conjunction,
    ),
    oppositeWords: joined(
      parts.map(({ oppositeWords }) => oppositeWords),
      parts,
      otherThan[conjunction],
    ),
    joinedBy: conjunction,
    cost: conditions[conditions.length - 1].cost,
    hasExpression: parts.some(({ hasExpression }) => hasExpression),
    matches: (subject) => matches(conditions, subject),
  };
}

/** Parts that are joined themselves stand in parentheses. */
function joined(words: readonly string[], parts: readonly Condition[], conjunction: Conjunction): string {
  return words.map((one, i) => (parts[i].joinedBy === undefined ? one : `(${one})`)).join(` ${conjunction} `);
}

function unknownOperator(name: string, term: string): string {
  const lower = name.toLowerCase();
  const near = filterOperators.find(
    (operator) => operator.name.startsWith(lower.slice(0, 3)) || lower.startsWith(operator.name),
  );
  const instead = near === undefined ? '' : ` Did you mean “${near.name}:”?`;
  return `There is no operator “${name}:”.${instead} To look for the text itself, write "${term}" in quotes.`;
}

/** The text of a term that holds exactly where `operator` has this value. */
export function filterTerm(operator: string, value: string, excluded = false): string {
  const wholeText = ['path', 'target', 'host', 'type', 'server', 'rule'].includes(operator);
  const bare = /^[^\s,()"*\\]+$/.test(value);
  const written = bare ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
  return `${excluded ? '-' : ''}${operator}:${wholeText ? '=' : ''}${written}`;
}
