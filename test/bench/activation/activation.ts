import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { project } from '../../project.mjs';
import { chromiumFlags } from '../../workbench/chromium.mjs';
import { CodeServer } from '../../workbench/codeServer.mjs';
import { installCodeServer } from '../../workbench/install.mjs';
import { exampleSite } from '../../workbench/suite.mjs';
import { writeSection } from '../documentSections.ts';
import { median, shown, table } from '../figures.ts';
import { folderSetting, type Measurement, type MeterOrder, storedExchanges } from './measurement.ts';

/** Milliseconds that a window is left alone before it is measured: a workbench goes on loading after it is there. */
const settling = 3000;
const patience = 60_000;
const activationGoal = 30;
const firstPageGoal = 500;

interface Figures {
  readonly bundleLoad: number[];
  readonly activateCall: number[];
  readonly activation: number[];
  readonly firstPage: number[];
  readonly emptyFirstPage: number[];
}

/**
 * Measures, prints and writes the section of docs/benchmarks.md. A goal that is missed fails nothing.
 *
 * @param extensions folder in which Spark and the extension that measures it are installed
 */
export async function main(args: string[], extensions: string): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { runs: { type: 'string', default: '10' }, only: { type: 'string' } },
  });
  const runs = Math.max(1, Number(values.runs) || 10);
  const bench = await Bench.start(extensions);
  try {
    if (values.only !== 'opening') await measureActivation(bench, runs);
    if (values.only !== 'activation') await measureOpening(bench, runs);
  } finally {
    await bench.close();
  }
}

function write(name: string, text: string): void {
  console.log(text);
  const file = path.join(project, 'docs/benchmarks.md');
  writeSection(file, name, text);
  console.log(`Written to ${path.relative(process.cwd(), file)}.`);
}

/** The time from the inspector's command to its first rows. */
async function measureOpening(bench: Bench, runs: number): Promise<void> {
  const load = os.loadavg()[0];
  const [first, ...times] = await bench.measureOpenings(runs + 1);
  write(
    'opening',
    `## Opening the inspector

The time from the call of *Open Request Inspector* to the first rows painted, with ${storedExchanges.toLocaleString('en')} exchanges in the store, in VS Code ${bench.release}
(code-server), in Chromium ${bench.browserVersion} without a screen and with software rendering: a webview's document, the page's script and one
answer of the extension host. Each time the panel is made anew, in one window. ${machine(load)} Median of ${times.length}
runs; \`npm run bench:activation\`. No goal is set: what of it is the page's own has one above (*opens*).

${table(
  ['', 'median', 'in the runs', 'the first time'],
  [
    [
      'command to first rows painted',
      `${shown(median(times), 1)} ms`,
      `${shown(Math.min(...times), 1)} to ${shown(Math.max(...times), 1)}`,
      `${shown(first, 1)} ms`,
    ],
  ],
)}
`,
  );
}

function machine(load: number): string {
  return `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'processor'}, load average ${load.toFixed(1)} before.`;
}

async function measureActivation(bench: Bench, runs: number): Promise<void> {
  const load = os.loadavg()[0];
  const figures: Figures = {
    bundleLoad: [],
    activateCall: [],
    activation: [],
    firstPage: [],
    emptyFirstPage: [],
  };
  // The first run fills caches, as one on a machine in use would find them, and does not count.
  for (let run = -1; run < runs; run++) {
    const empty = await bench.measure('empty');
    const spark = await bench.measure('spark');
    if (spark.bundleLoad === 0) {
      console.log('Spark was active before it was measured: this window does not count.');
      run--;
      continue;
    }
    if (run < 0) continue;
    figures.emptyFirstPage.push(empty.firstPage);
    figures.bundleLoad.push(spark.bundleLoad ?? Number.NaN);
    figures.activateCall.push(spark.activateCall ?? Number.NaN);
    figures.activation.push((spark.bundleLoad ?? Number.NaN) + (spark.activateCall ?? Number.NaN));
    figures.firstPage.push(spark.firstPage);
    console.log(
      `run ${run + 1}: activation ${shown(figures.activation[run], 1)} ms, first page ${shown(spark.firstPage)} ms, of an empty extension ${shown(empty.firstPage)} ms`,
    );
  }
  write('activation', section(figures, runs, bench.release, bench.browserVersion, load));
}

interface Measured extends Measurement {
  /** Milliseconds from the command's call to the page's `load` event. */
  readonly firstPage: number;
}

/** A workbench of which every measurement gets a window of its own, and so an extension host of its own. */
class Bench {
  readonly release: string;
  readonly browserVersion: string;
  private readonly context: BrowserContext;
  private readonly server: CodeServer;
  private readonly pages: Server;
  private readonly pagesAddress: string;
  private readonly temporary: string;
  private orders = 0;

  private constructor(
    release: string,
    context: BrowserContext,
    server: CodeServer,
    pages: Server,
    temporary: string,
  ) {
    this.release = release;
    this.browserVersion = context.browser()?.version() ?? '';
    this.context = context;
    this.server = server;
    this.pages = pages;
    const address = pages.address();
    this.pagesAddress = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    this.temporary = temporary;
  }

