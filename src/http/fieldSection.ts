import { COLON, CR, classes, FIELD_VALUE, HTAB, LF, runEnd, SP, TOKEN } from './bytes.ts';
import type { HeadBuffer } from './headBuffer.ts';
import type { RuleId } from './rules.ts';
import type { SpanName } from './span.ts';
import type { Tokens } from './tokens.ts';

const lineStart = 0;
const name = 1;
const beforeValue = 2;
const value = 3;
const lineFeed = 4;
const sectionLineFeed = 5;
const ended = 6;

/**
 * A header or trailer section: field lines up to the empty line that ends them, inclusive.
 * field-line = field-name ":" OWS field-value OWS (RFC 9112 section 5).
 */
export class FieldSection {
  private state = lineStart;
  private fieldCount = 0;
  private nameStart = 0;
  private nameEnd = 0;
  private valueStart = 0;
  /** End of the value seen so far, without the white space that may turn out to end it. */
  private valueEnd = 0;
  private readonly tokens: Tokens;
  private readonly mostFields: number;
  /** Where the fields are noted; null for a trailer section, whose fields are checked and then ignored. */
  private readonly head: HeadBuffer | null;

  constructor(tokens: Tokens, mostFields: number, head: HeadBuffer | null) {
    this.tokens = tokens;
    this.mostFields = mostFields;
    this.head = head;
  }

  get complete(): boolean {
    return this.state === ended;
  }

  /** Name of the token that the next byte belongs to. */
  get unfinished(): SpanName {
    switch (this.state) {
      case lineStart:
      case name:
        return this.nameSpan;
      case beforeValue:
        return 'OWS';
      case value:
        return this.valueSpan;
      case lineFeed:
        return 'CRLF';
      default:
        return this.endSpan;
    }
  }

  reset(): void {
    this.state = lineStart;
    this.fieldCount = 0;
  }

  /**
   * Parses from index `start` to `stop` (exclusive); returns the index it came to, or -1 after a violation. `base` is
   * the index of the message's first byte.
   */
  parse(bytes: Uint8Array, start: number, stop: number, base: number): number {
    const { tokens } = this;
    let i = start;
    // A line goes through the steps from top to bottom; one that was cut resumes at the step where it was cut.
    while (i < stop && this.state !== ended) {
      if (this.state === lineStart) {
        if (bytes[i] === CR) {
          this.state = sectionLineFeed;
          i++;
        } else {
          if ((classes[bytes[i]] & TOKEN) === 0) return tokens.fail(this.lineStartRule(bytes[i]), i - base);
          if (this.fieldCount === this.mostFields) return tokens.fail('too-many-fields', i - base);
          this.fieldCount++;
          this.nameStart = i - base;
          this.state = name;
        }
      }
      if (this.state === name) {
        i = runEnd(TOKEN, bytes, i, stop);
        if (i === stop) return i;
        if (bytes[i] !== COLON) return tokens.fail(nameRule(bytes[i]), i - base);
        this.nameEnd = i - base;
        tokens.token(this.nameSpan, i - base);
        tokens.token('colon', ++i - base);
        this.state = beforeValue;
      }
      if (this.state === beforeValue) {
        while (i < stop && (bytes[i] === SP || bytes[i] === HTAB)) i++;
        if (i === stop) return i;
        tokens.token('OWS', i - base);
        this.valueStart = i - base;
        this.valueEnd = i - base;
        this.state = value;
      }
      if (this.state === value) {
        const run = i;
        i = runEnd(FIELD_VALUE, bytes, i, stop);
        // Only this run is looked back over, so that a value cut into many pieces costs no more than a whole one.
        let visible = i;
        while (visible > run && (bytes[visible - 1] === SP || bytes[visible - 1] === HTAB)) visible--;
        if (visible > run) this.valueEnd = visible - base;
        if (i === stop) return i;
        if (bytes[i] !== CR)
          return tokens.fail(bytes[i] === LF ? 'bare-lf' : 'field-value-control', i - base);
        this.head?.addField(this.nameStart, this.nameEnd, this.valueStart, this.valueEnd);
        tokens.token(this.valueSpan, this.valueEnd);
        tokens.token('OWS', i - base);
        i++;
        this.state = lineFeed;
      }
      if (i === stop) return i;
      if (bytes[i] !== LF) return tokens.fail('bare-cr', i - base - 1);
      i++;
      if (this.state === sectionLineFeed) {
        tokens.token(this.endSpan, i - base);
        this.state = ended;
      } else {
        tokens.token('CRLF', i - base);
        this.state = lineStart;
      }
    }
    return i;
  }

  /** Reports the token that was cut short at `offset`. */
  reportUnfinished(offset: number): void {
    const { tokens } = this;
    switch (this.state) {
      case name:
        tokens.token(this.nameSpan, offset);
        break;
      case value:
        tokens.token(this.valueSpan, this.valueEnd);
        tokens.token('OWS', offset);
        break;
      case beforeValue:
        tokens.token('OWS', offset);
        break;
      case lineFeed:
        tokens.token('CRLF', offset);
        break;
      default:
        tokens.token(this.endSpan, offset);
    }
  }

  private get nameSpan(): SpanName {
    return this.head === null ? 'trailer-name' : 'field-name';
  }

  private get valueSpan(): SpanName {
    return this.head === null ? 'trailer-value' : 'field-value';
  }

  private get endSpan(): SpanName {
    return this.head === null ? 'trailer-end' : 'header-end';
  }

  private lineStartRule(octet: number): RuleId {
    if (octet === SP || octet === HTAB)
      return this.fieldCount === 0 ? 'space-before-first-field' : 'obs-fold';
    if (octet === COLON) return 'field-name-empty';
    return octet === LF ? 'bare-lf' : 'field-name-syntax';
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
