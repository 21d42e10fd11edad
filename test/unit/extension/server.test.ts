import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { serialize } from 'node:v8';
import { CaptureLog } from '../../../src/capture/captureLog.ts';
import { CaptureStore } from '../../../src/capture/store.ts';
import { Server, type ServerState, urlOf } from '../../../src/extension/server.ts';
import { packedBatch } from '../../../src/protocol/packedBatch.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { callText } from '../../../src/sockets/callText.ts';
import { nativeCallNames } from '../../../src/sockets/nativeCalls.ts';
import { platforms } from '../../../src/sockets/platform.ts';
import { callColumns } from '../../../src/sockets/tracedCall.ts';
import { batchOf, connectionRecord, exchangeFields } from '../capture/traffic.ts';
import { fakeServer } from './fakeServer.ts';

const settings = defaultSettings('/site');

const listening = `send({ type: 'listening', host: '127.0.0.1', port: 5501, secure: false, skippedPorts: [5500] });`;
const stops = `if (message.type === 'stop') { send({ type: 'stopped' }); process.disconnect(); }`;

interface Watched {
  readonly server: Server;
  readonly store: CaptureStore;
  readonly states: ServerState['kind'][];
  readonly lines: string[];
  /** Resolves with the next death: its reason, and whether a restart is offered. */
  nextDeath(): Promise<[reason: string, offerRestart: boolean]>;
  /** Resolves with the next address at which a debugger is waited for. */
  nextAwaitedDebugger(): Promise<string>;
  /** Resolves when a line with this text is logged. */
  line(text: string): Promise<void>;
}

async function withServer(body: string, run: (watched: Watched) => Promise<void>): Promise<void> {
  const { script, remove } = fakeServer(body);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spark-log-'));
  const store = new CaptureStore(1024 * 1024);
  const log = new CaptureLog(folder, store, 1024 * 1024, (error) => assert.fail(String(error)));
  const states: ServerState['kind'][] = [];
  const lines: string[] = [];
  const deaths: ((death: [string, boolean]) => void)[] = [];
  const debuggers: ((inspectorUrl: string) => void)[] = [];
  const waiting: { text: string; resolve: () => void }[] = [];
  const server = new Server('/site', 'site', {
    script,
    store,
    log,
    report: (_, message) => {
      lines.push(message);
      for (const { text, resolve } of waiting) if (message.includes(text)) resolve();
    },
    debuggerAwaited: (_, inspectorUrl) => debuggers.shift()?.(inspectorUrl),
    callTexts: async (calls) => calls.map((call) => callText(call, platforms.linux)),
    changed: ({ state }) => states.push(state.kind),
    died: (_, reason, offerRestart) => deaths.shift()?.([reason, offerRestart]),
  });
  try {
    await run({
      server,
      store,
      states,
      lines,
      nextDeath: () => new Promise((resolve) => deaths.push(resolve)),
      nextAwaitedDebugger: () => new Promise((resolve) => debuggers.push(resolve)),
      line: (text) =>
        new Promise((resolve) => {
          if (lines.some((line) => line.includes(text))) resolve();
          else waiting.push({ text, resolve });
        }),
    });
  } finally {
    server.kill();
    await server.stop();
    log.close();
    remove();
    rmSync(folder, { recursive: true });
  }
}

