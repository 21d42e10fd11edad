import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { FromServer, ServerSettings, ToServer } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { project } from '../../project.mjs';
import { chromiumFlags } from '../../workbench/chromium.mjs';

export const token = 'f00dfeedf00dfeed';

/** A site that is served with live reload, in a process as the extension starts it, and a browser to look at it. */
export class LiveSite {
  readonly root: string;
  readonly address: string;
  readonly browser: Browser;
  private readonly child: ChildProcess;

  private constructor(root: string, address: string, browser: Browser, child: ChildProcess) {
    this.root = root;
    this.address = address;
    this.browser = browser;
    this.child = child;
  }

  /** @param options `names`: host names that the browser takes for this machine's */
  static async start(
    files: Record<string, string>,
    settings: Partial<ServerSettings> = {},
    { names = [] }: { readonly names?: readonly string[] } = {},
  ): Promise<LiveSite> {
    const root = mkdtempSync(path.join(os.tmpdir(), 'spark-live-'));
    for (const [name, text] of Object.entries(files)) write(root, name, text);
    const child = fork(path.join(project, 'dist/server.js'), { serialization: 'advanced' });
    const listening = new Promise<Extract<FromServer, { type: 'listening' }>>((resolve, reject) => {
      child.on('message', (message) => {
        const from = message as FromServer;
        if (from.type === 'listening') resolve(from);
        else if (from.type === 'startFailed') reject(new Error(from.message));
      });
    });
    const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(', ');
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH,
      // New browsers ask the user before a page elsewhere reaches this machine: what is tested is what others let through.
      args: [
        ...chromiumFlags,
        ...(rules === ''
          ? []
          : [`--host-resolver-rules=${rules}`, '--disable-features=LocalNetworkAccessChecks']),
      ],
    });
    send(child, {
      type: 'start',
      settings: { ...defaultSettings(root), port: 0, live: { token, inject: true }, ...settings },
    });
    const { port } = await listening;
    const scheme = settings.https?.enabled === true ? 'https' : 'http';
    return new LiveSite(root, `${scheme}://127.0.0.1:${port}/`, browser, child);
  }

  async close(): Promise<void> {
    await this.browser.close();
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    send(this.child, { type: 'stop' });
    await ended;
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Opens a page. */
  async open(name: string): Promise<Page> {
    const page = await this.browser.newPage();
    await this.load(page, name);
    return page;
  }

  /** Loads a page in a tab. */
  async load(page: Page, name: string): Promise<void> {
    await page.goto(this.address + name);
    await page.evaluate(() => {
      // What a reload takes away.
      (window as unknown as { mark: string }).mark = 'the same page';
    });
  }

  /** Writes files and tells the server, as the extension does. */
  change(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) write(this.root, name, text);
    send(this.child, {
      type: 'filesChanged',
      files: Object.keys(files).map((name) => path.join(this.root, name)),
    });
  }

  /** Changes a file in the editor alone; null: it is closed. */
  type(name: string, text: string | null): void {
    const content = text === null ? null : new TextEncoder().encode(text);
    send(this.child, { type: 'unsaved', file: path.join(this.root, name), content });
  }

  get processId(): number {
    return this.child.pid ?? 0;
  }

  tell(message: ToServer): void {
    send(this.child, message);
  }
}

function send(child: ChildProcess, message: ToServer): void {
  child.send(message);
}

function write(root: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

/** Whether the page was not loaded anew since it was opened. */
export function isSamePage(page: Page): Promise<boolean> {
  return page.evaluate(() => (window as unknown as { mark?: string }).mark === 'the same page');
}
