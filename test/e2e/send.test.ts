import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { accessibilityViolations } from './accessibility.ts';
import { themesByKind, walk } from './workbench.ts';

walk(
  'Requests are sent byte for byte with the keyboard alone, and what is written outlasts a reload',
  async (workbench) => {
    const { page } = workbench;
    const settings = path.join(workbench.workspace, '.vscode/settings.json');
    mkdirSync(path.dirname(settings), { recursive: true });
    await workbench.startServer();
    await workbench.runCommand('Spark: Send Request...');
    const send = workbench.webview();
    await send.locator('#target option').first().waitFor({ state: 'attached' });
    const examples = await send.locator('#gallery option').count();
    assert.ok(examples > 25, `${examples} examples`);

    // Tab leads from one control to the next; Ctrl+Enter sends.
    await send.locator('#gallery').focus();
    const order: string[] = [];
    for (let i = 0; i < 9; i++) {
      order.push(await send.locator(':focus').evaluate((element) => element.id));
      await page.keyboard.press('Tab');
    }
    assert.deepEqual(order, ['gallery', 'target', 'text', 'hex', 'pieces', 'pause', 'times', 'one', 'send']);
    await send.locator('#text').focus();
    await page.keyboard.press('Control+Enter');
    await send.locator('.answers summary', { hasText: 'HTTP/1.1 200 OK' }).waitFor();

    await send.locator('#gallery').selectOption({ label: 'space-before-colon' });
    await send.locator('#pieces').selectOption('bytes');
    await send.locator('#times').fill('2');
    await page.keyboard.press('Control+Enter');
    const refused = send.locator('.answers summary', { hasText: 'HTTP/1.1 400' });
    await refused.nth(1).waitFor();
    await send.getByRole('status').filter({ hasText: 'Done.' }).waitFor();

    await send.locator('#pieces').selectOption('cuts');
    await send.locator('#cuts').fill('1, 99999');
    await send.locator('#send').click();
    await send.getByRole('status').filter({ hasText: 'Cuts are offsets from 1 to' }).waitFor();
    await send.locator('#cuts').fill('4, 10');
    await send.locator('#pause').fill('5');

    await send.getByRole('button', { name: 'Compare with First: Answer 2' }).click();
    await workbench.tab(/Exchange \d and exchange \d/).waitFor();
    await workbench.tab(/^Send Request/).click();

    for (const [kind, theme] of Object.entries(themesByKind)) {
      writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': theme }));
      await send.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      const document = await (await send.locator('body').elementHandle())?.ownerFrame();
      assert.ok(document, theme);
      assert.deepEqual(await accessibilityViolations(document), [], theme);
    }

    await workbench.reload();
    const again = await workbench.webviewWith('#cuts');
    await again.locator('#target option').first().waitFor({ state: 'attached' });
    assert.equal(await again.locator('#cuts').inputValue(), '4, 10');
    assert.equal(await again.locator('#pieces').inputValue(), 'cuts');
    assert.match(await again.locator('#text').inputValue(), /Host/);
    await again.locator('#send').click();
    await again.locator('.answers summary', { hasText: 'HTTP/1.1 400' }).nth(1).waitFor();

    // The answer is an exchange like any other, on the connection that it came over.
    await again.getByRole('button', { name: 'Show exchange of answer 1' }).click();
    const inspector = await workbench.webviewWith('.meaning .violation');
    await inspector.locator('.bytes h2', { hasText: 'Request' }).waitFor();
  },
);
