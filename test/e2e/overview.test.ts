import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'An exchange chosen in the tree opens in the inspector, beside the page that it brought',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const page = workbench.webview().frameLocator('iframe');
    await page.locator('.cards li').last().waitFor();
    await workbench.showConnections();
    const connection = workbench.treeItem(/^Connection \d+ from /).last();
    await connection.click();
    await connection.press('ArrowRight');
    await workbench.tab(/^index\.html/).click();
    await workbench.treeItem(/^GET \/index\.html, 200/).click();

    const inspector = workbench.webview(1);
    await inspector.locator('.meaning .token', { hasText: /^\/index\.html$/ }).waitFor();
    const chosen = inspector.getByRole('row', { name: /^GET \/index\.html/, selected: true });
    assert.match((await chosen.textContent()) ?? '', /200/);
    await inspector.locator('.meaning .token', { hasText: /^\/index\.html$/ }).hover();
    await workbench.picture('overview');
  },
  {
    openFile: 'index.html',
    viewport: { width: 1500, height: 900 },
    dark: true,
  },
);
