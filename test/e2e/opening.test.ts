import assert from 'node:assert/strict';
import { type Workbench, walk } from './workbench.ts';

/** The page that is previewed has this heading; its panel is closed then. */
async function shows(workbench: Workbench, heading: RegExp): Promise<void> {
  const panel = workbench.webview();
  await panel.frameLocator('iframe').getByRole('heading', { level: 1, name: heading }).waitFor();
  const tab = workbench.tab(/^Preview /);
  await tab.click({ button: 'middle' });
  await tab.waitFor({ state: 'detached' });
}

walk(
  'A preview opens from the editor’s title, by its key, from the explorer’s and the editor’s menu, for pages and folders',
  async (workbench) => {
    const { page } = workbench;
    await page
      .locator('.editor-actions')
      .getByRole('button', { name: /^Preview/ })
      .click();
    await shows(workbench, /The life of a connection/);

    await page.locator('.editor-instance .view-line').first().click();
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.press('v');
    await shows(workbench, /The life of a connection/);

    // By key: a menu that has just opened takes no clicks yet.
    const choosePreview = async () => {
      await page.getByRole('menuitem', { name: /^Preview/ }).hover();
      await page.keyboard.press('Enter');
    };
    await workbench.treeItem('journey.html').click({ button: 'right' });
    await choosePreview();
    await shows(workbench, /journey|request/i);
    await workbench.treeItem('calls').click({ button: 'right' });
    await choosePreview();
    await shows(workbench, /calls/i);

    await page.locator('.editor-instance .view-line').first().click({ button: 'right' });
    await choosePreview();
    await shows(workbench, /The life of a connection/);

    const opened = page.waitForEvent('popup');
    await workbench.runCommand('Spark: Open in Browser');
    const outside = await opened;
    await outside.getByRole('heading', { level: 1, name: 'The life of a connection' }).waitFor();
    assert.match(new URL(outside.url()).pathname, /\/index\.html$/);
    await outside.close();
  },
  { openFile: 'index.html' },
);
