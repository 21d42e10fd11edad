import type { RuleId } from './rules.ts';
import type { SpanName, SpanObserver } from './span.ts';
import type { Violation } from './violation.ts';

/**
 * What the state machines of the parser share while a message goes through them: where the present token started, the
 * observer of tokens, and the rule that was broken. Offsets count from the first byte of the message.
 */
export class Tokens {
  /** Where the token being parsed started. */
  start = 0;
  violation: Violation | null = null;
  private readonly observer: SpanObserver | null;

  constructor(observer: SpanObserver | null) {
    this.observer = observer;
  }

  reset(): void {
    this.start = 0;
    this.violation = null;
  }

  /** The bytes from the end of the previous token to `end` (exclusive) are a token; an empty one is not reported. */
  token(name: SpanName, end: number): void {
    if (this.observer !== null && end > this.start) this.observer.span(name, this.start, end);
    this.start = end;
  }

  /** The byte at `offset` breaks a rule. Returns -1, which parsers return for an index after a violation. */
  fail(rule: RuleId, offset: number): -1 {
    this.violation = { rule, offset };
    return -1;
  }
}
