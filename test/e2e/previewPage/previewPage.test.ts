import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { type PreviewContent, previewPage } from '../../../src/extension/previewPage.ts';
import { qrCodePage } from '../../../src/extension/qrCodePage.ts';
import { type FromPreview, plainScreen } from '../../../src/protocol/preview.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { project } from '../../project.mjs';
import { accessibilityViolations } from '../accessibility.ts';
import { LiveSite, token } from '../livePage/livePage.ts';
import { bundleForPage, dress, themeNames } from '../webviewPage.ts';

const state = { file: 'file:///site/index.html', past: [], position: -1, screen: plainScreen };

declare global {
  interface Window {
    told: FromPreview[];
  }
}

let site: LiveSite;
let secureSite: LiveSite;
let script: string;
const style = readFileSync(path.join(project, 'media/preview.css'), 'utf8');
/** Serves the panel: Chromium lets only pages of this machine frame pages of this machine. */
let panels: Server;
let origin: string;
let shownHtml = '';
let page: Page | null = null;

before(async () => {
  const files = {
    'index.html':
      '<!doctype html><html lang="en"><title>First</title><main><h1>First</h1><a href="next.html">Next</a></main></html>',
    'next.html': '<!doctype html><html lang="en"><title>Next</title><main><h1>Next</h1></main></html>',
    'guide.txt': 'text',
  };
  const { https } = defaultSettings('');
  [site, secureSite, script] = await Promise.all([
    LiveSite.start(files),
    LiveSite.start(files, { https: { ...https, enabled: true } }),
    bundleForPage('src/inspector/preview/preview.ts'),
  ]);
  panels = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(shownHtml);
  }).listen(0, '127.0.0.1');
  await once(panels, 'listening');
  origin = `http://127.0.0.1:${(panels.address() as AddressInfo).port}`;
});
after(async () => {
  panels.close();
  panels.closeAllConnections();
  await Promise.all([site.close(), secureSite.close()]);
});
afterEach(async () => {
  await page?.context().close();
  page = null;
});

interface Look {
  readonly theme?: string;
  readonly width?: number;
  readonly zoom?: number;
  readonly forcedColors?: boolean;
}

/** A panel with a document, dressed as VS Code dresses it. */
async function panel(html: string, look: Look = {}): Promise<Page> {
  const { theme = 'Light Modern', width = 700, zoom = 1, forcedColors = false } = look;
  const context = await site.browser.newContext({
    viewport: { width: width / zoom, height: 500 / zoom },
    deviceScaleFactor: zoom,
    forcedColors: forcedColors ? 'active' : null,
  });
  page = await context.newPage();
  await dress(page, theme);
  await page.addInitScript(() => {
    window.told = [];
    const api = {
      postMessage: (message: FromPreview) => window.told.push(message),
      getState: () => undefined,
      setState: () => undefined,
    };
    Object.assign(window, { acquireVsCodeApi: () => api });
  });
  shownHtml = html;
  await page.goto(`${origin}/`);
  return page;
}

function preview(content: PreviewContent, look?: Look): Promise<Page> {
  const html = previewPage({
    content,
    l10n: {
      t: (message, ...values) => message.replace(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? ''),
    },
    language: 'en',
    name: 'index.html',
    nonce: 'test',
    script,
    style,
  });
  return panel(html, look);
}

const pageOf = ({ address }: LiveSite): PreviewContent => ({
  kind: 'page',
  data: {
    state,
    root: address,
    page: 'index.html',
    token,
    remark: 'A remark.',
    secure: address.startsWith('https:'),
  },
});

const notice: PreviewContent = {
  kind: 'notice',
  state,
  text: 'The server of this page does not run.',
  offerStart: true,
  offerBrowser: true,
};

const codes = qrCodePage({
  language: 'en',
  title: 'QR Code of site',
  hint: 'Point the camera at a code.',
  codes: [{ address: 'http://192.168.0.7:5500/', label: 'QR code of http://192.168.0.7:5500/' }],
});

async function picture(name: string): Promise<void> {
  if (process.env.SHOTS) await page?.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
}

