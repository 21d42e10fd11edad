import type { RuleId } from './rules.ts';

/** A rule that a message broke, and where. */
export interface Violation {
  readonly rule: RuleId;
  /** The first byte that broke the rule, counted from the first byte of the message. */
  readonly offset: number;
}
