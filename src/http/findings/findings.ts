import { ruleSource, rules } from '../rules.ts';
import { cacheChecks } from './cacheFindings.ts';
import { connectionChecks } from './connectionFindings.ts';
import { contentChecks } from './contentFindings.ts';
import { ExchangeFacts, type ExchangeInput, type MessageInput } from './exchangeFacts.ts';
import { type Check, type Finding, type Severity, sourceOf } from './finding.ts';
import { lengthChecks } from './lengthFindings.ts';
import { requestChecks } from './requestFindings.ts';
import { responseChecks } from './responseFindings.ts';

/** Everything that is looked for, besides the rules that malformed messages break. */
export const checks: readonly Check[] = [
  ...lengthChecks,
  ...connectionChecks,
  ...requestChecks,
  ...responseChecks,
  ...contentChecks,
  ...cacheChecks,
];

const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** What is worth knowing about an exchange: errors first, then warnings, then notes. */
export function findingsOf(input: ExchangeInput): Finding[] {
  const exchange = new ExchangeFacts(input);
  const findings = [...brokenRule('request', input.request), ...brokenRule('response', input.response)];
  for (const { id, severity, rfc, find } of checks) {
    const found = find(exchange);
    if (found !== null) findings.push({ id, severity, source: sourceOf(rfc), ...found });
  }
  return severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

function brokenRule(message: 'request' | 'response', { violation, length }: MessageInput): Finding[] {
  if (violation === null) return [];
  const rule = rules[violation.rule];
  // Bytes that never came have no offset: the last one before them stands for them.
  const start = Math.max(0, Math.min(violation.offset, length - 1));
  return [
    {
      id: violation.rule,
      severity: 'error',
      sentence: rule.sentence,
      source: ruleSource(rule),
      places: length === 0 ? [] : [{ message, start, end: start + 1 }],
    },
  ];
}
