import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { CallKind } from '../../../src/protocol/calls.ts';
import { type ExampleExchange, exampleDetail, malformedExchange, pageExchange } from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import { type InspectorPageUnderTest, textOf } from './inspectorPage.ts';
import {
  formExchange,
  jsonExchange,
  largeExchange,
  pictureExchange,
  shortPageExchange,
} from './meaningExchanges.ts';

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;

async function open(example: ExampleExchange): Promise<Page> {
  tested = await openPage({ height: 1000 });
  await tested.showExchanges([exampleDetail(example)], 0);
  return tested.page;
}

const part = (page: Page, text: string | RegExp) => page.locator('.part', { hasText: text });
/** The chosen bytes as text, which each row shows behind their hexadecimal form. */
const chosen = async (direction: 'received' | 'sent') =>
  (await tested.marked('chosen', direction)).filter((_, index) => index % 2 === 1).join('');

test('a query parameter, a cookie, a part of a form and a value in it stand for their very bytes, both ways', async () => {
  const page = await open(formExchange);
  await part(page, 'query parameter').first().locator('.role-value').click();
  assert.equal(await chosen('received'), 'caf%C3%A9+noir');
  assert.equal(await textOf(page.locator('.part .token.chosen')), 'café noir');
  await part(page, 'abc123').locator('.role-value').click();
  assert.equal(await chosen('received'), 'abc123');
  await part(page, /^\s*a\s*\[ 2 elements \]/)
    .locator('.role-name')
    .click();
  assert.equal(await chosen('received'), '"a"');
  // From a byte to the row: the value of the first query parameter.
  await page.locator('.hex').first().focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  assert.equal(await textOf(page.locator('.part .token.chosen')), 'café noir');
  assert.ok((await page.locator('.part.chosen-line').count()) === 1);
});

test('compressed chunks are shown as what they hold, as one piece, or chunk by chunk', async () => {
  const page = await open(formExchange);
  await part(page, 'café').waitFor();
  assert.match(await textOf(part(page, 'on the wire')), /^71 bytes, from \d+ bytes on the wire$/);
  const body = page.locator('.line.body').nth(1);
  await body.getByRole('button', { name: 'Chunks' }).click();
  assert.equal(await page.locator('.part:has(.role-framing)').count(), 3);
  await part(page, /^\s*0\s*$/)
    .locator('.role-framing')
    .click();
  assert.equal(await chosen('sent'), '0');
  await body.getByRole('button', { name: 'De-chunked' }).click();
  await body.getByRole('button', { name: 'Hex' }).click();
  assert.match(await textOf(page.locator('pre.hex')), /^00000000 1F 8B 08/);
});

for (const [coding, encode] of [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
] as const) {
  test(`a body that is a bomb of ${coding}${encode === deflateRawSync ? ' without zlib around it' : ''} is decompressed as far as a view needs`, async () => {
    const bomb = encode(Buffer.alloc(48 * 1024 * 1024, 0x61)).toString('latin1');
    const page = await open({
      id: 1,
      request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      response: `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bomb.length}\r\n\r\n${bomb}`,
    });
    await part(page, 'decompressing stops here').waitFor();
    assert.match(await textOf(part(page, 'decompressing stops here')), /^4,194,304 bytes, from /);
  });
}

test('what is not of its coding is said to be', async () => {
  const page = await open({
    id: 1,
    request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    response: 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello',
  });
  await part(page, 'not of the coding that Content-Encoding names').waitFor();
});

test('brotli is undone by the extension host, which is sent those bytes alone', async () => {
  const page = await open({
    id: 1,
    request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    response: 'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello',
  });
  await part(page, 'cannot be undone here').waitFor();
  const asked = await page.evaluate(() => {
    const message = window.posted.find(({ type }) => type === 'decompress');
    return message?.type === 'decompress'
      ? [message.coding, message.bytes.length, message.bytes.buffer.byteLength]
      : null;
  });
  assert.deepEqual(asked, ['br', 5, 5]);
});

