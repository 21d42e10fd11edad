import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import {
  askLsof,
  nameInTasklist,
  ownerInLsof,
  portOwner,
  processInNetstat,
} from '../../../src/sockets/portOwner.ts';

const hasLsof = spawnSync('lsof', ['-v']).error === undefined;

test('the process that listens on a port is found, and nobody on a free one', {
  skip: process.platform !== 'linux' && 'Elsewhere other programs are asked.',
}, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const here = { address: '127.0.0.1', port: address.port };
  const owner = await portOwner(here);
  assert.equal(owner?.pid, process.pid);
  assert.equal(owner?.name, path.basename(process.execPath));
  assert.match(owner?.commandLine ?? '', /portOwner\.test/);
  if (hasLsof) {
    const asked = await askLsof(address.port);
    assert.equal(asked?.pid, process.pid);
    assert.match(asked?.commandLine ?? '', /portOwner\.test/);
  }
  server.close();
  await once(server, 'close');
  assert.equal(await portOwner(here), null);
});

test('what the tools of other systems write is understood', () => {
  assert.deepEqual(ownerInLsof('p4711\ncCode Helper (Plugin)\nf23\n'), {
    pid: 4711,
    name: 'Code Helper (Plugin)',
  });
  assert.equal(ownerInLsof(''), null);
  const netstat = [
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:55000        0.0.0.0:0              ABHÖREN          7',
    '  TCP    127.0.0.1:5500         127.0.0.1:61234        HERGESTELLT      8',
    '  TCP    127.0.0.1:5500         0.0.0.0:0              ABHÖREN          4711',
    '  TCP    [::]:5501              [::]:0                 ABHÖREN          12',
  ].join('\r\n');
  assert.equal(processInNetstat(netstat, 5500), 4711);
  assert.equal(processInNetstat(netstat, 5501), 12);
  assert.equal(processInNetstat(netstat, 5502), null);
  assert.equal(nameInTasklist('"node.exe","4711","Console","1","50.000 K"\r\n'), 'node.exe');
  assert.equal(nameInTasklist('INFO: No tasks are running'), '');
});
