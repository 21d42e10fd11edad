import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { test } from 'node:test';
import { descriptorLimit, nextDescriptor, sharesOf } from '../../../src/sockets/descriptorLimit.ts';

test('the limit is the one that child processes have, too', async () => {
  const told = spawnSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'latin1' }).stdout ?? '';
  assert.equal(await descriptorLimit(), /^\d+\n$/.test(told) ? Number(told) : Number.POSITIVE_INFINITY);
});

test('the next descriptor is told, and stays free', {
  skip: process.platform === 'win32' && 'Only POSIX promises the lowest free descriptor.',
}, () => {
  const next = nextDescriptor();
  const descriptor = openSync(devNull, 'r');
  closeSync(descriptor);
  assert.equal(descriptor, next);
});

test('few descriptors suffice for all connections, what each asks for, and clients that are told to come again', () => {
  for (let free = 3; free <= 384; free++) {
    const { connections, spare } = sharesOf(20 + free, 20);
    assert.ok(connections >= 1 && 2 * connections + spare <= free, `${free} descriptors`);
  }
});

test('of many descriptors, most are for connections; without a limit, there are any number of those', () => {
  assert.ok(sharesOf(1024, 24).connections > 700);
  assert.ok(sharesOf(65_536, 24).connections > 65_000);
  assert.equal(sharesOf(Number.POSITIVE_INFINITY, 24).connections, Number.POSITIVE_INFINITY);
});

test('where hardly a descriptor is left, there is still one connection at a time', () => {
  for (const limit of [20, 21, 22]) assert.equal(sharesOf(limit, 21).connections, 1);
});
