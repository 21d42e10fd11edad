import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'The preview shows the page beside its source, and reloads when a file is saved',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    await workbench.tab(/^Preview index\.html/).waitFor();
    const page = workbench.webview().frameLocator('iframe');
    const heading = page.getByRole('heading', { level: 1 });
    await heading.waitFor();
    assert.equal(await heading.textContent(), 'The life of a connection');
    await page.locator('.cards li').last().waitFor();
    await workbench.picture('preview');

    const editor = workbench.page.locator('.editor-instance .view-line', { hasText: '<h1>' });
    await editor.getByText('connection', { exact: false }).last().dblclick();
    await workbench.page.keyboard.type('hello');
    await workbench.page.keyboard.press('ControlOrMeta+s');
    await page.getByRole('heading', { level: 1, name: /hello/ }).waitFor();
  },
  { openFile: 'index.html' },
);
