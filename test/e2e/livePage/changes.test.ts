import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isSamePage, LiveSite } from './livePage.ts';

const page = (body: string, head = '') =>
  `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Page</title>\n${head}</head>\n<body>\n${body}\n</body>\n</html>\n`;

const form = (text: string) =>
  page(
    `<h1>${text}</h1>\n<form><input name="a"><textarea name="b"></textarea></form>\n<details><summary>More</summary>Inside</details>\n<div style="height: 5000px">tall</div>\n<ul id="list"></ul><script src="fill.js"></script>`,
    '<link rel="stylesheet" href="css/main.css">\n',
  );

const files = {
  'index.html': form('Hello'),
  'other.html': page('<h1>Other</h1><img src="dot.svg" alt="dot">'),
  'fill.js': `for (const word of ['one', 'two']) {
  const item = document.createElement('li');
  item.textContent = word;
  document.getElementById('list').append(item);
}`,
  'css/main.css': '@import "base.css";\nh1 { color: rgb(1, 2, 3) }',
  'css/base.css': 'body { margin: 7px }',
  'dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><circle r="5"/></svg>',
  'alone.html': page('<h1>Alone</h1>').replace('<body>', '<body data-spark-no-reload>'),
  'data.json': '{}',
  'fetches.html': page(
    '<p id="p"></p><script>fetch("data.json").then((r) => r.text()).then((t) => { p.textContent = t; })</script>',
  ),
};

