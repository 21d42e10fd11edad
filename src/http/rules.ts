/** Placeholder until the table stands. */
export type RuleId = string;
