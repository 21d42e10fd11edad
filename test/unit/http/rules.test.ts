import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { type Rule, type RuleId, rules } from '../../../src/http/rules.ts';
import { byteByByte, parsed } from './parsing.ts';

function violationOf(rule: Rule, pieces: readonly Uint8Array[]) {
  return parsed(rule.message, pieces).violation;
}

for (const [id, rule] of Object.entries(rules) as [RuleId, Rule][]) {
  const { example } = rule;
  if (example === null) continue;
  const expected = { rule: id, offset: rule.offset };
  const bytes = bytesOf(example);

  test(`${id}: its example is refused by it, at its offset`, () => {
    assert.deepEqual(violationOf(rule, [bytes]), expected);
  });

  test(`${id}: so it is byte by byte`, () => {
    assert.deepEqual(violationOf(rule, byteByByte(example)), expected);
  });

  test(`${id}: so it is cut anywhere`, () => {
    // Long examples repeat one byte: cuts near both ends and the offence show all there is to see.
    const near = (cut: number) => cut < 200 || cut > bytes.length - 200 || Math.abs(cut - rule.offset) < 50;
    for (let cut = 1; cut < bytes.length; cut++) {
      if (!near(cut)) continue;
      assert.deepEqual(
        violationOf(rule, [bytes.subarray(0, cut), bytes.subarray(cut)]),
        expected,
        `cut at ${cut}`,
      );
    }
  });
}
