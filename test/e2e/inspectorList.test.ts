import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'The list is filtered by typing and from its context menu, and its columns are chosen',
  async (workbench) => {
    const address = await workbench.startServer();
    for (const target of ['/', '/style.css', '/nowhere', '/nowhere-else'])
      await fetch(new URL(target, address));
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = workbench.webview();
    const { page } = workbench;
    await inspector.locator('.list-body [aria-label*="/nowhere-else"]').waitFor();

    await inspector.getByRole('combobox', { name: 'Filter' }).fill('status:404');
    await inspector.locator('.summary', { hasText: '2 of 4 exchanges: status is 404' }).waitFor();
    assert.equal(await inspector.locator('.list-body .list-row:visible').count(), 2);
    await workbench.picture('inspector-filter');

    const target = inspector.locator('.list-body [aria-label*="/nowhere,"]:visible .target');
    await target.click({ button: 'right' });
    // VS Code takes a click that follows the menu's opening too soon for a part of it.
    await page.getByRole('menuitem', { name: 'Filter Out This' }).hover();
    await page.keyboard.press('Enter');
    await inspector.locator('.summary', { hasText: '1 of 4 exchanges' }).waitFor();
    assert.equal(
      await inspector.getByRole('combobox', { name: 'Filter' }).inputValue(),
      'status:404 -target:=/nowhere',
    );

    await inspector.getByRole('columnheader', { name: 'Status' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Choose Columns...' }).hover();
    await page.keyboard.press('Enter');
    await workbench.quickPick('Duration').click();
    await page.keyboard.press('Enter');
    await inspector.getByRole('columnheader', { name: 'Duration' }).waitFor({ state: 'detached' });

    // The layout belongs to the workspace, the filter to the panel that was closed.
    await workbench.runCommand('View: Close Editor');
    await workbench.runCommand('Spark: Open Request Inspector');
    const again = workbench.webview();
    await again.locator('.summary', { hasText: /^\s*4 exchanges/ }).waitFor();
    assert.equal(await again.getByRole('columnheader', { name: 'Duration' }).count(), 0);
  },
);
