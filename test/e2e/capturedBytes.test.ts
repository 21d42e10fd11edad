import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type Workbench, walk } from './workbench.ts';

// Whether or not there is a network, there is no gallery to install from.
process.env.EXTENSIONS_GALLERY = JSON.stringify({
  serviceUrl: 'http://127.0.0.1:9/gallery',
  itemUrl: 'http://127.0.0.1:9/item',
});

walk(
  'What was captured opens as text, is compared, saved and offered to the Hex Editor',
  async (workbench) => {
    const { page } = workbench;
    const address = await workbench.startServer();
    const get = async (colour: string) =>
      Buffer.from(await (await fetch(new URL('style.css', address), { headers: { colour } })).arrayBuffer());
    const served = await get('blue');
    await get('red');
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = workbench.webview();
    await inspector.getByRole('row', { name: /^GET \/style\.css, exchange 1/ }).click();

    // The context menu of the bytes: what is selected, in the way that is wanted.
    await inspector
      .locator('.hex-row', { hasText: 'GET /' })
      .click({ button: 'right', position: { x: 60, y: 8 } });
    // VS Code takes a click that follows the menu's opening too soon for a part of it.
    await page.getByRole('menuitem', { name: 'Copy Bytes As' }).hover();
    await page.getByRole('menuitem', { name: 'Copy Bytes as C Array' }).hover();
    await page.keyboard.press('Enter');
    assert.equal(
      await copiedText(page, 'unsigned char'),
      'const unsigned char bytes[3] = {\n  0x47, 0x45, 0x54,\n};',
    );

    // The menu of the toolbar above them, by the keyboard alone.
    await inspector.getByRole('button', { name: 'Control characters' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Open as Text' }).hover();
    await page.keyboard.press('Enter');
    await workbench.tab(/exchange-1\.txt/).waitFor();
    const lines = page.locator('.editor-instance .view-line');
    await lines.getByText('GET /style.css HTTP/1.1\\r\\n', { exact: true }).waitFor();
    await lines.filter({ hasText: /47\s45\s54\s+GET\s+method/ }).waitFor();

    await workbench.runCommand('Spark: Compare with...');
    await workbench.quickPick('2 · GET /style.css').click();
    await workbench.tab('Exchange 1 and exchange 2').waitFor();
    const side = (name: string) => page.locator(`.monaco-diff-editor .editor.${name} .view-line`);
    await side('original')
      .filter({ hasText: /^colour:\sblue/ })
      .waitFor();
    await side('modified')
      .filter({ hasText: /^colour:\sred/ })
      .waitFor();
    // Nothing differs before the field that does, but for the size in the title.
    assert.deepEqual(await textOf(side('original'), 2, 12), await textOf(side('modified'), 2, 12));

    // The same from the context menu of the list: one exchange is selected for it, then the other is compared with it.
    await workbench.runCommand('View: Close Editor');
    await workbench.tab('Request Inspector').click();
    await chooseInList(workbench, /exchange 2/, 'Select for Compare');
    await chooseInList(workbench, /exchange 1/, 'Compare with Selected');
    await workbench.tab('Exchange 2 and exchange 1').waitFor();
    await side('original')
      .filter({ hasText: /^colour:\sred/ })
      .waitFor();
    await workbench.runCommand('View: Close Editor');
    await workbench.tab('Request Inspector').click();
    await chooseInList(workbench, /exchange 1/, 'Compare with...');
    await workbench.quickPick('2 · GET /style.css').click();
    await workbench.tab('Exchange 1 and exchange 2').waitFor();

    await workbench.runCommand('Spark: Save Bytes As...');
    await workbench.quickPick('Response body, as sent').click();
    await workbench.saveAsSuggested('exchange-1-response-body.bin');
    await workbench.statusBarItem('Saved to exchange-1-response-body.bin').waitFor();
    const saved = path.join(workbench.workspace, 'exchange-1-response-body.bin');
    assert.ok(existsSync(saved) && readFileSync(saved).equals(served));
    assert.ok(!existsSync(`${saved}.part`));

    const offer = workbench.notification('The extension Hex Editor, which shows bytes, is not installed.');
    for (let time = 0; time < 2; time++) {
      await workbench.runCommand('Spark: Open in Hex Editor');
      await workbench.quickPick('Request').click();
      await offer.first().waitFor();
    }
    assert.equal(await offer.count(), 1);
    await offer.getByRole('button', { name: 'Install' }).click();
    const failure = workbench.notification('The Hex Editor could not be installed: ');
    await failure.getByRole('button', { name: 'Show Extension' }).waitFor({ timeout: 60_000 });
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
    await failure.getByRole('button', { name: 'Show Extension' }).click();
    await page.getByText('@id:ms-vscode.hexeditor').first().waitFor();
    if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}.2.png` });
    await workbench.runCommand('View: Show Explorer');

    // What is no longer there is said to be so; after a reload too, when its editor comes back.
    await workbench.runCommand('Spark: Clear Capture');
    await page.locator('.tab .deleted, .tab .strikethrough').first().waitFor();
    await workbench.reload();
    await workbench.tab('Exchange 1 and exchange 2').click();
    await side('modified')
      .filter({ hasText: /^Exchange\s2\sis\sno\slonger\sstored/ })
      .waitFor();
  },
);

/** Chooses from the context menu of an exchange in the list. */
async function chooseInList(workbench: Workbench, row: RegExp, entry: string): Promise<void> {
  const { page } = workbench;
  await workbench.webview().getByRole('row', { name: row }).locator('.target').click({ button: 'right' });
  // VS Code takes a click that follows the menu's opening too soon for a part of it.
  await page.getByRole('menuitem', { name: entry, exact: true }).hover();
  await page.keyboard.press('Enter');
}

/** What stands in the clipboard, once that has a part. */
async function copiedText(page: Page, part: string): Promise<string> {
  return page.evaluate(async (part) => {
    for (;;) {
      const text = await navigator.clipboard.readText();
      if (text.includes(part)) return text;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, part);
}

async function textOf(lines: Locator, start: number, end: number): Promise<string[]> {
  const all = await lines.evaluateAll((elements) =>
    elements
      .map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent ?? '' }))
      .sort((one, other) => one.top - other.top)
      .map(({ text }) => text),
  );
  return all.slice(start, end);
}
