import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { LiveSite, token } from './livePage.ts';

const page = '<!doctype html><title>Page</title><h1>Hello</h1>';

describe('live reload and those it is not for', () => {
  let site: LiveSite;
  /** What came to the server behind it. */
  const reached: string[] = [];
  const api = createServer((request, response) => {
    reached.push(request.method ?? '');
    response.end();
  });
  new WebSocketServer({ server: api }).on('connection', () => reached.push('upgrade'));
  before(async () => {
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const target = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const files = {
      'index.html': page,
      'strict.html': `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'; worker-src 'none'"><h1>Strict</h1>`,
    };
    const proxy = { routes: [{ prefix: '/api', target }], changeOrigin: false };
    site = await LiveSite.start(files, { proxy }, { names: ['foreign.example'] });
  });
  after(async () => {
    await site.close();
    api.closeAllConnections();
    api.close();
  });

  /** What a page gets of the site, by each means that a page has. */
  async function tried(tab: Page, root: string): Promise<Record<string, string>> {
    return tab.evaluate(
      async ([root, stream]) => {
        const fetched = async (address: string, init?: RequestInit) => {
          try {
            const answer = await fetch(address, init);
            return answer.type === 'opaque' ? 'opaque' : String(answer.status);
          } catch {
            return 'refused';
          }
        };
        const opened = (source: EventSource | WebSocket) =>
          new Promise<string>((resolve) => {
            source.onopen = () => resolve('open');
            source.onmessage = () => resolve('told');
            source.onerror = () => resolve('refused');
          }).finally(() => source.close());
        return {
          read: await fetched(root),
          change: await fetched(`${root}api/`, { method: 'POST', body: 'change' }),
          simpleChange: await fetched(`${root}api/`, { method: 'POST', mode: 'no-cors', body: 'change' }),
          events: await opened(new EventSource(root + stream)),
          fetchedEvents: await fetched(root + stream),
          webSocket: await opened(new WebSocket(`${root.replace('http', 'ws')}api/socket`)),
        };
      },
      [root, `.spark/${token}/events?stream=foreign`] as const,
    );
  }

  test('a page of another origin gets nothing of it, and changes nothing behind it', async () => {
    const foreign = createServer((_, response) => response.end('<!doctype html><title>Foreign</title>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const tab = await site.browser.newPage();
    try {
      // Another port of the same host is of the same site, but of another origin; another name is of another site.
      for (const host of ['127.0.0.1', 'foreign.example']) {
        await tab.goto(`http://${host}:${(foreign.address() as AddressInfo).port}/`);
        assert.deepEqual(await tried(tab, site.address), {
          read: 'refused',
          change: 'refused',
          // The browser sends it, and keeps from the page what became of it.
          simpleChange: 'opaque',
          events: 'refused',
          fetchedEvents: 'refused',
          webSocket: 'refused',
        });
      }
      assert.deepEqual(reached, []);
    } finally {
      await tab.close();
      foreign.close();
    }
  });

  test('a name that is made to mean this machine is refused, whatever is asked for', async () => {
    const tab = await site.browser.newPage();
    const { port } = new URL(site.address);
    const rebound = `http://foreign.example:${port}/`;
    assert.equal((await tab.goto(rebound))?.status(), 403);
    // What the name's owner had served before it meant this machine: of the same origin, as the browser sees it.
    await tab.route(`${rebound}before`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Before</title>' }),
    );
    await tab.goto(`${rebound}before`);
    assert.deepEqual(await tried(tab, rebound), {
      read: '403',
      change: '403',
      simpleChange: '403',
      events: 'refused',
      fetchedEvents: '403',
      webSocket: 'refused',
    });
    assert.deepEqual(reached, []);
    await tab.close();
  });

  test('its own pages get all of that', async () => {
    const tab = await site.open('');
    assert.deepEqual(await tried(tab, site.address), {
      read: '200',
      change: '200',
      simpleChange: '200',
      events: 'open',
      fetchedEvents: '200',
      webSocket: 'open',
    });
    assert.deepEqual(reached, ['POST', 'POST', 'upgrade']);
    await tab.close();
  });

  test('a page whose policy forbids workers holds a stream of its own', async () => {
    const tab = await site.browser.newPage();
    await tab.goto(`${site.address}strict.html`);
    site.type(
      'strict.html',
      '<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src \'self\'; worker-src \'none\'"><h1>Changed</h1>',
    );
    await tab.locator('h1', { hasText: 'Changed' }).waitFor();
    site.type('strict.html', null);
    await tab.close();
  });

  test('a page that is loaded again and again goes on under one name', async () => {
    const context = await site.browser.newContext();
    const tab = await context.newPage();
    await tab.route('**/worker.js', (route) => route.abort());
    const names = new Set<string | null>();
    tab.on('request', (request) => {
      const url = new URL(request.url());
      if (url.pathname.endsWith('/events')) names.add(url.searchParams.get('stream'));
    });
    for (let i = 0; i < 10; i++) {
      const opened = tab.waitForRequest(/\/events\?/);
      await tab.goto(site.address);
      await opened;
    }
    assert.equal(names.size, 1);
    await context.close();
  });
});
