/** Requests per second of several servers, in rounds: within one, each has its turn. */

import { statSync } from 'node:fs';
import path from 'node:path';
import type { Contender, RunningContender, Surroundings } from './contenders.ts';
import { median } from './figures.ts';
import { cpuSeconds } from './processUse.ts';
import { type LoadResult, runWrk } from './wrk.ts';

/** What is asked for. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Name of the file in the served folder. */
  readonly file: string;
  readonly connections: number;
  readonly pipelined: number;
  /** Whether each request has a query of its own; else all are the same bytes. */
  readonly ownQueries?: boolean;
  /** Ids of the servers that take part. */
  readonly contenders: readonly string[];
}

/** That one server reaches at least so much of another's throughput. */
export interface Goal {
  readonly scenario: string;
  readonly of: string;
  readonly to: string;
  readonly least: number;
}

export interface Row {
  readonly contender: Contender;
  /** One for each round. */
  readonly requestsPerSecond: readonly number[];
  readonly bytesPerSecond: readonly number[];
  /** Of the process that serves, in user and system mode, per request; empty where it cannot be told. */
  readonly cpuMicroseconds: readonly number[];
  /** The same of the process that stores the capture; empty where there is none. */
  readonly hostCpuMicroseconds: readonly number[];
}

/** What a capture counted, against what the load got answers to. */
export interface CaptureCount {
  readonly answered: number;
  readonly captured: number;
  readonly leftOut: number;
}

export interface ThroughputResult {
  readonly scenario: Scenario;
  readonly rows: readonly Row[];
  readonly capture: CaptureCount | null;
}

export interface Pace {
  readonly rounds: number;
  /** Of each server in each round. */
  readonly seconds: number;
}

interface Entry {
  readonly contender: Contender;
  readonly running: RunningContender;
  readonly results: LoadResult[];
  readonly cpuMicroseconds: number[];
  readonly hostCpuMicroseconds: number[];
  answered: number;
}

/** Under the same load as what is measured then. */
const warmUpSeconds = 1;

export async function measureThroughput(
  scenario: Scenario,
  contenders: readonly Contender[],
  surroundings: Surroundings,
  pace: Pace,
): Promise<ThroughputResult> {
  const entries: Entry[] = [];
  try {
    for (const contender of contenders) {
      const running = await contender.start(surroundings, scenario.file);
      const entry: Entry = {
        contender,
        running,
        results: [],
        cpuMicroseconds: [],
        hostCpuMicroseconds: [],
        answered: 0,
      };
      entries.push(entry);
      await check(running, scenario, surroundings);
    }
    for (let round = 0; round < pace.rounds; round++) {
      // Back and forth, so that nobody always comes after the same one.
      for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
        const { processId, hostProcessId } = entry.running;
        // Compilers and caches are warm before anything counts; from who rests, the others take caches and memory.
        await load(entry, scenario, surroundings, warmUpSeconds);
        const [before, hostBefore] = [cpuSeconds(processId), cpuSeconds(hostProcessId)];
        const result = await load(entry, scenario, surroundings, pace.seconds);
        const [after, hostAfter] = [cpuSeconds(processId), cpuSeconds(hostProcessId)];
        entry.results.push(result);
        note(entry.cpuMicroseconds, before, after, result);
        note(entry.hostCpuMicroseconds, hostBefore, hostAfter, result);
      }
    }
    const capture = await captureCount(entries);
    return { scenario, rows: entries.map(rowOf), capture };
  } finally {
    await Promise.all(entries.map(({ running }) => running.stop()));
  }
}

/** What was used between two readings, per request. */
function note(
  figures: number[],
  before: number | null,
  after: number | null,
  { requests }: LoadResult,
): void {
  if (before !== null && after !== null) figures.push(((after - before) * 1e6) / requests);
}

/** Who answers fast with something else than the file must not win. */
async function check({ port }: RunningContender, { file }: Scenario, { site }: Surroundings): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/${file}`, { redirect: 'manual' });
  const { length } = Buffer.from(await response.arrayBuffer());
  const { size } = statSync(path.join(site, file));
  if (response.status !== 200 || length !== size)
    throw new Error(`${file} was answered with status ${response.status} and ${length} bytes, not ${size}.`);
}

async function load(
  entry: Entry,
  { file, connections, pipelined, ownQueries }: Scenario,
  { scratch }: Surroundings,
  seconds: number,
): Promise<LoadResult> {
  const { port } = entry.running;
  const result = await runWrk(
    { port, target: `/${file}`, connections, pipelined, ownQueries, seconds },
    scratch,
  );
  entry.answered += result.requests;
  return result;
}

function rowOf({ contender, results, cpuMicroseconds, hostCpuMicroseconds }: Entry): Row {
  return {
    contender,
    requestsPerSecond: results.map(({ requestsPerSecond }) => requestsPerSecond),
    bytesPerSecond: results.map(({ bytesPerSecond }) => bytesPerSecond),
    cpuMicroseconds,
    hostCpuMicroseconds,
  };
}

async function captureCount(entries: readonly Entry[]): Promise<CaptureCount | null> {
  const entry = entries.find(({ contender }) => contender.id === 'spark-capture');
  if (entry === undefined) return null;
  let report = await entry.running.report();
  // The last batches are still on their way.
  for (let counted = -1; report.captured + report.leftOut !== counted; ) {
    counted = report.captured + report.leftOut;
    await new Promise((resolve) => setTimeout(resolve, 500));
    report = await entry.running.report();
  }
  return { answered: entry.answered, captured: report.captured, leftOut: report.leftOut };
}

/** The ratio of two servers in each round, and the median of them; null where one did not take part. */
export function ratio(result: ThroughputResult, of: string, to: string): number | null {
  const row = (id: string) => result.rows.find(({ contender }) => contender.id === id)?.requestsPerSecond;
  const [one, other] = [row(of), row(to)];
  if (one === undefined || other === undefined) return null;
  return median(one.map((figure, round) => figure / other[round]));
}
