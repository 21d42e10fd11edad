import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureStore } from '../../../src/capture/store.ts';
import { batchOf, connectionRecord, exchangeFields, type Segment } from '../../unit/capture/traffic.ts';
import { accessibilityViolations } from '../accessibility.ts';
import { inspectorPageFixture } from './fixture.ts';
import { textOf, themeNames } from './inspectorPage.ts';
import { storeFeed } from './storeFeed.ts';

const time = 1_790_000_000_000;
const get = 'GET /chat HTTP/1.1\r\nHost: localhost:5500\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

const openPage = inspectorPageFixture();

function segment(direction: 0 | 1, offset: number, text: string, at: number): Segment {
  return { connection: 1, direction, offset, bytes: Buffer.from(text, 'latin1'), time: time + at };
}

/** A connection that was upgraded, with a tunnel's bytes after it. */
function newStore(): CaptureStore {
  const store = new CaptureStore(2 ** 26);
  store.addRun({ id: 'run', serverName: 'site', root: '/site', startedAt: time });
  const row = {
    target: '/chat',
    requestStart: 0,
    requestEnd: get.length,
    requestEndedAt: time + 1,
    responseStart: 0,
    responseEnd: switched.length,
    status: 101,
    startedAt: time,
    endedAt: time + 2,
  };
  store.add(
    'run',
    batchOf(1, {
      connections: [connectionRecord(1, { openedAt: time })],
      exchanges: [exchangeFields(1, row)],
      segments: [
        segment(0, 0, get, 1),
        segment(1, 0, switched, 2),
        segment(0, get.length, '\x81\x85\x01\x02\x03\x04iggh', 414),
        segment(1, switched.length, '\x81\x05<b>hi', 415),
      ],
    }),
  );
  return store;
}

async function open(store: CaptureStore, theme?: string) {
  const exported: string[] = [];
  const copied: string[] = [];
  const tested = await openPage({
    width: 1100,
    ...(theme === undefined ? {} : { theme }),
    host: (post) => {
      const feed = storeFeed(store, post, {
        copyConnection: (...what) => copied.push(what.join(' ')),
        exportConnection: (connection) => exported.push(connection),
        warn: (text) => tested.errors.push(text),
      });
      return (message) => feed.receive(message);
    },
  });
  await tested.page.locator('.list-body .list-row').first().click();
  await tested.page.getByRole('button', { name: 'Follow connection 1' }).click();
  await tested.page.locator('.follow-bytes').first().waitFor();
  return { tested, page: tested.page, exported, copied };
}

test('a connection is followed, live, with its pauses; exchanges lead back to the list', async () => {
  const store = newStore();
  const { page, exported, copied } = await open(store);
  const rows = () => page.locator('.follow-row').allTextContents();
  const headers = (await rows()).map((row) => row.replaceAll(/\s+/g, ' ').trim());
  assert.equal(headers[0], 'Exchange 1: GET /chat');
  assert.match(headers[1], /^→ Received \d+ bytes \d\d:\d\d:20\.001$/);
  assert.equal(headers[2], 'GET /chat HTTP/1.1\\r\\n');
  assert.ok(headers.some((row) => /^→ Received 10 bytes .* 412 ms pause$/.test(row)));
  assert.ok(
    headers.some((row) => row.endsWith('<b>hi')),
    'tunnelled bytes are text',
  );
  assert.match(
    await textOf(page.locator('.follow h2')),
    /^Connection 1 · from 127\.0\.0\.1:\d+ · site · open$/,
  );
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains('follow-rows')));

  const sentSoFar = switched.length + 7;
  store.add('run', batchOf(2, { segments: [segment(1, sentSoFar, 'more of it', 900)] }));
  await page.locator('.follow-bytes', { hasText: 'more of it' }).waitFor();

  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('ArrowDown');
  const current = () => page.locator('#follow-current').textContent();
  assert.match((await current()) ?? '', /GET \/chat HTTP/);
  await page.getByRole('button', { name: 'Hex' }).click();
  assert.match((await rows()).join('\n'), /000000 {2}47 45 54 20 2F 63/);
  await page.getByRole('button', { name: 'Copy sent' }).click();
  await page.getByRole('button', { name: 'Text' }).click();
  await page.getByRole('button', { name: 'Copy all' }).click();
  await page.getByRole('button', { name: 'Export' }).click();
  await page.waitForFunction(() => window.posted.some(({ type }) => type === 'exportConnection'));
  assert.deepEqual(exported, ['run/1']);
  assert.deepEqual(copied, ['run/1 sent hex', 'run/1 both text']);

  await page.locator('.follow-rows').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.follow').isVisible(), false);
  await page.getByRole('button', { name: 'Follow connection 1' }).click();
  await page.locator('.follow-row').first().waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.follow').isVisible(), false);
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains('list')));
});

for (const theme of themeNames) {
  test(`${theme}: a followed connection stands in nobody’s way`, async () => {
    const { page } = await open(newStore(), theme);
    assert.deepEqual(await accessibilityViolations(page), []);
  });
}

test('in a narrow panel, and with much zoom, buttons go below the title, and most of the height is the bytes’', async () => {
  const { tested, page } = await open(newStore());
  for (const size of [
    { width: 690, height: 520 },
    { width: 550, height: 370 },
    { width: 320, height: 370 },
  ]) {
    await page.setViewportSize(size);
    await tested.settled();
    const heights = await page.evaluate(() =>
      ['.follow h2', '.follow-rows'].map(
        (selector) => document.querySelector(selector)?.getBoundingClientRect().height ?? 0,
      ),
    );
    assert.ok(heights[0] <= 44, `${size.width} pixels: the title is ${heights[0]} pixels high`);
    assert.ok(heights[1] > size.height / 2, `${size.width} pixels: ${heights[1]} pixels of bytes`);
    assert.equal(await page.locator('.page').evaluate((one) => one.scrollHeight - one.clientHeight), 0);
  }
  assert.deepEqual(await accessibilityViolations(page), []);
});
