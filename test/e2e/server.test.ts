import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { walk } from './workbench.ts';

walk(
  'The server starts from the palette, serves the folder, and its connections show in the tree',
  async (workbench) => {
    const address = await workbench.startServer();
    await workbench.showConnections();
    await workbench.treeItem(/^Server example-site, 127\.0\.0\.1:\d+/).waitFor();

    const visitor = await workbench.visit(address);
    assert.equal(await visitor.getByRole('heading', { level: 1 }).textContent(), 'The life of a connection');
    assert.equal(await visitor.locator('.cards li').count(), 5);

    // The first that came is the last of them; the page's event stream may have gone over it since.
    const connection = workbench.treeItem(/^Connection \d+ from 127\.0\.0\.1:\d+/).last();
    await connection.waitFor();
    await connection.click();
    await connection.press('ArrowRight');
    await workbench.treeItem(/^GET \/, 200/).waitFor();
    await workbench.picture('connections');

    await visitor.close();
  },
);

const other = createServer();
await once(other.listen(0, '127.0.0.1'), 'listening');
const taken = portOf(other);

walk(
  'A taken port: the next free one is taken, and the notice says who has the other, be it a second window on the folder',
  async (workbench) => {
    const { port } = await workbench.startServer();
    assert.ok(Number(port) > taken);
    const notice = workbench.notification(
      `node (process ${process.pid}) has port ${taken}. Spark serves example-site on port ${port}.`,
    );
    await notice.getByRole('button', { name: 'Choose Another Port' }).waitFor();
    other.close();
    await once(other, 'close');
    await workbench.runCommand('Spark: Restart Server');
    // Pages that are open expect it where it was.
    assert.equal((await workbench.serverAddress()).port, port);
    await workbench.runCommand('Spark: Stop Server');
    await workbench.statusBarItem(/^ ?Spark$/).waitFor();
    assert.equal((await workbench.startServer()).port, String(taken));

    const second = await workbench.anotherWindow();
    const address = await second.startServer();
    assert.ok(Number(address.port) > taken);
    await second
      .notification(
        `Spark in another window has port ${taken}. Spark serves example-site on port ${address.port}.`,
      )
      .waitFor();
    // Each window reloads to its own.
    await second.reload();
    // Until somebody looks, nothing of Spark runs in a window.
    await second.showConnections();
    assert.equal(String(await second.serverAddress()), String(address));
    assert.equal((await workbench.serverAddress()).port, String(taken));
    for (const one of [String(taken), address.port])
      assert.equal((await fetch(`http://127.0.0.1:${one}/`)).status, 200);
  },
  { settings: { 'spark.port': taken } },
);

walk('With any port allowed, two windows on a folder each get one, and nobody is told', async (workbench) => {
  const first = await workbench.startServer();
  const second = await workbench.anotherWindow();
  const other = await second.startServer();
  assert.notEqual(first.port, other.port);
  for (const window of [workbench, second]) assert.equal(await window.notification(/has port/).count(), 0);
  await second.runCommand('Spark: Stop Server');
  await second.statusBarItem(/^ ?Spark$/).waitFor();
  assert.equal((await fetch(first)).status, 200);
});

walk('Close Connection closes the socket', async (workbench) => {
  const address = await workbench.startServer();
  await workbench.showConnections();
  const socket = connect(Number(address.port), address.hostname);
  socket.resume();
  // Left alone, it would be closed for its idleness.
  const asking = setInterval(() => socket.write('GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n'), 500);
  try {
    await workbench.treeItem(/^Connection 1 from .*, idle/).waitFor();
    const closed = once(socket, 'close');
    await workbench.runCommand('Spark: Close Connection');
    await workbench.quickPick(`127.0.0.1:${socket.localPort}`).click();
    await closed;
  } finally {
    clearInterval(asking);
  }
  await workbench.treeItem(/^Connection 1 from .*, closed/).waitFor();
});

walk('Stop Server ends it, and the empty view offers to start it', async (workbench) => {
  await workbench.showConnections();
  const start = workbench.page.locator('.welcome-view').getByRole('button', { name: 'Start Server' });
  await start.click();
  const address = await workbench.serverAddress();
  await workbench.runCommand('Spark: Stop Server');
  await workbench.statusBarItem(/^ ?Spark$/).waitFor();
  const socket = connect(Number(address.port), address.hostname);
  const [error] = await once(socket, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
  await start.waitFor();
});

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
