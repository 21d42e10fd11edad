import {
  BACKSLASH,
  CR,
  classes,
  DQUOTE,
  EQUALS,
  FIELD_VALUE,
  HEX_DIGIT,
  HTAB,
  hexDigitValue,
  LF,
  QUOTED_TEXT,
  SEMICOLON,
  SP,
  TOKEN,
} from './bytes.ts';
import type { RuleId } from './rules.ts';
import type { SpanName } from './span.ts';

const firstDigit = 0;
const digits = 1;
const beforeSemicolon = 2;
const beforeName = 3;
const name = 4;
const afterName = 5;
const beforeValue = 6;
const value = 7;
const quoted = 8;
const quotedPair = 9;
const afterValue = 10;
const lineFeed = 11;

/**
 * The line before a chunk's data: chunk-size [ chunk-ext ] CRLF (RFC 9112 section 7.1). Extensions are checked, then
 * ignored, since none is known (section 7.1.1).
 */
export class ChunkLine {
  size = 0;
  /** Offset after the last digit of the size; 0 until it is known. */
  sizeEnd = 0;
  complete = false;
  broken: RuleId | null = null;
  private state = firstDigit;

  /** Name of the token that the next byte belongs to. */
  get unfinished(): SpanName {
    if (this.state === lineFeed) return 'CRLF';
    return this.sizeEnd > 0 ? 'chunk-ext' : 'chunk-size';
  }

  begin(): void {
    this.size = 0;
    this.sizeEnd = 0;
    this.complete = false;
    this.broken = null;
    this.state = firstDigit;
  }

  /**
   * Parses from index `start` up to `stop` (exclusive); returns the index it came to: after the line's LF, or at the
   * byte that is `broken`. `base` is the index of the message's first byte; `room` the most bytes a chunk may have.
   */
  parse(bytes: Uint8Array, start: number, stop: number, base: number, room: number): number {
    for (let i = start; i < stop; i++) {
      const octet = bytes[i];
      if (this.state <= digits && (classes[octet] & HEX_DIGIT) !== 0) {
        this.size = this.size * 16 + hexDigitValue(octet);
        if (this.size > room) {
          this.broken = 'body-too-large';
          return i;
        }
        this.state = digits;
        continue;
      }
      if (this.state === lineFeed) {
        this.complete = octet === LF;
        if (!this.complete) this.broken = 'bare-cr';
        return this.complete ? i + 1 : i - 1;
      }
      if (this.state === digits) this.sizeEnd = i - base;
      if (!this.step(octet)) {
        this.broken = this.brokenRule(octet);
        return i;
      }
    }
    return stop;
  }

  private brokenRule(octet: number): RuleId {
    if (octet === LF && this.state > firstDigit) return 'bare-lf';
    return this.state <= digits ? 'chunk-size-syntax' : 'chunk-extension-syntax';
  }

  /** chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ); whether `octet` may come next. */
  private step(octet: number): boolean {
    const space = octet === SP || octet === HTAB;
    const token = (classes[octet] & TOKEN) !== 0;
    switch (this.state) {
      case firstDigit:
        return false;
      case digits:
        return this.extensionOrEnd(octet, space, beforeSemicolon);
      case beforeSemicolon:
        return this.go(beforeName, octet === SEMICOLON) || space;
      case beforeName:
        return this.go(name, token) || space;
      case name:
        if (token) return true;
        return this.go(beforeValue, octet === EQUALS) || this.extensionOrEnd(octet, space, afterName);
      case afterName:
        return this.go(beforeValue, octet === EQUALS) || this.go(beforeName, octet === SEMICOLON) || space;
      case beforeValue:
        return this.go(value, token) || this.go(quoted, octet === DQUOTE) || space;
      case value:
        return token || this.extensionOrEnd(octet, space, beforeSemicolon);
      case quoted:
        if (octet === DQUOTE) return this.go(afterValue, true);
        return this.go(quotedPair, octet === BACKSLASH) || (classes[octet] & QUOTED_TEXT) !== 0;
      case quotedPair:
        return this.go(quoted, (classes[octet] & FIELD_VALUE) !== 0);
      default:
        return this.extensionOrEnd(octet, space, beforeSemicolon);
    }
  }

  private extensionOrEnd(octet: number, space: boolean, afterSpace: number): boolean {
    return (
      this.go(lineFeed, octet === CR) ||
      this.go(beforeName, octet === SEMICOLON) ||
      this.go(afterSpace, space)
    );
  }

  private go(state: number, when: boolean): boolean {
    if (when) this.state = state;
    return when;
  }
}
