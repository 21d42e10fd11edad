import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'A reload of the window brings back server, preview and inspector, at the same exchange',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const panel = workbench.webview();
    const page = panel.frameLocator('iframe');
    await page.locator('.cards li').last().waitFor();
    await page.getByRole('link', { name: 'A journey' }).click();
    await page.getByRole('heading', { level: 1, name: /journey|request/i }).waitFor();
    await panel.locator('[data-action=back]:enabled').click();
    await page.locator('.cards li').last().waitFor();
    await panel.locator('#size').selectOption('390x844');
    await panel.locator('#zoom').selectOption('50');
    await panel.locator('[data-action=rotate]').click();
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
    // Where it was, how large, and what can be gone back and forward to.
    assert.match(await preview.locator('#address').inputValue(), /\/index\.html$/);
    assert.equal(await preview.locator('#size').inputValue(), '390x844');
    assert.equal(await preview.locator('#zoom').inputValue(), '50');
    assert.equal(await preview.locator('iframe').evaluate((frame) => frame.style.width), '844px');
    assert.equal(await preview.locator('[data-action=back]').isEnabled(), false);
    await preview.locator('[data-action=forward]:enabled').click();
    await preview
      .frameLocator('iframe')
      .getByRole('heading', { level: 1, name: /journey|request/i })
      .waitFor();
    await inspector.getByRole('grid', { name: 'Exchanges' }).evaluate((list) => list.scrollTo(0, 1e6));
    await inspector.getByRole('row', { name: /^GET \/index\.html, exchange 1, .*(?<!reloaded)$/ }).waitFor();
    await workbench.picture('before-reload');
  },
  { openFile: 'index.html' },
);
