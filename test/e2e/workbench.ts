import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { project } from '../project.mjs';
import { chromiumFlags } from '../workbench/chromium.mjs';
import { CodeServer } from '../workbench/codeServer.mjs';
import { installCodeServer } from '../workbench/install.mjs';

/** A theme of each kind, by the name of the kind that a panel's page is told. */
export const themesByKind = {
  'vscode-dark': 'Default Dark Modern',
  'vscode-high-contrast': 'Default High Contrast',
  'vscode-high-contrast-light': 'Default High Contrast Light',
  'vscode-light': 'Default Light Modern',
};

export interface WorkbenchOptions {
  /** User settings, beside the calm ones of every test. */
  readonly settings?: Record<string, unknown>;
  /** A file of the workspace to open at start, relative to it. */
  readonly openFile?: string;
  /** Files of the workspace beside those of the example site: texts by path. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Instead of the example site's copy, a workspace of several folders: by name, texts by path. They lie side by side,
   * and below `workspace`.
   */
  readonly folders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A dark theme, and a system that prefers dark pages. */
  readonly dark?: boolean;
  /** The folder is not trusted, and nobody is asked whether it is. */
  readonly restricted?: boolean;
  /** CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A VS Code on the screen with Spark installed from its package, open on a copy of the example site. */
export class Workbench {
  readonly page: Page;
  readonly browser: Browser;
  /** Absolute path of the folder that is open. */
  readonly workspace: string;
  private readonly server: CodeServer;
  private readonly temporary: string;

  private constructor(
    page: Page,
    browser: Browser,
    workspace: string,
    server: CodeServer,
    temporary: string,
  ) {
    this.page = page;
    this.browser = browser;
    this.workspace = workspace;
    this.server = server;
    this.temporary = temporary;
  }

  /** Rarely, VS Code itself does not come up: its explorer stays empty for a minute. Then another one is started, once. */
  static start(options: WorkbenchOptions = {}): Promise<Workbench> {
    return Workbench.open(options).catch((error: unknown) => {
      console.log(`The workbench did not come up, and is started again: ${error}`);
      return Workbench.open(options);
    });
  }

  private static async open({
    settings,
    openFile,
    files = {},
    folders,
    dark,
    restricted,
    viewport,
  }: WorkbenchOptions): Promise<Workbench> {
    const temporary = mkdtempSync(path.join(os.tmpdir(), 'spark-e2e-'));
    const workspace = path.join(temporary, folders === undefined ? 'example-site' : 'folders');
    if (folders === undefined)
      cpSync(path.join(project, 'test/fixtures/example-site'), workspace, { recursive: true });
    writeFiles(workspace, files);
    for (const [name, texts] of Object.entries(folders ?? {})) writeFiles(path.join(workspace, name), texts);
    const server = await CodeServer.start(await installCodeServer('newest'), {
      extensions: process.env.SPARK_EXTENSIONS,
      restricted,
      settings: {
        ...(restricted
          ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
          : {}),
        ...(dark ? { 'workbench.colorTheme': 'Default Dark Modern' } : {}),
        // Any port, so that other servers of this machine are in nobody's way; pictures show the usual one.
        ...(process.env.UPDATE_PICTURES ? {} : { 'spark.port': 0 }),
        ...settings,
      },
    });
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: chromiumFlags });
    const context = await browser.newContext({
      viewport: viewport ?? { width: 1280, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    const workbench = new Workbench(page, browser, workspace, server, temporary);
    if (folders !== undefined) workbench.openFolders(Object.keys(folders));
    try {
      await page.goto(server.addressOf(folders === undefined ? workspace : workbench.foldersFile));
      await workbench.isReady();
      if (openFile !== undefined) await workbench.openFile(openFile);
      return workbench;
    } catch (error) {
      // Its processes would keep the test's from ending.
      await workbench.close();
      throw error;
    }
  }

  /** A second window, open on the same folder; it ends with this one. */
  async anotherWindow(): Promise<Workbench> {
    const page = await this.page.context().newPage();
    const other = new Workbench(page, this.browser, this.workspace, this.server, this.temporary);
    await page.goto(this.page.url());
    await other.isReady();
    return other;
  }

  /** Of a workspace of several folders, which ones are open. A window that has it open follows. */
  openFolders(names: readonly string[]): void {
    const folders = names.map((name) => ({ path: name }));
    writeFileSync(this.foldersFile, JSON.stringify({ folders }));
  }

  private get foldersFile(): string {
    return path.join(this.workspace, 'several.code-workspace');
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.pick('ControlOrMeta+p', name, path.basename(name));
  }

  /** Ends the workbench and removes its folders. */
  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.temporary, { recursive: true, force: true, maxRetries: 5 });
  }

