import { CR, classes, DIGIT, FIELD_VALUE, HASH, LF, runEnd, SP, TARGET, TOKEN } from './bytes.ts';
import type { HeadBuffer } from './headBuffer.ts';
import { parseVersion } from './httpVersion.ts';
import type { RuleId } from './rules.ts';
import type { SpanName } from './span.ts';
import type { Tokens } from './tokens.ts';

/** The parser of a message's first line. Each call of `parse` resumes where the one before was cut. */
export interface StartLine {
  readonly complete: boolean;
  /** Whether the line itself has begun: empty lines before a request do not count. */
  readonly begun: boolean;
  /** Name of the token that has begun but not ended. */
  readonly unfinished: SpanName;
  reset(): void;
  /**
   * Parses from index `start` to `stop` (exclusive); returns the index it came to, or -1 after a violation. `base` is
   * the index of the message's first byte.
   */
  parse(bytes: Uint8Array, start: number, stop: number, base: number): number;
}

const emptyLine = 0;
const emptyLineFeed = 1;
const method = 2;
const target = 3;
const version = 4;
const statusCode = 5;
const reasonPhrase = 6;
const lineFeed = 7;
const ended = 8;

const names: readonly SpanName[] = [
  'empty-line',
  'empty-line',
  'method',
  'request-target',
  'HTTP-version',
  'status-code',
  'reason-phrase',
  'CRLF',
  'CRLF',
];

const longestMethod = 32;
const mostEmptyLines = 4;

/** request-line = method SP request-target SP HTTP-version (RFC 9112 section 3), after empty lines (section 2.2). */
export class RequestLine implements StartLine {
  private state = emptyLine;
  private readonly head: HeadBuffer;
  private readonly tokens: Tokens;

  constructor(head: HeadBuffer, tokens: Tokens) {
    this.head = head;
    this.tokens = tokens;
  }

  get complete(): boolean {
    return this.state === ended;
  }

  get begun(): boolean {
    return this.state > emptyLineFeed;
  }

  get unfinished(): SpanName {
    return names[this.state];
  }

  reset(): void {
    this.state = emptyLine;
  }

  parse(bytes: Uint8Array, start: number, stop: number, base: number): number {
    const { head, tokens } = this;
    let i = start;
    while (i >= 0 && i < stop) {
      switch (this.state) {
        case emptyLine:
        case emptyLineFeed:
          i = this.emptyLines(bytes, i, base);
          // The line's limit counts from here.
          if (this.begun) return i;
          break;
        case method:
          i = this.method(bytes, i, stop, base);
          break;
        case target:
          i = runEnd(TARGET, bytes, i, stop);
          if (i === stop) return i;
          if (bytes[i] !== SP || i === base + tokens.start)
            return tokens.fail(targetRule(bytes[i]), i - base);
          head.targetStart = tokens.start;
          head.targetEnd = i - base;
          tokens.token('request-target', i - base);
          tokens.token('SP', ++i - base);
          this.state = version;
          break;
        case version:
          i = parseVersion(head, tokens, bytes, base, i, stop, 'version-syntax');
          if (i < 0 || i === stop) return i;
          if (bytes[i] !== CR) return tokens.fail(bytes[i] === LF ? 'bare-lf' : 'version-syntax', i - base);
          tokens.token('HTTP-version', i - base);
          i++;
          this.state = lineFeed;
          break;
        case lineFeed:
          if (bytes[i] !== LF) return tokens.fail('bare-cr', i - base - 1);
          i++;
          tokens.token('CRLF', i - base);
          this.state = ended;
          return i;
        default:
          return i;
      }
    }
    return i;
  }

  private emptyLines(bytes: Uint8Array, i: number, base: number): number {
    if (this.state === emptyLineFeed) {
      if (bytes[i] !== LF) return this.tokens.fail('bare-cr', i - base - 1);
      this.tokens.token('empty-line', i + 1 - base);
      this.state = emptyLine;
      return i + 1;
    }
    if (bytes[i] === LF) return this.tokens.fail('bare-lf', i - base);
    if (bytes[i] !== CR) {
      this.state = method;
      return i;
    }
    if (i - base >= 2 * mostEmptyLines) return this.tokens.fail('empty-lines', i - base);
    this.state = emptyLineFeed;
    return i + 1;
  }

  private method(bytes: Uint8Array, start: number, stop: number, base: number): number {
    const { head, tokens } = this;
    const longest = base + tokens.start + longestMethod;
    const bound = Math.min(stop, longest + 1);
    let i = runEnd(TOKEN, bytes, start, bound);
    if (i > longest) return tokens.fail('method-too-long', longest - base);
    if (i === bound) return i;
    if (bytes[i] !== SP || i === base + tokens.start) return tokens.fail('method-syntax', i - base);
    head.methodStart = tokens.start;
    head.methodEnd = i - base;
    tokens.token('method', i - base);
    tokens.token('SP', ++i - base);
    this.state = target;
    return i;
  }
}

function targetRule(octet: number): RuleId {
  switch (octet) {
    case HASH:
      return 'target-fragment';
    case CR:
      return 'version-missing';
    case LF:
      return 'bare-lf';
    default:
      return 'target-syntax';
  }
}

/** status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4). */
export class StatusLine implements StartLine {
  readonly begun = true;
  private state = version;
  private readonly head: HeadBuffer;
  private readonly tokens: Tokens;

  constructor(head: HeadBuffer, tokens: Tokens) {
    this.head = head;
    this.tokens = tokens;
  }

  get complete(): boolean {
    return this.state === ended;
  }

  get unfinished(): SpanName {
    return names[this.state];
  }

  reset(): void {
    this.state = version;
  }

  parse(bytes: Uint8Array, start: number, stop: number, base: number): number {
    const { head, tokens } = this;
    let i = start;
    while (i < stop) {
      switch (this.state) {
        case version:
          i = parseVersion(head, tokens, bytes, base, i, stop, 'status-line-version');
          if (i < 0 || i === stop) return i;
          if (bytes[i] !== SP) return tokens.fail('status-line-version', i - base);
          tokens.token('HTTP-version', i - base);
          tokens.token('SP', ++i - base);
          this.state = statusCode;
          break;
        case statusCode: {
          const third = base + tokens.start + 3;
          for (; i < stop && i < third && (classes[bytes[i]] & DIGIT) !== 0; i++) {
            head.status = head.status * 10 + bytes[i] - 0x30;
          }
          if (i === stop) return i;
          if (i < third || bytes[i] !== SP) return tokens.fail('status-code-syntax', i - base);
          tokens.token('status-code', i - base);
          tokens.token('SP', ++i - base);
          this.state = reasonPhrase;
          break;
        }
        case reasonPhrase:
          i = runEnd(FIELD_VALUE, bytes, i, stop);
          if (i === stop) return i;
          if (bytes[i] !== CR)
            return tokens.fail(bytes[i] === LF ? 'bare-lf' : 'reason-phrase-syntax', i - base);
          tokens.token('reason-phrase', i - base);
          i++;
          this.state = lineFeed;
          break;
        case lineFeed:
          if (bytes[i] !== LF) return tokens.fail('bare-cr', i - base - 1);
          i++;
          tokens.token('CRLF', i - base);
          this.state = ended;
          return i;
        default:
          return i;
      }
    }
    return i;
  }
}
