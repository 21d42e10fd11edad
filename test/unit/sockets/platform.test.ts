import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epollEventLayout, errorName, platforms } from '../../../src/sockets/platform.ts';
import { EpollBuffer, KeventBuffer, keventChange, writePollfds } from '../../../src/sockets/readyEvents.ts';
import { decodeSockaddr, encodeSockaddr } from '../../../src/sockets/sockaddr.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

for (const [name, address, expected] of [
  ['linux', { address: '127.0.0.1', port: 44701 }, '0200ae9d7f0000010000000000000000'],
  ['darwin', { address: '127.0.0.1', port: 44701 }, '1002ae9d7f0000010000000000000000'],
  ['win32', { address: '10.1.2.3', port: 80 }, '020000500a0102030000000000000000'],
  ['linux', { address: '::1', port: 5500 }, `0a00157c${'00'.repeat(4)}${'00'.repeat(15)}0100000000`],
  ['darwin', { address: 'fe80::1', port: 1 }, '1c1e000100000000fe80000000000000000000000000000100000000'],
  ['win32', { address: '::', port: 0 }, `1700${'00'.repeat(26)}`],
] as const) {
  test(`a socket address on ${name}: ${address.address} port ${address.port}`, () => {
    const bytes = encodeSockaddr(platforms[name], address);
    assert.equal(hex(bytes), expected);
    assert.deepEqual(decodeSockaddr(platforms[name], bytes), address);
  });
}

for (const [written, shown] of [
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['0:0:0:1::', '0:0:0:1::'],
  ['1::', '1::'],
] as const) {
  test(`an IPv6 address goes in and out: ${written}`, () => {
    const bytes = encodeSockaddr(platforms.linux, { address: written, port: 1 });
    assert.equal(decodeSockaddr(platforms.linux, bytes)?.address, shown);
  });
}

for (const address of ['localhost', '1.2.3', '1.2.3.256', '::1::', '1:2:3', '12345::', 'fe80::1%eth0', '']) {
  test(`not an address: "${address}"`, () => {
    assert.throws(() => encodeSockaddr(platforms.linux, { address, port: 1 }), RangeError);
  });
}

test('a structure of another family is no address', () => {
  assert.equal(decodeSockaddr(platforms.linux, new Uint8Array(28)), null);
});

test('struct epoll_event is packed on x64 alone', () => {
  assert.equal(epollEventLayout('x64').size, 12);
  assert.equal(epollEventLayout('arm64').size, 16);
  const events = new EpollBuffer(2, 'x64');
  new DataView(events.bytes.buffer).setUint32(12, 1, true);
  new DataView(events.bytes.buffer).setUint32(16, 77, true);
  assert.deepEqual([events.descriptor(1), events.readable(1), events.writable(1)], [77, true, false]);
});

test('struct pollfd has wide descriptors on Windows', () => {
  const entries = [
    { descriptor: 7, events: 1, revents: 0 },
    { descriptor: 300, events: 4, revents: 0 },
  ];
  const unix = new Uint8Array(16);
  writePollfds(platforms.linux, unix, entries);
  assert.equal(hex(unix), '07000000010000002c01000004000000');
  const windows = new Uint8Array(32);
  writePollfds(platforms.win32, windows, entries);
  assert.equal(hex(windows), '070000000000000001000000000000002c010000000000000400000000000000');
});

test('struct kevent', () => {
  const change = keventChange(9, 'EVFILT_WRITE', true);
  assert.equal(hex(change), `0900000000000000feff0100${'00'.repeat(20)}`);
  const events = new KeventBuffer(1);
  events.bytes.set(change);
  assert.deepEqual([events.descriptor(0), events.readable(0), events.writable(0)], [9, false, true]);
});

test('the same error has another number on each platform', () => {
  assert.deepEqual(
    [errorName(platforms.linux, 98), errorName(platforms.darwin, 48), errorName(platforms.win32, 10048)],
    ['EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE'],
  );
  assert.equal(errorName(platforms.linux, 4711), 'E4711');
});
