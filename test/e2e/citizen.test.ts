import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { networkAddresses } from '../../src/extension/networkAddresses.ts';
import { walk, writeFiles } from './workbench.ts';

walk('The network reaches a server after a warning, and no longer than for one run', async (workbench) => {
  const [address] = networkAddresses(networkInterfaces());
  const { port } = await workbench.startServer();
  await workbench.runCommand('Spark: Share on Local Network');
  const dialog = workbench.page.locator('.monaco-dialog-box');
  if (address === undefined) {
    await workbench.notification('in no network').waitFor();
    return;
  }
  assert.match((await dialog.textContent()) ?? '', /Everybody on the network can then read every file/);
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();

  const codes = workbench.webview();
  const link = codes.getByRole('link', { name: `http://${address}:${port}/` });
  await link.waitFor();
  await codes.getByRole('img', { name: `QR code of http://${address}:${port}/` }).waitFor();
  await workbench.statusBarItem(/Spark: shared/).waitFor();
  if (process.env.SHOT) await workbench.page.screenshot({ path: process.env.SHOT });
  const page = await workbench.visit(`http://${address}:${port}/`);
  assert.match(await page.title(), /./);

  await workbench.runCommand('Spark: Stop Sharing');
  await workbench.serverAddress();
  await assert.rejects(workbench.visit(`http://${address}:${port}/`), /ERR_CONNECTION_REFUSED/);
});

/** What a folder could open by its settings, if they held. */
const untrusted = {
  'spark.port': 1,
  'spark.root': '..',
  'spark.mounts': { '/etc': '/etc' },
  'spark.proxy': { '/': 'http://192.0.2.1' },
  'spark.https.enabled': true,
  'spark.cors': ['*'],
  'spark.headers': { '/**': { 'X-Test': '1' } },
};

walk(
  'In Restricted Mode nothing is served, and the view says why',
  async (workbench) => {
    await workbench.showConnections();
    await workbench.page.getByText('Spark serves nothing in Restricted Mode').waitFor();
    await workbench.page.keyboard.press('F1');
    await workbench.page.locator('.quick-input-widget input').fill('>Spark: ');
    await workbench.page.locator('.quick-input-list').getByText('Spark: Show Log').waitFor();
    assert.equal(
      await workbench.page.locator('.quick-input-list').getByText('Spark: Start Server').count(),
      0,
    );
    assert.equal(await workbench.page.locator('.quick-input-list').getByText('Spark: Preview').count(), 0);
    await workbench.page.keyboard.press('Escape');

    // What asks for a server all the same is told why there is none.
    await workbench.statusBarItem(/^ ?Spark$/).click();
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Start Server' }).click();
    await workbench.notification('Spark serves nothing in Restricted Mode').waitFor();
    await workbench.statusBarItem(/^ ?Spark$/).waitFor();
  },
  { restricted: true, files: { '.vscode/settings.json': JSON.stringify(untrusted) } },
);

walk(
  'A setting that cannot be used is told of once, with the reason, and leads to where it is corrected',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const page = workbench.webview().frameLocator('iframe');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const notice = workbench.notification('The setting spark.reload.ignore is ["**/[a"].');
    await notice.waitFor();
    assert.match((await notice.textContent()) ?? '', /a bracket of “\*\*\/\[a” has no counterpart/);
    for (const text of ['One', 'Two']) {
      writeFiles(workbench.workspace, { 'index.html': `<!doctype html><h1>${text}</h1>` });
      await page.getByRole('heading', { name: text }).waitFor();
    }
    assert.equal(await notice.count(), 1);
    await notice.getByRole('button', { name: 'Open Settings' }).click();
    await workbench.page.locator('.settings-editor .setting-item-label', { hasText: 'Ignore' }).waitFor();
  },
  { openFile: 'index.html', settings: { 'spark.reload.ignore': ['**/[a'] } },
);
