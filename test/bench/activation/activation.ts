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
import {
  folderSetting,
  type Measurement,
  type MeterOrder,
  openings,
  storedExchanges,
} from './measurement.ts';

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
  readonly inspector: readonly number[];
}

/**
 * Measures, prints and writes the section of docs/benchmarks.md. A goal that is missed fails nothing.
 *
 * @param extensions folder in which Spark and the extension that measures it are installed
 */
export async function main(args: string[], extensions: string): Promise<void> {
  const { values } = parseArgs({ args, options: { runs: { type: 'string', default: '10' } } });
  const runs = Math.max(1, Number(values.runs) || 10);
  const load = os.loadavg()[0];
  const bench = await Bench.start(extensions);
  try {
    const figures = {
      bundleLoad: [] as number[],
      activateCall: [] as number[],
      activation: [] as number[],
      firstPage: [] as number[],
      emptyFirstPage: [] as number[],
    };
    // The first run fills caches, as one on a machine in use would find them, and does not count.
    for (let run = -1; run < runs; run++) {
      const empty = await bench.measure('empty');
      const spark = await bench.measureSpark();
      if (run < 0) continue;
      figures.emptyFirstPage.push(empty.firstPage);
      figures.bundleLoad.push(spark.bundleLoad);
      figures.activateCall.push(spark.activateCall);
      figures.activation.push(spark.bundleLoad + spark.activateCall);
      figures.firstPage.push(spark.firstPage);
      console.log(
        `run ${run + 1}: activation ${shown(figures.activation[run], 1)} ms, first page ${shown(spark.firstPage)} ms, of an empty extension ${shown(empty.firstPage)} ms`,
      );
    }
    const inspector = await bench.measureInspector();
    const text = section({ ...figures, inspector }, runs, bench.release, bench.browserVersion, load);
    console.log(text);
    const file = path.join(project, 'docs/benchmarks.md');
    writeSection(file, 'activation', text);
    console.log(`Written to ${path.relative(process.cwd(), file)}.`);
  } finally {
    await bench.close();
  }
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
    await context.addInitScript(tellOfRows);
    const pages = await exampleServer();
    return new Bench(installed.release, context, server, pages, temporary);
  }

  async close(): Promise<void> {
    await this.context.browser()?.close();
    await this.server.stop();
    this.pages.close();
    rmSync(this.temporary, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Of a window in which nothing has activated Spark before. */
  async measureSpark(): Promise<Measured & { bundleLoad: number; activateCall: number }> {
    for (;;) {
      const measured = await this.measure('spark');
      const { bundleLoad, activateCall } = measured;
      if (bundleLoad !== null && activateCall !== null) return { ...measured, bundleLoad, activateCall };
      console.log('Spark was active before it was measured: this window does not count.');
    }
  }

  async measure(subject: 'spark' | 'empty'): Promise<Measured> {
    const page = await this.context.newPage();
    const loads = told(page, 'page loaded');
    const measurement = await this.order(page, subject);
    const [called] = measurement.commandsCalled;
    const firstPage = (await laterThan(called, loads)) - called;
    // The next window is to be like this one: it brings nothing back.
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input[type=text]').fill('>View: Close All Editors');
    await page.keyboard.press('Enter');
    await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    await page.close();
    return { ...measurement, firstPage };
  }

  /** Milliseconds from the inspector's command to its first rows painted, each time that it was opened but the first. */
  async measureInspector(): Promise<number[]> {
    const page = await this.context.newPage();
    const paints = told(page, 'rows painted');
    const { commandsCalled } = await this.order(page, 'inspector');
    const times: number[] = [];
    for (const called of commandsCalled) times.push((await laterThan(called, paints)) - called);
    await page.close();
    return times.slice(1);
  }

  /** Has the extension in the page's window measure something. */
  private async order(page: Page, subject: MeterOrder['subject']): Promise<Measurement> {
    const file = path.join(this.temporary, 'measurement.json');
    const workspace = path.join(this.temporary, 'site');
    const id = String(++this.orders);
    await page.goto(this.server.addressOf(workspace));
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: patience });
    await new Promise((resolve) => setTimeout(resolve, settling));
    const order: MeterOrder = {
      id,
      subject,
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

/** In every document: says when a page that came through the workbench's proxy has loaded. */
function tellOfLoad(): void {
  if (!/^\/proxy\/\d+\/index\.html$/.test(location.pathname)) return;
  addEventListener('load', () => {
    console.log(`page loaded at ${performance.timeOrigin + performance.now()}`);
  });
}

/** In every document: says when the inspector's list has painted its first rows; a task after the frame follows its paint. */
function tellOfRows(): void {
  const observer = new MutationObserver(() => {
    const rows = document.querySelectorAll('.list-body .list-row:not([hidden])');
    if (rows.length === 0 || document.querySelector('.list-body .list-row.loading:not([hidden])') !== null)
      return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () =>
        console.log(`rows painted at ${performance.timeOrigin + performance.now()}`);
      channel.port2.postMessage(null);
    });
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

/** When something was told of in a page of the window, in milliseconds since the epoch; grows as it goes on. */
function told(page: Page, what: string): readonly number[] {
  const times: number[] = [];
  page.on('console', (message) => {
    const found = /^(.*) at ([\d.]+)$/.exec(message.text());
    if (found?.[1] === what) times.push(Number(found[2]));
  });
  return times;
}

async function laterThan(time: number, told: readonly number[]): Promise<number> {
  const tired = Date.now() + patience;
  for (;;) {
    const first = told.find((one) => one > time);
    if (first !== undefined) return first;
    if (Date.now() > tired) throw new Error('What was to be seen on the page has not come.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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
    row('inspector: the command’s call to the first rows painted', figures.inspector),
  ];
  return `## Activation and the first page

Spark installed from its package in VS Code ${release} (code-server), in Chromium ${browser} without a screen. Each figure is of a
window, and so of an extension host, of its own. The first page is that of the example site, its style sheets and pictures loaded: Spark's
time holds the start of the server's process; the page in the empty extension's webview comes from a \`node:http\` server that runs already.
The inspector is opened ${openings - 1} times in one window, with ${shown(storedExchanges)} exchanges in the store.
${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'processor'}, load average ${load.toFixed(1)} before. Medians of ${runs} runs; \`npm run bench:activation\`.

${table(['', 'median', 'in the runs', 'goal'], rows)}
`;
}
