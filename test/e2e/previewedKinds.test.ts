import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { walk } from './workbench.ts';

const markdown = `# A guide

Some *words*, \`code\` and [a link](journey.html).

| a | b |
|---|---|
| 1 | 2 |

\`\`\`js
const answer = 42; // is highlighted
\`\`\`

<script>document.body.dataset.ran = 'yes'</script>
<img src="missing.png" onerror="document.body.dataset.ran = 'yes'" alt="none">
`;

walk(
  'Markdown is a page of the server: typed changes show, its styles are the user’s, its scripts do not run',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const page = workbench.webview().frameLocator('iframe');
    const heading = page.getByRole('heading', { level: 1 });
    await page.getByRole('heading', { name: 'A guide' }).waitFor();
    await page.locator('code .hljs-keyword').first().waitFor();
    assert.equal(await heading.evaluate((element) => getComputedStyle(element).letterSpacing), '3px');
    // What a load of the page anew takes away. The heading itself gets another id, and so is another one.
    await page.locator('body').evaluate((element) => {
      element.dataset.mark = 'kept';
    });

    await workbench.page.locator('.editor-instance .view-line', { hasText: 'A guide' }).click();
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type(' for all');
    await page.getByRole('heading', { name: 'A guide for all' }).waitFor();
    assert.equal(await page.locator('body').getAttribute('data-mark'), 'kept');
    assert.equal(await page.locator('body[data-ran]').count(), 0);
    if (process.env.SHOTS) await workbench.page.screenshot({ path: `${process.env.SHOTS}/markdown.png` });

    // The same in a browser of the user's.
    const address = await workbench.serverAddress();
    const tab = await workbench.visit(new URL('guide.md', address));
    await tab.getByRole('heading', { name: 'A guide for all' }).waitFor();
    assert.equal(await tab.locator('body[data-ran]').count(), 0);
    await tab.getByRole('link', { name: 'a link' }).click();
    await tab.waitForURL(/journey\.html$/);
  },
  {
    openFile: 'guide.md',
    files: { 'guide.md': markdown, 'guide.css': 'h1 { letter-spacing: 3px }' },
    settings: { 'files.autoSave': 'off', 'markdown.styles': ['guide.css'] },
  },
);

const dot =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

walk(
  'SVG, XML, pictures and folders are shown in the panel, each as what it is; PDF is offered to the browser',
  async (workbench) => {
    writeFileSync(path.join(workbench.workspace, 'dot.png'), Buffer.from(dot, 'base64'));
    mkdirSync(path.join(workbench.workspace, 'folder'));
    writeFileSync(path.join(workbench.workspace, 'folder/inside.txt'), 'text');
    await workbench.runCommand('Spark: Preview');
    // VS Code's own view of a picture is a webview too.
    const panel = await workbench.webviewWith('#address');
    const page = panel.frameLocator('iframe');
    await page.locator('svg circle').waitFor();
    const shot = async (name: string) => {
      if (process.env.SHOTS) await workbench.page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
    };
    await shot('svg');
    const go = async (address: string) => {
      await panel.locator('#address').fill(address);
      await panel.locator('#address').press('Enter');
    };
    // A picture that is drawn anew as its source is typed.
    writeFileSync(
      path.join(workbench.workspace, 'dot.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="9" height="9"/></svg>',
    );
    await page.locator('svg rect').waitFor();

    await go('feed.xml');
    // The address is the file's, whatever stands for it in the frame.
    await page.locator('.name', { hasText: 'entry' }).first().waitFor();
    assert.match(await panel.locator('#address').inputValue(), /\/feed\.xml$/);
    await page.locator('.value', { hasText: '"first"' }).waitFor();
    await page.locator('summary', { hasText: '<feed' }).click();
    await page.getByText('one').waitFor({ state: 'hidden' });
    await shot('xml');
    writeFileSync(path.join(workbench.workspace, 'feed.xml'), '<feed><entry>two</feed>');
    await page.getByRole('alert').filter({ hasText: /entry/ }).waitFor();
    await page.locator('pre', { hasText: '<entry>two' }).waitFor();
    await shot('xml-malformed');
    writeFileSync(path.join(workbench.workspace, 'feed.xml'), '<feed><entry id="1">two</entry></feed>');
    await page.locator('.leaf', { hasText: '<entry id="1">two</entry>' }).waitFor();
    // In a browser the file is what it is.
    const { status, headers } = await fetch(new URL('feed.xml', await workbench.serverAddress()));
    assert.deepEqual([status, headers.get('content-type')?.split(';')[0]], [200, 'text/xml']);

    await go('links.html');
    await page.getByRole('link', { name: 'Feed' }).click();
    await page.locator('.leaf', { hasText: 'two' }).waitFor();
    await panel.locator('[data-action=back][aria-disabled=false]').click();
    await page.getByRole('link', { name: 'Paper' }).click();
    await panel.getByText('This is a PDF file.').waitFor();
    await shot('pdf');
    const opened = workbench.page.waitForEvent('popup');
    await panel.locator('#outside').getByRole('button', { name: 'Open in Browser' }).click();
    const outside = await opened;
    assert.match(outside.url(), /\/paper\.pdf$|^about:blank$|^$/);
    await outside.close();
    await panel.locator('[data-action=back][aria-disabled=false]').click();
    await page.getByRole('link', { name: 'Paper' }).waitFor();
    await go('dot.png');
    await page.locator('img').waitFor();
    assert.equal(await page.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth), 1);
    await shot('picture');
    await go('folder/');
    await page.getByRole('link', { name: 'inside.txt' }).waitFor();
    await shot('folder');
    assert.equal(await panel.locator('#remark').isVisible(), false);
  },
  {
    openFile: 'dot.svg',
    files: {
      'dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle r="30"/></svg>',
      'feed.xml': '<?xml version="1.0"?><feed><!-- two --><entry id="first">one</entry></feed>',
      'links.html':
        '<!doctype html><title>Links</title><a href="feed.xml">Feed</a> <a href="paper.pdf">Paper</a>',
      'paper.pdf': '%PDF-1.4\n',
    },
  },
);
