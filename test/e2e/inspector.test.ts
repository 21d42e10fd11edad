import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { rules } from '../../src/http/rules.ts';
import { sendRaw } from './rawRequests.ts';
import { firstMarkedText, markedText, walk } from './workbench.ts';

const request = 'GET /style.css HTTP/1.1\r\nHost: localhost\r\nX-Colour: blue\r\nConnection: close\r\n\r\n';

walk('Pointing at a field marks its bytes, and pointing at a byte marks its field', async (workbench) => {
  const address = await workbench.startServer();
  await sendRaw(address, request);
  await workbench.runCommand('Spark: Open Request Inspector');
  const inspector = workbench.webview();
  await inspector.getByRole('row', { name: /^GET \/style\.css, exchange 1/ }).click();

  await inspector.locator('.meaning .token', { hasText: /^blue$/ }).hover();
  assert.deepEqual(await markedText(inspector, 'pointed'), ['62 6C 75 65', 'blue']);
  await workbench.picture('inspector-field');

  await inspector.locator('.meaning .heading').first().hover();
  assert.deepEqual(await markedText(inspector, 'pointed'), []);
  await pointAtByte(inspector, '6C 75 65');
  await inspector.locator('.meaning .token.pointed', { hasText: /^blue$/ }).waitFor();
  assert.deepEqual(await markedText(inspector, 'pointed'), ['62 6C 75 65', 'blue']);
  assert.match((await inspector.locator('.strip').textContent()) ?? '', /Request byte 53\s.*field-value/s);
  await workbench.picture('inspector-byte');
});

walk('A malformed request is there, with the offending byte marked and the rule named', async (workbench) => {
  const address = await workbench.startServer();
  const rule = rules['space-before-colon'];
  await sendRaw(address, rule.example ?? '');
  await workbench.showConnections();
  await workbench.runCommand('Spark: Open Request Inspector');
  const inspector = workbench.webview();
  await inspector.getByRole('row', { name: /malformed: space-before-colon/ }).click();
  await inspector.locator('.violation', { hasText: rule.sentence }).waitFor();
  const octet = rule.example?.charCodeAt(rule.offset).toString(16).toUpperCase();
  assert.equal(await firstMarkedText(inspector, 'violation'), octet);
  await workbench.picture('inspector-malformed');
});

/** Moves the pointer over the first byte of those that stand in the hex view as given. */
async function pointAtByte(inspector: FrameLocator, digits: string): Promise<void> {
  const row = inspector.locator('.hex-row', { hasText: digits }).first();
  const position = await row.evaluate((element, wanted) => {
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
    if (text === null) throw new Error('The row is empty.');
    const range = document.createRange();
    const start = text.textContent?.indexOf(wanted) ?? -1;
    range.setStart(text, start);
    range.setEnd(text, start + 2);
    const byte = range.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return { x: byte.x - box.x + byte.width / 2, y: byte.y - box.y + byte.height / 2 };
  }, digits);
  await row.hover({ position });
}