test('a picture is drawn from its bytes', async () => {
  const page = await open(pictureExchange);
  const picture = page.locator('img.picture');
  await picture.waitFor();
  assert.match((await picture.getAttribute('src')) ?? '', /^blob:/);
  await page.waitForFunction(
    () => document.querySelector<HTMLImageElement>('img.picture')?.naturalWidth === 1,
  );
});

test('rows open and close by key and by pointer, and explain themselves with links that leave through the host', async () => {
  const page = await open(pageExchange);
  const host = page.locator('.line.field', { hasText: 'Host' }).first();
  await host.locator('.twistie').click();
  assert.equal(await host.getAttribute('aria-expanded'), 'true');
  const meaning = part(page, 'Names the host and port');
  await meaning.getByRole('link', { name: 'MDN' }).click();
  assert.deepEqual((await tested.posted()).at(-1), {
    type: 'openLink',
    url: 'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Host',
  });
  assert.equal(page.url(), 'https://inspector.test/');
  await host.locator('.role-name').click();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await host.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press(' ');
  assert.equal(await host.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /^Names the host/);
});

test('a line is explained when the pointer rests on it, until Escape', async () => {
  const page = await open(pageExchange);
  await page.locator('.line.field', { hasText: 'Cache-Control' }).locator('.role-name').hover();
  const tip = page.getByRole('tooltip');
  await tip.waitFor();
  assert.match(await textOf(tip), /^Cache-Control Says whether.*RFC 9111 section 5\.2$/);
  await page.locator('.line.field', { hasText: 'ETag' }).locator('.role-name').focus();
  await page.keyboard.press('Escape');
  await tip.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Explain lines' }).click();
  const layouts = (await tested.posted()).filter((message) => message.type === 'layout');
  assert.deepEqual(layouts.at(-1)?.layout.explains, false);
});

test('a page that fails because of a wrong Content-Length says so at once, with its bytes', async () => {
  const page = await open(shortPageExchange);
  const callout = page.locator('.violation.error');
  assert.match(
    await textOf(callout),
    /Content-Length promises 491 bytes, but only 91 bytes of body were sent before the connection ended/,
  );
  await callout.locator('strong').click();
  assert.equal(await chosen('sent'), '491');
  assert.match(await textOf(page.locator('.violation.warning')), /The file was changed while it was sent\./);
  assert.equal(await textOf(page.getByRole('tab', { name: /Findings/ })), 'Findings (3, 2 to mend)');
});

test('F8 goes through the findings and back, marks their bytes and says them', async () => {
  const page = await open(shortPageExchange);
  const said = () => textOf(page.getByRole('status').last());
  await page.keyboard.press('F8');
  assert.equal(await chosen('sent'), '491');
  assert.match(await said(), /^error, 1 of 3: Content-Length promises/);
  await page.keyboard.press('F8');
  await page.keyboard.press('F8');
  assert.match(await said(), /^note, 3 of 3: "no-cache" does not forbid storing/);
  // A note stands above the message only while it was gone to.
  assert.match(await textOf(page.locator('.violation.current')), /"no-cache" does not forbid/);
  await page.keyboard.press('F8');
  assert.match(await said(), /^error, 1 of 3/);
  await page.keyboard.press('Shift+F8');
  assert.match(await said(), /^note, 3 of 3/);
  assert.equal(await page.locator('.violation').count(), 3);
});

test('findings are listed by severity, and lead to their bytes', async () => {
  const page = await open(malformedExchange);
  await page.getByRole('tab', { name: 'Messages' }).focus();
  await page.keyboard.press('ArrowRight');
  const titles = await page.locator('.findings h2').allTextContents();
  assert.equal(titles[0], 'Errors');
  assert.ok(titles.includes('Notes'));
  const first = page.locator('.finding').first();
  await first.getByRole('button', { name: 'Show its bytes' }).click();
  assert.equal(await first.getAttribute('aria-current'), 'true');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'grid');
});

