/**
 * The parser of HTTP/1.1 messages (RFC 9112): one state machine for requests and responses, fed with whatever pieces
 * the network delivers. Each state is a place in the grammar; a message cut anywhere resumes in the state where it
 * was cut, so that every cut gives the same result and no byte is looked at twice.
 */
import {
  bytesOf,
  COLON,
  CR,
  classes,
  DIGIT,
  FIELD_VALUE,
  HASH,
  HTAB,
  LF,
  SP,
  TARGET,
  TOKEN,
} from './bytes.ts';
import { ChunkLine } from './chunkLine.ts';
import { type Framing, requestFraming, responseFraming } from './framing.ts';
import { HeadBuffer } from './headBuffer.ts';
import type { Limits } from './limits.ts';
import type { RuleId } from './rules.ts';
import type { SpanName, SpanObserver } from './span.ts';
import type { Violation } from './violation.ts';

const emptyLine = 0;
const emptyLineLf = 1;
const method = 2;
const target = 3;
const version = 4;
const statusVersion = 5;
const statusCode = 6;
const reasonPhrase = 7;
const lineStart = 8;
const lineLf = 9;
const fieldName = 10;
const beforeValue = 11;
const fieldValue = 12;
const sectionLf = 13;
const bodyByLength = 14;
const bodyUntilClose = 15;
const chunkLine = 16;
const chunkData = 17;
const chunkDataCr = 18;
const chunkDataLf = 19;
const complete = 20;
const malformed = 21;

/** What a token is called that has been begun but not ended, by state. */
const unfinished: Partial<Record<number, SpanName>> = {
  [emptyLineLf]: 'empty-line',
  [method]: 'method',
  [target]: 'request-target',
  [version]: 'HTTP-version',
  [statusVersion]: 'HTTP-version',
  [statusCode]: 'status-code',
  [reasonPhrase]: 'reason-phrase',
  [lineLf]: 'CRLF',
  [beforeValue]: 'OWS',
  [sectionLf]: 'header-end',
  [bodyByLength]: 'message-body',
  [bodyUntilClose]: 'message-body',
  [chunkData]: 'chunk-data',
  [chunkDataLf]: 'CRLF',
};

const versionPattern = bytesOf('HTTP/');
const longestMethod = 32;
const mostEmptyLines = 4;

export interface ParserOptions {
  readonly message: 'request' | 'response';
  readonly limits: Limits;
  readonly observer?: SpanObserver | null;
}

export class MessageParser {
  /** Start line and header section of the message being parsed. */
  readonly head: HeadBuffer;
  violation: Violation | null = null;
  /** Method of the request that a response answers: HEAD and CONNECT change where a response ends. */
  requestMethod = 'GET';
  /** How the body is delimited; known once the header section is complete. */
  framing: Framing = { kind: 'none' };

  private state = emptyLine;
  /** Bytes of the message parsed so far. */
  private offset = 0;
  /** Where the token being parsed started. */
  private tokenStart = 0;
  /** The first byte that the present line or section may not have any more. */
  private limitOffset = 0;
  private limitRule: RuleId = 'request-line-too-long';
  /** End of the field value seen so far, without the white space that may turn out to end it. */
  private valueEnd = 0;
  private valueStart = 0;
  private nameStart = 0;
  private nameEnd = 0;
  private inTrailer = false;
  private fieldCount = 0;
  /** Body bytes still to come of what Content-Length or a chunk size announced. */
  private remaining = 0;
  private bodyLength = 0;
  private readonly chunkLine: ChunkLine;
  private readonly forRequests: boolean;
  private readonly limits: Limits;
  private readonly observer: SpanObserver | null;

  constructor(options: ParserOptions) {
    this.forRequests = options.message === 'request';
    this.limits = options.limits;
    this.observer = options.observer ?? null;
    this.head = new HeadBuffer(options.limits.fieldCount);
    this.chunkLine = new ChunkLine();
    this.reset();
  }

