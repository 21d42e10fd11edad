import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { exampleDetail, malformedExchange, manyRows, pageExchange } from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import type { FakeHostOptions, InspectorPageUnderTest } from './inspectorPage.ts';

const first = exampleDetail(pageExchange);
const second = exampleDetail(malformedExchange);

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;

async function open(options: Partial<FakeHostOptions> = {}): Promise<Page> {
  tested = await openPage(options);
  return tested.page;
}

/** Waits until something that is in sight and named has the focus, as it should be. */
async function focused(name: string): Promise<void> {
  await tested.page.waitForFunction(
    (wanted) => {
      const element = document.activeElement;
      if (element === null || element === document.body || !element.checkVisibility()) return false;
      return (element.getAttribute('aria-label') ?? element.textContent?.trim()) === wanted;
    },
    name,
    { timeout: 10_000 },
  );
}

test('whoever opens the page finds the focus in it: in the list, else at what to do', async () => {
  const page = await open();
  await tested.sendList({ serverRuns: false });
  await focused('Start Server');
  await page.keyboard.press('Enter');
  await tested.sendList({ serverRuns: true });
  await focused('Filter');
  await tested.close();
  await open();
  await tested.fill([first.row], [first]);
  await focused('Exchanges');
});

test('a button that has done its work and goes leaves the focus in the list, or where the list was', async () => {
  const page = await open();
  await tested.fill(manyRows(200));
  await page.evaluate(() => document.querySelector('.list')?.scrollTo(0, 0));
  await page.getByRole('button', { name: 'Newest' }).focus();
  await page.keyboard.press('Enter');
  await focused('Exchanges');
  await page.getByRole('button', { name: 'Clear the capture' }).focus();
  await page.keyboard.press('Enter');
  await tested.fill([]);
  await focused('Filter');
});

test('when the exchange goes, the focus goes to the list from whatever showed it', async () => {
  const page = await open();
  await tested.showExchanges([first, second], 1);
  const gone = async () => {
    await tested.send({ type: 'gone', exchange: second.row.key, reason: 'It was displaced.' });
    await focused('Exchanges');
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await page.locator('.violation').first().waitFor();
  };
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('.messages') !== null));
  await gone();
  await page.keyboard.press('F8');
  await focused('Request bytes, 76 bytes');
  await gone();
  await page.getByRole('tab', { name: /Findings/ }).focus();
  await gone();
  await page.getByRole('separator', { name: 'Size of the meaning' }).focus();
  await gone();
});

test('another exchange in the place of the one that was read leaves the focus in its pane', async () => {
  const page = await open();
  await tested.showExchanges([first, second], 0);
  await page.locator('.meaning .field', { hasText: 'Host' }).first().locator('.cell').first().focus();
  await page.keyboard.press('Control+End');
  await tested.send({ type: 'reveal', exchange: second.row.key });
  await page.locator('.violation').first().waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('.messages') != null);
});

test('more system calls, and then no more to ask for: the focus stays beside them', async () => {
  const page = await open();
  const call = { duration: 0.1, thread: 7, process: 7, count: 1, result: '3', kind: 'receiving' as const };
  const lines = Array.from({ length: 120 }, (_, i) => ({
    ...call,
    text: 'recv(23, 65536, 0)',
    startedAt: first.row.startedAt + i,
  }));
  tested.calls = { lines, total: 120, untraced: 'libuv', isIncomplete: false };
  await tested.showExchanges([first], 0);
  await page.getByRole('tab', { name: 'Timing' }).click();
  await page.getByRole('button', { name: 'Show more (20 calls)' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.calls tbody tr').nth(119).waitFor();
  await focused('Timing');
});

test('who clicks beside everything has the focus nowhere, and it is left there', async () => {
  const page = await open();
  await tested.showExchanges([first, second], 0);
  await page.locator('.summary').click();
  await tested.settled();
  assert.ok(await page.evaluate(() => document.activeElement === document.body));
  await tested.sendList();
  await tested.settled();
  assert.ok(await page.evaluate(() => document.activeElement === document.body));
});
