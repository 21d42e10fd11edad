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

    const connection = workbench.treeItem(/^Connection \d+ from 127\.0\.0\.1:\d+, idle/).last();
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
  'Where the port is taken, the server takes the next free one and says so',
  async (workbench) => {
    const address = await workbench.startServer();
    assert.ok(Number(address.port) > taken);
    await workbench
      .notification(`Port ${taken} is taken: Spark serves example-site on port ${address.port}.`)
      .waitFor();
    other.close();
  },
  { settings: { 'spark.port': taken } },
);

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
