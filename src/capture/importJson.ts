import { l10n } from '../l10n/l10n.ts';
import { ImportProblem } from './importProblem.ts';

/** What can stand in JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** @throws ImportProblem with the place where it stops being JSON */
export function parsedJson(file: Uint8Array): Json {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw new ImportProblem(l10n.t('it is no UTF-8 text.'));
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    const at = brokenAt(text);
    const line = text.slice(0, at).split('\n').length;
    throw new ImportProblem(
      l10n.t('its JSON is broken at byte {0}, in line {1}.', Buffer.byteLength(text.slice(0, at)), line),
    );
  }
}

const whiteSpace = /[ \t\r\n]*/y;
/** RFC 8259 sections 3 and 6. */
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapes = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/** Where a token that begins at an offset ends; -1 where it does not begin there. */
function endOf(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex : -1;
}

/** Where a string ends, or where it is broken (RFC 8259 section 7). An expression would not do: strings can be long. */
function stringEnd(text: string, start: number): { at: number; whole: boolean } {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return { at: at + 1, whole: true };
    if (unit < 0x20) return { at, whole: false };
    if (unit !== 0x5c) continue;
    const end = endOf(escapes, text, at + 1);
    if (end < 0) return { at, whole: false };
    at = end - 1;
  }
  return { at: text.length, whole: false };
}

/** Where text that is not JSON stops being JSON, in UTF-16 units: the engine's own messages do not always say. */
export function brokenAt(text: string): number {
  const open: ('{' | '[')[] = [];
  /** What may come next: a value, a name with its colon, or what follows a value; `first`: or a closing bracket. */
  let expected: 'value' | 'name' | 'more' = 'value';
  let first = false;
  let at = 0;
  for (;;) {
    at = endOf(whiteSpace, text, at);
    const character = text[at];
    const inside = open.at(-1);
    if (inside !== undefined && character === closing[inside] && (expected === 'more' || first)) {
      open.pop();
      at++;
      expected = 'more';
      first = false;
    } else if (expected === 'more') {
      if (inside === undefined || character !== ',') return at;
      at++;
      expected = inside === '{' ? 'name' : 'value';
    } else if (expected === 'name') {
      if (character !== '"') return at;
      const name = stringEnd(text, at);
      const colon = name.whole ? endOf(whiteSpace, text, name.at) : name.at;
      if (!name.whole || text[colon] !== ':') return colon;
      at = colon + 1;
      expected = 'value';
      first = false;
    } else if (character === '{' || character === '[') {
      open.push(character);
      at++;
      expected = character === '{' ? 'name' : 'value';
      first = true;
    } else {
      const string = character === '"' ? stringEnd(text, at) : null;
      const end = string === null ? endOf(scalar, text, at) : string.at;
      if (end < 0) return at;
      if (string?.whole === false) return end;
      at = end;
      expected = 'more';
      first = false;
    }
  }
}

const closing = { '{': '}', '[': ']' } as const;

/** Whether a value is an object, not an array or null. */
export function isJsonObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads values of a HAR entry, and names the one that is not as it should be. */
export class EntryReader {
  private readonly value: { readonly [name: string]: Json };
  private readonly entry: number;
  private readonly path: string;

  /** @param entry counted from 1 */
  constructor(value: Json | undefined, entry: number, path = '') {
    this.entry = entry;
    this.path = path;
    if (!isJsonObject(value)) throw this.problem('');
    this.value = value;
  }

  problem(name: string): ImportProblem {
    const place = [this.path, name].filter((part) => part !== '').join('.') || 'entry';
    return new ImportProblem(
      l10n.t('in entry {0}, “{1}” is missing or is not what it should be.', this.entry, place),
    );
  }

  has(name: string): boolean {
    return Object.hasOwn(this.value, name) && this.value[name] !== null;
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw this.problem(name);
    return value;
  }

  number(name: string): number {
    const value = this.get(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.problem(name);
    return value;
  }

  /** A whole number from `least` on. */
  count(name: string, least = 0): number {
    const value = this.number(name);
    if (!Number.isSafeInteger(value) || value < least) throw this.problem(name);
    return value;
  }

  /** Milliseconds since the epoch; 0 where it is not known. */
  time(name: string): number {
    const value = this.number(name);
    if (value < 0 || value > 8.64e15) throw this.problem(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.get(name);
    if (typeof value !== 'boolean') throw this.problem(name);
    return value;
  }

  list(name: string): readonly Json[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.problem(name);
    return value;
  }

  object(name: string): EntryReader {
    return new EntryReader(this.get(name), this.entry, this.pathOf(name));
  }

  objects(name: string): EntryReader[] {
    return this.list(name).map((one, i) => new EntryReader(one, this.entry, this.pathOf(`${name}[${i}]`)));
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  private get(name: string): Json | undefined {
    return Object.hasOwn(this.value, name) ? this.value[name] : undefined;
  }
}
