/**
 * The rules that a message can break. One table serves as documentation, as test data and as the text that the inspector
 * shows: each rule has an example that breaks it, and the offset at which it does.
 */
import { bodyRules } from './rules/bodyRules.ts';
import { fieldRules } from './rules/fieldRules.ts';
import { requestLineRules } from './rules/requestLineRules.ts';
import type { Rule } from './rules/rule.ts';
import { statusLineRules } from './rules/statusLineRules.ts';
import { targetRules } from './rules/targetRules.ts';

export type { Rule } from './rules/rule.ts';

const table = { ...requestLineRules, ...targetRules, ...fieldRules, ...bodyRules, ...statusLineRules };

/** The name of a rule. */
export type RuleId = keyof typeof table;

/** All rules by name. */
export const rules: Readonly<Record<RuleId, Rule>> = table;

/** The rules by what they are about, in the order in which a message is read. */
export const ruleSubjects: readonly { readonly title: string; readonly rules: Record<string, Rule> }[] = [
  { title: 'The request line', rules: requestLineRules },
  { title: 'The request target and the Host field', rules: targetRules },
  { title: 'Field lines', rules: fieldRules },
  { title: 'The body and where it ends', rules: bodyRules },
  { title: 'The status line of a response', rules: statusLineRules },
];

/** The document and section that a rule comes from. */
export function ruleSource(rule: Rule): { name: string; url: string } {
  return {
    name: `RFC ${rule.rfc} section ${rule.section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${rule.rfc}#section-${rule.section}`,
  };
}
