import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { CaptureStore } from '../../../src/capture/store.ts';
import type { InspectorFeed } from '../../../src/extension/inspectorFeed.ts';
import { largeCapture } from '../../bench/largeCapture.ts';
import { batchOf, connectionRecord, exchangeFields } from '../../unit/capture/traffic.ts';
import { accessibilityViolations } from '../accessibility.ts';
import { inspectorPageFixture } from './fixture.ts';
import { type FakeHostOptions, type InspectorPageUnderTest, textOf, themeNames } from './inspectorPage.ts';
import { storeFeed } from './storeFeed.ts';

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;
let feed: InspectorFeed;
let store: CaptureStore;
let layouts: unknown[];
let preserved: boolean[];

afterEach(() => feed.dispose());

/** The page, with the extension host's own code and a store of 600 exchanges behind it. */
async function open(options: Partial<FakeHostOptions> = {}) {
  store = largeCapture(600);
  layouts = [];
  preserved = [];
  tested = await openPage({
    width: 1300,
    ...options,
    host: (post) => {
      feed = storeFeed(store, post, {
        warn: (text) => tested.errors.push(text),
        page: {
          preserve: true,
          setPreserve: (preserve) => preserved.push(preserve),
          keepLayout: (layout) => layouts.push(layout),
          chooseColumns: async () => ['id', 'target', 'status'],
        },
      });
      return (message) => feed.receive(message);
    },
  });
  await tested.page.locator('.list-body .list-row').first().waitFor();
  return tested.page;
}

const summary = (text: string | RegExp) => tested.page.locator('.summary', { hasText: text }).waitFor();
const input = () => tested.page.getByRole('combobox', { name: 'Filter' });
const cell = (row: string, column: string) =>
  tested.page
    .locator(`.list-body [aria-label*="${row}"] [aria-colindex="${columnTitles.indexOf(column) + 1}"]`)
    .first();
const columnTitles = ['id', 'connection', 'time', 'method', 'target', 'status', 'type'];

test('a filter shows what it lets through, in plain words, and what is wrong in place', async () => {
  const page = await open();
  await summary('600 exchanges');
  await page.locator('.list').focus();
  await page.keyboard.press('/');
  await page.keyboard.type('status:404 path:/fav');
  await summary('of 600 exchanges: status is 404 and path contains “/fav”');
  // Rows of before stay until those that take their place have arrived.
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('.list-body .list-row')].filter((row) =>
      row.checkVisibility(),
    );
    return (
      rows.length > 0 && rows.every((row) => row.getAttribute('aria-label')?.startsWith('GET /favicon.ico'))
    );
  });
  const count = await page.locator('.list').getAttribute('aria-rowcount');

  await input().fill('status:4yz path:/fav');
  await page.locator('.summary .severe', { hasText: '“4yz” is no status' }).waitFor();
  assert.equal(await textOf(page.locator('.wrong')), '4yz');
  assert.equal(await input().getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('.list').getAttribute('aria-rowcount'), count);

  await input().fill('path:/nowhere');
  await page.locator('.upper .empty', { hasText: 'No exchange passes the filter.' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await summary('600 exchanges');
  assert.equal(await input().inputValue(), '');
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains('list')));
});

test('what is typed is completed by key, with values that were captured', async () => {
  const page = await open();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('ty');
  await page.getByRole('option', { name: /^type:/ }).waitFor();
  assert.equal(await input().getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  assert.equal(await input().getAttribute('aria-activedescendant'), 'suggestion-0');
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /image\/svg\+xml/ }).click();
  assert.equal(await input().inputValue(), 'type:image/svg+xml ');
  await summary('type contains “image/svg+xml”');
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains('filter-input')));
});

test('the context menu names the cell that it is about, and Filter by This narrows', async () => {
  const page = await open();
  const context = () =>
    page.locator('.list').evaluate((list) => JSON.parse(list.dataset.vscodeContext ?? '{}'));
  await cell('/favicon.ico', 'status').click({ button: 'right' });
  assert.equal((await context()).webviewSection, 'exchange');
  assert.equal((await context()).filterOperator, 'status');
  assert.equal((await context()).filterValue, '404');
  await page.getByRole('columnheader', { name: 'Status' }).click({ button: 'right' });
  assert.deepEqual(await context(), {
    webviewSection: 'listHeader',
    listColumn: 'status',
    preventDefaultContextMenuItems: true,
  });
  // By key, it is about the cell where the keyboard is.
  await page.locator('.list').focus();
  await page.keyboard.press('End');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.locator('#active-cell').waitFor();
  assert.equal(await page.locator('.list').getAttribute('aria-activedescendant'), 'active-cell');
  await page.locator('.list').dispatchEvent('contextmenu');
  assert.equal((await context()).filterOperator, 'method');
  feed.filterBy('method', 'POST', false);
  await summary('method is “POST”');
  feed.filterBy('field', 'host: nowhere', true);
  await summary('method is “POST” and no field “host” contains “nowhere”');
  assert.equal(await input().inputValue(), 'method:POST -field:"host: nowhere"');
});

