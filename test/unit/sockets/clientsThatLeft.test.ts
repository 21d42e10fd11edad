import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Libc } from '../../../src/sockets/libc.ts';
import { addressOfAccepted } from '../../../src/sockets/listeningSocket.ts';
import type { NativeCalls } from '../../../src/sockets/nativeCalls.ts';
import type { NativeLibrary } from '../../../src/sockets/nativeLibrary.ts';
import { platforms } from '../../../src/sockets/platform.ts';

const EINVAL = 22;
const accepted = 42;

/** macOS, whose calls fail on a socket that its client has reset before it was accepted. */
function macOS(): { calls: Libc; closed: number[] } {
  const closed: number[] = [];
  const native: Partial<NativeCalls> = {
    gettid: () => 1,
    errno: () => EINVAL,
    accept: () => accepted,
    fcntl: () => 0,
    setsockopt: () => -1,
    getsockname: () => -1,
    close(descriptor) {
      closed.push(descriptor);
      return 0;
    },
  };
  const library = { platform: platforms.darwin, native } as unknown as NativeLibrary;
  return { calls: new Libc(library), closed };
}

test('a client that has left before it was accepted is closed, and is no failure of accept', () => {
  const { calls, closed } = macOS();
  assert.equal(calls.accept(3, true), null);
  assert.deepEqual(closed, [accepted]);
});

test('where a client has connected to that has left is where its listener is bound', () => {
  const everywhere = { address: '0.0.0.0', port: 5500 };
  assert.deepEqual(addressOfAccepted(macOS().calls, accepted, everywhere), everywhere);
});
