import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Client } from '../cli/client.ts';
import { type ReadResponse, readResponses } from './responses.ts';
import { page, Servers, type StartedServer, type WayToServe } from './startedServer.ts';

/** Methods and what stands on every response: RFC 9110 sections 6.6.1, 8.6, 9 and 15.5.6. */
export function describeMethods(way: WayToServe): void {
  describe(`methods: ${way.name}`, () => {
    const servers = new Servers(way);
    let server: StartedServer & { connect(): Promise<Client> };
    before(async () => {
      server = await servers.start();
    });
    after(() => servers.stopAll());

    async function ask(method: string, target = '/', fields = ''): Promise<ReadResponse> {
      const client = await server.connect();
      const line = `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}Connection: close\r\n\r\n`;
      const responses = readResponses(await client.send(line).untilEnd(), [method]);
      assert.equal(responses.length, 1);
      return responses[0];
    }

    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY']) {
      test(`${method} is known but not served: 405, with Allow`, async () => {
        const { status, fields } = await ask(method);
        assert.equal(status, 405);
        assert.equal(fields.get('allow'), 'GET, HEAD, OPTIONS');
      });
    }

    test('CONNECT opens no tunnel', async () => {
      assert.equal((await ask('CONNECT', 'localhost:443')).status, 405);
    });

    for (const method of ['get', 'Get', 'BREW', 'GET1', "!#$%&'*+-.^_`|~"]) {
      test(`${method} means nothing to anybody: 501`, async () => {
        assert.equal((await ask(method)).status, 501);
      });
    }

    for (const target of ['*', '/', 'http://localhost/']) {
      test(`OPTIONS ${target} says what is allowed, without content`, async () => {
        const { status, fields } = await ask('OPTIONS', target);
        assert.equal(status, 204);
        assert.equal(fields.get('allow'), 'GET, HEAD, OPTIONS');
        assert.equal(fields.get('content-length'), undefined);
      });
    }

    for (const target of ['/', '/missing', '/large.txt']) {
      test(`HEAD ${target} gets the fields of GET, and no content`, async () => {
        const get = await ask('GET', target);
        const head = await ask('HEAD', target);
        const fields = (response: ReadResponse) => [...response.fields].filter(([name]) => name !== 'date');
        assert.equal(head.status, get.status);
        assert.deepEqual(fields(head), fields(get));
        assert.equal(Number(head.fields.get('content-length')), get.body.length);
      });
    }

    test('every response has a Date, and none names the server', async () => {
      const asked = [ask('GET'), ask('GET', '/missing'), ask('POST'), ask('OPTIONS', '*'), ask('BREW')];
      for (const { status, fields } of await Promise.all(asked)) {
        assert.ok(Math.abs(Date.parse(fields.get('date') ?? '') - Date.now()) < 60_000, `${status}`);
        assert.equal(fields.get('server'), undefined);
        assert.equal(fields.get('x-powered-by'), undefined);
      }
    });

    test('the four forms of a target reach the same page', async () => {
      for (const target of ['/', 'http://localhost', 'http://127.0.0.1:1/', 'HTTP://LOCALHOST/?x']) {
        assert.equal((await ask('GET', target)).body, page, target);
      }
    });

    test('an upgrade that nobody offered is ignored', async () => {
      const { status, fields } = await ask('GET', '/', 'Upgrade: h2c, websocket\r\nHTTP2-Settings: AA\r\n');
      assert.equal(status, 200);
      assert.equal(fields.get('upgrade'), undefined);
    });
  });
}
