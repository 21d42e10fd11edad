import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { har as validateHar } from 'har-validator';
import { chooseExport, exportAll } from './exporting.ts';
import { sendRaw } from './rawRequests.ts';
import { type Workbench, walk } from './workbench.ts';

const malformed = 'GET /bad HTTP/1.1\r\nHost : localhost\r\nCookie: a=sEcReT\r\n\r\n';

async function importCapture(workbench: Workbench, name: string): Promise<void> {
  await workbench.runCommand('Spark: Import Capture...');
  await workbench.quickPick(name).click();
}

walk('Exchanges are commented, exported in each format, copied, and imported again', async (workbench) => {
  const { page } = workbench;
  const address = await workbench.startServer();
  await (await fetch(address)).text();
  await sendRaw(address, malformed);
  await workbench.runCommand('Spark: Open Request Inspector');
  const inspector = workbench.webview();
  await inspector.getByRole('row', { name: /^GET \/bad, exchange 2/ }).click();
  await inspector.locator('.meaning .violation').first().waitFor();

  await workbench.runCommand('Spark: Comment on Exchange...');
  await workbench.quickInput.fill('Why refused?');
  await page.keyboard.press('Enter');
  await inspector.getByRole('row', { name: /exchange 2, .*comment: Why refused\?/ }).waitFor();

  await workbench.runCommand('Spark: Copy as Shell Command');
  await workbench.statusBarItem('Copied a shell command: it holds cookies').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^printf 'GET \/bad HTTP/);

  const har = await exportAll(workbench, 'HAR', { ending: 'har', asks: false });
  await validateHar(JSON.parse(har.toString()));
  assert.ok(!har.includes('sEcReT') && har.includes('Why refused?'));
  // A file that would hold secrets is not written before the user has agreed.
  await chooseExport(workbench, 'pcapng');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const pcapng = await exportAll(workbench, 'pcapng', { ending: 'pcapng', asks: true });
  assert.ok(pcapng.includes(malformed) && pcapng.includes('Comment: Why refused?'));
  const http = await exportAll(workbench, '.http', { ending: 'http', asks: true });
  assert.match(http.toString(), /^GET http:\/\/127\.0\.0\.1:\d+\/ HTTP\/1\.1$/m);
  const script = await exportAll(workbench, 'Shell script', { ending: 'sh', asks: true });
  assert.equal(spawnSync('sh', ['-n'], { input: script }).status, 0);
  const bytes = await exportAll(workbench, 'Request bytes', { ending: 'bin', asks: true });
  assert.ok(bytes.toString('latin1').endsWith(malformed));

  writeFileSync(path.join(workbench.workspace, 'broken.har'), har.subarray(0, 1000));
  await importCapture(workbench, 'broken.har');
  await workbench.notification('broken.har was not imported: its JSON is broken at byte 1000').waitFor();
  // Without Spark's own fields, as other programs write it.
  const withoutOwn = (key: string, value: unknown) => (key === '_spark' ? undefined : value);
  const foreign = JSON.stringify(JSON.parse(har.toString(), withoutOwn));
  writeFileSync(path.join(workbench.workspace, 'foreign.har'), foreign);
  await importCapture(workbench, 'foreign.har');
  await inspector.getByRole('row', { name: /^GET \/, exchange 1, .*imported$/, selected: true }).waitFor();
  const rebuilt = inspector.locator('.bytes h2', { hasText: 'rebuilt from HAR: not the bytes on the wire' });
  await rebuilt.first().waitFor();
  await importCapture(workbench, 'exchanges.pcapng');
  await workbench.statusBarItem('Imported 2 exchanges from exchanges.pcapng').waitFor();
  // The sixth, below the row of titles: another one from a file looks the same.
  const own =
    '.list-body [aria-rowindex="7"][aria-label*="/bad"][aria-label$="comment: Why refused?, imported"]';
  await inspector.locator(own).click();
  await inspector.locator('.meaning .violation').first().waitFor();
  assert.equal(await rebuilt.count(), 0);

  // What one file brought is removed; what the other did stays.
  await inspector.locator('.list-body [aria-rowindex="4"] .target').click({ button: 'right' });
  // VS Code takes a click that follows the menu's opening too soon for a part of it.
  await page.getByRole('menuitem', { name: 'Remove Imported Capture' }).hover();
  await page.keyboard.press('Enter');
  await workbench.statusBarItem('Removed what was imported from foreign.har').waitFor();
  await inspector.locator('.summary', { hasText: /^\s*4 exchanges/ }).waitFor();
  await inspector.getByText('The imported capture was removed.').waitFor();
  await inspector.locator(own.replace('"7"', '"5"')).click();
  await inspector.locator('.meaning .violation').first().waitFor();

  // What was imported, and what was written, is there after a reload.
  await workbench.reload();
  const after = await workbench.webviewWith('.meaning .violation');
  await after
    .getByRole('row', { name: /comment: Why refused\?, imported, captured before/, selected: true })
    .waitFor();
  await workbench.showConnections();
  assert.equal(await workbench.treeItem(/^foreign\.har, imported/).count(), 0);
  await workbench.treeItem(/^exchanges\.pcapng, imported/).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Remove Imported Capture' }).hover();
  await page.keyboard.press('Enter');
  await after.locator('.summary', { hasText: /^\s*2 exchanges/ }).waitFor();
  await after.getByText('The imported capture was removed.').waitFor();
  assert.equal(await workbench.treeItem(/imported/).count(), 0);
});

walk(
  'An export of very many exchanges shows that it goes on, and is cancelled without a trace',
  async (workbench) => {
    const address = await workbench.startServer();
    // With a cookie, so that it is asked for in any case.
    const request = 'HEAD /style.css HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n';
    const last = 'HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    for (let connection = 0; connection < 40; connection++) {
      await sendRaw(address, request.repeat(999) + last);
    }
    const before = readdirSync(workbench.workspace);
    await chooseExport(workbench, 'pcapng');
    await workbench.page.getByRole('button', { name: 'Export with Secrets' }).click();
    await workbench.saveAsSuggested('exchanges.pcapng');
    const progress = workbench.notification('Exporting exchanges');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    await expectFiles(workbench.workspace, before);
    // Nobody is told that it was exported.
    assert.equal(await workbench.statusBarItem('Exported to').count(), 0);
  },
);

/** The files of a folder are these, or will be in a moment. */
async function expectFiles(folder: string, files: readonly string[]): Promise<void> {
  const patience = Date.now() + 10_000;
  while (readdirSync(folder).join() !== files.join() && Date.now() < patience) await setTimeout(20);
  assert.deepEqual(readdirSync(folder), files);
}
