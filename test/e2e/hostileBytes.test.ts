import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { har as validateHar } from 'har-validator';
import type { FrameLocator } from 'playwright-core';
import { exportAll } from './exporting.ts';
import { sendRaw } from './rawRequests.ts';
import { walk } from './workbench.ts';

const end = 'Connection: close\r\n\r\n';
const host = 'Host: localhost\r\n';

/** What would run, link, hide or clear something, where it were not shown as text. */
const hostile: Readonly<Record<string, string>> = {
  markup: `GET /<script>window.stolen=1</script> HTTP/1.1\r\n${host}X-Markup: "><img src=x onerror=window.stolen=1>\r\n${end}`,
  cookie: `GET /%3Csvg%20onload=window.stolen=1%3E?<b>=<i> HTTP/1.1\r\n${host}Cookie: <svg/onload=window.stolen=1>=1; a="</style><script>window.stolen=1</script>\r\n${end}`,
  escapes: `GET /\x1b[2J\x1b]0;owned\x07 HTTP/1.1\r\n${host}X-Escape: \x1b[31mred\r\n${end}`,
  mirrored: `GET /%E2%80%AEgnp.exe HTTP/1.1\r\n${host}X-Mirrored: \xe2\x80\xaegnp.exe\xe2\x80\x8b\xef\xbb\xbf\r\n${end}`,
  broken: `GET / HTTP/1.1\r\n${host}X-Broken: \xff\xfe\xc3\xed\xa0\x80\xf4\x90\x80\x80\r\n${end}`,
  nul: `GET /\0 HTTP/1.1\r\n${host}X: \0\r\n${end}`,
  shell: `GET /$(touch\${IFS}OWNED);\`touch\${IFS}OWNED\`;'touch\${IFS}OWNED' HTTP/1.1\r\n${host}X: '; touch OWNED; '\r\nX: $(touch OWNED)\r\n${end}`,
  dash: `-e / HTTP/1.1\r\nX: %s%n\\\r\n${host}${end}`,
  markdown: `GET /[a](command:workbench.action.quit)![b](https://evil.test/i.png)$(trash)|*c* HTTP/1.1\r\n${host}${end}`,
  requests: `GET /###%0A HTTP/1.1\r\n${host}X: {{$processEnv PATH}} < ./secret\r\n${end}`,
};
const names = Object.keys(hostile);

