import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { walk } from './workbench.ts';

walk(
  'Works remotely: behind the path prefix of a proxy, links of every kind lead on, and changes are shown',
  async (workbench) => {
    const write = (name: string, text: string) => writeFileSync(path.join(workbench.workspace, name), text);
    write(
      'root.js',
      'document.body.dataset.ran = "yes"; fetch("/data/calls.json").then(({ ok }) => { document.body.dataset.fetched = ok; });',
    );
    write(
      'links.html',
      '<!doctype html><title>Links</title><link rel="stylesheet" href="/style.css"><script src="/root.js" defer></script><h1>Links</h1><a href="journey.html">Relative</a> <a href="/journey.html">From the root</a>',
    );
    await workbench.runCommand('Spark: Preview');
    const panel = workbench.webview();
    const page = panel.frameLocator('iframe');
    await page.locator('.cards li').last().waitFor();
    const address = panel.locator('#address');
    const { origin } = new URL(workbench.page.url());
    const { port } = await workbench.serverAddress();
    const root = `${origin}/proxy/${port}/`;
    assert.equal(await address.inputValue(), `${root}index.html`);

    for (const name of ['Relative', 'From the root']) {
      await address.fill('links.html');
      await address.press('Enter');
      await page.getByRole('heading', { name: 'Links' }).waitFor();
      // Its script and its style sheet stand at the root of the site, which is not the origin's.
      await page.locator('body[data-ran=yes]').waitFor();
      // What a script asks for there is not led back: README says so.
      await page.locator('body[data-fetched=false]').waitFor();
      await page.locator(`link[href="/proxy/${port}/style.css"]`).waitFor({ state: 'attached' });
      await page.getByRole('link', { name }).click();
      await page
        .getByRole('heading', { name: /journey/i })
        .first()
        .waitFor();
      await panel.locator('#address').evaluate(
        (input, wanted) =>
          new Promise<void>((resolve) => {
            const look = () =>
              (input as HTMLInputElement).value === wanted ? resolve() : requestAnimationFrame(look);
            look();
          }),
        `${root}journey.html`,
      );
    }
    await address.fill('links.html');
    await address.press('Enter');
    await page.getByRole('heading', { name: 'Links' }).waitFor();
    write('links.html', '<!doctype html><title>Links</title><h1>Changed</h1>');
    await page.getByRole('heading', { name: 'Changed' }).waitFor();
  },
  { openFile: 'index.html' },
);

const other = createServer();
await once(other.listen(0, '127.0.0.1'), 'listening');
const listening = other.address();
const taken = typeof listening === 'object' && listening !== null ? listening.port : 0;

walk(
  'No silent failure: a taken port, a page whose policy blocks the script, and a dead server each say so',
  async (workbench) => {
    writeFileSync(path.join(workbench.workspace, 'strict.html'), '<!doctype html><h1>Strict</h1>');
    await workbench.runCommand('Spark: Preview');
    await workbench.notification(` has port ${taken}. Spark serves example-site on port `).waitFor();
    other.close();
    const panel = workbench.webview();
    await panel.frameLocator('iframe').locator('.cards li').last().waitFor();

    await panel.locator('#address').fill('strict.html');
    await panel.locator('#address').press('Enter');
    await panel.locator('#remark', { hasText: "The page's own policy keeps live reload out" }).waitFor();

    process.kill(workbench.serverProcess(), 'SIGKILL');
    await workbench.notification(/no longer serves example-site.*SIGKILL/).waitFor();
    await panel.getByText(/SIGKILL/).waitFor();
    await panel.getByRole('button', { name: 'Start Server' }).click();
    await panel.frameLocator('iframe').getByRole('heading', { name: 'Strict' }).waitFor();
  },
  {
    openFile: 'index.html',
    settings: {
      'spark.port': taken,
      'spark.headers': { '/strict.html': { 'Content-Security-Policy': "script-src 'none'" } },
    },
  },
);
