/** The figures as text: what the terminal shows, and what goes into docs/benchmarks.md. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { median, shown, table } from './figures.ts';
import { type LinearResult, sizes } from './linearTime.ts';
import type { ManyRequestsResult, SlowClientResult } from './memory.ts';
import type { ParserResult } from './parsers.ts';
import { canPin } from './processors.ts';
import { goals, linearGoal, manyRequestsGoal, parserGoal, slowClientGoal } from './scenarios.ts';
import { ratio, type ThroughputResult } from './throughput.ts';

const mebibyte = 1024 * 1024;

export interface Section {
  readonly text: string;
  readonly goalMissed: boolean;
}

interface Check {
  readonly what: string;
  readonly measured: string;
  readonly goal: string;
  readonly reached: boolean;
}

export function throughput(result: ThroughputResult): Section {
  const { scenario, rows, capture } = result;
  const perSecond = rows.map(
    ({ contender, requestsPerSecond, bytesPerSecond, cpuMicroseconds, hostCpuMicroseconds }) => [
      contender.title,
      shown(median(requestsPerSecond)),
      `${shown(Math.min(...requestsPerSecond))} to ${shown(Math.max(...requestsPerSecond))}`,
      shown(median(bytesPerSecond) / mebibyte),
      ...[cpuMicroseconds, hostCpuMicroseconds].map((of) => (of.length === 0 ? '' : shown(median(of), 1))),
    ],
  );
  const checks = goals.flatMap(({ scenario: id, of, to, least }): Check[] => {
    const measured = id === scenario.id ? ratio(result, of, to) : null;
    if (measured === null) return [];
    const title = (id: string) => rows.find(({ contender }) => contender.id === id)?.contender.title ?? id;
    return [
      {
        what: `${title(of)} / ${title(to)}`,
        measured: shown(measured, 2),
        goal: `at least ${least}`,
        reached: measured >= least,
      },
    ];
  });
  const load = `${scenario.connections} keep-alive connections${scenario.pipelined > 1 ? `, ${scenario.pipelined} requests pipelined on each` : ''}.`;
  const counted =
    capture === null
      ? ''
      : `\n\nOf ${shown(capture.answered)} answers that clients got, the capture holds or held ${shown(capture.captured)} and left out ${shown(capture.leftOut)} (${shown((100 * capture.leftOut) / Math.max(1, capture.captured + capture.leftOut), 1)} %); more than were got were still under way when the load ended.`;
  const head = ['server', 'requests/s', 'in the rounds', 'MiB/s', 'CPU µs/request', 'of its host'];
  return section(scenario.title, `${load}\n\n${table(head, perSecond)}${counted}`, checks);
}

export function parsers({ requestBytes, spark, node }: ParserResult): Section {
  const rows = [
    ['Spark', shown(median(spark)), shown(1e9 / median(spark))],
    ["Node.js's HTTPParser, as node:http drives it", shown(median(node)), shown(1e9 / median(node))],
  ];
  const measured = median(spark.map((figure, round) => figure / node[round]));
  return section(
    'The parser alone',
    `A browser's request of ${requestBytes} bytes, in one piece.\n\n${table(['parser', 'requests/s', 'ns/request'], rows)}`,
    [
      {
        what: 'Spark / HTTPParser',
        measured: shown(measured, 2),
        goal: `at least ${parserGoal}`,
        reached: measured >= parserGoal,
      },
    ],
  );
}

export function linearTime(results: readonly LinearResult[]): Section {
  const head = ['nanoseconds per byte', ...sizes.map((size) => `${size / 1024} KiB`)];
  const name = ({ part, piece }: LinearResult) =>
    `${part}, ${piece === 1 ? 'byte by byte' : `in ${piece / 1024} KiB pieces`}`;
  const rows = results.map((result) => [
    name(result),
    ...result.nanosecondsPerByte.map((figure) => shown(figure, 1)),
  ]);
  const checks = results.map((result): Check => {
    const growth = (result.nanosecondsPerByte.at(-1) ?? 0) / result.nanosecondsPerByte[0];
    return {
      what: `${name(result)}: longest / shortest`,
      measured: shown(growth, 2),
      goal: `at most ${linearGoal}`,
      reached: growth <= linearGoal,
    };
  });
  return section(
    'Linear time',
    `Limits raised; one connection's state machine, without a socket.\n\n${table(head, rows)}`,
    checks,
  );
}

export function slowClient({ bytes, seconds, before, most }: SlowClientResult): Section {
  const growth = most - before;
  return section(
    'A large file to a slow client',
    `${shown(bytes / mebibyte)} MiB in ${shown(seconds)} s, capture on. Spark's process held ${shown(before / mebibyte)} MiB before and ${shown(most / mebibyte)} MiB at most.`,
    [memoryCheck('memory that it cost', growth, slowClientGoal)],
  );
}

export function manyRequests({ answered, memory, report }: ManyRequestsResult): Section {
  const { captured, leftOut, stored, storedAtMost } = report;
  return section(
    'After a million requests',
    `${shown(answered)} requests with capture on: ${shown(captured)} exchanges reached the host's store, ${shown(leftOut)} were left out and counted.`,
    [
      memoryCheck("memory of Spark's process", memory, manyRequestsGoal),
      memoryCheck("memory of the host's store", stored, storedAtMost),
    ],
  );
}

function memoryCheck(what: string, bytes: number, most: number): Check {
  return {
    what,
    measured: `${shown(bytes / mebibyte)} MiB`,
    goal: `at most ${shown(most / mebibyte)} MiB`,
    reached: bytes <= most,
  };
}

function section(title: string, text: string, checks: readonly Check[]): Section {
  const rows = checks.map(({ what, measured, goal, reached }) => [
    what,
    measured,
    goal,
    reached ? 'yes' : 'no',
  ]);
  const judged = rows.length === 0 ? '' : `\n\n${table(['goal', 'measured', 'to reach', 'reached'], rows)}`;
  return { text: `### ${title}\n\n${text}${judged}`, goalMissed: checks.some(({ reached }) => !reached) };
}

export function document(sections: readonly Section[]): string {
  const processors = cpus();
  const pinning = canPin
    ? 'The server that is measured has one processor to itself; the load, and the host that stores the capture, run on others.'
    : 'Processes were not tied to processors.';
  return `## The server

Made by \`npm run bench\`. Servers take turns in rounds, each after a second of the same load that does not count; shown
are medians. A ratio is taken inside each round, since neighbouring rounds may differ by a third, and the median of the
ratios is shown.

The load is wrk with one thread and the header fields of a desktop browser. Spark runs as the extension starts it, with a host process that
stores what is captured. The processor time of both is counted. The ceiling is a bare \`node:net\` loop that finds the empty line after a request and writes a prebuilt
answer of the same size, all answers of a read at once. A browser repeats its header fields from request to request, and so does this load:
Spark recognises a header section that comes again on a connection, and does not parse it again; the request line it always does. The parser alone
is measured without that. nginx has one worker, \`sendfile\` and no log. [models.md](models.md)
compares the concurrency models over both socket layers.

Machine: ${processors[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} processors, ${shown(totalmem() / 1024 / mebibyte)} GiB of memory, ${type()} ${release()}, Node.js ${process.versions.node}. ${pinning}

${sections.map(({ text }) => text).join('\n\n')}
`;
}
