import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { isSamePage, LiveSite } from './livePage.ts';

const page = (body: string) =>
  `<!doctype html><html><head><title>Page</title></head><body>${body}</body></html>`;

/** What users of other live servers complain of: each complaint is a test. */
describe('complaints about live servers', () => {
  let site: LiveSite;
  before(async () => {
    site = await LiveSite.start({
      'used.html': page('<script src="used.js"></script><div style="height: 5000px">tall</div>'),
      'unrelated.html': page('<h1>Unrelated</h1><div style="height: 5000px">tall</div>'),
      'used.js': 'document.title = "one"',
    });
  });
  after(() => site.close());

  test('unrelated pages do not reload', async () => {
    const [used, unrelated] = [await site.open('used.html'), await site.open('unrelated.html')];
    let loads = 0;
    unrelated.on('load', () => loads++);
    const reloaded = used.waitForEvent('load');
    site.change({ 'used.js': 'document.title = "two"', 'unused.css': 'p { color: red }' });
    await reloaded;
    // The stream keeps its order: what this shows was told after what was not to reload it.
    site.type('unrelated.html', page('<h1>Told</h1><div style="height: 5000px">tall</div>'));
    await unrelated.locator('h1', { hasText: 'Told' }).waitFor();
    assert.equal(loads, 0);
    assert.equal(await isSamePage(unrelated), true);
    site.type('unrelated.html', null);
    await used.close();
    await unrelated.close();
  });

  test('unrelated pages do not reload below a proxy whose own service worker controls them', async () => {
    const proxy = await prefixProxy(site.address);
    const origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`;
    const tab = await site.browser.newPage();
    try {
      await tab.goto(origin);
      await tab.evaluate(async () => {
        await navigator.serviceWorker.register('worker.js');
        await navigator.serviceWorker.ready;
      });
      await tab.goto(`${origin}site/unrelated.html`);
      assert.notEqual(await tab.evaluate(() => navigator.serviceWorker.controller), null);
      let loads = 0;
      tab.on('load', () => loads++);
      site.change({ 'used.js': 'document.title = "behind"' });
      site.type('unrelated.html', page('<h1>Told</h1>'));
      await tab.locator('h1', { hasText: 'Told' }).waitFor();
      assert.equal(loads, 0);
    } finally {
      site.type('unrelated.html', null);
      await tab.close();
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  test('a reload makes the scroll position jump neither to the top nor elsewhere', async () => {
    const tab = await site.open('used.html');
    await tab.evaluate(() => window.scrollTo(0, 2345));
    await tab.waitForFunction(() => window.scrollY === 2345);
    const reloaded = tab.waitForEvent('load');
    site.change({ 'used.js': 'document.title = "three"' });
    await reloaded;
    await tab.waitForFunction(() => document.title === 'three' && window.scrollY === 2345);
    assert.equal(await isSamePage(tab), false);
    await tab.close();
  });

  test('no second port: one listening socket while live reload works', {
    skip: process.platform !== 'linux',
  }, async () => {
    const tab = await site.open('unrelated.html');
    site.type('unrelated.html', page('<h1>Reloads</h1>'));
    await tab.locator('h1', { hasText: 'Reloads' }).waitFor();
    assert.deepEqual(listeningPorts(site.processId), [Number(new URL(site.address).port)]);
    site.type('unrelated.html', null);
    await tab.close();
  });
});

/** The ports that a process listens on (proc(5): /proc/PID/fd, /proc/net/tcp). */
function listeningPorts(processId: number): number[] {
  const folder = `/proc/${processId}/fd`;
  const inodes = readdirSync(folder).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
  const listening = '0A';
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${processId}/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === listening && inodes.includes(fields[9]))
      .map((fields) => Number.parseInt(fields[1].split(':')[1], 16)),
  );
}

/** A server with a page and a service worker of its own, and the site below `/site/`, as a VS Code in the browser is. */
async function prefixProxy(site: string): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    if (!path.startsWith('/site/')) {
      outgoing.setHeader('Content-Type', path === '/worker.js' ? 'text/javascript' : 'text/html');
      outgoing.end(path === '/worker.js' ? 'addEventListener("fetch", () => {})' : '<!doctype html>');
      return;
    }
    const { hostname, port, host } = new URL(site);
    const headers = { ...incoming.headers, host };
    delete headers.origin;
    const forwarded = request(
      { hostname, port, path: path.slice('/site'.length), method: incoming.method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}
