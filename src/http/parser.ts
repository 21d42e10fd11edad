/**
 * The parser of HTTP/1.1 messages (RFC 9112): start line, header section, body, trailer section, each a small machine
 * that is fed with whatever pieces the network delivers. A message cut anywhere resumes in the state where it was cut,
 * so that every cut gives the same result and no byte is looked at twice.
 *
 * To be read beside the RFC: `MessagePart` has the grammar of a message, and `parsePart` goes through it. The machines:
 * `startLine.ts` (sections 3, 4), `target.ts` (3.2), `fieldSection.ts` (5), `framing.ts` (6), `chunkLine.ts` (7.1).
 */
import { CR, copied, LF, latin1 } from './bytes.ts';
import { ChunkLine } from './chunkLine.ts';
import { FieldSection } from './fieldSection.ts';
import { type Framing, noFraming, requestFraming, responseFraming } from './framing.ts';
import { HeadBuffer } from './headBuffer.ts';
import type { Limits } from './limits.ts';
import type { MessagePart } from './messagePart.ts';
import { RepeatedSection } from './repeatedSection.ts';
import type { RuleId } from './rules.ts';
import type { SpanName, SpanObserver } from './span.ts';
import { RequestLine, type StartLine, StatusLine } from './startLine.ts';
import { requestTarget } from './target.ts';
import { Tokens } from './tokens.ts';
import type { Violation } from './violation.ts';

export interface ParserOptions {
  readonly message: 'request' | 'response';
  readonly limits: Limits;
  readonly observer?: SpanObserver | null;
  /** For the requests of one connection: a header section that repeats the one before is not parsed again. */
  readonly recognizesRepeats?: boolean;
  /** Requests come over TLS, and so may be for https resources. */
  readonly overTls?: boolean;
}

export class MessageParser {
  /** Start line and header section of the message being parsed. */
  readonly head: HeadBuffer;
  /** Method of the request that a response answers: HEAD and CONNECT change where a response ends. */
  requestMethod = 'GET';
  /** Called with the content as it comes, without its framing: input bytes from `start` to `end` (exclusive). */
  whenContent: ((bytes: Uint8Array, start: number, end: number) => void) | null = null;

  private part: MessagePart = 'start-line';
  /** Bytes of the message parsed so far. */
  private offset = 0;
  /** The first offset beyond the limit of the present line or section, and the rule that a byte there breaks. */
  private limitOffset = 0;
  private limitRule: RuleId = 'request-line-too-long';
  private bodyFraming: Framing = noFraming;
  /** Bytes still to come of those that Content-Length or a chunk size announced. */
  private remaining = 0;
  /** Bytes of all chunks so far. */
  private chunkedLength = 0;
  /** The trailer section so far; only where `whenContent` is set. */
  private trailerBytes: Uint8Array[] = [];
  private readonly tokens: Tokens;
  private readonly startLine: StartLine;
  private readonly headerSection: FieldSection;
  private readonly trailerSection: FieldSection;
  private readonly repeated: RepeatedSection | null;
  private readonly chunkLine = new ChunkLine();
  private readonly forRequests: boolean;
  private readonly overTls: boolean;
  private readonly limits: Limits;

  constructor(options: ParserOptions) {
    const { limits } = options;
    this.limits = limits;
    this.forRequests = options.message === 'request';
    this.overTls = options.overTls === true;
    this.tokens = new Tokens(options.observer ?? null);
    this.head = new HeadBuffer(limits.fieldCount);
    const Line = this.forRequests ? RequestLine : StatusLine;
    this.startLine = new Line(this.head, this.tokens);
    this.headerSection = new FieldSection(this.tokens, limits.fieldCount, this.head);
    this.trailerSection = new FieldSection(this.tokens, limits.fieldCount, null);
    const unobserved = (options.observer ?? null) === null;
    this.repeated = options.recognizesRepeats && unobserved ? new RepeatedSection() : null;
    this.limit('request-line-too-long', limits.requestLine);
  }

  /** Prepares for the next message of the connection. */
  reset(): void {
    this.part = 'start-line';
    this.offset = 0;
    this.bodyFraming = noFraming;
    this.chunkedLength = 0;
    this.trailerBytes = [];
    this.tokens.reset();
    this.head.reset();
    this.startLine.reset();
    this.headerSection.reset();
    this.limit('request-line-too-long', this.limits.requestLine);
  }

  /** Bytes of the message parsed so far. */
  get length(): number {
    return this.offset;
  }

  /** Whether anything other than empty lines has come. */
  get started(): boolean {
    return this.offset > 0 && this.startLine.begun;
  }

  get headComplete(): boolean {
    return this.head.end > 0;
  }

  get complete(): boolean {
    return this.part === 'complete';
  }

  get violation(): Violation | null {
    return this.tokens.violation;
  }

