import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after } from 'node:test';
import { firstMarkedText, walk } from './workbench.ts';

const script = 'document.querySelector("output").textContent = "€ 12.50";\n';
const page =
  '<!doctype html><title>Shop</title><p>Price: <output>…</output></p><script src="price.js"></script>\n';
const length = Buffer.byteLength(script) + 40;

/** An application that counts wrongly: its script's Content-Length is larger than the script. */
const application = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (request) => {
    const isScript = /^GET \S*price\.js /.test(request.toString('latin1'));
    const head = isScript
      ? `Content-Type: text/javascript\r\nContent-Length: ${length}`
      : `Content-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(page)}`;
    socket.end(`HTTP/1.1 200 OK\r\n${head}\r\nConnection: close\r\n\r\n${isScript ? script : page}`);
  });
});
application.listen(0, '127.0.0.1');
await once(application, 'listening');
after(() => application.close());
const { port } = application.address() as AddressInfo;

walk(
  'Who wonders why a page lacks its script finds the wrong Content-Length in the inspector',
  async (workbench) => {
    const address = await workbench.startServer();
    const shop = await workbench.visit(new URL('shop/', address));
    assert.equal(await shop.locator('output').textContent(), '…', 'the script did not run');
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = workbench.webview();
    // The list says which exchange it is, the meaning why, at its top, and the bytes where.
    await inspector.getByRole('row', { name: /^GET \/shop\/price\.js.*aborted/ }).click();
    const callout = inspector.locator('.violation.error');
    await callout.waitFor();
    const sentence = (await callout.textContent()) ?? '';
    assert.match(
      sentence,
      new RegExp(`Content-Length promises ${length} bytes, but only ${Buffer.byteLength(script)} bytes`),
    );
    assert.match(sentence, /count the very bytes that it sends/);
    const pane = await inspector.locator('.meaning').boundingBox();
    const box = await callout.boundingBox();
    assert.ok(pane !== null && box !== null && box.y >= pane.y && box.y + box.height <= pane.y + pane.height);
    const digits = Array.from(String(length), (digit) => digit.charCodeAt(0).toString(16)).join(' ');
    await inspector.locator('.offending').waitFor();
    assert.equal(await firstMarkedText(inspector, 'violation'), digits);
    await workbench.picture('inspector-content-length');
  },
  { settings: { 'spark.proxy': { '/shop': `http://127.0.0.1:${port}` } } },
);
