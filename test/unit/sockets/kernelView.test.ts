import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { test } from 'node:test';
import {
  connectionOf,
  listenerOn,
  ownerOf,
  parseTcpTable,
  readKernelSockets,
} from '../../../src/sockets/kernelView.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:157C 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0
   1: 0100007F:157C 0100007F:D431 01 00000010:00000020 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1
`;
const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
`;

test('what the kernel tells of sockets', () => {
  const [listener, connection] = parseTcpTable(table);
  assert.deepEqual(listener, {
    local: { address: '127.0.0.1', port: 5500 },
    remote: { address: '0.0.0.0', port: 0 },
    state: 'LISTEN',
    sendQueue: 0,
    receiveQueue: 3,
    inode: 4711,
  });
  assert.deepEqual(
    [connection.state, connection.sendQueue, connection.receiveQueue, connection.remote.port],
    ['ESTABLISHED', 16, 32, 54_321],
  );
  assert.deepEqual(parseTcpTable(table6)[0].local, { address: '::1', port: 80 });
  assert.deepEqual(parseTcpTable(''), []);
});

test('a listener and a connection of this process are found, and whose they are', {
  skip: process.platform !== 'linux' && 'Only Linux shows them.',
}, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = createConnection(address.port, '127.0.0.1');
  await once(client, 'connect');
  const sockets = await readKernelSockets();
  assert.ok(sockets !== null);
  const here = { address: '127.0.0.1', port: address.port };
  const listener = listenerOn(sockets, here);
  assert.ok(listener !== undefined);
  assert.equal((await ownerOf(listener))?.pid, process.pid);
  const peer = { address: '127.0.0.1', port: client.localPort ?? 0 };
  assert.equal(connectionOf(sockets, here, peer)?.state, 'ESTABLISHED');
  assert.equal(connectionOf(sockets, here, { ...peer, port: 0 }), undefined);
  client.destroy();
  server.close();
});
