import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowColumns } from '../../../src/capture/rowColumns.ts';
import { bytesOf, exampleDetail, malformedExchange, manyRows, pageExchange } from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import { type FakeHostOptions, type InspectorPageUnderTest, textOf } from './inspectorPage.ts';

const first = exampleDetail(pageExchange);
const second = exampleDetail(malformedExchange);

const openPage = inspectorPageFixture();
let tested: InspectorPageUnderTest;

async function open(options: Partial<FakeHostOptions> = {}) {
  tested = await openPage(options);
  return tested.page;
}

const scrollList = (top: number) =>
  tested.page.evaluate((to) => {
    const list = document.querySelector('.list');
    if (list) list.scrollTop = to;
  }, top);

test('an empty list says what to do', async () => {
  const page = await open();
  await tested.sendList({ serverRuns: false });
  assert.match(await textOf(page.locator('.empty').first()), /Start the server, then open one of its pages/);
  await page.getByRole('button', { name: 'Start Server' }).click();
  assert.ok((await tested.posted()).some(({ type }) => type === 'startServer'));
  await tested.sendList({ serverRuns: true });
  assert.match(await textOf(page.locator('.empty').first()), /The server is running: open one of its pages/);
  await tested.fill([first.row], [first]);
  assert.match(await textOf(page.locator('.lower .empty')), /Select an exchange/);
});

test('100,000 rows scroll from end to end, and each is the right one', async () => {
  const page = await open();
  await tested.fill(manyRows(100_000));
  await page.locator('[aria-rowindex="100001"][aria-label*="exchange 100000,"]').waitFor();
  assert.ok((await page.locator('.list-body > *').count()) < 60);
  assert.equal(await page.locator('.list').getAttribute('aria-rowcount'), '100001');
  await scrollList(50_000 * 22);
  await page.locator('.list-body [aria-rowindex="50002"][aria-label*="exchange 50001,"]').waitFor();
  await page.locator('.list').focus();
  await page.keyboard.press('Home');
  await page.locator('.list-body [aria-rowindex="2"][aria-selected="true"]').waitFor();
  const selects = (await tested.posted()).filter(({ type }) => type === 'select');
  assert.deepEqual(selects.at(-1), { type: 'select', exchange: 'run/1' });
  assert.equal(await page.locator('.list').getAttribute('aria-activedescendant'), 'exchange-0');
});

test('the list follows the newest only while the user is at its end', async () => {
  const page = await open();
  const rows = manyRows(200);
  await tested.fill(rows.slice(0, 100));
  await page.locator('.list-body [aria-rowindex="101"]').waitFor();
  await tested.fill(rows.slice(0, 150));
  await page.locator('.list-body [aria-rowindex="151"]').waitFor();
  await scrollList(10 * 22);
  await page.getByRole('button', { name: 'Newest' }).waitFor();
  await tested.fill(rows);
  await page.locator('.summary', { hasText: '200 exchanges' }).waitFor();
  await tested.settled();
  assert.equal(await page.evaluate(() => document.querySelector('.list')?.scrollTop), 220);
  await page.getByRole('button', { name: 'Newest' }).click();
  await page.locator('.list-body [aria-rowindex="201"]').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Newest' }).count(), 0);
});

test('rows stay where they are when older ones are displaced, and when a search finds older ones', async () => {
  const page = await open();
  const rows = manyRows(300);
  await tested.fill(rows.slice(0, 200));
  await scrollList(100 * 22);
  await page.locator('.list-body [aria-label*="exchange 101,"]').waitFor();
  const top = () => page.locator('.list-body [aria-label*="exchange 105,"]').boundingBox();
  const before = await top();
  tested.rows = rows.slice(50, 250);
  await tested.sendList({ displaced: 50 });
  await page.locator('.list-body [aria-rowindex="56"][aria-label*="exchange 105,"]').waitFor();
  assert.deepEqual(await top(), before);
  tested.rows = rows.slice(20, 250);
  await tested.sendList({ displaced: 20 });
  await page.locator('.list-body [aria-rowindex="86"][aria-label*="exchange 105,"]').waitFor();
  assert.deepEqual(await top(), before);
});

