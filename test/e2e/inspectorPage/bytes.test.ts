import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { accessibilityViolations } from '../accessibility.ts';
import { exampleDetail, pageExchange } from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import { type InspectorPageUnderTest, textOf, themeNames } from './inspectorPage.ts';

const origin = 1_790_000_000_000;
const detail = exampleDetail({
  ...pageExchange,
  times: { startedAt: origin },
  requestSegments: [
    { start: 0, end: 20, time: origin },
    { start: 20, end: 418, time: origin + 0.41 },
  ],
});

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;

async function open(theme?: string, shown = detail) {
  tested = await openPage({ theme });
  await tested.showExchanges([shown], 0);
  return tested.page;
}

for (const theme of themeNames) {
  test(`${theme}: ruler, legend, search and selection stand in nobody’s way`, async () => {
    const page = await open(theme);
    await page.getByRole('button', { name: 'Legend' }).click();
    await page.getByRole('button', { name: 'Control characters' }).click();
    await page.locator('.hex').first().focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Control+f');
    await tested.settled();
    assert.deepEqual(await accessibilityViolations(page), []);
  });
}

test('the ruler names each read with its time, and control characters are told apart on demand', async () => {
  const page = await open();
  const labels = () => page.locator('.hex').first().locator('.ruler.begins span').allTextContents();
  assert.deepEqual(await labels(), ['read 1 · +0.00 ms', 'read 2 · +0.41 ms']);
  assert.match((await page.locator('.hex').first().textContent()) ?? '', /1\.1··Host: /);
  await page.getByRole('button', { name: 'Control characters' }).click();
  await page.locator('.hex', { hasText: /1\.1←↓Host:·/ }).waitFor();
});

