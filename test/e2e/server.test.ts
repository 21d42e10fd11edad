import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
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

walk('Close Connection closes the socket', async (workbench) => {
  const address = await workbench.startServer();
  await workbench.showConnections();
  const socket = connect(Number(address.port), address.hostname);
  socket.resume();
  socket.write('GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await workbench.treeItem(/^Connection 1 from .*, idle/).waitFor();
  const ended = once(socket, 'close');
  await workbench.runCommand('Spark: Close Connection');
  await workbench.quickInput.press('Enter');
  await ended;
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
