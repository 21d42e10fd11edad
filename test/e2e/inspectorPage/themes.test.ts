import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { CallLines } from '../../../src/protocol/calls.ts';
import { accessibilityViolations } from '../accessibility.ts';
import { chunkedExchange, exampleDetail, malformedExchange, manyRows, pageExchange } from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import { type FakeHostOptions, type InspectorPageUnderTest, themeNames } from './inspectorPage.ts';

const details = [pageExchange, malformedExchange, chunkedExchange].map(exampleDetail);

const call = { startedAt: details[1].times.startedAt, duration: 0.5, thread: 8, process: 7, count: 2 };
const exampleCalls: CallLines = {
  lines: [
    { ...call, text: 'accept4(20, 127.0.0.1:4711, SOCK_CLOEXEC)', result: '23', kind: 'other' },
    { ...call, text: 'poll([{fd=23, events=POLLIN}], 1, 250)', result: '0', kind: 'waiting' },
    { ...call, text: 'recv(23, 65536, 0)', result: '-1 ECONNRESET', kind: 'failed' },
  ],
  total: 500,
  untraced: 'libuv',
  isIncomplete: true,
};

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;

async function open(index: number, options: Partial<FakeHostOptions> = {}) {
  tested = await openPage(options);
  await tested.showExchanges(details, index);
  return tested.page;
}

const outline = (locator: Locator) =>
  locator.evaluate((element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    return outlineStyle === 'none' || outlineColor === 'rgba(0, 0, 0, 0)' ? '' : outlineWidth;
  });

for (const theme of themeNames) {
  test(`${theme}: nothing stands in the way of those who do not see or do not point`, async () => {
    const page = await open(1, { theme });
    tested.calls = exampleCalls;
    await tested.fill([...details.map(({ row }) => row), ...manyRows(40).slice(3)], details);
    await page.keyboard.press('F8');
    await tested.settled();
    assert.deepEqual(await accessibilityViolations(tested.page), []);
    await page.getByRole('button', { name: 'Parser', exact: true }).click();
    await page.getByRole('slider').press('PageUp');
    await page.locator('.scrub details').evaluate((element) => element.setAttribute('open', ''));
    await tested.settled();
    assert.deepEqual(await accessibilityViolations(tested.page), []);
    for (const tab of [/Findings/, /Timing/]) {
      await page.getByRole('tab', { name: tab }).click();
      if (tab.test('Timing')) await page.locator('.calls tbody tr').first().waitFor();
      await tested.settled();
      assert.deepEqual(await accessibilityViolations(tested.page), []);
    }
  });

  test(`${theme}: the offending byte, the cursor and the selected row are framed, not only coloured`, async () => {
    const page = await open(1, { theme });
    await page.locator('.list').focus();
    assert.equal(await outline(page.locator('.list-row[aria-selected="true"]')), '1px');
    await page.keyboard.press('F8');
    await page.keyboard.press('ArrowLeft');
    await tested.settled();
    assert.equal(await outline(page.locator('.offence').first()), '2px');
    assert.equal(await outline(page.locator('#cursor-received')), '2px');
    assert.equal(await page.locator('.line.broken > .icon').count(), 1);
  });
}

for (const theme of themeNames) {
  test(`${theme}: the waterfall’s lanes are drawn, and the ruler stands out from what it lies on`, async () => {
    const page = await open(0, { theme });
    const lanes = await page
      .locator('.list-body .list-row:not([hidden]) .waterfall')
      .evaluateAll((cells) =>
        cells.map((cell) => getComputedStyle(cell).backgroundImage.split('gradient').length - 1),
      );
    assert.deepEqual(lanes, [6, 6, 6]);
    // As of a theme of VS Code's own.
    await page.evaluate(() =>
      document.documentElement.style.setProperty('--vscode-charts-orange', 'rgba(234, 92, 0, 0.33)'),
    );
    const contrast = await page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const ruler = document.createElement('div');
      ruler.className = 'ruler';
      document.querySelector('.hex-row')?.append(ruler);
      if (context === null) return 0;
      const luminances = [undefined, getComputedStyle(ruler).borderLeftColor].map((colour) => {
        context.fillStyle = getComputedStyle(document.body).backgroundColor;
        context.fillRect(0, 0, 1, 1);
        context.fillStyle = colour ?? context.fillStyle;
        context.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data]
          .map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
      });
      return Math.max(...luminances) / Math.min(...luminances);
    });
    assert.ok(contrast >= 3, `a contrast of ${contrast.toFixed(2)}`);
  });
}

