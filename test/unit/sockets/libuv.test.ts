import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { libuvTransport } from '../../../src/sockets/libuv.ts';
import type { TransportConnection } from '../../../src/sockets/transport.ts';

test('bytes are received within turns, and a turn ends before the next bytes are polled for', async () => {
  const said: string[] = [];
  const connections: TransportConnection[] = [];
  let received = 0;
  const listener = await libuvTransport.listen(
    { host: '127.0.0.1', port: 0 },
    {
      accepted(connection) {
        connections.push(connection);
        return {
          received(bytes) {
            received += bytes.length;
            said.push('received');
            connection.write(bytes);
            assert.equal(connection.flush(), bytes.length, 'The kernel takes a few bytes at once.');
          },
          ended: () => connection.close(),
          flushed: () => assert.fail('What a flush has told of is not told again.'),
          closed: () => {},
        };
      },
      turnBegan: () => said.push('began'),
      turnEnded: () => said.push('ended'),
      failed: (error) => assert.fail(error),
      recovered() {},
    },
  );
  const client = connect(listener.address.port, '127.0.0.1');
  for (const round of [1, 2]) {
    client.write('x');
    await new Promise((resolve) => client.once('data', resolve));
    assert.equal(received, round);
    // Its turn is over by the time that the client, in the same process, is told.
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.destroy();
  await listener.close();
  assert.deepEqual(said, ['began', 'received', 'ended', 'began', 'received', 'ended']);
});

test('several writes between two flushes arrive in order', async () => {
  const listener = await libuvTransport.listen(
    { host: '127.0.0.1', port: 0 },
    {
      accepted(connection) {
        for (const text of ['a', 'b', 'c']) connection.write(Buffer.from(text));
        connection.flush();
        connection.write(Buffer.from('d'));
        connection.halfClose();
        return { received() {}, ended: () => connection.close(), flushed() {}, closed() {} };
      },
      turnBegan() {},
      turnEnded() {},
      failed: (error) => assert.fail(error),
      recovered() {},
    },
  );
  const client = connect(listener.address.port, '127.0.0.1');
  let text = '';
  for await (const piece of client) text += String(piece);
  assert.equal(text, 'abcd');
  await listener.close();
});
