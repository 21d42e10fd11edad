/** The benchmark's command line: what to measure, how long, and where the report goes. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, contenders, type Surroundings } from './contenders.ts';
import { writeSection } from './documentSections.ts';
import { measureLinearTime } from './linearTime.ts';
import { measureManyRequests, measureSlowClient } from './memory.ts';
import { measureParsers } from './parsers.ts';
import * as report from './report.ts';
import { scenarios } from './scenarios.ts';
import { measureThroughput, type Pace } from './throughput.ts';
import { hasWrk } from './wrk.ts';

const fullPace: Pace = { rounds: 5, seconds: 2 };
const quickPace: Pace = { rounds: 3, seconds: 1 };
const otherMeasurements = ['parser', 'linear', 'memory'];
const fileSizes: Readonly<Record<string, number>> = {
  'small.css': 1024,
  'medium.css': 5000,
  'large.bin': 10 * 1024 * 1024,
};

const usage = `npm run bench [-- [words] [options]]

Measures Spark beside other servers on this machine. Without words, all of it, written to docs/benchmarks.md.

Words choose what is measured:
  ${[...scenarios.map(({ id }) => id), ...otherMeasurements].join(', ')}
and which servers take part (of one scenario, \`small\`, if none is named):
  ${contenders.map(({ id }) => id).join(', ')}

Options:
  --quick        ${quickPace.rounds} rounds of ${quickPace.seconds} s instead of ${fullPace.rounds} of ${fullPace.seconds} s
  --rounds N     so many rounds
  --seconds N    of each server in each round
  --write        writes docs/benchmarks.md though not all was measured
`;

const wrkMissing = `wrk is not there. It makes the load; get it with one of
  sudo apt install wrk        (Debian, Ubuntu)
  brew install wrk            (macOS)
or build it from https://github.com/wg/wrk.`;

const nginxMissing = `nginx is not there, and left out. Get it with one of
  sudo apt install nginx-light   (Debian, Ubuntu)
  brew install nginx             (macOS)`;

interface Choice {
  readonly scenarios: readonly string[];
  readonly contenders: readonly string[];
  readonly others: readonly string[];
  readonly pace: Pace;
  readonly write: boolean;
}

/** Returns the exit code. */
export async function main(
  args: readonly string[],
  folders: { readonly project: string; readonly bundles: string },
): Promise<number> {
  const choice = parse(args);
  if (choice === null) return 2;
  if (choice.scenarios.length > 0 && !hasWrk()) {
    console.error(wrkMissing);
    return 1;
  }
  const scratch = path.join(folders.bundles, 'scratch');
  const peers = path.join(folders.project, 'test/bench/peers');
  const surroundings = { bundles: folders.bundles, scratch, peers, site: makeSite(scratch) };
  const sections = await measure(choice, surroundings);
  const failed = sections.some(({ goalMissed }) => goalMissed);
  if (choice.write) {
    const file = path.join(folders.project, 'docs/benchmarks.md');
    mkdirSync(path.dirname(file), { recursive: true });
    writeSection(file, 'server', report.document(sections));
    console.log(`\nWritten to ${path.relative(process.cwd(), file)}.`);
  }
  if (failed) console.log('\nNot every goal was reached.');
  return failed ? 1 : 0;
}

function parse(args: readonly string[]): Choice | null {
  const { values, positionals: words } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      write: { type: 'boolean' },
    },
  });
  const known = (ids: readonly string[]) => words.filter((word) => ids.includes(word));
  const allScenarios = scenarios.map(({ id }) => id);
  const allContenders = contenders.map(({ id }) => id);
  const unknown = words.find(
    (word) => ![...allScenarios, ...allContenders, ...otherMeasurements].includes(word),
  );
  if (values.help || unknown !== undefined) {
    console.log(unknown === undefined ? usage : `Nothing is called ${unknown}.\n\n${usage}`);
    return null;
  }
  const all = words.length === 0;
  const servers = known(allContenders);
  const others = all ? otherMeasurements : known(otherMeasurements);
  const named = known(allScenarios);
  const pace = values.quick ? quickPace : fullPace;
  return {
    scenarios: all ? allScenarios : named.length === 0 && servers.length > 0 ? ['small'] : named,
    contenders: servers.length === 0 ? allContenders : servers,
    others,
    pace: { rounds: Number(values.rounds ?? pace.rounds), seconds: Number(values.seconds ?? pace.seconds) },
    write: values.write === true || (all && !values.quick),
  };
}

async function measure(choice: Choice, surroundings: Surroundings): Promise<report.Section[]> {
  const sections: report.Section[] = [];
  const add = (section: report.Section) => {
    sections.push(section);
    console.log(`\n${section.text}`);
  };
  // Before anything else: `fetch` detaches the memory of array buffers, and once one was, V8 checks at each access whether
  // the one at hand is. Spark's server never does that.
  const parsers = choice.others.includes('parser') ? measureParsers(choice.pace.rounds) : null;
  const available = availableContenders(choice, surroundings);
  for (const scenario of scenarios) {
    if (!choice.scenarios.includes(scenario.id)) continue;
    const taking = available.filter(({ id }) => scenario.contenders.includes(id));
    if (taking.length === 0) continue;
    add(report.throughput(await measureThroughput(scenario, taking, surroundings, choice.pace)));
  }
  if (parsers !== null) add(report.parsers(parsers));
  if (choice.others.includes('linear')) add(report.linearTime(measureLinearTime(choice.pace.rounds)));
  if (choice.others.includes('memory')) {
    add(report.slowClient(await measureSlowClient(surroundings)));
    add(report.manyRequests(await measureManyRequests(surroundings)));
  }
  return sections;
}

function availableContenders(choice: Choice, { peers }: Surroundings): readonly Contender[] {
  const needed = new Set(
    scenarios.filter(({ id }) => choice.scenarios.includes(id)).flatMap((one) => one.contenders),
  );
  let chosen = contenders.filter(({ id }) => choice.contenders.includes(id) && needed.has(id));
  if (chosen.some(({ id }) => id === 'nginx') && spawnSync('nginx', ['-v']).error !== undefined) {
    console.error(nginxMissing);
    chosen = chosen.filter(({ id }) => id !== 'nginx');
  }
  if (chosen.some(({ peer }) => peer) && !installPeers(peers)) {
    console.error('The other servers of Node.js could not be installed, and are left out.');
    chosen = chosen.filter(({ peer }) => !peer);
  }
  return chosen;
}

/** From their own lock file, into a folder that is not part of the project. */
function installPeers(folder: string): boolean {
  const installed = path.join(folder, 'node_modules/.package-lock.json');
  const wanted = path.join(folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return true;
  console.log('Installing the servers to compare with ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  return status === 0;
}

/** The folder that is served, with files that have not been touched for long. */
function makeSite(scratch: string): string {
  const site = path.join(scratch, 'site');
  rmSync(site, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  const longAgo = new Date(2020, 0, 1);
  for (const [name, size] of Object.entries(fileSizes)) {
    const file = path.join(site, name);
    writeFileSync(file, Buffer.alloc(size, 'Spark serves this. '));
    utimesSync(file, longAgo, longAgo);
  }
  return site;
}