  /** How the body is delimited; known once the header section is complete. */
  get framing(): Framing {
    return this.bodyFraming;
  }

  /** The fields of the trailer section, once the message is complete; only where `whenContent` is set. */
  get trailers(): [name: string, value: string][] {
    const lines = this.trailerBytes
      .map((piece) => latin1(piece, 0, piece.length))
      .join('')
      .split('\r\n');
    return lines.flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]];
    });
  }

  /**
   * The token that the next byte belongs to, unless it ends it: for views of the parser at work; parsing itself never
   * asks. Null once the message is complete.
   */
  reading(): SpanName | null {
    switch (this.part) {
      case 'start-line':
        return this.startLine.unfinished;
      case 'header-section':
        return this.headerSection.unfinished;
      case 'trailer-section':
        return this.trailerSection.unfinished;
      case 'chunk-line':
        return this.chunkLine.unfinished;
      case 'chunk-data':
        return 'chunk-data';
      case 'chunk-cr':
      case 'chunk-lf':
        return 'CRLF';
      case 'body-by-length':
      case 'body-until-close':
        return 'message-body';
      case 'complete':
        return null;
    }
  }

  /**
   * Parses bytes from `start` (inclusive) to `end` (exclusive) and returns the index of the first one not taken.
   * Stops where the header section, the message or its well-formedness ends, so that the caller can act on it; after a
   * violation nothing more is taken until `reset`.
   */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (this.violation !== null || this.complete) return start;
    const before = this.offset;
    const { head } = this;
    if (this.headComplete) {
      this.parsePieces(bytes, start - before, end);
    } else {
      head.attach(bytes, start, end, before);
      this.parsePieces(head.bytes, head.base, head.limit);
      if (!this.headComplete && this.violation === null) head.keep(this.offset);
    }
    return Math.max(start, start + this.offset - before);
  }

  /**
   * There is no more input: reports the token that was cut short. If the connection has ended too, that completes a
   * body which nothing else delimits.
   */
  finish(connectionEnded: boolean): void {
    if (this.violation !== null) return;
    this.reportUnfinished();
    if (this.part === 'body-until-close' && connectionEnded) this.part = 'complete';
  }

  /** `base` is where the message's first byte lies in `bytes`; negative where that came in an earlier piece. */
  private parsePieces(bytes: Uint8Array, base: number, end: number): void {
    const headWasComplete = this.headComplete;
    let i = base + this.offset;
    while (i < end && !this.complete && this.headComplete === headWasComplete) {
      if (i - base >= this.limitOffset) this.tokens.fail(this.limitRule, i - base);
      else i = this.parsePart(bytes, i, Math.min(end, base + this.limitOffset), base);
      if (this.violation !== null) {
        this.offset = this.violation.offset;
        this.reportUnfinished();
        return;
      }
      this.offset = i - base;
    }
  }

  /** Has the present part's machine parse from index `i` to `stop` (exclusive); returns as `StartLine.parse` does. */
  private parsePart(bytes: Uint8Array, i: number, stop: number, base: number): number {
    switch (this.part) {
      case 'start-line': {
        const begun = this.startLine.begun;
        const next = this.startLine.parse(bytes, i, stop, base);
        if (this.startLine.complete) {
          this.part = 'header-section';
          this.tokens.start = next - base;
          this.head.sectionStart = next - base;
          this.limit('header-section-too-large', this.limits.headerSection);
        } else if (!begun) {
          // Empty lines before the request line are not part of it.
          this.limit('request-line-too-long', this.limits.requestLine);
        }
        return next;
      }
      case 'header-section': {
        const end = this.repeated === null ? -1 : this.recall(this.repeated, bytes, i, stop, base);
        if (end >= 0) return end;
        const next = this.headerSection.parse(bytes, i, stop, base);
        if (this.headerSection.complete) this.endHead(next - base);
        return next;
      }
      case 'body-by-length':
      case 'chunk-data':
        return this.parseData(bytes, i, stop, base);
      case 'body-until-close':
        this.whenContent?.(bytes, i, stop);
        return stop;
      case 'chunk-line':
        return this.parseChunkLine(bytes, i, stop, base);
      case 'chunk-cr':
        // Anything else would mean that the two ends disagree on where the chunk ends, and so on what is a request.
        if (bytes[i] !== CR) return this.tokens.fail('chunk-end', i - base);
        this.part = 'chunk-lf';
        return i + 1;
      case 'chunk-lf':
        if (bytes[i] !== LF) return this.tokens.fail('chunk-end', i - base);
        this.tokens.token('CRLF', i + 1 - base);
        this.beginChunkLine();
        return i + 1;
      case 'trailer-section': {
        const next = this.trailerSection.parse(bytes, i, stop, base);
        if (this.whenContent !== null && next > i) this.trailerBytes.push(copied(bytes, i, next));
        if (this.trailerSection.complete) this.part = 'complete';
        return next;
      }
      case 'complete':
        return stop;
    }
  }

  /**
   * Until here, nothing of the message may be acted on (RFC 9110 section 5.3). Now it shows what the request is for, and
   * where the message ends (RFC 9112 sections 3.2 and 6.3).
   */
  private endHead(end: number): void {
    const { head, repeated } = this;
    head.end = end;
    const framing = this.forRequests
      ? (requestTarget(head, this.overTls) ?? requestFraming(head, this.limits))
      : responseFraming(head, this.requestMethod);
    if (repeated !== null && framing === noFraming) repeated.remember(head);
    this.beginBody(framing);
  }

  /**
   * Reuses what is known of the previous request's header section if this one has the same bytes: returns the index where
   * it ends. -1 where it has to be parsed; from then on nothing is remembered until it has ended.
   */
  private recall(
    repeated: RepeatedSection,
    bytes: Uint8Array,
    i: number,
    stop: number,
    base: number,
  ): number {
    const { head } = this;
    const end = repeated.endOf(head, bytes, i, stop);
    if (end < 0) {
      repeated.forget();
      return -1;
    }
    head.end = end - base;
    this.tokens.start = head.end;
    const broken = requestTarget(head, this.overTls);
    if (broken === null) repeated.recall(head);
    this.beginBody(broken ?? noFraming);
    return end;
  }

  private beginBody(framing: Framing | Violation): void {
    if ('rule' in framing) {
      this.tokens.fail(framing.rule, framing.offset);
      return;
    }
    this.bodyFraming = framing;
    this.limitOffset = Number.POSITIVE_INFINITY;
    switch (framing.kind) {
      case 'none':
        this.part = 'complete';
        break;
      case 'length':
        this.part = 'body-by-length';
        this.remaining = framing.length;
        break;
      case 'chunked':
        this.beginChunkLine();
        break;
      case 'untilClose':
        this.part = 'body-until-close';
        break;
    }
  }

  /** Octets whose number was announced: what they hold is nothing to the parser, be it another request. */
  private parseData(bytes: Uint8Array, i: number, stop: number, base: number): number {
    const next = i + Math.min(this.remaining, stop - i);
    this.whenContent?.(bytes, i, next);
    this.remaining -= next - i;
    if (this.remaining > 0) return next;
    const chunk = this.part === 'chunk-data';
    this.tokens.token(chunk ? 'chunk-data' : 'message-body', next - base);
    this.part = chunk ? 'chunk-cr' : 'complete';
    return next;
  }

  private beginChunkLine(): void {
    this.part = 'chunk-line';
    this.chunkLine.begin();
    this.limit('chunk-line-too-long', this.limits.chunkLine);
  }

  private parseChunkLine(bytes: Uint8Array, i: number, stop: number, base: number): number {
    const { chunkLine: line, tokens } = this;
    const next = line.parse(bytes, i, stop, base, this.limits.body - this.chunkedLength);
    if (line.broken !== null) return tokens.fail(line.broken, next - base);
    if (!line.complete) return next;
    const end = next - base;
    tokens.token(line.size === 0 ? 'last-chunk' : 'chunk-size', line.sizeEnd);
    tokens.token('chunk-ext', end - 2);
    tokens.token('CRLF', end);
    this.chunkedLength += line.size;
    this.remaining = line.size;
    if (line.size > 0) {
      this.part = 'chunk-data';
      this.limitOffset = Number.POSITIVE_INFINITY;
    } else {
      this.part = 'trailer-section';
      this.trailerSection.reset();
      this.limit('header-section-too-large', this.limits.headerSection);
    }
    return next;
  }

  /** From the present token on, `length` bytes are allowed, and the CRLF that ends them. */
  private limit(rule: RuleId, length: number): void {
    this.limitRule = rule;
    this.limitOffset = this.tokens.start + length + 2;
  }

  private reportUnfinished(): void {
    const { tokens, offset } = this;
    if (offset <= tokens.start) return;
    switch (this.part) {
      case 'start-line':
        tokens.token(this.startLine.unfinished, offset);
        break;
      case 'header-section':
        this.headerSection.reportUnfinished(offset);
        break;
      case 'trailer-section':
        this.trailerSection.reportUnfinished(offset);
        break;
      case 'chunk-line':
        if (this.chunkLine.sizeEnd > 0) tokens.token('chunk-size', this.chunkLine.sizeEnd);
        tokens.token(this.chunkLine.sizeEnd > 0 ? 'chunk-ext' : 'chunk-size', offset);
        break;
      case 'chunk-data':
        tokens.token('chunk-data', offset);
        break;
      case 'chunk-cr':
      case 'chunk-lf':
        tokens.token('CRLF', offset);
        break;
      case 'body-by-length':
      case 'body-until-close':
        tokens.token('message-body', offset);
        break;
      case 'complete':
        break;
    }
  }
}
