// The entry of the suite inside the extension host: the workbench loads this and calls `run`.
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import Mocha from 'mocha';

process.setSourceMapsEnabled(true);

/** The suite runs from `out/<stage>/<process>`. */
const project = path.resolve(__dirname, '../../..');

/**
 * Runs the `*.test.js` that lie beside this file. Leaves beside them what there is to read in `report.txt`, since the
 * extension host's console mixes it with the workbench's own words, and the count in `results.json`.
 *
 * @throws if a test fails
 */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => {
    appendFileSync(path.join(__dirname, 'report.txt'), `${atSource(format(...values))}\n`);
  };
  const mocha = new Mocha({ ui: 'tdd', reporter: 'spec', color: false, timeout: 30_000 });
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  }
  const { stats } = await new Promise<Mocha.Runner>((resolve) => {
    const runner = mocha.run(() => resolve(runner));
  });
  if (stats === undefined) throw new Error('Mocha kept no count of its tests.');
  const counts = { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
  writeFileSync(path.join(__dirname, 'results.json'), JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} of the tests in the extension host failed.`);
  if (counts.passed === 0) throw new Error('No test ran in the extension host.');
}

/** Names the source in stack traces: the extension host makes them itself, and knows no source maps. */
function atSource(report: string): string {
  return report.replace(/[^\s()]*?([\w.-]+\.js):(\d+):(\d+)/g, (place, file, line, column) => {
    const entry = findSourceMap(path.join(__dirname, file))?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    const source = path.relative(project, fileURLToPath(entry.originalSource));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
