import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { walk } from './workbench.ts';

/** The page counts its own loads. */
const count = `<script>
  const key = 'loads of ' + location.pathname;
  sessionStorage.setItem(key, Number(sessionStorage.getItem(key)) + 1);
  document.documentElement.dataset.loads = sessionStorage.getItem(key);
</script>`;

const form = `<!doctype html>
<html><head><title>Form</title><link rel="stylesheet" href="form.css">${count}<script src="form.js"></script></head>
<body>
<h1>Heading</h1>
<input name="one"><textarea name="two"></textarea>
<details><summary>More</summary>Inside</details>
<div style="height: 4000px">tall</div>
</body></html>
`;

const loads = (page: FrameLocator) => page.locator('html').getAttribute('data-loads');

walk(
  'Typing in an editor changes the page and nothing else of it; a style sheet is swapped; other pages stay as they are',
  async (workbench) => {
    const { page: window } = workbench;
    await workbench.runCommand('Spark: Preview');
    const form = workbench.webview().frameLocator('iframe');
    await form.getByRole('heading', { name: 'Heading' }).waitFor();
    await workbench.openFile('other.html');
    await workbench.runCommand('Spark: Preview');
    await workbench.tab(/^Preview Other/).waitFor();
    const other = workbench.webview(1).frameLocator('iframe');
    await other.getByRole('heading', { name: 'Other' }).waitFor();
    await workbench.tab(/^Preview Form/).click();
    await form.locator('input').fill('typed');
    await form.locator('textarea').fill('more');
    await form.locator('summary').click();
    const scrolled = () => form.locator('html').evaluate(() => Math.round(scrollY));
    await form.locator('html').evaluate(() => scrollTo(0, 1234));
    const isAsItWas = async () => {
      assert.equal(await form.locator('input').inputValue(), 'typed');
      assert.equal(await form.locator('textarea').inputValue(), 'more');
      assert.equal(await form.locator('details').getAttribute('open'), '');
      assert.equal(await scrolled(), 1234);
    };

    await workbench.tab(/^form\.html/).click();
    await window.locator('.editor-instance .view-line', { hasText: '<h1>' }).getByText('Heading').dblclick();
    await window.keyboard.type('Typed');
    await form.getByRole('heading', { name: 'Typed' }).waitFor({ state: 'attached' });
    await workbench
      .tab(/^form\.html/)
      .and(window.locator('.dirty'))
      .waitFor();
    await isAsItWas();

    await workbench.openFile('form.css');
    await window.locator('.editor-instance .view-line').first().click();
    await window.keyboard.press('ControlOrMeta+Home');
    await window.keyboard.type('h1 { letter-spacing: 7px }\n');
    await form.locator('h1').evaluate(async (heading) => {
      while (getComputedStyle(heading).letterSpacing !== '7px')
        await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    await isAsItWas();
    // The page's own word for it.
    assert.equal(await loads(form), '1');

    writeFileSync(
      path.join(workbench.workspace, 'form.js'),
      'document.documentElement.dataset.script = "new"',
    );
    await form.locator('html[data-script=new][data-loads="2"]').waitFor();
    assert.equal(await loads(other), '1');
  },
  {
    openFile: 'form.html',
    files: {
      'form.html': form,
      'form.css': 'h1 { color: rgb(1, 2, 3) }\n',
      'form.js': 'document.documentElement.dataset.script = "old"',
      'other.html': `<!doctype html><title>Other</title>${count}<h1>Other</h1>`,
    },
    settings: { 'files.autoSave': 'off', 'editor.autoClosingBrackets': 'never' },
  },
);