test('rows are asked for by range, and trouble is told by icon and word', async () => {
  const page = await open({ height: 1600 });
  const rows = manyRows(40);
  await tested.fill(rows);
  await scrollList(0);
  const malformed = page.locator('.list-body [aria-label*="exchange 14,"]');
  await malformed.waitFor();
  assert.match((await malformed.getAttribute('aria-label')) ?? '', /malformed: host-missing/);
  assert.equal(await textOf(malformed.locator('.status')), '200malformed');
  assert.equal(await malformed.locator('svg.badge').count(), 1);
  assert.equal(await textOf(page.locator('[aria-label*="exchange 18,"] .status')), '404 Not Foundaborted');
  assert.equal(
    await page.locator('[aria-label*="exchange 1,"] .status').getAttribute('title'),
    '200 OK, before reload',
  );
});

test('arrow keys select row by row', async () => {
  const page = await open();
  await tested.fill([first.row, second.row], [first, second]);
  await page.locator('.list').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.locator('.violation').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.locator('.meaning .token', { hasText: '/index.html?from=start' }).waitFor();
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('.meaning') !== null));
});

test('an exchange that goes on grows under the cursor, which stays', async () => {
  const page = await open();
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n';
  const growing = (body: number) =>
    exampleDetail({ ...pageExchange, response: head + 'x'.repeat(body), row: { duration: null } });
  await tested.showExchanges([growing(0)], 0);
  await page.locator('.meaning .role-status', { hasText: '200' }).click();
  await tested.send({ type: 'detail', detail: growing(10) });
  await page.locator('.line.body', { hasText: '10 bytes' }).waitFor();
  await tested.send({ type: 'detail', detail: growing(40) });
  await page.locator('.line.body', { hasText: '40 bytes' }).waitFor();
  assert.deepEqual(await tested.marked('chosen', 'sent'), ['32 30 30', '200']);
});

test('what was not kept is shown as missing, and said', async () => {
  const page = await open();
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\nContent-Type: text/plain\r\n\r\n';
  const responseKept = [{ offset: 0, bytes: bytesOf(`${head}begin`) }];
  const detail = exampleDetail({
    ...pageExchange,
    response: head,
    responseKept,
    responseLength: head.length + 5_000_000,
  });
  await tested.showExchanges([detail], 0);
  assert.match(
    await textOf(page.locator('.line.body')),
    /Body · 5,000,000 bytes · text\/plain · 4,999,995 bytes not kept/,
  );
  assert.match(await textOf(page.locator('.bytes .heading').last()), /4,999,995 bytes not kept/);
  await page.locator('.hex').last().focus();
  await page.keyboard.press('Control+End');
  assert.match(await textOf(page.locator('.strip')), /Response byte 75.*not kept/s);
  await page.locator('.hex', { hasText: '4,999,995 bytes not kept' }).waitFor();
});

test('hidden and shown again, the page comes back to its exchange, byte and place', async () => {
  const page = await open();
  await tested.showExchanges([first, second], 1);
  await page.locator('.list').focus();
  await page.keyboard.press('F8');
  const state = await page.evaluate(() => window.keptState);
  await tested.close();
  const again = await open({ state });
  await tested.fill([first.row, second.row]);
  await tested.send({ type: 'detail', detail: second });
  await again.locator('.violation').waitFor();
  await tested.settled();
  assert.match(await textOf(again.locator('.strip')), /Request byte 54/);
  assert.equal(await again.locator('.list-row[aria-selected="true"]').getAttribute('aria-rowindex'), '3');
});

test('what the host reveals is asked for; what is gone is said to be', async () => {
  const page = await open();
  await tested.fill([first.row, second.row], [first, second]);
  await tested.send({ type: 'reveal', exchange: 'run/2' });
  await page.locator('.violation').waitFor();
  await tested.send({ type: 'gone', exchange: 'run/1', reason: 'Of an exchange selected before.' });
  assert.equal(await page.locator('.violation').count(), 1);
  await tested.send({ type: 'gone', exchange: 'run/2', reason: 'The capture was cleared.' });
  assert.equal(await textOf(page.locator('.lower .empty')), 'The capture was cleared.');
});

