import assert from 'node:assert/strict';
import { readKernelSockets } from '../../src/sockets/kernelView.ts';
import { startEchoUpstream } from './echoUpstream.ts';
import { walk } from './workbench.ts';

const upstream = await startEchoUpstream();

walk(
  'A page talks to its API through spark.proxy, by request and by WebSocket, and the inspector shows where to',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const framed = workbench.webview().frameLocator('iframe');
    await framed.locator('.cards li').last().waitFor();
    const address = await workbench.serverAddress();
    const visitor = await workbench.visit(address);
    assert.deepEqual(await visitor.evaluate(() => fetch('/api/hello').then((answer) => answer.json())), {
      asked: '/api/hello',
    });
    const echoed = await visitor.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(`ws://${location.host}/api/echo`);
          socket.onopen = () => socket.send('hello');
          socket.onmessage = ({ data }) => resolve(data);
          socket.onerror = reject;
        }),
    );
    assert.equal(echoed, 'echo of hello');

    await workbench.showConnections();
    await workbench.treeItem(/^Connection \d+ from 127\.0\.0\.1:\d+, tunnel/).waitFor();
    await workbench.tab(/^index\.html/).click();
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = await workbench.webviewWith('[role=grid]');
    await inspector.getByRole('row', { name: /^GET \/api\/hello, exchange/ }).click();
    await inspector.getByText(`Response · of ${upstream}, forwarded`).waitFor();
    await inspector.getByRole('tab', { name: 'Timing' }).click();
    await inspector.getByText(`forwarded to ${upstream} as /api/hello`).waitFor();
    await workbench.picture('forwarded');
    await inspector.getByRole('tab', { name: 'Messages' }).click();
    // What the workbench's own proxy has sent: the preview is framed through it.
    await inspector.getByRole('grid', { name: 'Exchanges' }).evaluate((list) => list.scrollTo(0, 0));
    await inspector
      .getByRole('row', { name: /^GET \/index\.html, exchange/ })
      .first()
      .click();
    await inspector.getByText(/Request \d+ · from .* · as sent by the proxy/).waitFor();
    await inspector
      .getByRole('row', { name: /^GET \/, exchange/ })
      .first()
      .click();
    await inspector.getByText(/Request \d+ · from 127\.0\.0\.1:\d+$/).waitFor();
    await visitor.close();
  },
  { openFile: 'index.html', settings: { 'spark.proxy': { '/api': upstream } } },
);

walk('100 reloads through the proxy of the workbench leave one event stream', async (workbench) => {
  const { port } = await workbench.startServer();
  const page = await workbench.visit(`${new URL(workbench.page.url()).origin}/proxy/${port}/index.html`);
  const streams = async (): Promise<number> => {
    const sockets = (await readKernelSockets()) ?? [];
    return sockets.filter(({ local, state }) => local.port === Number(port) && state === 'ESTABLISHED')
      .length;
  };
  for (let i = 0; i < 100; i++) await page.reload({ waitUntil: 'domcontentloaded' });
  await page.locator('.cards li').last().waitFor();
  // Connections without a stream are idle, and let go after 5 s.
  for (;;) {
    const count = await streams();
    if (count === 1) break;
    await page.waitForTimeout(500);
  }
  await page.close();
});

walk(
  'A server of HTTPS behind a proxy that speaks HTTP only: the panel says why, and offers the browser',
  async (workbench) => {
    await workbench.runCommand('Spark: Preview');
    const panel = workbench.webview();
    await panel
      .getByText(/The server speaks HTTPS \(spark\.https\), but the proxy of this workbench/)
      .waitFor();
    await panel.getByRole('button', { name: 'Open in Browser' }).waitFor();
    await workbench.picture('https-behind-proxy');
    // Past the proxy: the browser complains of the certificate, and so has reached the server.
    const opened = workbench.page.context().waitForEvent('page');
    await panel.getByRole('button', { name: 'Open in Browser' }).click();
    await workbench.page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    const outside = await opened;
    await outside.getByText(/ERR_CERT_AUTHORITY_INVALID/).waitFor();
    await outside.close();
    const { port } = await workbench.serverAddress();
    await assert.rejects(workbench.visit(`https://127.0.0.1:${port}/`), /ERR_CERT_AUTHORITY_INVALID/);
    const trusting = await workbench.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await trusting.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    assert.equal(page.url(), `https://127.0.0.1:${port}/`);
    await page.locator('.cards li').last().waitFor();
    await workbench.tab(/^index\.html/).click();
    await workbench.runCommand('Spark: Open Request Inspector');
    const inspector = await workbench.webviewWith('[role=grid]');
    await inspector
      .getByRole('row', { name: /^GET \/style\.css, exchange/ })
      .first()
      .click();
    await inspector.getByText(/ · inside TLS 1\.3, TLS_/).waitFor();
    await trusting.close();
  },
  { openFile: 'index.html', settings: { 'spark.https.enabled': true } },
);
