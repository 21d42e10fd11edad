import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'A reload of the window brings back server, preview and inspector, at the same exchange',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    await workbench.webview().frameLocator('iframe').locator('.cards li').last().waitFor();
    const address = await workbench.serverAddress();
    await workbench.tab(/^index\.html/).click();
    await workbench.runCommand('Spark: Open Request Inspector');
    const before = workbench.webview(1);
    await before.getByRole('row', { name: /^GET \/style\.css, exchange/ }).click();
    await before.locator('.meaning .token', { hasText: /^\/style\.css$/ }).waitFor();

    await workbench.reload();
    const inspector = await workbench.webviewWith('.meaning .token');
    await inspector.locator('.meaning .token', { hasText: /^\/style\.css$/ }).waitFor();
    // The list follows the newest exchange.
    await inspector.getByRole('grid', { name: 'Exchanges' }).evaluate((list) => list.scrollTo(0, 0));
    const row = inspector.getByRole('row', { name: /^GET \/style\.css, exchange/, selected: true });
    assert.match((await row.textContent()) ?? '', /before reload/);
    assert.equal(String(await workbench.serverAddress()), String(address));
    const preview = await workbench.webviewWith('iframe');
    await preview.frameLocator('iframe').locator('.cards li').last().waitFor();
    await inspector.getByRole('grid', { name: 'Exchanges' }).evaluate((list) => list.scrollTo(0, 1e6));
    await inspector.getByRole('row', { name: /^GET \/index\.html, exchange 1, .*(?<!reloaded)$/ }).waitFor();
    await workbench.picture('before-reload');
  },
  { openFile: 'index.html' },
);

walk('History that 0.4.0 kept is told of once, and removed; what 0.5.0 kept is there', async (workbench) => {
  const told = workbench.notification(
    'History that an earlier version of Spark kept could not be taken over',
  );
  await workbench.startServer();
  await workbench.runCommand('Spark: Open Request Inspector');
  const empty = workbench.webview().getByText('Nothing captured yet.');
  await empty.waitFor();
  workbench.leaveHistory('test/fixtures/kept/0.4.0');
  await workbench.reload();
  await told.waitFor();
  await empty.waitFor();

  workbench.leaveHistory('test/fixtures/kept/0.5.0');
  await workbench.reload();
  await workbench
    .webview()
    .getByRole('row', { name: /^GET \/page-2, exchange/ })
    .waitFor();
  assert.equal(await told.count(), 0);
});
