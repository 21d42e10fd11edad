import type { Part } from './range.ts';

/** The kinds of JSON values. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/** A value in a JSON text, with its place. Nodes come in the order of the text, parents first. */
export interface JsonNode extends Part {
  readonly kind: JsonKind;
  /** With its quotes; null where the value is not a member of an object. */
  readonly key: Part | null;
  /** Index in an array; -1 outside of arrays. */
  readonly index: number;
  readonly depth: number;
  /** Members or elements. */
  count: number;
  end: number;
}

/** A JSON text, taken apart. */
export interface JsonTree {
  readonly nodes: readonly JsonNode[];
  /** Offset where the text stops being JSON; -1 where all that was read of it is JSON. */
  readonly brokenAt: number;
  /** There are more values than were asked for. */
  readonly cut: boolean;
}

interface Open {
  readonly node: JsonNode;
  readonly isObject: boolean;
}

/**
 * Takes apart at most `limit` values of a JSON text (RFC 8259), without recursion, so that depth costs memory only.
 * Linear in the bytes that are read.
 */
export function jsonTree(bytes: Uint8Array, limit: number): JsonTree {
  return new JsonReader(bytes, limit).read();
}

class JsonReader {
  private readonly bytes: Uint8Array;
  private readonly limit: number;
  private readonly nodes: JsonNode[] = [];
  private readonly open: Open[] = [];
  private at = 0;

  constructor(bytes: Uint8Array, limit: number) {
    this.bytes = bytes;
    this.limit = limit;
    // A byte order mark is not part of the text, but comes before some.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  read(): JsonTree {
    if (!this.value(null)) return this.result(this.nodes.length >= this.limit ? -1 : this.at);
    while (this.open.length > 0) {
      if (this.nodes.length >= this.limit) return this.result(-1);
      if (!this.next()) return this.result(this.at);
    }
    this.skipSpace();
    return this.result(this.at < this.bytes.length ? this.at : -1);
  }

  private result(brokenAt: number): JsonTree {
    const cut = brokenAt < 0 && this.open.length > 0;
    for (const { node } of this.open) node.end = this.at;
    return { nodes: this.nodes, brokenAt, cut };
  }

  /** The next member or element of the innermost open value, or its end. */
  private next(): boolean {
    const { node, isObject } = this.open[this.open.length - 1];
    this.skipSpace();
    if (this.bytes[this.at] === (isObject ? rightBrace : rightBracket)) {
      this.at++;
      node.end = this.at;
      this.open.pop();
      return true;
    }
    if (node.count > 0) {
      if (this.bytes[this.at] !== comma) return false;
      this.at++;
      this.skipSpace();
    }
    let key: Part | null = null;
    if (isObject) {
      key = this.string();
      if (key === null) return false;
      this.skipSpace();
      if (this.bytes[this.at] !== colon) return false;
      this.at++;
    }
    const index = isObject ? -1 : node.count;
    node.count++;
    return this.value(key, index);
  }

  private value(key: Part | null, index = -1): boolean {
    this.skipSpace();
    const start = this.at;
    const octet = this.bytes[start];
    const depth = this.open.length;
    const add = (kind: JsonKind, end: number): JsonNode => {
      const node: JsonNode = { kind, key, index, depth, count: 0, start, end };
      this.nodes.push(node);
      this.at = end;
      return node;
    };
    if (octet === leftBrace || octet === leftBracket) {
      const isObject = octet === leftBrace;
      this.open.push({ node: add(isObject ? 'object' : 'array', start + 1), isObject });
      return true;
    }
    if (octet === quote) {
      const text = this.string();
      if (text !== null) add('string', text.end);
      return text !== null;
    }
    for (const word of ['true', 'false', 'null'] as const) {
      if (!this.isWord(word)) continue;
      add(word, start + word.length);
      return true;
    }
    const end = this.numberEnd();
    if (end < 0) return false;
    add('number', end);
    return true;
  }

  private string(): Part | null {
    const start = this.at;
    if (this.bytes[start] !== quote) return null;
    for (let at = start + 1; at < this.bytes.length; at++) {
      const octet = this.bytes[at];
      if (octet === backslash) {
        at++;
      } else if (octet === quote) {
        this.at = at + 1;
        return { start, end: at + 1 };
      } else if (octet < 0x20) {
        this.at = at;
        return null;
      }
    }
    this.at = this.bytes.length;
    return null;
  }

  private isWord(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[this.at + i] !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  private numberEnd(): number {
    let end = this.at;
    while (end < this.bytes.length && isNumberOctet(this.bytes[end])) end++;
    const text = String.fromCharCode(...this.bytes.subarray(this.at, Math.min(end, this.at + 64)));
    return end - this.at > 64 || /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? end : -1;
  }

  private skipSpace(): void {
    while (isSpace(this.bytes[this.at])) this.at++;
  }
}

function isSpace(octet: number): boolean {
  return octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09;
}

function isNumberOctet(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].includes(octet);
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const leftBrace = 0x7b;
const rightBrace = 0x7d;
const leftBracket = 0x5b;
const rightBracket = 0x5d;
