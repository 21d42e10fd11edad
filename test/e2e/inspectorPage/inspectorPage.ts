import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { rowColumns } from '../../../src/capture/rowColumns.ts';
import { inspectorHtml } from '../../../src/extension/inspectorHtml.ts';
import type { CallLines } from '../../../src/protocol/calls.ts';
import type { ListView } from '../../../src/protocol/exchangeList.ts';
import type { ExchangeDetail, ExchangeRow } from '../../../src/protocol/inspector.ts';
import type { FromInspector, ToInspector } from '../../../src/protocol/inspectorMessages.ts';
import { project } from '../../project.mjs';
import { chromiumFlags, findChromium } from '../../workbench/chromium.mjs';
import { bundleForPage, dress } from '../webviewPage.ts';

export { themeNames } from '../webviewPage.ts';

const origin = 'https://inspector.test';

function textsIn(language: string): Record<string, string> {
  return JSON.parse(readFileSync(path.join(project, `l10n/bundle.l10n.${language}.json`), 'utf8'));
}

/** The text of an element, white space between its parts reduced to single spaces. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** What the page's window has for the tests. */
declare global {
  interface Window {
    posted: FromInspector[];
    keptState: unknown;
    stolen?: unknown;
  }
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(), args: chromiumFlags });
}

/** The page's script; minified as in the package, or with the names of the sources. */
export function buildScript(minify = false): Promise<string> {
  return bundleForPage('src/inspector/inspector.ts', minify);
}

