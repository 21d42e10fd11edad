import assert from 'node:assert/strict';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { walk, writeFiles } from './workbench.ts';

const page = (heading: string) => `<!doctype html><title>${heading}</title><h1>${heading}</h1>`;

walk(
  'Each folder of a workspace is served by its own settings, as long as it is open, and previewed from its own server',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const shop = workbench.webview().frameLocator('iframe');
    await shop.getByRole('heading', { name: 'Shop' }).waitFor();
    const shopUrl = await workbench.serverAddress();

    await workbench.openFile('blog.html');
    await workbench.runCommand('Spark: Preview');
    await workbench.tab(/^Preview Blog/).waitFor();
    const status = await workbench.statusBarItem(/Spark: \d+, \d+/).textContent();
    const ports = status?.match(/\d+/g) ?? [];
    const blogUrl = new URL(`http://127.0.0.1:${ports.find((port) => port !== shopUrl.port)}/`);

    const answer = async (address: URL, target: string) => {
      const response = await fetch(new URL(target, address), { headers: { Accept: 'text/html' } });
      return {
        status: response.status,
        folder: response.headers.get('x-folder'),
        text: await response.text(),
      };
    };
    // spark.root, spark.headers, spark.files.spaFallback of the one; spark.mounts and spark.headers of the other.
    assert.deepEqual(
      { ...(await answer(shopUrl, 'any/where')), text: '' },
      { status: 200, folder: 'shop', text: '' },
    );
    assert.match((await answer(shopUrl, 'shop.html')).text, /Shop/);
    assert.doesNotMatch((await answer(shopUrl, 'private.txt')).text, /private/);
    assert.deepEqual(
      [(await answer(blogUrl, 'any/where')).status, (await answer(blogUrl, 'blog.html')).folder],
      [404, 'blog'],
    );
    assert.match((await answer(blogUrl, 'lib/shop.html')).text, /Shop/);

    await workbench.showConnections();
    for (const name of ['shop', 'blog'])
      await workbench.treeItem(new RegExp(`^Server ${name}, 127\\.0\\.0\\.1:\\d+`)).waitFor();

    // A third folder comes, whose pages are shown in the browser.
    workbench.openFolders(['shop', 'blog', 'docs']);
    await workbench.openFile('docs.html');
    const opened = workbench.page.waitForEvent('popup');
    await workbench.runCommand('Spark: Preview');
    const outside = await opened;
    await outside.getByRole('heading', { name: 'Docs' }).waitFor();
    await outside.close();
    await workbench.statusBarItem(/Spark: \d+, \d+, \d+/).waitFor();

    // The second goes, and its server with it; the others serve on.
    workbench.openFolders(['shop', 'docs']);
    await workbench.statusBarItem(/Spark: \d+, \d+$/).waitFor();
    const [error] = await once(connect(Number(blogUrl.port), blogUrl.hostname), 'error');
    assert.equal(error.code, 'ECONNREFUSED');
    assert.equal((await answer(shopUrl, 'shop.html')).status, 200);
    await workbench.treeItem(/^Server shop, 127/).waitFor();
  },
  {
    openFile: 'shop.html',
    folders: {
      shop: {
        '.vscode/settings.json': JSON.stringify({
          'spark.root': 'public',
          'spark.headers': { '/**': { 'X-Folder': 'shop' } },
          'spark.files.spaFallback': 'shop.html',
        }),
        'public/shop.html': page('Shop'),
        'private.txt': 'private',
      },
      blog: {
        '.vscode/settings.json': JSON.stringify({
          'spark.mounts': { '/lib': '../shop/public' },
          'spark.headers': { '/**': { 'X-Folder': 'blog' } },
        }),
        'blog.html': page('Blog'),
      },
      docs: {
        '.vscode/settings.json': JSON.stringify({ 'spark.preview.openIn': 'externalBrowser' }),
        'docs.html': page('Docs'),
      },
    },
  },
);

/** A request's bytes as they are, since `fetch` would make a path proper; gives the status. */
async function statusOf(address: URL, target: string): Promise<number> {
  const socket = connect(Number(address.port), address.hostname);
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

walk(
  'A page outside the workspace is asked about once, and then its folder is served, and nothing above it',
  async (workbench) => {
    const around = path.dirname(workbench.workspace);
    const folder = path.join(around, 'elsewhere');
    writeFiles(around, {
      'secret.txt': 'secret',
      'elsewhere/page.html': page('Elsewhere'),
      'elsewhere/more/other.html': page('Another'),
    });
    symlinkSync('../secret.txt', path.join(folder, 'link.txt'));
    const open = async (file: string) => {
      await workbench.runCommand('File: Open File...');
      // What is typed before the dialog has read its first folder is lost.
      await workbench.page.locator('.quick-input-title', { hasText: 'Open File' }).waitFor();
      await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: '..' }).waitFor();
      await workbench.quickInput.fill(path.join(folder, file));
      await workbench.page
        .locator('.quick-input-list .monaco-list-row', { hasText: path.basename(file) })
        .waitFor();
      await workbench.page.getByRole('button', { name: 'OK', exact: true }).click();
      await workbench.tab(path.basename(file)).waitFor();
    };
    await open('page.html');
    await workbench.runCommand('Spark: Preview');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    assert.match((await dialog.textContent()) ?? '', /page\.html lies outside the folders that are open/);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await workbench.runCommand('Spark: Preview');
    const notice = workbench.notification('page.html is not shown: its folder is not to be served');
    await notice.waitFor();
    assert.equal(await dialog.count(), 0);
    assert.equal(await workbench.statusBarItem(/Spark: \d/).count(), 0);
    await notice.getByRole('button', { name: 'Serve This Folder' }).click();
    await workbench.webview().frameLocator('iframe').getByRole('heading', { name: 'Elsewhere' }).waitFor();

    const address = await workbench.serverAddress();
    assert.equal(await statusOf(address, '/page.html'), 200);
    for (const target of ['/link.txt', '/../secret.txt', '/%2e%2e/secret.txt', '/more/..%2f..%2fsecret.txt'])
      assert.ok((await statusOf(address, target)) >= 400, target);

    // What lies in it is shown without a question; stopped and started again, too.
    await workbench.runCommand('Spark: Stop Server');
    await workbench.statusBarItem(/^ ?Spark$/).waitFor();
    await open('more/other.html');
    await workbench.runCommand('Spark: Preview');
    await workbench.tab(/^Preview Another/).waitFor();
    assert.equal(await dialog.count(), 0);
  },
);
