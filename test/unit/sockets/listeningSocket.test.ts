import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { openListeningSocket } from '../../../src/sockets/listeningSocket.ts';
import { loadSystemCalls } from '../../../src/sockets/loadSystemCalls.ts';
import { SystemCallError } from '../../../src/sockets/systemCallError.ts';

const loaded = await loadSystemCalls();
const skip = 'reason' in loaded ? loaded.reason : false;

function calls() {
  assert.ok('calls' in loaded);
  return loaded.calls;
}

test('it listens on the address of a name, on a free port; the kernel connects clients to it', {
  skip,
}, async () => {
  const listener = await openListeningSocket(calls(), { host: 'localhost', port: 0 });
  try {
    const { address, port } = calls().getsockname(listener);
    assert.ok(['127.0.0.1', '::1'].includes(address));
    assert.ok(port > 0);
    const client = connect({ port, host: address });
    await new Promise((resolve) => client.once('connect', resolve));
    client.destroy();
  } finally {
    calls().close(listener);
  }
});

test('a taken port, and a name that nobody has, are said with their errno; nothing stays open', {
  skip,
}, async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  assert.ok(address !== null && typeof address === 'object');
  const before = calls().socket('AF_INET');
  calls().close(before);
  const failure = async (host: string, port: number): Promise<SystemCallError> => {
    const error = await openListeningSocket(calls(), { host, port }).catch((reason: unknown) => reason);
    assert.ok(error instanceof SystemCallError);
    return error;
  };
  const taken = await failure('127.0.0.1', address.port);
  assert.deepEqual([taken.call, taken.code], ['bind', 'EADDRINUSE']);
  assert.match(taken.message, new RegExp(`127\\.0\\.0\\.1:${address.port}`));
  assert.equal((await failure('no name', 0)).call, 'getaddrinfo');
  const after = calls().socket('AF_INET');
  calls().close(after);
  assert.equal(after, before);
  other.close();
});
