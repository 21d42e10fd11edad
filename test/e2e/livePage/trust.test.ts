import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { LiveSite, token } from './livePage.ts';

const page = '<!doctype html><title>Page</title><h1>Hello</h1>';

describe('live reload and those it is not for', () => {
  let site: LiveSite;
  before(async () => {
    site = await LiveSite.start({
      'index.html': page,
      'strict.html': `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'; worker-src 'none'"><h1>Strict</h1>`,
    });
  });
  after(() => site.close());

  test('a page of another origin gets neither the stream nor what it says', async () => {
    const foreign = createServer((_, response) => response.end('<!doctype html><title>Foreign</title>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const tab = await site.browser.newPage();
    try {
      await tab.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
      // Another port of the same host is of the same site, but of another origin.
      const outcome = await tab.evaluate(
        (address) =>
          new Promise((resolve) => {
            const source = new EventSource(address);
            source.onopen = () => resolve('open');
            source.addEventListener('change', () => resolve('told'));
            source.onerror = () => resolve('refused');
          }),
        `${site.address}.spark/${token}/events?stream=foreign`,
      );
      assert.equal(outcome, 'refused');
      const read = await tab.evaluate(
        (address) =>
          fetch(address).then(
            () => 'read',
            () => 'refused',
          ),
        site.address,
      );
      assert.equal(read, 'refused');
    } finally {
      await tab.close();
      foreign.close();
    }
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