  /** Makes ready for the next message of the connection. */
  reset(): void {
    this.violation = null;
    this.framing = { kind: 'none' };
    this.state = emptyLine;
    this.offset = 0;
    this.tokenStart = 0;
    this.limitOffset = this.limits.requestLine + 2;
    this.limitRule = 'request-line-too-long';
    this.inTrailer = false;
    this.fieldCount = 0;
    this.bodyLength = 0;
    this.head.reset();
  }

  /** Bytes of the message parsed so far. */
  get length(): number {
    return this.offset;
  }

  /** Whether anything but empty lines has come. */
  get started(): boolean {
    return this.state > emptyLineLf;
  }

  get headComplete(): boolean {
    return this.head.end > 0;
  }

  get complete(): boolean {
    return this.state === complete;
  }

  /**
   * Parses bytes from `start` (inclusive) to `end` (exclusive) and returns the index of the first one not taken.
   * Stops where the header section, the message or its well-formedness ends, so that the caller can act on it; after a
   * violation nothing more is taken until `reset`.
   */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (this.violation !== null) return start;
    const before = this.offset;
    if (!this.headComplete) {
      const head = this.head;
      head.attach(bytes, start, end, before);
      this.parseHead(head.bytes, head.base, head.limit);
      if (!this.headComplete && this.violation === null) head.keep(this.offset);
      return start + this.offset - before;
    }
    this.parseBody(bytes, start - before, end);
    return start + this.offset - before;
  }

  /**
   * There is no more input: reports the token that was cut short. If the connection has ended too, that completes a
   * body which nothing else delimits.
   */
  finish(connectionEnded: boolean): void {
    const untilClose = this.state === bodyUntilClose;
    this.reportUnfinished();
    if (untilClose && connectionEnded) this.state = complete;
  }

  private parseHead(bytes: Uint8Array, base: number, end: number): void {
    let i = base + this.offset;
    while (i < end && this.head.end === 0) {
      if (i - base >= this.limitOffset) {
        this.fail(this.limitRule, i - base);
        return;
      }
      const stop = Math.min(end, base + this.limitOffset);
      const next =
        this.state >= lineStart
          ? this.fieldSection(bytes, base, i, stop)
          : this.forRequests
            ? this.requestLine(bytes, base, i, stop)
            : this.statusLine(bytes, base, i, stop);
      if (next < 0) return;
      i = next;
    }
    this.offset = i - base;
  }

  /** request-line = method SP request-target SP HTTP-version (RFC 9112 section 3), after empty lines (section 2.2). */
  private requestLine(bytes: Uint8Array, base: number, start: number, stop: number): number {
    let i = start;
    while (i < stop) {
      switch (this.state) {
        case emptyLine:
          if (bytes[i] === CR) {
            if (i - base >= 2 * mostEmptyLines) return this.fail('empty-lines', i - base);
            this.state = emptyLineLf;
            i++;
          } else if (bytes[i] === LF) {
            return this.fail('bare-lf', i - base);
          } else {
            this.beginLine(i - base);
            this.state = method;
          }
          break;
        case emptyLineLf:
          if (bytes[i] !== LF) return this.fail('bare-cr', i - base - 1);
          i++;
          this.token('empty-line', i - base);
          this.state = emptyLine;
          break;
        case method: {
          const longest = base + this.tokenStart + longestMethod;
          const bound = Math.min(stop, longest + 1);
          while (i < bound && (classes[bytes[i]] & TOKEN) !== 0) i++;
          if (i > longest) return this.fail('method-too-long', longest - base);
          if (i === bound) return i;
          if (bytes[i] !== SP || i === base + this.tokenStart) return this.fail('method-syntax', i - base);
          this.head.methodStart = this.tokenStart;
          this.head.methodEnd = i - base;
          this.token('method', i - base);
          i++;
          this.token('SP', i - base);
          this.state = target;
          break;
        }
        case target:
          while (i < stop && (classes[bytes[i]] & TARGET) !== 0) i++;
          if (i === stop) return i;
          if (bytes[i] !== SP || i === base + this.tokenStart)
            return this.fail(targetRule(bytes[i]), i - base);
          this.head.targetStart = this.tokenStart;
          this.head.targetEnd = i - base;
          this.token('request-target', i - base);
          i++;
          this.token('SP', i - base);
          this.state = version;
          break;
        case version:
          i = this.httpVersion(bytes, base, i, stop);
          if (i < 0 || i === stop) return i;
          if (bytes[i] !== CR) return this.fail(bytes[i] === LF ? 'bare-lf' : 'version-syntax', i - base);
          this.token('HTTP-version', i - base);
          i++;
          this.state = lineLf;
          return i;
        default:
          return i;
      }
    }
    return i;
  }

  /** status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4). */
  private statusLine(bytes: Uint8Array, base: number, start: number, stop: number): number {
    let i = start;
    while (i < stop) {
      switch (this.state) {
        case emptyLine:
          this.beginLine(i - base);
          this.state = statusVersion;
          break;
        case statusVersion:
          i = this.httpVersion(bytes, base, i, stop);
          if (i < 0 || i === stop) return i;
          if (bytes[i] !== SP) return this.fail('status-line-version', i - base);
          this.token('HTTP-version', i - base);
          i++;
          this.token('SP', i - base);
          this.state = statusCode;
          break;
        case statusCode: {
          const third = base + this.tokenStart + 3;
          while (i < stop && i < third && (classes[bytes[i]] & DIGIT) !== 0) {
            this.head.status = this.head.status * 10 + bytes[i] - 0x30;
            i++;
          }
          if (i === stop) return i;
          if (i < third || bytes[i] !== SP) return this.fail('status-code-syntax', i - base);
          this.token('status-code', i - base);
          i++;
          this.token('SP', i - base);
          this.state = reasonPhrase;
          break;
        }
        case reasonPhrase:
          while (i < stop && (classes[bytes[i]] & FIELD_VALUE) !== 0) i++;
          if (i === stop) return i;
          if (bytes[i] !== CR)
            return this.fail(bytes[i] === LF ? 'bare-lf' : 'reason-phrase-syntax', i - base);
          if (i > base + this.tokenStart) this.token('reason-phrase', i - base);
          i++;
          this.state = lineLf;
          return i;
        default:
          return i;
      }
    }
    return i;
  }

  /** HTTP-version = "HTTP" "/" DIGIT "." DIGIT (RFC 9112 section 2.3). Returns where it stopped, or -1 after a failure. */
  private httpVersion(bytes: Uint8Array, base: number, start: number, stop: number): number {
    const first = base + this.tokenStart;
    let i = start;
    for (; i < stop && i < first + 8; i++) {
      const at = i - first;
      const octet = bytes[i];
      if (
        at < 5 ? octet !== versionPattern[at] : at === 6 ? octet !== 0x2e : (classes[octet] & DIGIT) === 0
      ) {
        return this.fail(this.versionRule(octet, at), i - base);
      }
      if (at === 5) this.head.majorVersion = octet - 0x30;
      if (at === 7) {
        this.head.minorVersion = octet - 0x30;
        if (this.head.majorVersion !== 1) return this.fail('version-not-supported', i - base - 2);
      }
    }
    return i;
  }

  private versionRule(octet: number, at: number): RuleId {
    if (!this.forRequests) return 'status-line-version';
    if (octet === LF) return 'bare-lf';
    return at === 0 && octet === CR ? 'version-missing' : 'version-syntax';
  }

  /** field-line = field-name ":" OWS field-value OWS (RFC 9112 section 5), up to and with the empty line. */
  private fieldSection(bytes: Uint8Array, base: number, start: number, stop: number): number {
    let i = start;
    while (i < stop) {
      switch (this.state) {
        case lineLf:
          if (bytes[i] !== LF) return this.fail('bare-cr', i - base - 1);
          i++;
          this.token('CRLF', i - base);
          this.state = lineStart;
          if (this.fieldCount > 0) break;
          this.beginSection(i - base);
          // The section has another limit than the line before it.
          return i;
        case lineStart:
          if (bytes[i] === CR) {
            i++;
            this.state = sectionLf;
          } else if ((classes[bytes[i]] & TOKEN) !== 0) {
            if (this.fieldCount === this.limits.fieldCount) return this.fail('too-many-fields', i - base);
            this.nameStart = i - base;
            this.fieldCount++;
            this.state = fieldName;
          } else {
            return this.fail(this.lineStartRule(bytes[i]), i - base);
          }
          break;
        case fieldName:
          while (i < stop && (classes[bytes[i]] & TOKEN) !== 0) i++;
          if (i === stop) return i;
          if (bytes[i] !== COLON) return this.fail(nameRule(bytes[i]), i - base);
          this.nameEnd = i - base;
          this.token(this.inTrailer ? 'trailer-name' : 'field-name', i - base);
          i++;
          this.token('colon', i - base);
          this.state = beforeValue;
          break;
        case beforeValue:
          while (i < stop && (bytes[i] === SP || bytes[i] === HTAB)) i++;
          if (i === stop) return i;
          if (i > base + this.tokenStart) this.token('OWS', i - base);
          this.valueStart = i - base;
          this.valueEnd = i - base;
          this.state = fieldValue;
          break;
        case fieldValue: {
          const run = i;
          while (i < stop && (classes[bytes[i]] & FIELD_VALUE) !== 0) i++;
          let visible = i;
          while (visible > run && (bytes[visible - 1] === SP || bytes[visible - 1] === HTAB)) visible--;
          if (visible > run) this.valueEnd = visible - base;
          if (i === stop) return i;
          if (bytes[i] !== CR)
            return this.fail(bytes[i] === LF ? 'bare-lf' : 'field-value-control', i - base);
          this.endField(i - base);
          i++;
          this.state = lineLf;
          break;
        }
        case sectionLf:
          if (bytes[i] !== LF) return this.fail('bare-cr', i - base - 1);
          i++;
          this.token(this.inTrailer ? 'trailer-end' : 'header-end', i - base);
          this.endSection(i - base);
          return this.violation === null ? i : -1;
        default:
          return i;
      }
    }
    return i;
  }

  private lineStartRule(octet: number): RuleId {
    if (octet === SP || octet === HTAB)
      return this.fieldCount === 0 ? 'space-before-first-field' : 'obs-fold';
    if (octet === COLON) return 'field-name-empty';
    return octet === LF ? 'bare-lf' : 'field-name-syntax';
  }

  private endField(end: number): void {
    if (!this.inTrailer) this.head.addField(this.nameStart, this.nameEnd, this.valueStart, this.valueEnd);
    if (this.valueEnd > this.tokenStart)
      this.token(this.inTrailer ? 'trailer-value' : 'field-value', this.valueEnd);
    if (end > this.tokenStart) this.token('OWS', end);
  }

  private beginLine(offset: number): void {
    this.limitOffset = offset + this.limits.requestLine + 2;
    this.limitRule = 'request-line-too-long';
  }

  private beginSection(offset: number): void {
    this.limitOffset = offset + this.limits.headerSection + 2;
    this.limitRule = 'header-section-too-large';
  }

  private endSection(offset: number): void {
    this.offset = offset;
    if (this.inTrailer) {
      this.state = complete;
      return;
    }
    this.head.end = offset;
    const framing = this.forRequests
      ? requestFraming(this.head, this.limits)
      : responseFraming(this.head, this.requestMethod);
    if ('rule' in framing) {
      this.violation = framing;
      this.state = malformed;
      return;
    }
    this.framing = framing;
    this.limitOffset = Number.POSITIVE_INFINITY;
    this.beginBody(framing);
  }

  private beginBody(framing: Framing): void {
    switch (framing.kind) {
      case 'none':
        this.state = complete;
        break;
      case 'length':
        this.remaining = framing.length;
        this.state = bodyByLength;
        break;
      case 'chunked':
        this.beginChunkLine();
        break;
      case 'untilClose':
        this.state = bodyUntilClose;
        break;
    }
  }

  /** `base` is where the message's first byte would lie in `bytes`; negative where that came in an earlier piece. */
  private parseBody(bytes: Uint8Array, base: number, end: number): void {
    let i = base + this.offset;
    while (i < end && this.state < complete) {
      if (i - base >= this.limitOffset) {
        this.fail(this.limitRule, i - base);
        return;
      }
      const next =
        this.state >= bodyByLength
          ? this.bodyPart(bytes, base, i, end)
          : this.fieldSection(bytes, base, i, Math.min(end, base + this.limitOffset));
      if (next < 0) return;
      i = next;
    }
    this.offset = i - base;
  }

  private bodyPart(bytes: Uint8Array, base: number, i: number, end: number): number {
    switch (this.state) {
      case bodyByLength:
      case chunkData: {
        const next = i + Math.min(this.remaining, end - i);
        this.remaining -= next - i;
        if (this.remaining > 0) return next;
        this.token(this.state === chunkData ? 'chunk-data' : 'message-body', next - base);
        this.state = this.state === chunkData ? chunkDataCr : complete;
        return next;
      }
      case bodyUntilClose:
        return end;
      case chunkDataCr:
        if (bytes[i] !== CR) return this.fail('chunk-end', i - base);
        this.state = chunkDataLf;
        return i + 1;
      case chunkDataLf:
        if (bytes[i] !== LF) return this.fail('chunk-end', i - base);
        this.token('CRLF', i + 1 - base);
        this.beginChunkLine();
        return i + 1;
      default:
        return this.chunkSizeLine(bytes, base, i, Math.min(end, base + this.limitOffset));
    }
  }

  private chunkSizeLine(bytes: Uint8Array, base: number, start: number, stop: number): number {
    const line = this.chunkLine;
    const i = line.parse(bytes, start, stop, base, this.limits.body - this.bodyLength);
    if (line.broken !== null) return this.fail(line.broken, i - base);
    if (!line.complete) return i;
    this.reportChunkLine(i - base);
    this.bodyLength += line.size;
    this.limitOffset = Number.POSITIVE_INFINITY;
    if (line.size > 0) {
      this.remaining = line.size;
      this.state = chunkData;
    } else {
      this.inTrailer = true;
      this.fieldCount = 0;
      this.beginSection(i - base);
      this.state = lineStart;
    }
    return i;
  }

  private beginChunkLine(): void {
    this.state = chunkLine;
    this.limitOffset = this.tokenStart + this.limits.chunkLine + 2;
    this.limitRule = 'chunk-line-too-long';
    this.chunkLine.begin();
  }

  private reportChunkLine(end: number): void {
    const line = this.chunkLine;
    this.token(line.size === 0 ? 'last-chunk' : 'chunk-size', line.sizeEnd);
    if (end - 2 > line.sizeEnd) this.token('chunk-ext', end - 2);
    this.token('CRLF', end);
  }

  /** The bytes from the end of the token before to `end` are a token. */
  private token(name: SpanName, end: number): void {
    if (this.observer !== null) this.observer.span(name, this.tokenStart, end);
    this.tokenStart = end;
  }

  /** Ends the message as malformed at `offset`; returns -1, the place where parsing cannot go on. */
  private fail(rule: RuleId, offset: number): -1 {
    this.offset = offset;
    this.reportUnfinished();
    this.violation = { rule, offset };
    this.state = malformed;
    return -1;
  }

  private reportUnfinished(): void {
    if (this.observer === null || this.offset <= this.tokenStart) return;
    if (this.state === fieldValue && this.valueEnd > this.tokenStart) {
      this.token(this.inTrailer ? 'trailer-value' : 'field-value', Math.min(this.valueEnd, this.offset));
      if (this.offset > this.tokenStart) this.token('OWS', this.offset);
    } else if (this.state === fieldName) {
      this.token(this.inTrailer ? 'trailer-name' : 'field-name', this.offset);
    } else if (
      this.state === chunkLine &&
      this.chunkLine.sizeEnd < this.offset &&
      this.chunkLine.sizeEnd > 0
    ) {
      this.token('chunk-size', this.chunkLine.sizeEnd);
      this.token('chunk-ext', this.offset);
    } else {
      this.token(
        unfinished[this.state] ?? (this.state === chunkLine ? 'chunk-size' : 'unparsed'),
        this.offset,
      );
    }
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

function nameRule(octet: number): RuleId {
  switch (octet) {
    case SP:
    case HTAB:
      return 'space-before-colon';
    case CR:
      return 'field-colon-missing';
    case LF:
      return 'bare-lf';
    default:
      return 'field-name-syntax';
  }
}
