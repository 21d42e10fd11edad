import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chunkedExchange,
  exampleDetail,
  hostileExchange,
  malformedExchange,
  pageExchange,
} from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import { type InspectorPageUnderTest, textOf } from './inspectorPage.ts';

const details = [pageExchange, malformedExchange, chunkedExchange, hostileExchange].map(exampleDetail);

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;

async function open(index: number) {
  tested = await openPage();
  await tested.showExchanges(details, index);
  return tested.page;
}

/** Hex and text of some bytes, as they stand in rows of 16. */
const inRows = (hexPart: string, textPart: string) => [hexPart, textPart];
const strip = () => textOf(tested.page.locator('.strip'));

test('pointing at a field value marks its bytes, and its field more faintly', async () => {
  const page = await open(0);
  await page.locator('.field', { hasText: 'Host' }).first().locator('.role-value').hover();
  assert.deepEqual(await tested.marked('pointed', 'received'), [
    ...inRows('6C 6F 63 61 6C', 'local'),
    ...inRows('68 6F 73 74 3A 35 35 30  30', 'host:5500'),
  ]);
  assert.deepEqual(await tested.marked('pointed-line', 'received'), [
    ...inRows('48 6F 73  74 3A 20 6C 6F 63 61 6C', 'Host: local'),
    ...inRows('68 6F 73 74 3A 35 35 30  30 0D 0A', 'host:5500··'),
  ]);
  assert.match(await strip(), /Request byte 43.*0x6C "l".*field-value.*RFC 9110 section 5\.5.*bytes 43–56/s);
  await page.mouse.move(5, 5);
  assert.deepEqual(await tested.marked('pointed', 'received'), []);
});

test('pointing at a byte marks its field, and the rest of its bytes', async () => {
  const page = await open(0);
  const { x, y } = await characterAt(0, 'text', 1);
  await page.mouse.move(x, y);
  assert.deepEqual(await tested.marked('pointed', 'received'), inRows('47 45 54', 'GET'));
  assert.equal(await textOf(page.locator('.meaning .token.pointed')), 'GET');
  assert.match(await strip(), /Request byte 1.*0x45 "E".*method.*RFC 9112 section 3\.1/s);
  const inHex = await characterAt(0, 'hex', 5);
  await page.mouse.move(inHex.x, inHex.y);
  assert.equal(await textOf(page.locator('.meaning .token.pointed')), '/index.html');
});

test('a click chooses, and stays when the pointer leaves', async () => {
  const page = await open(0);
  const { x, y } = await characterAt(0, 'hex', 0);
  await page.mouse.click(x, y);
  await page.mouse.move(5, 5);
  assert.deepEqual(await tested.marked('chosen', 'received'), inRows('47 45 54', 'GET'));
  assert.equal(await textOf(page.locator('.meaning .token.chosen')), 'GET');
  await page.locator('.meaning .role-status', { hasText: '200' }).click();
  assert.deepEqual(await tested.marked('chosen', 'received'), []);
  assert.deepEqual(await tested.marked('chosen', 'sent'), inRows('32 30 30', '200'));
});

test('what is chosen in the meaning scrolls into sight among the bytes', async () => {
  const page = await open(0);
  await page.locator('.meaning .role-name', { hasText: 'Content-Length' }).click();
  assert.deepEqual(
    (await tested.marked('chosen', 'sent')).join(''),
    '43 6F 6E 74 65 6E 74  2D 4C 65 6E 67 74 68Content-Length',
  );
  const cursor = page.locator('#cursor-sent');
  assert.match(
    (await cursor.getAttribute('aria-label')) ?? '',
    /^offset 145, hexadecimal 43, "C", in field-name/,
  );
  // The rows are drawn anew in the frame after the scrolling.
  await page.waitForFunction(() => {
    const pane = document.querySelector('.bytes')?.getBoundingClientRect();
    const box = document.querySelector('#cursor-sent')?.getBoundingClientRect();
    return pane && box ? box.top >= pane.top && box.bottom <= pane.bottom : false;
  });
});