/** What has the focus, by its accessible name; and whether that is seen. */
function focused(document: Page | Frame): Promise<{ name: string; isSeen: boolean }> {
  return document.evaluate(() => {
    const element = window.document.activeElement ?? window.document.body;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const name =
      element.getAttribute('aria-label') ?? element.getAttribute('title') ?? element.textContent ?? '';
    return { name: name.trim(), isSeen: outlineStyle !== 'none' && outlineWidth !== '0px' };
  });
}

describe('the panels', () => {
  const looks: [name: string, look: Look][] = [
    ...themeNames.map((theme): [string, Look] => [theme, { theme }]),
    ['twice as large', { zoom: 2 }],
    ['the colours of the system', { theme: 'Light High Contrast', forcedColors: true }],
  ];
  for (const [name, look] of looks) {
    test(`${name}: nothing stands in the way of those who do not see or do not point`, async () => {
      const shown = await preview(pageOf(site), look);
      await shown.locator('#remark', { hasText: 'A remark.' }).waitFor();
      await shown.locator('[data-action=find]').click();
      await shown.locator('#size').selectOption('360x640');
      await picture(`preview-${name}`);
      assert.deepEqual(await accessibilityViolations(shown), []);
      const width = await shown.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(width <= 0, 'nothing is to be scrolled to from side to side');
      await shown.context().close();

      const told = await preview(notice, look);
      await told.keyboard.press('Tab');
      assert.deepEqual(await focused(told), { name: 'Start Server', isSeen: true });
      await picture(`notice-${name}`);
      assert.deepEqual(await accessibilityViolations(told), []);
      await told.context().close();

      const addresses = await panel(codes, look);
      await addresses.keyboard.press('Tab');
      assert.deepEqual(await focused(addresses), { name: 'http://192.168.0.7:5500/', isSeen: true });
      await picture(`codes-${name}`);
      assert.deepEqual(await accessibilityViolations(addresses), []);
    });
  }

  test('the preview is walked through by keyboard alone', async () => {
    const shown = await preview(pageOf(site));
    await shown.locator('#remark', { hasText: 'A remark.' }).waitFor();
    const names: string[] = [];
    for (let stop = 0; stop < 10; stop++) {
      await shown.keyboard.press('Tab');
      const { name, isSeen } = await focused(shown);
      assert.ok(isSeen, `the focus on ${name} is seen`);
      names.push(name);
    }
    assert.deepEqual(names, [
      'Back',
      'Forward',
      'Reload the Page',
      'Address',
      'Find in Page',
      'Screen Size',
      'Rotate',
      'Zoom',
      "Show the Page's Console",
      'Open in Browser',
    ]);
    await shown.locator('#address').focus();
    await shown.keyboard.press('ControlOrMeta+a');
    await shown.keyboard.type('next.html');
    await shown.keyboard.press('Enter');
    const framed = shown.frameLocator('iframe');
    await framed.getByRole('heading', { name: 'Next' }).waitFor();
    await shown.locator('[data-action=back][aria-disabled=false]').focus();
    await shown.keyboard.press('Enter');
    await framed.getByRole('heading', { name: 'First' }).waitFor();
    // There is nothing to go back to any more, and the focus is where it was.
    assert.equal(await shown.locator('[data-action=back]').getAttribute('aria-disabled'), 'true');
    assert.equal((await focused(shown)).name, 'Back');
    await shown.keyboard.press('ControlOrMeta+f');
    await shown.keyboard.type('Next');
    await shown.keyboard.press('Enter');
    await shown.keyboard.press('Escape');
    assert.equal(await shown.locator('#find').isVisible(), false);
  });

  test('where a certificate is not trusted, the panel says so and offers the browser', async () => {
    const shown = await preview(pageOf(secureSite));
    await shown.locator('#remark', { hasText: 'the certificate of its server is not trusted' }).waitFor();
    await picture('untrusted');
    assert.deepEqual(await accessibilityViolations(shown), []);
    await shown.locator('#remark').getByRole('button', { name: 'Open in Browser' }).click();
    const last = await shown.evaluate(() => window.told.at(-1));
    assert.deepEqual(last, { type: 'openInBrowser', address: `${secureSite.address}index.html` });
  });
});
