/** The pages that the server makes itself: listings, errors, Markdown. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { markdownPage } from '../../../src/extension/markdownPage.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { project } from '../../project.mjs';
import { accessibilityViolations } from '../accessibility.ts';
import { LiveSite, token } from '../livePage/livePage.ts';

/** As VS Code's own renderer writes it. */
const guide = `<h1 id="a-guide">A guide</h1>
<p>Some <em>words</em>, <code>code</code>, <kbd>Ctrl</kbd> and <a href="index.html">a link</a>.</p>
<ul class="contains-task-list"><li class="task-list-item enabled"><label><input class="task-list-item-checkbox" type="checkbox" disabled="disabled"> A task</label></li></ul>
<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
<blockquote><p>Said by <a href="index.html">somebody</a>.</p></blockquote>
<pre><code class="code-line language-js"><span class="hljs-comment">// a comment</span>
<span class="hljs-keyword">const</span> answer = <span class="hljs-number">42</span> + <span class="hljs-string">'text'</span> + <span class="hljs-title function_">call</span>(${'a, '.repeat(60)}b);
</code></pre>
<hr>`;

interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly forcedColors?: 'active' | 'none';
  readonly contrast?: 'more' | 'no-preference';
}

const looks: Readonly<Record<string, Look>> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'light, more contrast': { colorScheme: 'light', contrast: 'more' },
  'dark, more contrast': { colorScheme: 'dark', contrast: 'more' },
  'light, forced colors': { colorScheme: 'light', forcedColors: 'active' },
  'dark, forced colors': { colorScheme: 'dark', forcedColors: 'active' },
};

let site: LiveSite;
let page: Page | null = null;

before(async () => {
  const files: Record<string, string> = { 'guide.md': '# A guide', 'few/inner/deep.txt': 'text' };
  for (let number = 1; number <= 400; number++) files[`many/picture ${number}.txt`] = 'x'.repeat(number);
  for (const name of ['a', 'b']) files[`many/folder ${name}/file.txt`] = 'text';
  const { proxy } = defaultSettings('');
  site = await LiveSite.start(files, {
    live: { token, inject: false },
    // Nobody listens there.
    proxy: { ...proxy, routes: [{ prefix: '/api', target: 'http://127.0.0.1:9' }] },
  });
  mkdirSync(path.join(site.root, 'empty'));
  symlinkSync('/etc/hostname', path.join(site.root, 'few/outside'));
  writeFileSync(path.join(site.root, `few/a very long name ${'x'.repeat(180)}`), 'text');
  const style = readFileSync(path.join(project, 'media/markdown.css'), 'utf8');
  const rendered = markdownPage({ body: guide, title: 'guide.md', language: 'en', style, styleSheets: [] });
  site.tell({
    type: 'rendered',
    file: path.join(site.root, 'guide.md'),
    page: new TextEncoder().encode(rendered),
  });
});
after(() => site.close());
afterEach(async () => {
  await page?.context().close();
  page = null;
});

async function open(address: string, look: Look = { colorScheme: 'light' }): Promise<Page> {
  page = await site.browser.newPage({ viewport: { width: 800, height: 600 } });
  await page.emulateMedia({ forcedColors: 'none', contrast: 'no-preference', ...look });
  await page.goto(site.address + address);
  return page;
}

const addresses: Readonly<Record<string, string>> = {
  'a listing': 'few/',
  'a listing of many entries, sorted': 'many/?sort=size&order=desc',
  'the listing of an empty folder': 'empty/',
  'not found': 'missing/file.html',
  refused: 'few/outside',
  malformed: '%zz',
  'not forwarded': 'api/',
  Markdown: 'guide.md',
};