test('timing is a picture and tables that say the same, and reads lead to their bytes', async () => {
  const page = await open(formExchange);
  await page.getByRole('tab', { name: 'Timing' }).click();
  const rows = await page.locator('.timing tbody tr').allTextContents();
  const said = rows.map((row) => row.replaceAll(/\s+/g, ' ').trim());
  assert.ok(said.some((row) => /^Reading the head \+0\.0 ms 41 ms/.test(row)));
  assert.ok(said.some((row) => /^Waiting in the accept queue – not known/.test(row)));
  assert.ok(said.some((row) => /^\+41 ms 41 ms read 380 bytes request 120–499$/.test(row)));
  assert.equal(await page.locator('.time-line .tick').count(), 3);
  await page.locator('.transfer').first().click();
  assert.match(await chosen('received'), /^POST/);
});

test('a connection’s system calls are a time line and a table, of which more is asked for; unseen ones are said to be', async () => {
  const page = await open(formExchange);
  const { startedAt } = exampleDetail(formExchange).times;
  const line = (text: string, result: string, kind: CallKind, after: number, count = 1) => ({
    ...{ text, result, kind, startedAt: startedAt + after, duration: 0.012, thread: 7, process: 7, count },
  });
  const recvs = Array.from({ length: 120 }, (_, i) => line('recv(23, "<b>", 65536, 0)', '3', 'receiving', i));
  tested.calls = {
    lines: [
      line('accept4(20, 127.0.0.1:4711, SOCK_CLOEXEC)', '23', 'other', -2),
      line('recv(23, 65536, 0)', '-1 EAGAIN', 'failed', -1, 4),
      ...recvs,
    ],
    total: 122,
    untraced: 'libuv',
    isIncomplete: false,
  };
  await page.getByRole('tab', { name: 'Timing' }).click();
  const rows = page.locator('.calls tbody tr');
  await rows.first().waitFor();
  assert.equal(await rows.count(), 100);
  assert.match(await textOf(rows.nth(0)), /^−2\.0 ms 12 µs accept4\(20, 127\.0\.0\.1:4711, .*\) 23 7$/);
  assert.match(await textOf(rows.nth(1)), /4 times in a row -1 EAGAIN nothing has come yet/);
  assert.match(await textOf(rows.nth(2)), /recv\(23, "<b>", 65536, 0\) 3 7$/);
  assert.equal(await page.locator('.time-line .call').count(), 100);
  await page.getByRole('button', { name: 'Show more (22 calls)' }).click();
  await rows.nth(121).waitFor();
  await page.getByRole('tab', { name: 'Messages' }).click();
  tested.calls = { lines: [], total: 0, untraced: 'off', isIncomplete: false };
  await page.getByRole('tab', { name: 'Timing' }).click();
  await page.getByText('None were traced: spark.trace was off').waitFor();
  const steps = await rows.allTextContents();
  assert.match(steps[0].replaceAll(/\s+/g, ' '), /accept performed unseen/);
  assert.equal(steps.length, 4);
  const asked = (await tested.posted()).filter(({ type }) => type === 'calls');
  assert.deepEqual(
    asked.map((message) => message.type === 'calls' && message.limit),
    [100, 1100, 0, 1100],
  );
});

test('what the user opened is closed again for another exchange', async () => {
  tested = await openPage();
  const details = [exampleDetail(jsonExchange), exampleDetail({ ...jsonExchange, id: 3 })];
  await tested.showExchanges(details, 0);
  const { page } = tested;
  await page.locator('.part[aria-expanded="false"] .twistie').first().click();
  assert.equal(await part(page, 'café').count(), 1);
  await page.locator('.list-body [data-index="1"] .target').click();
  await page.waitForFunction(() => document.querySelector('.heading')?.textContent?.includes('Request 3'));
  assert.equal(await part(page, 'café').count(), 0);
});

test('a body of 100 MB opens with few elements', async () => {
  const page = await open(largeExchange(100_000_000));
  assert.match(await textOf(page.locator('.line.body')), /100,000,000 bytes.*98,951,424 bytes not kept/);
  assert.ok((await page.locator('.meaning *').count()) < 300);
});