  static async start(extensions: string): Promise<Bench> {
    const temporary = mkdtempSync(path.join(os.tmpdir(), 'spark-activation-'));
    cpSync(exampleSite, path.join(temporary, 'site'), { recursive: true });
    const installed = await installCodeServer('newest');
    const server = await CodeServer.start(installed, {
      extensions,
      settings: { [folderSetting]: temporary, 'spark.port': 0, 'spark.capture.maxMegabytes': 1024 },
    });
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: chromiumFlags });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript(tellOfLoad);
    const pages = await exampleServer();
    return new Bench(installed.release, context, server, pages, temporary);
  }

  async close(): Promise<void> {
    await this.context.browser()?.close();
    await this.server.stop();
    this.pages.close();
    rmSync(this.temporary, { recursive: true, force: true, maxRetries: 5 });
  }

  async measure(subject: 'spark' | 'empty'): Promise<Measured> {
    const page = await this.context.newPage();
    const loaded = pageLoad(page);
    const measurement = await this.order(page, subject, 0);
    const loadedAt = await loaded;
    // The next window is to be like this one: it brings nothing back.
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input[type=text]').fill('>View: Close All Editors');
    await page.keyboard.press('Enter');
    await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    await page.close();
    return { ...measurement, firstPage: loadedAt - measurement.commandsCalled[0] };
  }

  /** Milliseconds from the inspector's command to its first rows painted, each time that it was opened. */
  async measureOpenings(openings: number): Promise<number[]> {
    const page = await this.context.newPage();
    const painted = new Set<number>();
    let goesOn = true;
    const looking = (async () => {
      while (goesOn) {
        for (const time of await firstRows(page)) painted.add(time);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    })();
    const { commandsCalled } = await this.order(page, 'inspector', openings);
    goesOn = false;
    await looking;
    await page.close();
    const times = [...painted].sort((one, other) => one - other);
    return commandsCalled.map((called, opening) => {
      const next = commandsCalled[opening + 1] ?? Number.POSITIVE_INFINITY;
      const time = times.find((one) => one > called && one < next);
      if (time === undefined) throw new Error('The inspector’s rows have not come.');
      return time - called;
    });
  }

  /** Has the extension in the page's window measure something. */
  private async order(page: Page, subject: MeterOrder['subject'], openings: number): Promise<Measurement> {
    const file = path.join(this.temporary, 'measurement.json');
    const workspace = path.join(this.temporary, 'site');
    const id = String(++this.orders);
    await page.goto(this.server.addressOf(workspace));
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: patience });
    await new Promise((resolve) => setTimeout(resolve, settling));
    const order: MeterOrder = {
      id,
      subject,
      openings,
      address: `${this.pagesAddress}index.html`,
      page: path.join(workspace, 'index.html'),
    };
    writeFileSync(path.join(this.temporary, 'unfinished.json'), JSON.stringify(order));
    renameSync(path.join(this.temporary, 'unfinished.json'), path.join(this.temporary, 'order.json'));
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 50));
    const measurement: Measurement = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    rmSync(path.join(this.temporary, 'order.json'));
    return measurement;
  }
}

/** When pages of the window, of which those that went are not known any more, painted the inspector's first rows. */
async function firstRows(page: Page): Promise<number[]> {
  const times = await Promise.all(
    page.frames().map((frame) =>
      frame
        .evaluate(() =>
          performance
            .getEntriesByName('spark.firstRows')
            .map(({ startTime }) => performance.timeOrigin + startTime),
        )
        // It went while it was asked.
        .catch((): number[] => []),
    ),
  );
  return times.flat();
}

/** In every document: says when a page that came through the workbench's proxy has loaded. */
function tellOfLoad(): void {
  if (!/^\/proxy\/\d+\/index\.html$/.test(location.pathname)) return;
  addEventListener('load', () => {
    console.log(`page loaded at ${performance.timeOrigin + performance.now()}`);
  });
}

/** Milliseconds since the epoch. */
function pageLoad(page: Page): Promise<number> {
  return new Promise((resolve, reject) => {
    const tired = setTimeout(() => reject(new Error('The page has not loaded.')), patience);
    page.on('console', (message) => {
      const found = /^page loaded at ([\d.]+)$/.exec(message.text());
      if (found === null) return;
      clearTimeout(tired);
      resolve(Number(found[1]));
    });
  });
}

/** The example site from Node's own server, which runs already when the empty extension frames it. */
async function exampleServer(): Promise<Server> {
  const types: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.svg': 'image/svg+xml' };
  const server = createServer(({ url = '/' }, response) => {
    const file = path.join(exampleSite, new URL(url, 'http://localhost').pathname);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = types[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function section(figures: Figures, runs: number, release: string, browser: string, load: number): string {
  const row = (what: string, values: readonly number[], goal?: number) => {
    const middle = median(values);
    const spread = `${shown(Math.min(...values), 1)} to ${shown(Math.max(...values), 1)}`;
    const reached =
      goal === undefined ? '' : middle < goal ? `under ${goal} ms: yes` : `under ${goal} ms: **no**`;
    return [what, `${shown(middle, 1)} ms`, spread, reached];
  };
  const ratio = median(figures.firstPage.map((time, run) => time / figures.emptyFirstPage[run]));
  const rows = [
    row('activation: bundle load and `activate()`', figures.activation, activationGoal),
    row('- the bundle’s load', figures.bundleLoad),
    row('- the call of `activate()`', figures.activateCall),
    row('first page: the command’s call to the page’s `load` event', figures.firstPage, firstPageGoal),
    row('an empty extension’s webview with the page in a frame', figures.emptyFirstPage),
    ['first page / that of the empty extension', shown(ratio, 2), '', ''],
  ];
  return `## Activation and the first page

Spark installed from its package in VS Code ${release} (code-server), in Chromium ${browser} without a screen. Each figure is of a
window, and so of an extension host, of its own. The first page is that of the example site, its style sheets and pictures loaded: Spark's
time holds the start of the server's process; the page in the empty extension's webview comes from a \`node:http\` server that runs already.
${machine(load)} Medians of ${runs} runs; \`npm run bench:activation\`.

${table(['', 'median', 'in the runs', 'goal'], rows)}
`;
}
