import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServer } from '../../../src/server/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { ask, Client, requestOf, statusOf } from '../cli/client.ts';

test("Date is the system's clock, which may have jumped since the server started (RFC 9110 section 6.6.1)", async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'spark-date-'));
  writeFileSync(join(root, 'a.txt'), 'x');
  const defaults = defaultSettings(root);
  const server = await startServer({
    settings: { ...defaults, port: 0, limits: { ...defaults.limits, connections: 1 } },
    recording: { kind: 'nothing' },
    workerScript: '',
    report() {},
  });
  try {
    // A machine that slept: the clock that connections run by stood still meanwhile.
    t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2049, 0, 1) });
    const expected = /\r\nDate: Fri, 01 Jan 2049 00:00:00 GMT\r\n/;
    for (const request of [requestOf('/a.txt'), requestOf('/none'), 'nonsense\r\n\r\n'])
      assert.match(await ask(server.port, request), expected);
    const only = await Client.connect(server.port);
    await only.send('GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n').until(expected);
    const turnedAway = await ask(server.port, requestOf('/a.txt'));
    assert.equal(statusOf(turnedAway), 503);
    assert.match(turnedAway, expected);
    only.socket.destroy();
  } finally {
    await server.stop();
    rmSync(root, { recursive: true });
  }
});
