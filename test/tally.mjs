/**
 * A reporter for `node --test` that counts tests (suites are not tests) and writes the counts as JSON.
 *
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 */
// biome-ignore lint/style/noDefaultExport: a reporter is the default export of its module (nodejs.org/api/test.html#custom-reporters)
export default async function* tally(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite') continue;
    if (data.skip || data.todo) counts.skipped++;
    else if (type === 'test:pass') counts.passed++;
    else counts.failed++;
  }
  yield `${JSON.stringify(counts)}\n`;
}
