import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadSystemCalls } from '../../../src/sockets/loadSystemCalls.ts';
import { decodeAnswer, encodeQuestion, unreadByPeer } from '../../../src/sockets/sockDiag.ts';
import type { SocketAddress } from '../../../src/sockets/transport.ts';

const loaded = await loadSystemCalls();
const skip =
  'reason' in loaded ? loaded.reason : process.platform === 'linux' ? false : 'Linux alone has sock_diag.';

test('the question is laid out as in <linux/inet_diag.h>', () => {
  const question = encodeQuestion({ address: '127.0.0.1', port: 0x1234 }, { address: '10.0.0.7', port: 80 });
  assert.equal(
    Buffer.from(question).toString('hex'),
    [
      '48000000 1400 0100 00000000 00000000',
      '02 06 02 00 ffffffff',
      '1234 0050 7f000001000000000000000000000000 0a000007000000000000000000000000',
      '00000000 ffffffff ffffffff',
    ]
      .join('')
      .replaceAll(' ', ''),
  );
});

test('a client that a listener for both families sees as IPv6 is asked about as IPv4', () => {
  const port = 1;
  const mapped = encodeQuestion({ address: '::ffff:127.0.0.1', port }, { address: '::ffff:127.0.0.2', port });
  assert.deepEqual(mapped, encodeQuestion({ address: '127.0.0.1', port }, { address: '127.0.0.2', port }));
});

test('whatever the kernel answers is read, or taken for no answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      // So that the rest of it is looked at.
      if (bytes.length > 28) bytes.set([20, 0], 4);
      const remote = { address: '127.0.0.1', port: ((bytes[22] ?? 0) << 8) | (bytes[23] ?? 0) };
      const state = decodeAnswer(bytes, remote);
      if (state !== 'absent') assert.ok(state.unread >= 0 && state.received >= 0);
    }),
  );
});

describe('how far the other end has read', { skip }, () => {
  for (const host of ['127.0.0.1', '::1'])
    test(`is told of a socket of this machine: ${host}`, async () => {
      if ('reason' in loaded) return;
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      const accepted: Promise<[Socket]> = once(server, 'connection') as Promise<[Socket]>;
      const client = connect((server.address() as { port: number }).port, host).pause();
      const [socket] = await accepted;
      const addressOf = (address = '', port = 0): SocketAddress => ({ address, port });
      const local = addressOf(socket.localAddress, socket.localPort);
      const peer = addressOf(socket.remoteAddress, socket.remotePort);
      const unread = (sent: number) => unreadByPeer(loaded.calls, local, peer, sent);
      try {
        assert.equal(unread(0), 0);
        await new Promise((resolve) => socket.write(Buffer.alloc(10), resolve));
        assert.equal(unread(10), 10);
        client.resume();
        await once(client, 'data');
        assert.equal(unread(10), 0);
        assert.equal(unreadByPeer(loaded.calls, local, { ...peer, address: '192.0.2.1' }, 10), 'absent');
        client.resetAndDestroy();
        await once(socket, 'error');
        assert.equal(unread(10), 'absent');
      } finally {
        client.destroy();
        socket.destroy();
        server.close();
      }
    });
});