test('a byte that is chosen brings its field into sight, from another tab too', async () => {
  const page = await open(0);
  await page.setViewportSize({ width: 1200, height: 420 });
  const isInSight = () =>
    page.waitForFunction(() => {
      const pane = document.querySelector('#panel-messages')?.getBoundingClientRect();
      const box = document.querySelector('.messages .chosen')?.getBoundingClientRect();
      return pane && box && box.height > 0 && box.top >= pane.top && box.bottom <= pane.bottom;
    });
  const last = page.locator('.hex').last();
  await last.focus();
  await page.keyboard.press('Control+Home');
  await isInSight();
  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+Home');
  await isInSight();
  await page.getByRole('tab', { name: /Findings/ }).click();
  await last.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.textContent === 'HTTP/1.1');
  await isInSight();
});

test('the keyboard walks by byte, by row, by grammar element, to the meaning and back', async () => {
  const page = await open(0);
  const at = async () => (await textOf(page.locator('.strip span').first())).replace(/\D+/, '');
  await page.locator('.hex').first().focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await at(), '1');
  for (const [key, expected] of [
    ['ArrowDown', '17'],
    ['End', '31'],
    ['Home', '16'],
    ['ArrowUp', '0'],
    ['Alt+ArrowRight', '3'],
    ['Alt+ArrowRight', '4'],
    ['Alt+ArrowRight', '26'],
    ['Alt+ArrowLeft', '4'],
    ['Control+End', '417'],
    ['ArrowRight', '417'],
    ['Control+Home', '0'],
    ['ArrowLeft', '0'],
    ['Alt+ArrowRight', '3'],
    ['Alt+ArrowRight', '4'],
  ] as const) {
    await page.keyboard.press(key);
    assert.equal(await at(), expected, key);
  }
  assert.equal(await page.locator('.hex').first().getAttribute('aria-activedescendant'), 'cursor-received');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), '/index.html');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'GET');
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'localhost:5500');
  assert.deepEqual((await tested.marked('chosen', 'received')).at(-1), 'host:5500');
  await page.keyboard.press('Enter');
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    'Request bytes, 418 bytes',
  );
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Exchanges');
});

test('Tab goes by the other message without a change of what is selected, to what can be done with it', async () => {
  const page = await open(0);
  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Tab');
  assert.match(await strip(), /^Request byte 1 .*bytes 0–1 \(2\)/);
  const { outlineStyle } = await page
    .locator('.hex')
    .last()
    .evaluate((grid) => ({ outlineStyle: getComputedStyle(grid).outlineStyle }));
  assert.equal(outlineStyle, 'solid');
  await page.keyboard.press('ArrowDown');
  assert.match(await strip(), /^Response byte 0 /);
});

test('keys that were used go no further, others do', async () => {
  const page = await open(1);
  await page.evaluate(() => {
    Object.assign(window, { reached: [] });
    window.addEventListener('keydown', (event) =>
      (window as unknown as { reached: string[] }).reached.push(event.key),
    );
  });
  await page.locator('.hex').first().focus();
  for (const key of ['ArrowDown', 'Alt+ArrowLeft', 'F8', 'Enter', 'F1', 'Control+p'])
    await page.keyboard.press(key);
  const reached = await page.evaluate(() => (window as unknown as { reached: string[] }).reached);
  assert.deepEqual(
    reached.filter((key) => key !== 'Alt' && key !== 'Control'),
    ['F1', 'p'],
  );
});

test('the grids have one tab stop each', async () => {
  const page = await open(0);
  await page.locator('.list').focus();
  const stops: (string | null | undefined)[] = [];
  for (let i = 0; i < 9; i++) {
    await page.keyboard.press('Tab');
    stops.push(
      await page.evaluate(() => {
        const element = document.activeElement;
        return element?.closest('.meaning')
          ? (element.getAttribute('aria-label') ?? 'Meaning')
          : (element?.getAttribute('aria-label') ?? element?.textContent?.replace(/[¶▦▷\s]+/g, ' ').trim());
      }),
    );
  }
  assert.deepEqual(stops, [
    'Height of the list',
    'Meaning',
    'Follow connection 1',
    'Explain lines',
    'Meaning',
    'Size of the meaning',
    'Control characters',
    'Request bytes, 418 bytes',
    'Response bytes, 269 bytes',
  ]);
});