  /** As the window is reloaded by hand: a new extension host starts. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.isReady();
  }

  /** Puts into the place of what this window keeps what an earlier one kept, so that the next one takes that over. */
  leaveHistory(kept: string): void {
    const storage = path.join(this.server.data, 'User/workspaceStorage');
    const windows = readdirSync(storage, { recursive: true, encoding: 'utf8' }).find((name) =>
      /spark.*[\\/]windows$/.test(name),
    );
    assert.ok(windows !== undefined, 'the extension keeps nothing yet');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const folder = path.join(storage, windows, `${pid}-earlier`);
    cpSync(path.join(project, kept), folder, { recursive: true });
    const later = Date.now() / 1000 + 3600;
    for (const name of readdirSync(folder)) utimesSync(path.join(folder, name), later, later);
  }

  private async isReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    // The explorer shows files once the extension host's machine has answered.
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    await this.sparkTab.waitFor({ timeout: 60_000 });
  }

  /** Runs a command by F1 and its name, as `Spark: Start Server`. */
  async runCommand(name: string): Promise<void> {
    await this.pick('F1', `>${name}`, name);
  }

  /** Opens a quick pick by its key, types into it, and chooses the line that has exactly this label. */
  private async pick(key: string, text: string, label: string): Promise<void> {
    const attempts = 6;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.page.keyboard.press(key);
        await this.quickInput.fill(text, { timeout: 5000 });
        await this.quickPick(label).click({ timeout: 5000 });
        return;
      } catch (error) {
        // Whatever takes the focus closes it: an editor that opens just now, a webview that has loaded.
        // And an open one does not learn of new commands.
        if (attempt === attempts) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Starts the server by its command, and reads in the status bar where it listens. */
  async startServer(): Promise<URL> {
    await this.runCommand('Spark: Start Server');
    return this.serverAddress();
  }

  /** Where the status bar says that the server listens, once it does. */
  async serverAddress(): Promise<URL> {
    const text = await this.statusBarItem(/Spark: \d+/).textContent({ timeout: 20_000 });
    return new URL(`http://127.0.0.1:${/\d+/.exec(text ?? '')?.[0]}/`);
  }

  /** The process of the server that this run's workbench has started. */
  serverProcess(): number {
    const script = path.join(process.env.SPARK_EXTENSIONS ?? '', 'spark.spark-');
    const processes = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
    const found = processes.filter((line) => line.includes(script) && line.includes('dist/server.js'));
    assert.equal(found.length, 1, `one server was expected:\n${found.join('\n')}`);
    return Number.parseInt(found[0], 10);
  }

  /** Loads a page as a user does in a browser of their own. */
  async visit(address: URL | string): Promise<Page> {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    await page.goto(String(address), { waitUntil: 'load' });
    return page;
  }

  /** Shows Spark's view in the side bar. */
  async showConnections(): Promise<void> {
    await this.sparkTab.click();
    await this.page.getByRole('heading', { name: 'Spark: Connections' }).waitFor();
  }

  /** Spark's place in the activity bar. */
  private get sparkTab(): Locator {
    return this.page.locator('.part.activitybar').getByRole('tab', { name: 'Spark' });
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  /** The line of a quick pick that has exactly this label. */
  quickPick(label: string): Locator {
    const exact = this.page.locator('.label-name', { hasText: new RegExp(`^${quoted(label)}$`) });
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: exact }).first();
  }

  /** Saves a file under the name that the dialog for files suggests. */
  async saveAsSuggested(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'OK', exact: true }).waitFor();
    // Until the folder has been read, the dialog still writes into its own field.
    await this.page.waitForFunction((suggested) => {
      const dialog = document.querySelector('.quick-input-widget');
      const input = dialog?.querySelector<HTMLInputElement>('input[type=text]');
      return (
        input?.value.endsWith(`/${suggested}`) && !dialog?.querySelector('.monaco-progress-container.active')
      );
    }, name);
    await this.quickInput.press('Enter');
  }

  /** A line of any tree whose accessible name contains a text or matches a pattern. */
  treeItem(name: string | RegExp): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  /** An entry of the status bar that contains a text. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text });
  }

  /** The document of a panel: `index` counts from 0 in the order in which they were opened. */
  webview(index = 0): FrameLocator {
    return this.page.frameLocator('iframe.webview').nth(index).frameLocator('#active-frame');
  }

  /** Of the two panels that are open, the document of the one that contains something, once it does. */
  async webviewWith(selector: string): Promise<FrameLocator> {
    return Promise.any(
      [this.webview(0), this.webview(1)].map(async (document) => {
        await document.locator(selector).first().waitFor();
        return document;
      }),
    );
  }

  tab(name: string | RegExp): Locator {
    return this.page.getByRole('tab', { name });
  }

  /** Keeps what is on the screen as a picture for the README: only when asked to, by `npm run pictures`. */
  async picture(name: string): Promise<void> {
    if (!process.env.UPDATE_PICTURES) return;
    const folder = path.join(project, 'media/pictures');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
  }
}