export interface FakeHostOptions {
  readonly script: string;
  readonly theme?: string;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` answers. */
  readonly state?: unknown;
  readonly forcedColors?: boolean;
  /** What was kept for the workspace. */
  readonly layout?: unknown;
  /** Answers in the place of the fake host: is given what the page posts, and what posts to the page. */
  readonly host?: (post: (message: ToInspector) => void) => (message: FromInspector) => void;
  /** As VS Code names it: `de`, `zh-cn`. */
  readonly language?: string;
  /** Device pixels for each CSS pixel, as with zoom. */
  readonly zoom?: number;
}

/** The inspector's page in a browser, and in the place of the extension host, the test. */
export class InspectorPageUnderTest {
  readonly page: Page;
  /** What went wrong in the page: exceptions, and violations of its content security policy. */
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  rows: readonly ExchangeRow[] = [];
  /** The system calls of every exchange's connection. */
  calls: CallLines = { lines: [], total: 0, untraced: 'libuv', isIncomplete: false };
  private selected = '';
  /** The number of the last query. */
  private query = 0;
  private readonly details = new Map<string, ExchangeDetail>();

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, options: FakeHostOptions): Promise<InspectorPageUnderTest> {
    const context = await browser.newContext({
      deviceScaleFactor: options.zoom ?? 1,
      viewport: { width: options.width ?? 1200, height: options.height ?? 800 },
      forcedColors: options.forcedColors ? 'active' : null,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const tested = new InspectorPageUnderTest(page);
    const host = options.host?.((message) => {
      // As VS Code does: what comes when the page is closed is lost.
      if (!page.isClosed()) tested.send(message).catch(() => undefined);
    });
    page.on('pageerror', (error) => tested.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') tested.errors.push(message.text());
      if (message.type() === 'warning') tested.warnings.push(message.text());
    });
    await tested.serve(options.script, JSON.stringify(options.layout ?? null), options.language ?? 'en');
    await page.exposeFunction('postedToHost', (message: FromInspector) =>
      host === undefined ? tested.answer(message) : host(message),
    );
    await dress(page, options.theme ?? 'Dark Modern');
    await page.addInitScript(
      ({ state }) => {
        window.posted = [];
        window.keptState = state;
        const api = {
          postMessage: (message: FromInspector) => {
            window.posted.push(structuredClone(message));
            (window as unknown as { postedToHost(message: FromInspector): void }).postedToHost(message);
          },
          getState: () => window.keptState,
          setState: (kept: unknown) => {
            window.keptState = structuredClone(kept);
          },
        };
        Object.assign(window, { acquireVsCodeApi: () => api });
      },
      { state: options.state },
    );
    await page.goto(`${origin}/`);
    await page.waitForFunction(() => window.posted.some((message) => message.type === 'ready'));
    return tested;
  }

  private async serve(script: string, layout: string, language: string): Promise<void> {
    const html = inspectorHtml({
      script: `${origin}/inspector.js`,
      stylesheet: `${origin}/inspector.css`,
      stylesheetSource: origin,
      nonce: 'test',
      layout,
      title: 'Request Inspector',
      language,
      texts: language === 'en' ? undefined : textsIn(language),
    });
    const css = await bundleForPage('src/inspector/styles/inspector.css');
    await this.page.route(`${origin}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html });
      if (pathname === '/inspector.js')
        return route.fulfill({ contentType: 'text/javascript', body: script });
      if (pathname === '/inspector.css') return route.fulfill({ contentType: 'text/css', body: css });
      this.errors.push(`The page asked for ${pathname}.`);
      return route.abort();
    });
  }

  /** Sends a message as VS Code does: bytes arrive as bytes. */
  async send(message: ToInspector | { readonly type: string }): Promise<void> {
    const packed: [string, string][] = [];
    const text = JSON.stringify(message, (_, value: unknown) => {
      if (!ArrayBuffer.isView(value)) return value;
      const { buffer, byteOffset, byteLength } = value;
      const bytes = Buffer.from(buffer, byteOffset, byteLength);
      packed.push([value.constructor.name, bytes.toString('base64')]);
      return { packed: packed.length - 1 };
    });
    await this.page.evaluate(
      ({ text, packed }) => {
        const types = { Uint8Array, Uint16Array, Float64Array } as const;
        const unpack = ([type, text]: [string, string]) => {
          const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
          return new types[type as keyof typeof types](bytes.buffer);
        };
        const parsed = JSON.parse(text, (_, value) =>
          typeof value === 'object' && value !== null && typeof value.packed === 'number'
            ? unpack(packed[value.packed])
            : value,
        );
        window.dispatchEvent(new MessageEvent('message', { data: parsed }));
      },
      { text, packed },
    );
  }

  /** Fills the list; `details` are sent when they are selected. */
  async fill(rows: readonly ExchangeRow[], details: readonly ExchangeDetail[] = []): Promise<void> {
    this.rows = rows;
    for (const detail of details) this.details.set(detail.row.key, detail);
    await this.sendList();
  }

  async sendList(
    summary: {
      displaced?: number;
      selectedIndex?: number;
      serverRuns?: boolean;
      view?: Partial<ListView>;
      /** Rows that come along: `start` inclusive, `end` exclusive. */
      rows?: { readonly start: number; readonly end: number };
    } = {},
  ): Promise<void> {
    await this.send({
      type: 'list',
      summary: {
        exchanges: this.rows.length,
        displaced: summary.displaced ?? 0,
        leftOut: 0,
        lostInReload: 0,
      },
      selectedIndex: summary.selectedIndex ?? -1,
      serverRuns: summary.serverRuns ?? true,
      preserve: true,
      view: {
        query: this.query,
        count: this.rows.length,
        removed: summary.displaced ?? 0,
        words: '',
        problem: null,
        progress: 1,
        arrivedWhilePaused: 0,
        ...summary.view,
      },
      rows:
        summary.rows === undefined
          ? null
          : {
              start: summary.rows.start,
              rows: rowColumns(this.rows.slice(summary.rows.start, summary.rows.end)),
            },
    });
  }

  /** Fills the list with exchanges, and selects one as a user does. */
  async showExchanges(details: readonly ExchangeDetail[], index: number): Promise<void> {
    await this.fill(
      details.map((detail) => detail.row),
      details,
    );
    await this.page.locator(`.list-body [data-index="${index}"] .target`).click();
    await this.page.locator('.meaning .line').first().waitFor();
    await this.settled();
  }

  /** Everything that was asked for is drawn. */
  async settled(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }

  /** The text that a layer of marks covers in the hex view of a message, in document order. */
  async marked(layer: string, direction: 'received' | 'sent'): Promise<string[]> {
    await this.settled();
    return this.page.evaluate(
      ({ layer, index }) => {
        const grid = document.querySelectorAll('.hex')[index];
        const ranges = [...(CSS.highlights.get(`spark-${layer}`) ?? [])];
        return ranges
          .filter((range) => grid.contains(range.startContainer))
          .map((range) => (range.startContainer.textContent ?? '').slice(range.startOffset, range.endOffset));
      },
      { layer, index: direction === 'received' ? 0 : 1 },
    );
  }

  private async sendCalls(limit: number): Promise<void> {
    const lines = this.calls.lines.slice(0, limit);
    await this.send({ type: 'calls', exchange: this.selected, calls: { ...this.calls, lines } });
  }

  async posted(): Promise<FromInspector[]> {
    return this.page.evaluate(() => window.posted);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  private async answer(message: FromInspector): Promise<void> {
    switch (message.type) {
      case 'query':
        this.query = message.query;
        if (this.rows.length > 0) await this.sendList();
        break;
      case 'rows':
        await this.send({
          type: 'rows',
          query: this.query,
          start: message.start,
          rows: rowColumns(this.rows.slice(message.start, message.end)),
        });
        break;
      case 'calls':
        if (message.limit > 0) await this.sendCalls(message.limit);
        break;
      case 'select': {
        this.selected = message.exchange ?? '';
        const detail = message.exchange === null ? undefined : this.details.get(message.exchange);
        if (detail !== undefined) await this.send({ type: 'detail', detail });
        break;
      }
      case 'decompress':
        await this.send({
          type: 'decompressed',
          number: message.number,
          result: { bytes: new Uint8Array(0), end: 'unavailable' },
        });
        break;
      case 'ready':
      case 'follow':
      case 'exportConnection':
      case 'complete':
      case 'filterBy':
      case 'mark':
      case 'chooseColumns':
      case 'layout':
      case 'preserve':
      case 'clear':
      case 'openLink':
      case 'copy':
      case 'startServer':
        break;
    }
  }
}
