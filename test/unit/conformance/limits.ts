import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Limits } from '../../../src/http/limits.ts';
import { statuses } from './responses.ts';
import { Servers, type WayToServe } from './startedServer.ts';

const head = (fields = '') => `GET / HTTP/1.1\r\nHost: localhost\r\n${fields}`;
const get = head('\r\n');
const close = head('Connection: close\r\n\r\n');

/** What a client may make the server hold or wait for. */
export function describeLimits(way: WayToServe): void {
  describe(`limits: ${way.name}`, () => {
    const servers = new Servers(way);
    after(() => servers.stopAll());

    const sizes: readonly (readonly [
      name: string,
      limits: Partial<Limits>,
      within: string,
      beyond: string,
      status: number,
    ])[] = [
      [
        'request line',
        { requestLine: 20 },
        `GET /${'a'.repeat(6)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
        `GET /${'a'.repeat(7)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
        414,
      ],
      [
        'header section',
        { headerSection: 50 },
        head(`${'X'.repeat(9)}: ${'b'.repeat(1)}\r\nConnection: x\r\n\r\n`).replace(': x\r\n', ':close\r\n'),
        head(`X: ${'b'.repeat(50)}\r\n\r\n`),
        431,
      ],
      [
        'fields',
        { fieldCount: 3 },
        head('X: 1\r\nConnection: close\r\n\r\n'),
        head('X: 1\r\nX: 2\r\nX: 3\r\n\r\n'),
        431,
      ],
      [
        'body by length',
        { body: 5 },
        head('Connection: close\r\nContent-Length: 5\r\n\r\nhello'),
        head('Content-Length: 6\r\n\r\nhello!'),
        413,
      ],
      [
        'body in chunks',
        { body: 5 },
        head('Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'),
        head('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n'),
        413,
      ],
    ];
    for (const [name, limits, within, beyond, status] of sizes) {
      test(`size of the ${name}: up to the limit it is served, beyond it is refused with ${status}`, async () => {
        const { connect } = await servers.start({ limits });
        const first = await connect();
        const answered = statuses(await first.send(within).untilEnd());
        assert.equal(answered.length, 1);
        assert.notEqual(answered[0], status);
        assert.ok(answered[0] === 200 || answered[0] === 404, `${answered[0]}`);
        const second = await connect();
        assert.deepEqual(statuses(await second.send(beyond + get).untilEnd()), [status]);
      });
    }

    test('a header section that does not come to its end in time: 408', async () => {
      const { connect } = await servers.start({ limits: { headerReadTime: 300 } });
      const client = await connect();
      client.send(head('X: '));
      const trickle = setInterval(() => client.send('a'), 50);
      await client.until(/^HTTP\/1\.1 408 /);
      clearInterval(trickle);
      assert.deepEqual(statuses(await client.untilEnd()), [408]);
    });

    test('a body of which no byte comes for a while: 408', async () => {
      const { connect } = await servers.start({ limits: { bodyIdleTime: 300 } });
      const client = await connect();
      client.send(head('Content-Length: 5\r\n\r\nhe'));
      assert.deepEqual(statuses(await client.untilEnd()), [408]);
    });

    test('a connection that idles after an answer, or never asks, is closed without a word', async () => {
      const { connect } = await servers.start({ limits: { keepAliveTime: 300, headerReadTime: 300 } });
      const idle = await connect();
      assert.deepEqual(statuses(await idle.send(get).untilEnd()), [200]);
      const silent = await connect();
      assert.equal(await silent.untilEnd(), '');
    });

    test('a client that takes nothing of its answer is cut', async () => {
      const { connect } = await servers.start({ limits: { writeStallTime: 300 } });
      const client = await connect();
      client.socket.pause();
      client.send(head('\r\n').replace(' / ', ' /large.txt ').repeat(4));
      // The server's reset shows as a failing write.
      const gone = new Promise((resolve) => client.socket.once('close', resolve));
      const nudge = setInterval(() => client.send(get), 50);
      await gone;
      clearInterval(nudge);
    });

    if (way.concurrent) {
      test('one connection too many: 503 with Retry-After and Date at once, and it is said', async () => {
        const { connect, logged } = await servers.start({ limits: { connections: 2 } });
        const first = await connect();
        const second = await connect();
        await first.send(get).until(/Hello/);
        await second.send(get).until(/Hello/);
        const third = await connect();
        const answer = await third.untilEnd();
        assert.deepEqual(statuses(answer), [503]);
        assert.match(answer, /\r\nRetry-After: \d+\r\n/);
        assert.match(answer, /\r\nDate: .+ GMT\r\n/);
        assert.match(logged.join('\n'), /2 connections/);
        assert.deepEqual(statuses(await first.send(close).untilEnd()), [200, 200]);
        second.reset();
      });

      test('500 clients that never end their header section keep nobody from being served', async () => {
        const { connect } = await servers.start();
        const slow = await Promise.all(Array.from({ length: 500 }, connect));
        for (const client of slow) client.send(head('X-Slow: 1\r\n'));
        const trickle = setInterval(() => {
          for (const client of slow) client.send('X: 1\r\n');
        }, 100);
        for (let i = 0; i < 50; i++) {
          const client = await connect();
          assert.deepEqual(statuses(await client.send(close).untilEnd()), [200]);
        }
        clearInterval(trickle);
        assert.ok(
          slow.every((client) => client.received === ''),
          'They are still being waited for.',
        );
        await Promise.all(slow.map((client) => client.reset()));
      });
    }
  });
}
