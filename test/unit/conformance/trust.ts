import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { version } from '../../../package.json';
import type { Client } from '../cli/client.ts';
import { type ReadResponse, readResponses } from './responses.ts';
import { Servers, type StartedServer, type WayToServe } from './startedServer.ts';

/** Who is answered, and what an answer gives away. */
export function describeTrust(way: WayToServe): void {
  describe(`trust: ${way.name}`, () => {
    const servers = new Servers(way);
    let server: StartedServer & { connect(): Promise<Client> };
    before(async () => {
      server = await servers.start({ allowHosts: ['spark.test'] });
    });
    after(() => servers.stopAll());

    async function ask(target: string, host: string, fields = '', method = 'GET'): Promise<ReadResponse> {
      const client = await server.connect();
      const text = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}Connection: close\r\n\r\n`;
      return readResponses(await client.send(text).untilEnd(), [method])[0];
    }

    const hosts: readonly (readonly [target: string, host: string, status: number])[] = [
      ['/', 'localhost', 200],
      ['/', 'LOCALHOST:80', 200],
      ['/', 'app.localhost', 200],
      ['/', '127.0.0.1:5500', 200],
      ['/', '127.255.1.2', 200],
      ['/', '[::1]', 200],
      ['/', 'spark.test:8080', 200],
      ['/', 'evil.test', 403],
      ['/', 'localhost.evil.test', 403],
      ['/', 'evillocalhost', 403],
      ['/', '127.0.0.1.evil.test', 403],
      ['/', '127.0.0.256', 403],
      ['/', 'sub.spark.test', 403],
      ['/', '192.168.0.1', 403],
      ['/', '%6cocalhost', 403],
      // The target's host counts, not the Host field's (RFC 9112 section 3.2.2).
      ['http://evil.test/', 'localhost', 403],
      ['http://localhost/', 'evil.test', 200],
    ];
    for (const [target, host, status] of hosts) {
      test(`${target} for the host ${host}: ${status}`, async () => {
        assert.equal((await ask(target, host)).status, status);
      });
    }

    test('no other site may read, unless that was asked for', async () => {
      const origin = 'Origin: http://evil.test\r\nAccess-Control-Request-Method: GET\r\n';
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const { fields } = await ask('/', 'localhost', origin, method);
        const cors = [...fields.keys()].filter((name) => name.startsWith('access-control-'));
        assert.deepEqual(cors, []);
      }
    });

    test('another site changes nothing: its requests are refused before they are taken', async () => {
      const { connect } = await servers.start({ echo: 'all' });
      for (const [origin, status] of [
        ['http://evil.test', 403],
        ['null', 403],
        ['http://localhost', 200],
      ] as const) {
        const client = await connect();
        const fields = `Origin: ${origin}\r\nContent-Length: 2\r\nConnection: close\r\n`;
        client.send(`POST / HTTP/1.1\r\nHost: localhost\r\n${fields}\r\nhi`);
        assert.equal(readResponses(await client.untilEnd(), ['POST'])[0].status, status, origin);
      }
    });

    test('error pages show what was sent as text, and nothing of where or what the server is', async () => {
      const script = '/<script>alert(1)</script>"\'&';
      const pages = [
        await ask(script, 'localhost'),
        await ask('/', 'evil.test'),
        await ask('/', 'localhost', '', 'POST'),
        await ask('/', 'localhost', '', 'BREW'),
        await ask('/', 'localhost', 'Expect: <script>\r\n'),
        await ask('/%', 'localhost'),
        await ask('/..%2f', 'localhost'),
      ];
      assert.deepEqual(
        pages.map(({ status }) => status),
        [404, 403, 405, 501, 417, 400, 400],
      );
      for (const { body, fields } of pages) {
        assert.ok(body.length > 0);
        assert.ok(!body.includes('<script>'), body);
        for (const secret of [servers.root, process.version, version, 'node:', '.ts:', '.js:']) {
          assert.ok(!body.includes(secret), `${secret} in ${body}`);
        }
        assert.equal(fields.get('x-content-type-options'), 'nosniff');
        assert.match(fields.get('content-security-policy') ?? '', /default-src 'none'/);
      }
    });
  });
}
