import { type Rule, ruleSource, ruleSubjects } from '../../../src/http/rules.ts';

/** One byte or a run of equal bytes, as it is shown. `start` inclusive, `end` exclusive. */
interface Cell {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const longestRun = 48;

/** `docs/rules.md`: every rule with its example, the offending byte marked. */
export function rulesDocument(): string {
  const subjects = ruleSubjects.map(
    ({ title, rules }) =>
      `## ${title}\n\n${Object.entries(rules)
        .map(([id, rule]) => section(id, rule))
        .join('\n')}`,
  );
  return `# The rules of a message

Spark refuses a request that breaks one of these rules. The answer's page says which rule, at which byte; the request
inspector marks that byte. Each example breaks its own rule and no other before it: \`^\` marks the first byte that
does, \`offset\` counts the bytes before it. \`\\r\` and \`\\n\` stand for CR and LF.

This page is made from the table in [\`src/http/rules\`](../src/http/rules) by \`npm run docs\`. The tests refuse each
example by its rule at its offset, whole and cut at every byte.

${subjects.join('\n')}`;
}

function section(id: string, rule: Rule): string {
  const { name, url } = ruleSource(rule);
  const facts = rule.status === 0 ? '' : `, answered with **${rule.status}**`;
  const example =
    rule.example === null
      ? 'No bytes alone show it: it takes time, or the end of the connection.\n'
      : `Offset ${rule.offset} of\n\n\`\`\`text\n${picture(rule.example, rule.offset)}\n\`\`\`\n`;
  return `### ${id}\n\n${rule.sentence} [${name}](${url})${facts}.\n\n${example}`;
}

function picture(example: string, offset: number): string {
  const shown: string[] = [];
  let repeated = 0;
  const lines = linesOf(example);
  for (const [index, line] of lines.entries()) {
    const text = line.map((cell) => cell.text).join('');
    const marked = line.find((cell) => offset >= cell.start && offset < cell.end);
    const next = lines[index + 1]?.map((cell) => cell.text).join('');
    if (marked === undefined && text === next && text === shown.at(-1)) {
      repeated++;
      continue;
    }
    if (repeated > 0) shown.push(`    (${repeated} more of these lines)`);
    repeated = 0;
    shown.push(text);
    if (marked !== undefined) shown.push(`${before(line, marked)}^`);
  }
  return shown.join('\n');
}

function before(line: readonly Cell[], marked: Cell): string {
  const width = line.slice(0, line.indexOf(marked)).reduce((sum, cell) => sum + cell.text.length, 0);
  return ' '.repeat(width);
}

function linesOf(example: string): Cell[][] {
  const lines: Cell[][] = [[]];
  for (let start = 0; start < example.length; ) {
    let end = start + 1;
    while (example[end] === example[start]) end++;
    if (end - start <= longestRun) end = start + 1;
    const shown = shownByte(example.charCodeAt(start));
    lines
      .at(-1)
      ?.push({ text: end - start > 1 ? `${shown.repeat(3)}... (${end - start} times)` : shown, start, end });
    if (example[start] === '\n' && end < example.length) lines.push([]);
    start = end;
  }
  return lines;
}

function shownByte(octet: number): string {
  const named: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };
  if (octet >= 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return named[octet] ?? `\\x${octet.toString(16).padStart(2, '0')}`;
}
