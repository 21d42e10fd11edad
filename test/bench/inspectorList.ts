import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { CaptureStore } from '../../src/capture/store.ts';
import type { ToInspector } from '../../src/protocol/inspectorMessages.ts';
import { buildScript, InspectorPageUnderTest, launchBrowser } from '../e2e/inspectorPage/inspectorPage.ts';
import { storeFeed } from '../e2e/inspectorPage/storeFeed.ts';
import { project } from '../project.mjs';
import { writeSection } from './documentSections.ts';
import { largeCapture } from './largeCapture.ts';

const exchanges = 100_000;
const rowHeight = 22;

/** What is typed, and what the list says when it is there. The last key is the one that counts. */
const filters = [
  { filter: 'status:4xx', words: 'status is from 400 to 499', goal: 50 },
  { filter: 'path:/favicon', words: 'path contains “/favicon”', goal: 50 },
  { filter: 'method:POST larger:300', words: 'larger than 300 bytes', goal: 50 },
  { filter: 'type:json', words: 'type contains “json”', goal: null },
  { filter: 'field:accept-language', words: 'there is a field “accept-language”', goal: null },
  { filter: '"favicon"', words: 'the bytes contain “favicon”', goal: null },
] as const;

interface Figure {
  readonly what: string;
  readonly milliseconds: number;
  /** Milliseconds; null: reported only. */
  readonly goal: number | null;
}

/** Measures, prints and writes the inspector's section of docs/benchmarks.md. A goal that is missed fails nothing. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { runs: { type: 'string', default: '10' } } });
  const runs = Math.max(1, Number(values.runs) || 10);
  const load = os.loadavg()[0];
  const [browser, script] = await Promise.all([launchBrowser(), buildScript(true)]);
  const store = largeCapture(exchanges);
  try {
    const figures = await measure(browser, script, store, runs);
    const text = section(figures, runs, browser.version(), load);
    console.log(text);
    const file = path.join(project, 'docs/benchmarks.md');
    mkdirSync(path.dirname(file), { recursive: true });
    writeSection(file, 'inspector', text);
    console.log(`Written to ${path.relative(process.cwd(), file)}.`);
  } finally {
    await browser.close();
  }
}

async function measure(
  browser: Browser,
  script: string,
  store: CaptureStore,
  runs: number,
): Promise<readonly Figure[]> {
  const opens: number[] = [];
  const frames: number[] = [];
  const filtering = filters.map((): number[] => []);
  // The first run warms up the host, and does not count.
  for (let run = -1; run < runs; run++) {
    const tested = await InspectorPageUnderTest.open(browser, {
      script: `window.scriptStart = performance.now();\n${watchRows}\n${script}`,
      host: (post) => hostOf(store, post),
      width: 1300,
      height: 900,
    });
    const opened = await opening(tested.page);
    const scrolled = await scrolling(tested.page, await tested.page.context().newCDPSession(tested.page));
    const filtered: number[] = [];
    for (const { filter, words } of filters) filtered.push(await filterTime(tested.page, filter, words));
    await tested.close();
    if (run < 0) continue;
    opens.push(opened);
    frames.push(quantile(scrolled, 0.95));
    filtered.forEach((time, i) => {
      filtering[i].push(time);
    });
  }
  return [
    { what: 'opens: script started to first rows painted', milliseconds: median(opens), goal: 300 },
    {
      what: 'scrolls: script, style and layout of a frame, 95th percentile',
      milliseconds: median(frames),
      goal: 16,
    },
    ...filters.map(({ filter, goal }, i) => ({
      what: `filters: last key of \`${filter}\` to rows painted`,
      milliseconds: median(filtering[i]),
      goal,
    })),
  ];
}

/** The extension host's side, as it is. */
function hostOf(store: CaptureStore, post: (message: ToInspector) => void) {
  const feed = storeFeed(store, post, { warn: (text) => console.error(text) });
  return (message: unknown) => feed.receive(message);
}

/**
 * In the page: notes when rows are painted that have arrived, while all that is in sight has, and when a key went down.
 * What is drawn in a frame is painted before a task that follows the frame.
 */
const watchRows = `
window.painted = [];
window.keyAt = 0;
addEventListener('keydown', () => { window.keyAt = performance.now(); }, true);
let noted = 0;
new MutationObserver(() => {
  const rows = [...document.querySelectorAll('.list-body .list-row:not([hidden])')];
  if (rows.length === 0 || rows.some((row) => row.classList.contains('loading')) || noted) return;
  noted = 1;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      noted = 0;
      const echo = document.querySelector('.summary')?.textContent ?? '';
      window.painted.push({ at: performance.now(), echo: echo.includes('searching') ? '' : echo });
    };
    channel.port2.postMessage(null);
  });
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
`;

declare global {
  interface Window {
    scriptStart: number;
    painted: { readonly at: number; readonly echo: string }[];
    keyAt: number;
  }
}

async function opening(page: Page): Promise<number> {
  await page.waitForFunction(() => window.painted.length > 0);
  return page.evaluate(() => window.painted[0].at - window.scriptStart);
}

/** Milliseconds of script, style and layout for each of many steps through the list, small and large. */
async function scrolling(page: Page, session: CDPSession): Promise<number[]> {
  await session.send('Performance.enable');
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return 1000 * (of('ScriptDuration') + of('LayoutDuration') + of('RecalcStyleDuration'));
  };
  const costs: number[] = [];
  await page.evaluate(() => {
    const list = document.querySelector('.list');
    if (list !== null) list.scrollTop = 0;
  });
  for (let step = 0; step < 100; step++) {
    // By a row, by half a page, by a page, and far away.
    const rows = [1, 10, 20, 5000][step % 4];
    const before = await busy();
    await page.evaluate(
      (change) =>
        new Promise((resolve) => {
          const list = document.querySelector('.list');
          if (list !== null) list.scrollTop += change;
          requestAnimationFrame(() => requestAnimationFrame(resolve));
        }),
      rows * rowHeight,
    );
    costs.push((await busy()) - before);
  }
  await session.send('Performance.disable');
  return costs;
}

async function filterTime(page: Page, filter: string, words: string): Promise<number> {
  const input = page.getByRole('combobox', { name: 'Filter' });
  await input.fill(filter.slice(0, -1));
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  await input.focus();
  await page.evaluate(() => {
    window.painted = [];
  });
  await page.keyboard.type(filter.slice(-1));
  await page.waitForFunction((wanted) => window.painted.some(({ echo }) => echo.includes(wanted)), words, {
    polling: 20,
  });
  const time = await page.evaluate(
    (wanted) => (window.painted.find(({ echo }) => echo.includes(wanted))?.at ?? 0) - window.keyAt,
    words,
  );
  await input.fill('');
  return time;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function section(figures: readonly Figure[], runs: number, browser: string, load: number): string {
  const rows = figures.map(({ what, milliseconds, goal }) => {
    const reached =
      goal === null ? '' : milliseconds < goal ? `under ${goal} ms: yes` : `under ${goal} ms: **no**`;
    return `| ${what} | ${milliseconds.toFixed(1)} ms | ${reached} |`;
  });
  return `## The inspector’s list

${exchanges.toLocaleString('en')} exchanges with their bytes in the store; the page in Chromium ${browser}, without a screen and with software
rendering; the extension host's own code answers it over the browser's debugging protocol, whose round trip is
included. ${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'processor'}, load average ${load.toFixed(1)} before. Medians of ${runs} warm runs; \`npm run bench:inspector\`.

| | | goal |
|---|---:|---|
${rows.join('\n')}
`;
}