describe('a server', () => {
  test('starts, says where it listens, and stops', async () => {
    await withServer(
      `if (message.type === 'start') ${listening} ${stops}`,
      async ({ server, states, store }) => {
        assert.deepEqual(await server.start(settings), { kind: 'running', port: 5501, skippedPorts: [5500] });
        assert.equal(server.url, 'http://127.0.0.1:5501/');
        assert.equal(store.runs().length, 1);
        await server.stop();
        assert.deepEqual(states, ['starting', 'running', 'stopping', 'stopped']);
        assert.equal(server.url, null);
        assert.equal(store.runs().length, 0, 'nothing was captured: nothing is to be shown');
      },
    );
  });

  test('passes its settings and its folder on', async () => {
    const tell = `if (message.type === 'start') send({ type: 'log', level: 'info', message: JSON.stringify(message.settings) });`;
    await withServer(tell, async ({ server, line, lines }) => {
      void server.start(settings);
      await line('"root"');
      assert.deepEqual(JSON.parse(lines[0]), { ...settings, root: '/site' });
    });
  });

  test('tells why it could not start', async () => {
    const fails = `send({ type: 'startFailed', reason: { kind: 'portsTaken', first: 1, last: 2 }, message: 'All ports are taken.' }); process.disconnect();`;
    await withServer(fails, async ({ server, states }) => {
      assert.deepEqual(await server.start(settings), {
        kind: 'failed',
        reason: { kind: 'portsTaken', first: 1, last: 2 },
        message: 'All ports are taken.',
      });
      assert.deepEqual(states, ['starting', 'stopped']);
    });
  });

  test('stores what arrives, acknowledges it, and keeps it when the process dies', async () => {
    const batch = batchOf(7, { connections: [connectionRecord(1)], exchanges: [exchangeFields(1)] });
    const body = `
      if (message.type === 'start') { ${listening} send({ type: 'batch', batch: require('node:v8').deserialize(Buffer.from('${serialized(packedBatch(batch))}', 'base64')) }); }
      if (message.type === 'batchStored') send({ type: 'log', level: 'info', message: 'stored ' + message.sequence });
      if (message.type === 'closeConnection') { console.error('Error: it broke'); process.exitCode = 3; process.disconnect(); }`;
    await withServer(body, async ({ server, store, line, nextDeath }) => {
      await server.start(settings);
      await line('stored 7');
      const death = nextDeath();
      server.closeConnection(1);
      const [reason, offerRestart] = await death;
      assert.match(reason, /exit code 3/);
      assert.match(reason, /Error: it broke/);
      assert.equal(offerRestart, true);
      assert.equal(server.state.kind, 'died');
      const [row] = store.rows(0, 1);
      assert.equal(row.aborted, true);
      assert.equal(store.run(server.run)?.newestConnections(1)[0].record.closeReason, reason);
    });
  });

  test('a crash in native code is told with the last system calls that had arrived, which stay stored', {
    skip: process.platform === 'win32' ? 'Windows has no signals.' : false,
  }, async () => {
    const columns = callColumns(10);
    columns.name.fill(nativeCallNames.indexOf('close'));
    columns.connection.fill(1);
    for (let i = 0; i < 10; i++) columns.descriptor[i] = i;
    const batch = { ...batchOf(1, { connections: [connectionRecord(1)] }), calls: columns };
    const body = `
      if (message.type === 'start') { ${listening} send({ type: 'batch', batch: require('node:v8').deserialize(Buffer.from('${serialized(packedBatch(batch))}', 'base64')) }); }
      if (message.type === 'batchStored') process.kill(process.pid, 'SIGSEGV');`;
    await withServer(body, async ({ server, store, lines, nextDeath, line }) => {
      const death = nextDeath();
      await server.start(settings);
      assert.match((await death)[0], /was ended by SIGSEGV/);
      await line('The last system calls');
      const told = lines.find((line) => line.startsWith('The last system calls')) ?? '';
      assert.match(told, /arrived: close\(2\) = 0; .*; close\(9\) = 0$/);
      assert.equal(store.callsOf(server.run, 1).calls.length, 10);
    });
  });

  test('offers no restart after three deaths within a minute', async () => {
    await withServer(`if (message.type === 'start') ${listening}`, async ({ server, nextDeath }) => {
      const offers: boolean[] = [];
      for (let i = 0; i < 3; i++) {
        const death = nextDeath();
        assert.equal((await server.start(settings)).kind, 'running');
        server.kill();
        const [reason, offerRestart] = await death;
        assert.match(reason, /SIGKILL/);
        offers.push(offerRestart);
      }
      assert.deepEqual(offers, [true, true, false]);
    });
  });

  test('takes nothing that is not of the protocol', async () => {
    const body = `
      if (message.type === 'start') { send({ type: 'batch', batch: { sequence: 1 } }); send(null); send({ type: 'listening', host: 1 }); ${listening} }`;
    await withServer(body, async ({ server, lines, store }) => {
      await server.start(settings);
      assert.equal(lines.filter((line) => line.includes('not of the protocol')).length, 3);
      assert.equal(store.count, 0);
    });
  });

  test('starts only after a stop under way is over', async () => {
    await withServer(`if (message.type === 'start') ${listening} ${stops}`, async ({ server, states }) => {
      await server.start(settings);
      void server.stop();
      assert.equal((await server.start(settings)).kind, 'running');
      assert.deepEqual(states, ['starting', 'running', 'stopping', 'stopped', 'starting', 'running']);
    });
  });

  test('started for a debugger, it tells where it waits; held by it, it is killed when it stops', async () => {
    const inspectorUrl = 'ws://127.0.0.1:9229/0-1';
    const body = `
      if (message.type === 'awaitDebugger') send({ type: 'debuggerAwaited', inspectorUrl: '${inspectorUrl}' });
      if (message.type === 'start') ${listening}`;
    await withServer(body, async ({ server, states, nextAwaitedDebugger }) => {
      const awaited = nextAwaitedDebugger();
      const outcome = server.start(settings, true);
      assert.equal(await awaited, inspectorUrl);
      assert.equal((await outcome).kind, 'running');
      assert.equal(server.isDebugged, true);
      await server.stop();
      assert.deepEqual(states, ['starting', 'running', 'stopping', 'stopped']);
    });
  });

  test('takes no address for a debugger but one of this machine', async () => {
    const body = `send({ type: 'debuggerAwaited', inspectorUrl: 'ws://example.com:9229/0-1' });`;
    await withServer(body, async ({ server, line }) => {
      void server.start(settings, true);
      await line('not of the protocol');
    });
  });

  test('a start for which no debugger comes is given up', async () => {
    const body = `if (message.type === 'awaitDebugger') send({ type: 'debuggerAwaited', inspectorUrl: 'ws://127.0.0.1:9229/0-1' });`;
    await withServer(body, async ({ server, nextAwaitedDebugger }) => {
      const awaited = nextAwaitedDebugger();
      const outcome = server.start(settings, true);
      await awaited;
      server.abandonStart('No debugger came.');
      assert.deepEqual(await outcome, {
        kind: 'failed',
        reason: { kind: 'other' },
        message: 'No debugger came.',
      });
    });
  });

  test('starts once, however many ask for it', async () => {
    await withServer(`if (message.type === 'start') ${listening} ${stops}`, async ({ server, states }) => {
      const outcomes = await Promise.all([server.start(settings), server.start(settings)]);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['running', 'running'],
      );
      assert.deepEqual(states, ['starting', 'running']);
    });
  });

  test('says so when its program is not there', async () => {
    await withServer(listening, async ({ store }) => {
      const lines: string[] = [];
      const server = new Server('/site', 'site', {
        script: '/nowhere/server.js',
        store,
        log: new CaptureLog('/nowhere', store, 0, () => undefined),
        report: (_, line) => lines.push(line),
        debuggerAwaited: () => assert.fail('it never ran'),
        callTexts: () => assert.fail('it never ran'),
        changed: () => undefined,
        died: () => assert.fail('it never ran'),
      });
      const outcome = await server.start(settings);
      assert.equal(outcome.kind, 'died');
      assert.match(outcome.kind === 'died' ? outcome.reason : '', /Cannot find module/);
    });
  });
});

describe('the address of a server', () => {
  test('can be called, whatever it listens on', () => {
    assert.equal(urlOf('127.0.0.1', 80, false), 'http://127.0.0.1:80/');
    assert.equal(urlOf('0.0.0.0', 5500, true), 'https://127.0.0.1:5500/');
    assert.equal(urlOf('::', 5500, false), 'http://[::1]:5500/');
    assert.equal(urlOf('fe80::1', 5500, false), 'http://[fe80::1]:5500/');
  });
});

function serialized(value: unknown): string {
  return serialize(value).toString('base64');
}