test('a message of another shape is ignored, and the page goes on', async () => {
  const page = await open();
  await tested.fill([first.row], [first]);
  for (const message of [{ type: 'detail' }, { type: 'rows', rows: 7 }, { type: 'constructor' }]) {
    await tested.send(message);
  }
  await page.locator('.list-body [data-index="0"]').click();
  await page.locator('.meaning .line').first().waitFor();
  assert.equal(tested.warnings.splice(0).length, 3);
});

test('the rows that come with the list are not asked for again', async () => {
  const page = await open();
  tested.rows = manyRows(3000);
  await tested.sendList({ rows: { start: 2960, end: 3000 } });
  await page.locator('.list-body [aria-label*="exchange 3000,"]').waitFor();
  assert.equal((await tested.posted()).filter(({ type }) => type === 'rows').length, 0);
});

test('a question whose answer is lost is asked again', async () => {
  const page = await open({ host: () => () => undefined });
  const asked = async (type: string) => (await tested.posted()).filter((message) => message.type === type);
  await page.waitForFunction(() => window.posted.filter(({ type }) => type === 'query').length > 1);
  tested.rows = [first.row];
  await tested.sendList({ view: { query: 1 }, rows: { start: 0, end: 1 } });
  await page.locator('.list-body [data-index="0"]').click();
  await page.waitForFunction(() => window.posted.filter(({ type }) => type === 'select').length > 1);
  await tested.send({ type: 'detail', detail: first });
  await page.locator('.meaning .line').first().waitFor();
  const [query, again] = await asked('query');
  assert.deepEqual(again, query);
});

test('rows and a connection whose answer is lost are asked for again, though nothing else happens', async () => {
  const rows = manyRows(300);
  const asked: string[] = [];
  const page = await open({
    host: (post) => (message) => {
      asked.push(message.type);
      const isFirst = asked.indexOf(message.type) === asked.length - 1;
      if (message.type === 'rows' && !isFirst)
        post({
          type: 'rows',
          query: 1,
          start: message.start,
          rows: rowColumns(rows.slice(message.start, message.end)),
        });
      if (message.type === 'follow' && message.connection !== null && !isFirst)
        post({ type: 'followedGone', connection: message.connection });
    },
  });
  tested.rows = rows;
  await tested.sendList({ view: { query: 1 } });
  await page.locator('.list-body [aria-label*="exchange 300,"]').waitFor();
  await tested.send({ type: 'followConnection', connection: 'run/1' });
  await page.locator('.follow', { hasText: 'It is no longer stored' }).waitFor();
});

test('Clear asks the host to clear', async () => {
  const page = await open();
  await tested.fill([first.row]);
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.ok((await tested.posted()).some(({ type }) => type === 'clear'));
});

test('the buttons beside the filter are one stop for Tab, and arrow keys go from one to the next', async () => {
  const page = await open();
  await tested.fill(manyRows(5));
  await page.locator('.summary', { hasText: '5 exchanges' }).waitFor();
  const stops = page.locator('.buttons button[tabindex="0"]');
  assert.equal(await stops.count(), 1);
  await stops.focus();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.equal(await focused(), 'Pause the list');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Keep across server restarts');
  await page.keyboard.press('End');
  assert.equal(await focused(), 'Clear the capture');
  assert.equal(await stops.getAttribute('aria-label'), 'Clear the capture');
});

test('in a narrow Status column, the most severe badge stays beside the whole code', async () => {
  const columns = {
    shown: ['id', 'target', 'status'],
    widths: { status: 20 },
  };
  const layout = { listShare: 0.35, meaningShare: 0.45, columns, announces: false, explains: true };
  const page = await open({ layout });
  const [row] = manyRows(1);
  await tested.fill([
    { ...row, status: 500, rule: '', aborted: true, marked: true, comment: 'x', imported: true },
  ]);
  const cell = page.locator('.list-body .status');
  await cell.locator('svg.badge').first().waitFor();
  await tested.settled();
  assert.equal(await cell.locator('svg.badge:visible').count(), 1);
  const box = await cell.boundingBox();
  const code = await cell.locator('.status-text').boundingBox();
  assert.ok(box !== null && code !== null && box.width >= 50);
  assert.ok(code.x + code.width <= box.x + box.width + 0.5, 'the code is not clipped');
});