for (const [name, look] of Object.entries(looks)) {
  describe(name, () => {
    for (const [what, address] of Object.entries(addresses)) {
      test(`${what}: nothing stands in the way of those who do not see or do not point`, async () => {
        const shown = await open(address, look);
        const violations = await accessibilityViolations(shown, {
          // 7:1 where the user asks for more.
          'color-contrast-enhanced': look.contrast === 'more',
          // Chromium and Firefox let Tab reach what scrolls, without a word in the page: held to below.
          'scrollable-region-focusable': what !== 'Markdown',
        });
        assert.deepEqual(violations, []);
      });
    }

    test('what has the focus is framed', async () => {
      const shown = await open('few/', look);
      await shown.keyboard.press('Tab');
      assert.equal(await isFramed(shown.locator('h1 a')), true);
      await shown.keyboard.press('/');
      assert.equal(await isFramed(shown.getByRole('searchbox')), true);
      await shown.keyboard.press('ArrowDown');
      assert.equal(await isFramed(shown.getByRole('row', { name: 'Parent folder' })), true);
    });
  });
}

function isFramed(element: Locator): Promise<boolean> {
  return element.evaluate((element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    return outlineStyle !== 'none' && outlineWidth !== '0px' && outlineColor !== 'rgba(0, 0, 0, 0)';
  });
}

test('the pictures of a listing are drawn in the colors that the system forces', async () => {
  const strokes = async (colorScheme: 'light' | 'dark') => {
    const shown = await open('few/', { colorScheme, forcedColors: 'active' });
    return shown
      .locator('td.name svg')
      .evaluateAll((pictures) => [...new Set(pictures.map((picture) => getComputedStyle(picture).stroke))]);
  };
  assert.deepEqual(await strokes('light'), ['rgb(0, 0, 0)']);
  await page?.context().close();
  assert.deepEqual(await strokes('dark'), ['rgb(255, 255, 255)']);
});

test('a listing by keyboard: sorted, filtered, walked through, and left', async () => {
  const shown = await open('many/');
  const { keyboard } = shown;
  const focused = () => shown.evaluate(() => document.activeElement?.textContent);
  await shown.getByRole('columnheader', { name: 'Size' }).getByRole('link').focus();
  await keyboard.press('Enter');
  await shown.waitForURL(/\?sort=size$/);
  await shown.getByRole('columnheader', { name: 'Size' }).getByRole('link').focus();
  await keyboard.press('Enter');
  await shown.waitForURL(/\?sort=size&order=desc$/);
  assert.equal(await shown.locator('th[aria-sort=descending]').textContent(), 'Size');

  await keyboard.press('/');
  const status = shown.getByRole('status');
  assert.equal(await status.textContent(), '2 folders · 400 files · 78.3 KiB');
  await keyboard.type('picture 39');
  assert.equal(await status.textContent(), '11 of 402 shown');
  await keyboard.press('Enter');
  assert.equal(await focused(), 'picture 399.txt');
  await keyboard.press('End');
  assert.equal(await focused(), 'picture 39.txt');
  await keyboard.press('Home');
  assert.equal(await focused(), 'Parent folder');
  await keyboard.press('/');
  await keyboard.type('?');
  assert.equal(await status.textContent(), 'Nothing matches');
  await keyboard.press('Escape');
  assert.equal(await status.textContent(), '2 folders · 400 files · 78.3 KiB');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  assert.equal(await focused(), 'folder a/');
  await keyboard.press('Enter');
  await shown.waitForURL(/\/many\/folder%20a\/$/);
  await keyboard.press('Backspace');
  await shown.waitForURL(/\/many\/$/);
});

test('long lines of Markdown are reached and scrolled by keyboard', async () => {
  const shown = await open('guide.md');
  const code = shown.locator('pre');
  await shown.getByRole('link', { name: 'somebody' }).focus();
  await shown.keyboard.press('Tab');
  assert.equal(await code.evaluate((element) => element === document.activeElement), true);
  assert.equal(await isFramed(code), true);
  await shown.keyboard.press('ArrowRight');
  await shown.waitForFunction(() => (document.querySelector('pre')?.scrollLeft ?? 0) > 0);
});
