import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { walk } from './workbench.ts';

walk(
  'The preview shows the page beside its source, as it is typed and as it is saved, and outlasts a reload of the window',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    await workbench.tab(/^Preview The life of a connection/).waitFor();
    const panel = workbench.webview();
    const page = panel.frameLocator('iframe');
    const heading = page.getByRole('heading', { level: 1 });
    await heading.waitFor();
    assert.equal(await heading.textContent(), 'The life of a connection');
    await page.locator('.cards li').last().waitFor();
    await workbench.picture('preview');
    assert.match(await panel.locator('#address').inputValue(), /\/index\.html$/);
    assert.equal(await panel.locator('#remark').isVisible(), false);

    // What only this load of the page has: it is to be patched, not loaded anew.
    await heading.evaluate((element) => {
      element.dataset.mark = 'kept';
    });
    const editor = workbench.page.locator('.editor-instance .view-line', { hasText: '<h1>' });
    await editor.getByText('connection', { exact: false }).last().dblclick();
    await workbench.page.keyboard.type('hello');
    await page.getByRole('heading', { level: 1, name: /hello/ }).waitFor();
    await workbench.page.locator('.tab.dirty', { hasText: 'index.html' }).waitFor();
    assert.equal(await heading.getAttribute('data-mark'), 'kept');
    await workbench.page.keyboard.press('ControlOrMeta+s');
    await workbench.page.locator('.tab:not(.dirty)', { hasText: 'index.html' }).waitFor();
    assert.equal(await heading.getAttribute('data-mark'), 'kept');

    await page.getByRole('link', { name: 'A journey' }).click();
    await page.getByRole('heading', { level: 1, name: /journey|request/i }).waitFor();
    await panel.locator('[data-action=back][aria-disabled=false]').click();
    await heading.waitFor();
    assert.match(await panel.locator('#address').inputValue(), /\/index\.html$/);
    await panel.locator('[data-action=find]').click();
    await panel.locator('#find input').fill('no such words');
    await panel.locator('#find input').press('Enter');
    await panel.locator('#find output', { hasText: 'Not found' }).waitFor();
    await panel.locator('#find input').press('Escape');
    await panel.locator('#size').selectOption('390x844');
    await panel.locator('#zoom').selectOption('50');
    assert.equal(await heading.evaluate((element) => element.ownerDocument.defaultView?.innerWidth), 390);
    await workbench.picture('preview-phone');

    writeFileSync(path.join(workbench.workspace, 'strict.html'), '<!doctype html><h1>Strict</h1>');
    await panel.locator('#address').fill('strict.html');
    // What the page says of itself just now does not take from the user what is being typed.
    const token = await panel.locator('body').evaluate(({ dataset }) => JSON.parse(dataset.data ?? '').token);
    await heading.evaluate(
      (_, sent) => parent.postMessage({ ...sent, address: `${location.href}#part`, title: 'Reported' }, '*'),
      { spark: 'page', token },
    );
    await workbench.tab(/^Preview Reported/).waitFor();
    await panel.locator('#address').press('Enter');
    await page.getByRole('heading', { name: 'Strict' }).waitFor();
    await panel.locator('#remark', { hasText: 'policy keeps' }).waitFor();
    writeFileSync(path.join(workbench.workspace, 'strict.html'), '<!doctype html><h1>Loaded anew</h1>');
    await page.getByRole('heading', { name: 'Loaded anew' }).waitFor();

    // After a reload of the window: where it was, how large, and what can be gone back to.
    await workbench.reload();
    await page.getByRole('heading', { name: 'Loaded anew' }).waitFor();
    assert.match(await panel.locator('#address').inputValue(), /\/strict\.html$/);
    assert.equal(await panel.locator('#size').inputValue(), '390x844');
    assert.equal(await panel.locator('#zoom').inputValue(), '50');
    assert.match((await panel.locator('iframe').getAttribute('style')) ?? '', /width: 390px/);
    await panel.locator('[data-action=forward][aria-disabled=true]').waitFor();
    await panel.locator('[data-action=back][aria-disabled=false]').click();
    await heading.filter({ hasText: 'hello' }).waitFor();
    await panel.locator('[data-action=forward][aria-disabled=false]').waitFor();
  },
  {
    openFile: 'index.html',
    settings: {
      'files.autoSave': 'off',
      'spark.headers': { '/strict.html': { 'Content-Security-Policy': "script-src 'none'" } },
    },
  },
);