/** @param texts by path below the folder */
export function writeFiles(folder: string, texts: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** A walk takes seconds; one that has not come to its end by now never will. */
const patience = 150_000;

/** A test in a workbench of its own. When it fails, what was on the screen is kept in `out/failures`. */
export function walk(
  name: string,
  body: (workbench: Workbench) => Promise<void>,
  options?: WorkbenchOptions,
): void {
  test(name, async () => {
    const workbench = await Workbench.start(options);
    let tired: NodeJS.Timeout | undefined;
    const end = new Promise<never>((_, reject) => {
      tired = setTimeout(() => reject(new Error(`It has not ended after ${patience / 1000} s.`)), patience);
    });
    try {
      await Promise.race([body(workbench), end]);
    } catch (error) {
      const folder = path.join(project, 'out/failures');
      mkdirSync(folder, { recursive: true });
      const file = path.join(folder, `${name.replace(/\W+/g, '-')}.png`);
      await workbench.page.screenshot({ path: file });
      console.log(`What was on the screen: ${path.relative(project, file)}`);
      throw error;
    } finally {
      clearTimeout(tired);
      await workbench.close();
    }
  });
}

// So that a workbench does not outlive a run that is broken off.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The characters that are marked in the hex view: of each run its digits, then its text. */
export async function markedText(inspector: FrameLocator, layer: string): Promise<string[]> {
  return inspector.locator('body').evaluate(async (_, name) => {
    // Marks are drawn in the frame after the one in which they are asked for.
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    const ranges = [...(CSS.highlights.get(`spark-${name}`) ?? [])];
    return ranges.map(
      ({ startContainer, startOffset, endOffset }) =>
        startContainer.textContent?.slice(startOffset, endOffset) ?? '',
    );
  }, layer);
}

/** The first text that a layer marks, once it marks any: what is revealed is drawn some frames after it is asked for. */
export async function firstMarkedText(inspector: FrameLocator, layer: string): Promise<string | undefined> {
  await inspector.locator('body').evaluate(async (_, name) => {
    const isMarked = () => (CSS.highlights.get(`spark-${name}`)?.size ?? 0) > 0;
    const patience = performance.now() + 10_000;
    while (!isMarked() && performance.now() < patience)
      await new Promise((resolve) => requestAnimationFrame(resolve));
  }, layer);
  return (await markedText(inspector, layer))[0];
}
