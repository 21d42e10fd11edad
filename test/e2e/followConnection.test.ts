import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { WebSocket } from 'ws';
import { accessibilityViolations } from './accessibility.ts';
import { startEchoUpstream } from './echoUpstream.ts';
import { themesByKind, type Workbench, walk } from './workbench.ts';

const upstream = await startEchoUpstream();

walk(
  'A connection is followed from the palette, the tree and the list, and exported with the bytes of its tunnel',
  async (workbench) => {
    const { page } = workbench;
    const address = await workbench.startServer();
    await (await fetch(address)).text();
    const socket = new WebSocket(`ws://${address.host}/api/echo`);
    await once(socket, 'open');
    socket.send('hello');
    const [echo] = await once(socket, 'message');
    assert.equal(String(echo), 'echo of hello');

    // From the palette, with nothing opened and the keyboard alone.
    await workbench.runCommand('Spark: Follow Connection');
    await workbench.quickInput.fill('echo');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'GET /api/echo' }).waitFor();
    await page.keyboard.press('Enter');
    const inspector = workbench.webview();
    await tunnelIn(inspector);
    await inspector.locator('.follow-rows:focus').waitFor();
    await page.keyboard.press('End');
    await inspector.locator('#follow-current', { hasText: 'echo of hello' }).waitFor();
    await page.keyboard.press('Alt+ArrowUp');
    await inspector.locator('#follow-current', { hasText: 'Sent 15 bytes' }).waitFor();
    socket.send('again');
    await inspector.locator('.follow-bytes.sent', { hasText: 'echo of again' }).waitFor();

    await inThemes(workbench, inspector);

    // What is copied and exported is all of it, in both directions.
    await inspector.getByRole('button', { name: 'Copy all' }).click();
    await workbench.statusBarItem(/Copied \d/).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^Connection \d+ · from 127\.0\.0\.1:\d+/);
    assert.match(copied, /GET \/api\/echo HTTP\/1\.1\\r\\n\n[\s\S]*101 Switching[\s\S]*echo of again\n/);
    await inspector.getByRole('button', { name: 'Export' }).click();
    const pcapng = await exported(workbench, 'pcapng', 'pcapng');
    const payloads = spawnSync(
      'tshark',
      [
        '-n',
        '-r',
        pcapng,
        '-d',
        `tcp.port==${address.port},http`,
        '-Y',
        'websocket',
        '-T',
        'fields',
        '-e',
        'text',
      ],
      { encoding: 'utf8' },
    );
    assert.match(payloads.stdout, /hello[\s\S]*echo of hello[\s\S]*again[\s\S]*echo of again/);
    await inspector.getByRole('button', { name: 'Export' }).click();
    const sent = readFileSync(await exported(workbench, 'Sent bytes', 'bin'));
    assert.ok(sent.subarray(0, 13).equals(Buffer.from('HTTP/1.1 101 ')));
    assert.ok(sent.includes('\x81\x0decho of hello\x81\x0decho of again', 'latin1'));

    // From the tree.
    await workbench.showConnections();
    await workbench.treeItem(/^Connection \d+ from 127\.0\.0\.1:\d+, tunnel/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Follow Connection' }).hover();
    await page.keyboard.press('Enter');
    await tunnelIn(inspector);
    socket.close();
    await inspector.locator('.follow h2', { hasText: 'closed' }).waitFor();
    await inspector.locator('.follow-rows').press('Escape');

    // And from the list.
    await inspector.getByRole('row', { name: /^GET \/, exchange/ }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Follow Connection' }).hover();
    await page.keyboard.press('Enter');
    await inspector.locator('.follow-bytes', { hasText: 'GET / HTTP/1.1' }).waitFor();
  },
  { settings: { 'spark.proxy': { '/api': upstream } } },
);

/** Waits for the first bytes that went through the tunnel. */
async function tunnelIn(inspector: FrameLocator): Promise<void> {
  await inspector.locator('.follow-exchange', { hasText: 'GET /api/echo' }).waitFor();
  await inspector.locator('.follow-bytes.sent', { hasText: 'echo of hello' }).waitFor();
}

async function inThemes(workbench: Workbench, inspector: FrameLocator): Promise<void> {
  const settings = path.join(workbench.workspace, '.vscode/settings.json');
  mkdirSync(path.dirname(settings), { recursive: true });
  for (const [kind, theme] of Object.entries(themesByKind)) {
    writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': theme }));
    await inspector.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
    const document = await (await inspector.locator('body').elementHandle())?.ownerFrame();
    assert.ok(document, theme);
    assert.deepEqual(await accessibilityViolations(document), [], theme);
    if (process.env.SPARK_SCREENSHOTS)
      await workbench.page.screenshot({
        path: path.join(process.env.SPARK_SCREENSHOTS, `follow-${kind}.png`),
      });
  }
}

/** Chooses a format and saves under the name that is suggested; gives the file's path. */
async function exported(workbench: Workbench, format: string, ending: string): Promise<string> {
  await workbench.quickPick(format).click();
  const name = await workbench.page
    .waitForFunction((ending) => {
      const input = document.querySelector<HTMLInputElement>('.quick-input-widget input[type=text]');
      return new RegExp(`connection-\\d+\\.${ending}$`).exec(input?.value ?? '')?.[0];
    }, ending)
    .then((found) => found.jsonValue());
  assert.ok(name !== undefined);
  await workbench.saveAsSuggested(name);
  await workbench.statusBarItem(`Exported to ${name}`).waitFor();
  return path.join(workbench.workspace, name);
}