test('F8 leads to the byte that broke a rule, which is named with its source', async () => {
  const page = await open(1);
  await page.locator('.list').focus();
  await page.keyboard.press('F8');
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    'Request bytes, 76 bytes',
  );
  assert.match(await strip(), /Request byte 54.*0x20 SP.*breaks space-before-colon/s);
  assert.deepEqual(await tested.marked('violation', 'received'), ['20', ' ']);
  const row = page.locator('.hex-row.offending');
  assert.match(await textOf(row), /^0030/);
  assert.equal(await row.locator('.offence').count(), 2);
  const violation = page.locator('.violation');
  assert.match(await textOf(violation), /White space stands between a field name and its colon\./);
  assert.match(await textOf(violation), /answered with 400/);
  assert.equal(
    await violation.locator('a').getAttribute('href'),
    'https://www.rfc-editor.org/rfc/rfc9112#section-5.1',
  );
  assert.match(await textOf(page.locator('.line.broken')), /Not parsed · 22 bytes/);
});

test('a chunked body is joined, its trailers follow, and what delimits chunks is marked as body', async () => {
  const page = await open(2);
  const body = page.locator('.line.body').first();
  assert.match(await textOf(body), /Body · 23 bytes · application\/json · 3 chunks/);
  await body.getByRole('button', { name: 'Text' }).click();
  assert.equal(await page.locator('.block pre').first().textContent(), '{"name":"spark","n":1}\n');
  assert.equal(await textOf(page.locator('.line.trailer .role-name')), 'Checksum');
  await body.hover();
  assert.match((await tested.marked('pointed-line', 'received')).join(' '), /39 0D 0A/);
});

test('hostile bytes show as text and run nothing', async () => {
  const page = await open(3);
  await tested.settled();
  assert.equal(await page.evaluate(() => window.stolen), undefined);
  assert.equal(await page.locator('.meaning script, .meaning img, .list script, .bytes script').count(), 0);
  const text = (await page.locator('.page').textContent()) ?? '';
  assert.ok(text.includes('/<script>window.stolen=1</script>'));
  assert.ok(text.includes('"><img src=x onerror=window.stolen=1>'));
  assert.ok(text.includes('\\x1B[31mred'));
  assert.ok(text.includes('\\u{202E}gnp.exe'));
  assert.ok(text.includes('\\xFF\\xFE\\xC3'));
  assert.doesNotMatch(text.replaceAll(/\s/g, ''), /\p{C}/u);
});

test('a field of 10 MB opens as text, and the page stays small', async () => {
  const huge = exampleDetail({
    id: 9,
    request: `GET / HTTP/1.1\r\nHost: a\r\nX-Huge: ${'<b>\xff'.repeat(2_500_000)}\r\n\r\n`,
    response: 'HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\n\r\n',
  });
  tested = await openPage();
  const { page } = tested;
  await tested.showExchanges([huge], 0);
  assert.match((await page.locator('.meaning').textContent()) ?? '', /X-Huge.*<b>/s);
  assert.ok((await page.evaluate(() => document.querySelectorAll('*').length)) < 3000);
  assert.ok((await page.evaluate(() => document.body.textContent?.length ?? 0)) < 200_000);
  assert.equal(await page.locator('.page b').count(), 0);
});

/** The middle of the character that shows a byte of the request's first row. */
async function characterAt(row: number, part: 'hex' | 'text', column: number) {
  return tested.page.evaluate(
    ({ row, part, column }) => {
      const text = document.querySelector(`.hex [aria-rowindex="${row + 1}"] span`)?.firstChild;
      if (!text) throw new Error('The row is not drawn.');
      const range = document.createRange();
      const character = part === 'hex' ? 6 + column * 3 + (column >= 8 ? 1 : 0) : 56 + column;
      range.setStart(text, character);
      range.setEnd(text, character + 1);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    { row, part, column },
  );
}