test('bytes are selected by Shift, read in several ways, copied, and searched', async () => {
  const page = await open();
  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  assert.deepEqual(await tested.marked('chosen', 'received'), ['47 45 54 20', 'GET ']);
  const selection = await textOf(page.locator('.selection dl'));
  assert.match(selection, /Length\s*4 \(0x4\)\s*u32 LE\s*542393671\s*u32 BE\s*1195725856/);
  await page.keyboard.press('Control+c');
  await page.getByLabel('Copy the selected bytes as').selectOption('base64');
  const copied = (await tested.posted()).flatMap((message) =>
    message.type === 'copy' ? [message.text] : [],
  );
  assert.deepEqual(copied, ['47 45 54 20', 'R0VUIA==']);

  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('html');
  assert.match(await textOf(page.locator('.find-bytes [role=status]')), /^1 of \d+$/);
  assert.deepEqual(await tested.marked('current-match', 'received'), ['68 74 6D 6C', 'html']);
  await page.keyboard.press('Enter');
  assert.match(await textOf(page.locator('.find-bytes [role=status]')), /^2 of/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.find-bytes').count(), 0);
});

test('the toolbar is one line in a narrow pane too, one stop for Tab, and its last button asks for a menu', async () => {
  const page = await open();
  const stops = page.locator('.bytes-tools button[tabindex="0"]');
  const controls = page.getByRole('button', { name: 'Control characters' });
  const more = page.getByRole('button', { name: 'More Actions...' });
  assert.deepEqual(await stops.allTextContents().then((texts) => texts.map((text) => text.trim())), [
    '¶Control characters',
  ]);
  await controls.focus();
  await page.keyboard.press('End');
  assert.equal(await stops.count(), 1);
  await page.evaluate(() =>
    window.addEventListener('contextmenu', (event) => {
      if (!(event.target instanceof HTMLElement)) return;
      document.title = [event.target.dataset.vscodeContext, event.clientX, event.clientY].join(' ');
    }),
  );
  await page.keyboard.press('Enter');
  const [context, x, y] = (await page.title()).split(' ');
  assert.deepEqual(JSON.parse(context), {
    webviewSection: 'bytesToolbar',
    exchange: detail.row.key,
    preventDefaultContextMenuItems: true,
  });
  const button = await more.boundingBox();
  assert.deepEqual([Number(x), Number(y)], [button?.x, (button?.y ?? 0) + (button?.height ?? 0)]);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Control characters', pressed: true }).waitFor();

  const bar = page.locator('.bytes-tools');
  for (const width of [1200, 750, 330]) {
    await page.setViewportSize({ width, height: 800 });
    await tested.settled();
    const boxes = await bar.getByRole('button').evaluateAll((buttons) =>
      buttons.map((element) => {
        const { top, left, right } = element.getBoundingClientRect();
        return { top, left, right };
      }),
    );
    assert.equal(new Set(boxes.map(({ top }) => top)).size, 1, `${width} pixels`);
    assert.ok(boxes.every(({ left, right }) => left >= 0 && right <= width));
    assert.ok(boxes.every(({ left }, i) => i === 0 || left >= boxes[i - 1].right));
  }
  assert.deepEqual(await accessibilityViolations(page), []);
});

test('bytes that were not kept are one stop for the keyboard, and are read out', async () => {
  const kept = detail.response.kept[0].bytes;
  const cut = kept.subarray(0, 100);
  const end = kept.subarray(-40);
  const { length } = detail.response;
  const response = {
    ...detail.response,
    kept: [
      { offset: 0, bytes: Uint8Array.from(cut) },
      { offset: 200, bytes: Uint8Array.from(end) },
    ],
    length: 240 + length,
  };
  const page = await open(undefined, { ...detail, response });
  const grid = page.locator('.hex').nth(1);
  const cursor = page.locator('#cursor-sent');
  const said = () => cursor.getAttribute('aria-label');
  await grid.focus();
  await page.keyboard.press('Control+End');
  await tested.settled();
  assert.equal(await said(), `from offset 240: ${length} bytes not kept`);
  assert.equal(await grid.getAttribute('aria-activedescendant'), 'cursor-sent');
  const [frame, pane] = [await cursor.boundingBox(), await page.locator('.bytes').boundingBox()];
  assert.ok(frame && pane && frame.width > 100 && frame.y + frame.height <= pane.y + pane.height + 1);
  assert.match(await textOf(page.locator('.strip')), /^Response byte 240 ?not kept/);
  await page.keyboard.press('ArrowUp');
  await tested.settled();
  assert.match((await said()) ?? '', /^offset 224, /);
  for (let row = 0; row < 10 && (await said())?.startsWith('offset'); row++) {
    await page.keyboard.press('ArrowUp');
    await tested.settled();
  }
  assert.equal(await said(), 'from offset 100: 100 bytes not kept');
  await page.keyboard.press('Shift+ArrowRight');
  await tested.settled();
  assert.match(await textOf(page.locator('.selection dl')), /Length ?101 /);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await tested.settled();
  assert.match((await said()) ?? '', /^offset 99, /);
  // And by the pointer.
  await page.locator('.hex-row.not-kept').first().click();
  await tested.settled();
  assert.equal(await said(), 'from offset 100: 100 bytes not kept');
  assert.deepEqual(await accessibilityViolations(page), []);
});

test('the context menu is about what is selected, and about what was clicked outside of it', async () => {
  const page = await open();
  const context = async () =>
    JSON.parse((await page.locator('.bytes').getAttribute('data-vscode-context')) ?? '');
  const grid = page.locator('.hex').first();
  await grid
    .locator('.hex-row')
    .first()
    .click({ button: 'right', position: { x: 60, y: 8 } });
  assert.deepEqual(await context(), {
    webviewSection: 'bytes',
    exchange: detail.row.key,
    message: 'request',
    preventDefaultContextMenuItems: true,
  });
  assert.deepEqual(await tested.marked('chosen', 'received'), ['47 45 54', 'GET']);
  await page.keyboard.press('Control+a');
  await grid
    .locator('.hex-row')
    .nth(1)
    .click({ button: 'right', position: { x: 60, y: 8 } });
  await tested.send({ type: 'copyBytes', format: 'escaped' });
  await tested.settled();
  const copied = (await tested.posted()).flatMap((one) => (one.type === 'copy' ? [one.text] : []));
  assert.equal(copied.length, 1);
  assert.ok(copied[0].startsWith('"GET ') && copied[0].length > 200);
});

test('the search begins at the cursor, F3 goes on, and the strip names the read that carried the byte', async () => {
  const page = await open();
  const count = page.locator('.find-bytes [role=status]');
  const cursor = async () => Number(/byte (\d+)/.exec(await textOf(page.locator('.strip')))?.[1]);
  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+Home');
  for (let row = 0; row < 4; row++) await page.keyboard.press('ArrowDown');
  const from = await cursor();
  assert.match(await textOf(page.locator('.strip')), /read 2 of 2, 398 bytes at \+0\.41 ms/);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('ac');
  await count.getByText(/^\d+ of \d+$/).waitFor();
  const first = await cursor();
  assert.ok(first >= from, `${first} is at ${from} or behind it`);
  await page.keyboard.press('F3');
  const next = await cursor();
  assert.ok(next > first);
  await page.keyboard.press('Shift+F3');
  assert.equal(await cursor(), first);
});

test('another exchange begins at its first byte, wherever the last one was left', async () => {
  tested = await openPage({ height: 400 });
  const { page } = tested;
  const other = { ...detail, row: { ...detail.row, key: 'run/9', id: 9 } };
  await tested.showExchanges([detail, other], 0);
  const top = () => page.locator('.bytes').evaluate((element) => element.scrollTop);
  await page.locator('.bytes').evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await tested.settled();
  assert.ok((await top()) > 0);
  await page.locator('.list-body [data-index="1"] .target').click();
  await page.waitForFunction(() => document.querySelector('.bytes')?.scrollTop === 0);
});

test('a search through 20 MB leaves the page its turns', async () => {
  const page = await open();
  await showLarge(page, 20_000_000);
  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+f');
  await page.getByLabel('Find in bytes').fill('end');
  // Seen by the page while it searches: were it kept, this would be drawn only afterwards.
  await page.locator('.find-bytes [role=status]', { hasText: 'Searching...' }).waitFor();
  await page.locator('.find-bytes [role=status]', { hasText: '1 of 1' }).waitFor();
  await page.locator('.strip', { hasText: 'Response byte 19999997' }).waitFor();
});

test('a message of 100 MB opens, and is scrolled to its end and by the wheel', async () => {
  const page = await open();
  await showLarge(page, 100_000_000);
  await page.locator('.bytes').evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await page.locator('.hex-row', { hasText: /^5F5E0F8 .*end/ }).waitFor();
  const last = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.hex-row:not([hidden])')]
        .map((row) => Number(row.getAttribute('aria-rowindex')))
        .sort((a, b) => a - b)
        .at(-1),
    );
  const end = await last();
  assert.equal(end, 12_500_000);
  await page.locator('.bytes').hover();
  await page.mouse.wheel(0, -180);
  await page.waitForFunction(
    () => !document.querySelector('.hex-row[aria-rowindex="12500000"]:not([hidden])'),
  );
  assert.ok(Number(await last()) > 12_499_970);
});

/** Shows an exchange with a long response. */
async function showLarge(page: Page, length: number): Promise<void> {
  await page.evaluate(
    ({ detail, length }) => {
      const bytes = new Uint8Array(length).fill(0x41);
      bytes.set([0x65, 0x6e, 0x64], length - 3);
      const request = { ...detail.request, kept: [{ offset: 0, bytes: new Uint8Array(16) }], length: 16 };
      const response = { ...detail.response, kept: [{ offset: 0, bytes }], length };
      const data = { type: 'detail', detail: { ...detail, request, response } };
      window.dispatchEvent(new MessageEvent('message', { data }));
    },
    { detail, length },
  );
  await page.locator('.bytes .heading', { hasText: `${length.toLocaleString('en')} bytes` }).waitFor();
}