/** Characters that a screen acts upon instead of drawing them. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

walk(
  'Hostile bytes show as text in every part of the inspector and of VS Code, and run nothing',
  async (workbench) => {
    const { page } = workbench;
    const address = await workbench.startServer();
    for (const name of names) await sendRaw(address, hostile[name]);
    await workbench.showConnections();
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = workbench.webview();
    await inspector.locator(`.list[aria-rowcount="${names.length + 1}"]`).waitFor();
    const opened: string[] = [];
    for (const [i, name] of names.entries()) {
      await inspector.locator(`.list-body [data-index="${i}"]`).click();
      await inspector.locator('.messages .heading', { hasText: `Request ${i + 1} ` }).waitFor();
      opened.push(await harmlessText(inspector, name));
    }
    assert.ok(opened[0].includes('/<script>window.stolen=1</script>'));
    assert.ok(opened[2].includes('\\x1B[31mred'));
    assert.ok(opened[3].includes('\\u{202E}gnp.exe\\u{200B}\\u{FEFF}'));
    assert.ok(opened[4].includes('\\xFF\\xFE\\xC3\\xED\\xA0\\x80\\xF4\\x90\\x80\\x80'));

    // The tree, and what pointing at its rows tells.
    const item = workbench.treeItem(/command:workbench/);
    await workbench.treeItem(/^Connection 9 from/).click();
    await item.first().waitFor();
    for (const label of await page.locator('.pane-body .monaco-list-row').allTextContents())
      assert.doesNotMatch(label, invisible);
    assert.equal(await item.locator('.monaco-icon-label .codicon-trash').count(), 0);
    await item.first().hover();
    const hover = page.locator('.workbench-hover', { hasText: 'Request' });
    await hover.waitFor();
    assert.ok(
      (await hover.textContent())?.includes(
        '/[a](command:workbench.action.quit)![b](https://evil.test/i.png)$(trash)|*c*',
      ),
    );
    assert.equal(await hover.locator('a, img, .codicon-trash').count(), 0);

    // As text, and side by side.
    await inspector.locator('.list-body [data-index="2"]').click();
    await inspector.locator('.messages .heading', { hasText: 'Request 3 ' }).waitFor();
    await workbench.runCommand('Spark: Open as Text');
    await workbench.tab(/exchange-3\.txt/).waitFor();
    const lines = page.locator('.editor-instance .view-line');
    await lines.getByText('\\x1B[2J\\x1B]0;owned\\x07 HTTP/1.1\\r\\n', { exact: true }).waitFor();
    for (const line of await lines.allTextContents())
      assert.doesNotMatch(line.replaceAll(/[\u200b\u00a0]/g, ''), invisible);
    await workbench.runCommand('Spark: Compare with...');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: '9 · GET' }).click();
    await workbench.tab('Exchange 3 and exchange 9').waitFor();
    await page.locator('.monaco-diff-editor .editor.modified .view-line').first().waitFor();
    assert.equal(await page.evaluate(() => window.stolen), undefined);

    // What the server and Spark have written meanwhile.
    await workbench.runCommand('Spark: Show Log');
    const log = page.locator('.part.panel .view-line');
    await log.first().waitFor();
    for (const line of await log.allTextContents())
      assert.doesNotMatch(line.replaceAll('\u00a0', ' '), invisible);
  },
);

walk(
  'Hostile bytes are exported in every format, and a shell does with them nothing but send them',
  async (workbench) => {
    const { page } = workbench;
    const address = await workbench.startServer();
    for (const name of names) await sendRaw(address, hostile[name]);
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = workbench.webview();
    await inspector.locator(`.list[aria-rowcount="${names.length + 1}"]`).waitFor();

    const har = await exportAll(workbench, 'HAR', { ending: 'har', asks: false });
    await validateHar(JSON.parse(har.toString()));
    const pcapng = await exportAll(workbench, 'pcapng', { ending: 'pcapng', asks: true });
    const bytes = await exportAll(workbench, 'Request bytes', { ending: 'bin', asks: true });
    for (const name of names) {
      assert.ok(pcapng.includes(hostile[name], 'latin1'), name);
      assert.ok(bytes.includes(hostile[name], 'latin1'), name);
    }
    const http = (await exportAll(workbench, '.http', { ending: 'http', asks: true })).toString();
    assert.doesNotMatch(http.replaceAll(/[\r\n]/g, ''), invisible);
    const script = (await exportAll(workbench, 'Shell script', { ending: 'sh', asks: true })).toString();
    assert.doesNotMatch(script.replaceAll('\n', ''), invisible);
    runInShell(script);

    // Pasted, each is one command.
    for (const [i, name] of names.entries()) {
      if (!['shell', 'dash', 'nul'].includes(name)) continue;
      await inspector.locator(`.list-body [data-index="${i}"]`).click();
      await inspector.locator('.messages .heading', { hasText: `Request ${i + 1} ` }).waitFor();
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await workbench.runCommand('Spark: Copy as Shell Command');
      const command = await page.evaluate(async () => {
        for (;;) {
          const text = await navigator.clipboard.readText();
          if (text !== '') return text;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      });
      const sent = runInShell(command);
      if (command.startsWith('printf')) assert.equal(sent.toString('latin1'), hostile[name], name);
    }
  },
);

/** Runs commands in a folder of their own, which they must leave empty; gives what they would have sent. */
function runInShell(commands: string): Buffer {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-shell-'));
  try {
    const stubs = 'nc() { cat; }\ncurl() { :; }\n';
    const { status, stderr, stdout } = spawnSync('sh', [], { input: `${stubs}${commands}\n`, cwd: folder });
    assert.equal(`${stderr}`, '');
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(folder), []);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the inspector shows, of which nothing has run and nothing is hidden. */
async function harmlessText(inspector: FrameLocator, name: string): Promise<string> {
  const page = inspector.locator('.page');
  const text = (await page.textContent()) ?? '';
  assert.doesNotMatch(text.replaceAll(/\s/g, ''), invisible, name);
  assert.equal(await page.locator('script, img, style, svg[onload], b, i').count(), 0, name);
  assert.equal(await page.evaluate(() => window.stolen), undefined, name);
  const titles = await page
    .locator('[title], [aria-label]')
    .evaluateAll((elements) =>
      elements.map((element) => `${element.getAttribute('title')} ${element.getAttribute('aria-label')}`),
    );
  assert.doesNotMatch(titles.join(' '), invisible, name);
  return text;
}

/** As large as the limits allow at their highest, and beyond. */
const large: Readonly<Record<string, string>> = {
  'a field of 10 MB': `GET /field HTTP/1.1\r\n${host}X: ${'<b>\xff'.repeat(2_600_000)}\r\n${end}`,
  '1,900 fields': `GET /fields HTTP/1.1\r\n${host}${Array.from({ length: 1900 }, (_, i) => `X-${i}: <b>${i}\r\n`).join('')}${end}`,
  '100,000 fields': `GET /more HTTP/1.1\r\n${host}${'X: <b>\r\n'.repeat(100_000)}${end}`,
  'a long target': `GET /${'<b>'.repeat(330_000)} HTTP/1.1\r\n${host}${end}`,
  'a target of many parameters': `GET /?${'a=%3Cb%3E&'.repeat(100_000)} HTTP/1.1\r\n${host}${end}`,
  'a long method': `${'M'.repeat(900_000)} / HTTP/1.1\r\n${host}${end}`,
  'a cookie of 200,000 pairs': `GET /cookie HTTP/1.1\r\n${host}Cookie: ${'a=<b>; '.repeat(200_000)}z=1\r\n${end}`,
};

walk(
  'A field of 10 MB, 100,000 fields and whatever else is large shows as text, and blocks nothing',
  async (workbench) => {
    const address = await workbench.startServer();
    for (const request of Object.values(large)) await sendRaw(address, request).catch(() => undefined);
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = workbench.webview();
    const count = Object.keys(large).length;
    await inspector.locator(`.list[aria-rowcount="${count + 1}"]`).waitFor();
    const longest = await longestTask(inspector);
    for (const [i, name] of Object.keys(large).entries()) {
      await inspector.locator(`.list-body [data-index="${i}"]`).click();
      await inspector.locator('.messages .heading', { hasText: `Request ${i + 1} ` }).waitFor();
      const milliseconds = await longest();
      assert.ok(milliseconds < mostBlocked, `${name}: the page stands still for ${milliseconds} ms`);
      await harmlessText(inspector, name);
    }
  },
  {
    settings: {
      'spark.limits.requestLineKilobytes': 1024,
      'spark.limits.headerKilobytes': 16_384,
      'spark.limits.fields': 2000,
      'spark.capture.maxMegabytes': 256,
    },
  },
);

/** Milliseconds, on a machine that does other things too. */
const mostBlocked = 3000;

/** Watches a page's tasks; gives the longest one since it was asked last, in milliseconds. */
async function longestTask(inspector: FrameLocator): Promise<() => Promise<number>> {
  const body = inspector.locator('body');
  await body.evaluate(() => {
    window.longestTask = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        window.longestTask = Math.max(window.longestTask, duration);
    }).observe({ type: 'longtask' });
  });
  return () =>
    body.evaluate(async () => {
      for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => setTimeout(resolve));
      const { longestTask } = window;
      window.longestTask = 0;
      return longestTask;
    });
}

declare global {
  interface Window {
    longestTask: number;
  }
}
