import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import type { CaptureBatch } from '../../../../src/protocol/capture.ts';
import type { SocketLayerChoice } from '../../../../src/protocol/server.ts';
import { Client } from '../../cli/client.ts';
import { type ProxyOptions, ProxySite } from './proxySite.ts';

let site: ProxySite;

before(async () => {
  site = await ProxySite.open();
});
afterEach(() => site.stopServers());
after(() => site.close());

for (const layer of ['libuv', 'auto'] as const satisfies readonly SocketLayerChoice[]) {
  const start = (options?: ProxyOptions) => site.start(layer, options);

  describe(`streams and tunnels through the proxy, sockets: ${layer}`, () => {
    test('an event stream ends with its client', async () => {
      const server = await start();
      const ended = once(site.upstream, 'request').then(([request]) => once(request.socket, 'close'));
      const client = await Client.connect(server.port);
      client.send('GET /api/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
      await client.until(/data: 1/);
      client.socket.destroy();
      await ended;
    });

    test('a client that leaves takes its forwarded request with it', async () => {
      const server = await start();
      const client = await Client.connect(server.port);
      const asked = once(site.upstream, 'request');
      client.send('GET /api/silent HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [request] = (await asked) as [IncomingMessage];
      const gone = once(request.socket, 'close');
      client.socket.resetAndDestroy();
      await gone;
    });

    test('an answer that is there is not silent, whatever held this process up meanwhile', async () => {
      const server = await start({ limits: { upstreamTime: 100 } });
      let upstream: Socket | null = null;
      site.rawAnswer = (socket) => {
        upstream = socket;
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc'));
      };
      const client = await Client.connect(server.port);
      client.send('GET /raw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      await client.until(/abc/);
      (upstream as Socket | null)?.end('def');
      // As a machine that sleeps: the rest of the answer is there, and the time is over.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      assert.match(await client.untilEnd(), /\r\n\r\nabcdef$/);
    });

    test('a WebSocket goes through as a tunnel: state, bytes in both directions, orderly end', async () => {
      const batches: CaptureBatch[] = [];
      let tunnelTold = (): void => {};
      const told = new Promise<void>((resolve) => {
        tunnelTold = resolve;
      });
      const server = await start({
        report(report) {
          if (report.type !== 'batch') return;
          batches.push(report.batch);
          server.batchStored(report.batch.sequence);
          if (report.batch.connections.some(({ state }) => state === 'tunnel')) tunnelTold();
        },
      });
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/ws`);
      await once(socket, 'open');
      const large = randomBytes(2 * 1024 * 1024);
      const echoed = once(socket, 'message');
      socket.send(large);
      const [data] = (await echoed) as [Buffer];
      assert.ok(large.equals(data));
      const text = once(socket, 'message');
      socket.send('hello');
      assert.equal(String((await text)[0]), 'hello');
      await told;
      socket.close();
      await once(socket, 'close');
      await server.stop();
      const last = batches
        .flatMap(({ exchanges }) =>
          exchanges.status.length === 0 ? [] : [{ columns: exchanges, row: exchanges.status.length - 1 }],
        )
        .at(-1);
      assert.ok(last);
      const { columns, row } = last;
      assert.equal(columns.status[row], 101);
      assert.equal(columns.aborted[row], 0);
      assert.ok(columns.requestEnd[row] > large.length && columns.responseEnd[row] > large.length);
      assert.ok(columns.endedAt[row] > columns.respondedAt[row]);
      const { server: where, connectedAt, answeredAt, problem } = columns.forwarding[row] ?? {};
      assert.equal(where, `http://127.0.0.1:${site.apiPort}`);
      assert.ok(connectedAt && answeredAt && answeredAt >= connectedAt);
      assert.equal(problem, '');
      const kept = batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.ok(kept < 16 * 1024, `${kept} bytes kept, of bodies bounded to 1024 each way`);
    });

    test('a WebSocket ends when the server stops', async () => {
      const server = await start();
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/ws`);
      await once(socket, 'open');
      const closed = once(socket, 'close');
      await server.stop();
      await closed;
    });
  });
}
