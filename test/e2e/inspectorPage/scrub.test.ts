import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkedExchange, exampleDetail, malformedExchange, pageExchange } from './exchanges.ts';
import { inspectorPageFixture } from './fixture.ts';
import { textOf } from './inspectorPage.ts';

const details = [pageExchange, malformedExchange, chunkedExchange].map(exampleDetail);
const openPage = inspectorPageFixture();

test('the parser is gone through by key: bytes and meaning go along, and it ends where a rule broke', async () => {
  const tested = await openPage();
  const { page } = tested;
  await tested.showExchanges(details, 1);
  await page.getByRole('button', { name: 'Parser', exact: true }).click();
  const slider = page.getByRole('slider');
  const said = () => slider.getAttribute('aria-valuetext');
  assert.equal(await said(), 'nothing is read yet; reading the method');
  assert.ok(await slider.evaluate((element) => element === document.activeElement));
  for (let i = 0; i < 4; i++) await slider.press('ArrowRight');
  assert.equal(await said(), 'byte 3, SP: end of method GET; reading the request target');
  // The bytes follow in the next frame.
  await page.locator('#cursor-received[aria-colindex="5"]').waitFor();
  assert.deepEqual(await tested.marked('role-method', 'received'), ['47 45 54', 'GET']);
  assert.deepEqual(await tested.marked('role-version', 'received'), []);
  await slider.press('Control+ArrowRight');
  assert.match((await said()) ?? '', /in the request target; reading the request target$/);
  await page.locator('.token.chosen', { hasText: '/api/items' }).first().waitFor();
  await slider.press('PageDown');
  assert.match((await said()) ?? '', /LF: end of the request line; reading the field name$/);
  assert.match(await textOf(page.locator('.scrub-rule').first()), /field-name-syntax RFC 9110 section 5\.1$/);
  await slider.press('End');
  assert.match((await said()) ?? '', /^byte 54, SP: it breaks a rule: White space stands between/);
  assert.match(await textOf(page.locator('.scrub-rule').first()), /^Broken .* space-before-colon/);
  assert.match(await textOf(page.locator('.scrub-known')), /Fields ?1: Host ?Framing ?never decided$/);
  // Elsewhere chosen, the parser follows; and the response has a parser too.
  await page.locator('.token.role-target').first().click();
  assert.match((await said()) ?? '', /^byte 4, "\/": first byte of the request target/);
  await page.getByRole('button', { name: 'Response', exact: true }).click();
  await slider.press('End');
  assert.match((await said()) ?? '', /last byte of the body; the message is complete$/);
  // It plays by itself: where motion shall be little, line by line.
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(() =>
    document
      .querySelector('.scrub input')
      ?.getAttribute('aria-valuetext')
      ?.includes('end of the status line'),
  );
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Parser', exact: true }).click();
  assert.equal(await slider.count(), 0);
  assert.deepEqual(await tested.marked('unread', 'sent'), []);
});