test('columns sort by click and by key, widen, hide and come back; the layout is kept', async () => {
  const page = await open();
  await page.getByRole('columnheader', { name: 'Method' }).click();
  await page.locator('.list-body [aria-rowindex="2"][aria-label^="GET"]').waitFor();
  await page.getByRole('columnheader', { name: 'Method' }).click();
  await page.locator('.list-body [aria-rowindex="2"][aria-label^="POST"]').waitFor();
  assert.equal(
    await page.getByRole('columnheader', { name: 'Method' }).getAttribute('aria-sort'),
    'descending',
  );
  feed.listCommand({ kind: 'unsort' });
  // Whoever moves the cursor before the rows have come moves it in the order before.
  await page.waitForFunction(
    () => document.querySelector('#column-method')?.getAttribute('aria-sort') !== 'descending',
  );
  await page.locator('.list').focus();
  await page.keyboard.press('Home');
  await page.locator('.list-body [aria-rowindex="2"][aria-label*="exchange 1,"]').waitFor();
  await page.locator('.list[aria-activedescendant="exchange-0"]').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.locator('.list[aria-activedescendant="column-id"]').waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  // What is selected stays in sight.
  await page.locator('.list-body [aria-rowindex="601"][aria-label*="exchange 1,"]').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.waitForFunction(() =>
    getComputedStyle(document.querySelector('.list') as Element)
      .getPropertyValue('--spark-columns')
      .startsWith('48px 64px'),
  );
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[role="columnheader"]').length === 3);
  assert.equal(await page.locator('.list-body [aria-rowindex="601"] [role="gridcell"]').count(), 3);
  feed.listCommand({ kind: 'hideColumn', column: 'id' });
  await page.waitForFunction(() => document.querySelectorAll('[role="columnheader"]').length === 2);
  const layout = layouts.at(-1) as { columns: { shown: string[]; widths: unknown } };
  assert.deepEqual(layout.columns, { shown: ['target', 'status'], widths: { connection: 64 } });
  await tested.close();
  const again = await open({ layout });
  assert.equal(await again.getByRole('columnheader').count(), 2);
});

test('a border between columns is dragged', async () => {
  const page = await open();
  const width = async () =>
    (await page.getByRole('columnheader', { name: 'Method' }).boundingBox())?.width ?? 0;
  const before = await width();
  const border = await page
    .getByRole('columnheader', { name: 'Method' })
    .locator('.column-border')
    .boundingBox();
  assert.ok(border !== null);
  await page.mouse.move(border.x + 2, border.y + 5);
  await page.mouse.down();
  await page.mouse.move(border.x + 42, border.y + 5, { steps: 3 });
  await page.mouse.up();
  assert.equal(await width(), before + 40);
  assert.equal(await page.getByRole('columnheader', { name: 'Method' }).getAttribute('aria-sort'), 'none');
});

test('paused, marked, preserved, announced: as the user wants it', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Pause the list' }).click();
  await page.locator('.toggle[aria-label="Pause the list"][aria-pressed="true"]').waitFor();
  store.addRun({ id: 'next', serverName: 'site', root: '/site', startedAt: 0 });
  store.add('next', oneExchange());
  await summary('601 exchanges · paused, 1 new');
  assert.equal(await page.locator('.list').getAttribute('aria-rowcount'), '601');
  assert.equal(await textOf(page.locator('.arrivals')), '');
  await page.getByRole('button', { name: 'Announce new exchanges' }).click();
  await page.getByRole('button', { name: 'Pause the list' }).click();
  await page.locator('.list-body [aria-label*="/announced"]').waitFor();
  store.addRun({ id: 'last', serverName: 'site', root: '/site', startedAt: 0 });
  store.add('last', oneExchange());
  await page.locator('.arrivals', { hasText: '1 new exchange' }).waitFor({ state: 'attached' });
  await page.locator('.list').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('m');
  await page.locator('.list-body [aria-label*="marked"]').first().waitFor();
  await page.getByRole('button', { name: 'Keep across server restarts' }).click();
  assert.deepEqual(preserved, [false]);
  feed.filterBy('is', 'marked', false);
  await summary('1 of 602 exchanges');
});

for (const theme of themeNames) {
  test(`${theme}: the filter stands in nobody’s way`, async () => {
    const page = await open({ theme });
    await page.keyboard.press('/');
    await page.keyboard.type('is:');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await violations(), []);
    await input().fill('is:green');
    await page.locator('.summary .severe').waitFor();
    assert.deepEqual(await violations(), []);
  });
}

function oneExchange() {
  const exchange = exchangeFields(1, { target: '/announced', status: 200, responseStart: 0, endedAt: 3000 });
  return batchOf(1, { connections: [connectionRecord(1)], exchanges: [exchange] });
}

async function violations(): Promise<string[]> {
  await tested.settled();
  return accessibilityViolations(tested.page);
}

test('what stands in a message filters the list too, by key and by the context menu', async () => {
  const page = await open();
  await page.locator('.list-body .list-row').first().click();
  const method = page.locator('.messages .token.role-method');
  await method.focus();
  await page.keyboard.press('f');
  await summary('method is “GET”');
  await page.locator('.messages .token.role-name').first().click({ button: 'right' });
  const menu: Record<string, unknown> = JSON.parse(
    (await page.locator('.messages').getAttribute('data-vscode-context')) ?? '',
  );
  assert.deepEqual([menu.webviewSection, menu.filterOperator], ['meaning', 'field']);
  await page.locator('.messages .token.role-status').first().focus();
  await page.keyboard.press('Shift+F');
  await summary('status is not');
});