describe('a page whose files change', () => {
  let site: LiveSite;
  before(async () => {
    site = await LiveSite.start(files);
  });
  after(() => site.close());

  test('is patched while its source is typed, and keeps scroll position, input, focus and what scripts made', async () => {
    const tab = await site.open('');
    await tab.locator('input').fill('typed');
    await tab.locator('textarea').fill('more');
    await tab.locator('summary').click();
    await tab.locator('input').focus();
    await tab.evaluate(() => window.scrollTo(0, 1234));
    site.type('index.html', form('Hello, world'));
    await tab.locator('h1', { hasText: 'Hello, world' }).waitFor();
    assert.equal(await isSamePage(tab), true);
    assert.equal(await tab.locator('input').inputValue(), 'typed');
    assert.equal(await tab.locator('textarea').inputValue(), 'more');
    assert.equal(await tab.locator('details').getAttribute('open'), '');
    assert.equal(await tab.evaluate(() => document.activeElement?.tagName), 'INPUT');
    assert.equal(await tab.evaluate(() => window.scrollY), 1234);
    assert.deepEqual(await tab.locator('li').allTextContents(), ['one', 'two']);
    site.type('index.html', null);
    await tab.locator('h1', { hasText: /^Hello$/ }).waitFor();
    assert.equal(await isSamePage(tab), true);
    await tab.close();
  });

  test('is not blanked by what is half typed', async () => {
    const tab = await site.open('');
    site.type('index.html', form('Hello</h1><!-- half'));
    site.type('index.html', form('Hello <b class="'));
    site.type('index.html', form('Whole again'));
    await tab.locator('h1', { hasText: 'Whole again' }).waitFor();
    assert.equal(await isSamePage(tab), true);
    site.type('index.html', null);
    await tab.locator('h1', { hasText: /^Hello$/ }).waitFor();
    await tab.close();
  });

  test('gets a style sheet in place, one that another imports too', async () => {
    const tab = await site.open('');
    const heading = () => tab.locator('h1').evaluate((element) => getComputedStyle(element).color);
    site.change({ 'css/main.css': '@import "base.css";\nh1 { color: rgb(9, 8, 7) }' });
    await tab.waitForFunction(
      () => getComputedStyle(document.querySelector('h1') as Element).color === 'rgb(9, 8, 7)',
    );
    assert.equal(await heading(), 'rgb(9, 8, 7)');
    site.change({ 'css/base.css': 'body { margin: 11px }' });
    await tab.waitForFunction(() => getComputedStyle(document.body).marginTop === '11px');
    site.type('css/base.css', 'body { margin: 12px }');
    await tab.waitForFunction(() => getComputedStyle(document.body).marginTop === '12px');
    assert.equal(await tab.locator('link[rel=stylesheet]').count(), 1);
    assert.equal(await isSamePage(tab), true);
    site.type('css/base.css', null);
    site.change({ 'css/main.css': files['css/main.css'], 'css/base.css': files['css/base.css'] });
    await tab.close();
  });

  test('gets a style sheet that changes faster than it loads: once, as it was last, and in place', async () => {
    const tab = await site.open('');
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let asked = 0;
    await tab.route('**/css/main.css?*', async (route) => {
      if (++asked < 3) await held;
      else letGo();
      await route.continue().catch(() => undefined);
    });
    for (let i = 1; i <= 8; i++) {
      const requested = tab.waitForRequest(/main\.css\?/);
      site.type('css/main.css', `h1 { letter-spacing: ${i}px }`);
      await requested;
    }
    await tab.waitForFunction(
      () => getComputedStyle(document.querySelector('h1') as Element).letterSpacing === '8px',
    );
    await tab.waitForFunction(() => document.querySelectorAll('link[rel=stylesheet]').length === 1);
    assert.equal(await isSamePage(tab), true);
    site.type('css/main.css', null);
    await tab.close();
  });

  test('is loaded anew when a script of it changes, and left alone by what it does not use', async () => {
    const [one, other] = [await site.open(''), await site.open('other.html')];
    const reloaded = one.waitForEvent('load');
    site.change({ 'fill.js': `${files['fill.js']}\ndocument.title = 'Scripted';` });
    await reloaded;
    await one.waitForFunction(() => document.title === 'Scripted');
    const pictured = other.waitForRequest(/dot\.svg\?/);
    site.change({ 'dot.svg': files['dot.svg'].replace('5', '4') });
    await pictured;
    assert.equal(await isSamePage(other), true);
    assert.equal(await isSamePage(one), false);
    await one.close();
    await other.close();
  });

  test('that asks for it is left alone', async () => {
    const [alone, told] = [await site.open('alone.html'), await site.open('')];
    site.type('alone.html', page('<h1>Changed</h1>').replace('<body>', '<body data-spark-no-reload>'));
    site.type('index.html', form('Told'));
    await told.locator('h1', { hasText: 'Told' }).waitFor();
    assert.equal(await alone.locator('h1').textContent(), 'Alone');
    assert.equal(await isSamePage(alone), true);
    for (const name of ['alone.html', 'index.html']) site.type(name, null);
    await Promise.all([alone.close(), told.close()]);
  });

  test('is loaded anew when data changes that it has fetched', async () => {
    const tab = await site.open('fetches.html');
    await tab.locator('p', { hasText: '{}' }).waitFor();
    site.change({ 'data.json': '{"a":1}' });
    await tab.locator('p', { hasText: '{"a":1}' }).waitFor();
    assert.equal(await isSamePage(tab), false);
    await tab.close();
  });

  test('hears of what changed before its stream was open', async () => {
    const tab = await site.browser.newPage();
    await tab.route('**/events*', async (route) => {
      site.type('index.html', form('Meanwhile'));
      await route.continue();
    });
    await tab.route('**/worker.js', (route) => route.abort());
    await site.load(tab, '');
    await tab.locator('h1', { hasText: 'Meanwhile' }).waitFor();
    site.type('index.html', null);
    await tab.close();
  });

  test('twelve pages load and are all told', async () => {
    const context = await site.browser.newContext();
    const tabs = [];
    for (let i = 0; i < 12; i++) {
      const tab = await context.newPage();
      await site.load(tab, '');
      tabs.push(tab);
    }
    site.type('index.html', form('All of you'));
    await Promise.all(tabs.map((tab) => tab.locator('h1', { hasText: 'All of you' }).waitFor()));
    site.type('index.html', null);
    await context.close();
  });
});
