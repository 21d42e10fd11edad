import type { CaptureBatch } from '../protocol/capture.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import type { ImportedRun } from './importBatches.ts';
import type { RunDescription, RunEnd, RunId } from './run.ts';

/** Where an import goes. */
export interface ImportTarget {
  addRun(description: RunDescription): void;
  add(run: RunId, batch: CaptureBatch): void;
  endRun(run: RunId, end: RunEnd): void;
  mark(exchange: ExchangeKey, marked: boolean): void;
  comment(exchange: ExchangeKey, text: string): void;
}

/**
 * Stores what was read from a file as runs of their own, one batch at a time, so that the caller may do something else in
 * between. Returns the key of its first exchange.
 *
 * @param file its name
 * @param id a name for the import, without `/`, that no run has
 */
export function* storeImported(
  target: ImportTarget,
  file: string,
  id: string,
  runs: readonly ImportedRun[],
): Generator<void, ExchangeKey> {
  for (const { rebuilt, batches, remarks, startedAt, endedAt } of runs) {
    const run = runName(id, rebuilt);
    target.addRun({ id: run, serverName: file, root: '', startedAt, imported: { file, rebuilt } });
    for (const batch of batches) {
      target.add(run, batch);
      yield;
    }
    target.endRun(run, { reason: '', time: endedAt });
    for (const remark of remarks) {
      const key = `${run}/${remark.id}`;
      if (remark.marked) target.mark(key, true);
      if (remark.comment !== '') target.comment(key, remark.comment);
    }
  }
  return `${runName(id, runs[0]?.rebuilt ?? false)}/1`;
}

/** The runs of the import that a run belongs to. */
export function runsOfImport(run: RunId): readonly RunId[] {
  const id = run.endsWith(rebuiltEnding) ? run.slice(0, -rebuiltEnding.length) : run;
  return [id, runName(id, true)];
}

/** Names of imports are hexadecimal at the end. */
const rebuiltEnding = '-rebuilt';

function runName(id: string, rebuilt: boolean): RunId {
  return rebuilt ? `${id}${rebuiltEnding}` : id;
}