test('in another language nothing but explanations is English, and says so', async () => {
  const page = await open(1, { language: 'de', width: 640, height: 400, zoom: 2 });
  assert.deepEqual(await accessibilityViolations(tested.page), []);
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  assert.equal(await page.getByRole('grid', { name: 'Austausche' }).count(), 1);
  assert.match(
    (await page.locator('.list-row[aria-selected="true"]').getAttribute('aria-label')) ?? '',
    /Verbindung/,
  );
  assert.match((await page.locator('.heading').first().textContent()) ?? '', /Anfrage 2/);
  await page.getByRole('tab', { name: /Befunde/ }).click();
  assert.ok((await page.locator('.finding [lang="en"]').count()) > 0);
});

test('an empty page stands in nobody’s way either', async () => {
  tested = await openPage();
  await tested.sendList({ serverRuns: false });
  assert.deepEqual(await accessibilityViolations(tested.page), []);
});

test('where the system’s colours rule, the offending byte and the chosen line are framed', async () => {
  const page = await open(1, { theme: 'Light High Contrast', forcedColors: true });
  await page.keyboard.press('F8');
  await tested.settled();
  assert.equal(await outline(page.locator('.offence').first()), '3px');
  assert.equal(await outline(page.locator('.line.chosen-line')), '2px');
});

test('a narrow panel stacks meaning and bytes, and shortens rows', async () => {
  const page = await open(0, { width: 520 });
  const meaning = await page.locator('.meaning').boundingBox();
  const bytes = await page.locator('.bytes').boundingBox();
  assert.ok(meaning !== null && bytes !== null);
  assert.ok(bytes.y >= meaning.y + meaning.height && bytes.x === meaning.x);
  assert.equal(await page.locator('.hex').first().getAttribute('aria-colcount'), '9');
  await page.setViewportSize({ width: 1400, height: 800 });
  await page.locator('.hex[aria-colcount="17"]').first().waitFor();
  const beside = await page.locator('.bytes').boundingBox();
  assert.ok(beside !== null && beside.x > 100);
});

test('in a low page, as with much zoom, every part keeps some height, and what a key leads to comes into sight', async () => {
  const page = await open(1, { width: 550, height: 370, zoom: 2 });
  await page.getByRole('button', { name: 'Parser', exact: true }).click();
  await page.getByRole('slider').press('PageDown');
  await tested.settled();
  const heightOf = async (selector: string) => (await page.locator(selector).boundingBox())?.height ?? 0;
  assert.ok((await heightOf('.list')) >= 80);
  assert.ok((await heightOf('.meaning')) >= 110);
  assert.ok((await heightOf('.scrub')) >= 80);
  assert.ok((await heightOf('.bytes')) >= 80);
  const isInSight = async (selector: string) => {
    const box = await page.locator(selector).first().boundingBox();
    const strip = await page.locator('.strip').boundingBox();
    return box !== null && strip !== null && box.y >= 0 && box.y + box.height <= strip.y + 1;
  };
  assert.ok(await isInSight('.scrub-controls'));
  await page.locator('.list').focus();
  await page.locator('.page').evaluate((element) => element.scrollTo(0, 0));
  assert.equal(await isInSight('.bytes'), false);
  await page.keyboard.press('F8');
  await tested.settled();
  assert.ok(await isInSight('.offence'));
  assert.deepEqual(await accessibilityViolations(tested.page), []);
});

test('where meaning and bytes lie one above the other, the border between them moves up and down', async () => {
  const page = await open(0, { width: 550, height: 900 });
  const border = page.getByRole('separator', { name: 'Size of the meaning' });
  assert.equal(await border.getAttribute('aria-orientation'), 'horizontal');
  const height = async () => (await page.locator('.meaning').boundingBox())?.height ?? 0;
  const before = await height();
  await border.focus();
  await page.keyboard.press('ArrowUp');
  const after = await height();
  assert.ok(after < before, `${after} pixels of ${before}`);
  await page.setViewportSize({ width: 1400, height: 800 });
  await page.locator('.splitter[aria-orientation="vertical"]').waitFor();
});

test('borders move by key, and the page remembers where to', async () => {
  const page = await open(0);
  await page.getByRole('separator', { name: 'Size of the meaning' }).focus();
  const width = async () => (await page.locator('.meaning').boundingBox())?.width ?? 0;
  const before = await width();
  await page.keyboard.press('ArrowLeft');
  assert.ok((await width()) < before);
  const state = await page.evaluate(() => window.keptState);
  const share =
    typeof state === 'object' && state !== null && 'meaningShare' in state ? state.meaningShare : 0;
  assert.equal(share, 0.43);
});
