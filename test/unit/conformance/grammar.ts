import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rules } from '../../../src/http/rules.ts';
import { gallery } from '../../../src/inspector/send/gallery.ts';
import type { Client } from '../cli/client.ts';
import { acceptedRequests, refusedRequests } from '../http/requestCases.ts';
import { readResponses, statuses } from './responses.ts';
import { Servers, type StartedServer, type WayToServe } from './startedServer.ts';

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Requests that end within their bytes, so that the connection goes on after them. */
function isWhole(expected: Readonly<Record<string, unknown>>): boolean {
  return expected.complete !== false;
}

/** The grammar of RFC 9112, over a socket. */
export function describeGrammar(way: WayToServe): void {
  describe(`grammar: ${way.name}`, () => {
    const servers = new Servers(way);
    let server: StartedServer & { connect(): Promise<Client> };
    before(async () => {
      server = await servers.start({
        allowHosts: ['*'],
        echo: 'all',
        limits: { requestsPerConnection: 10_000 },
      });
    });
    after(() => servers.stopAll());

    for (const { title, request } of gallery.filter(({ group }) => group === 'Well-formed')) {
      test(`the example "${title}" is answered as well-formed`, async () => {
        const client = await server.connect();
        const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
        const received = await client.send(request + last).untilEnd();
        const refused = /^HTTP\/1\.1 (?:4|5)\d\d/m.exec(received.toString());
        assert.equal(refused, null);
        assert.match(received.toString(), /^HTTP\/1\.1 2\d\d /m);
      });
    }

    for (const [id, { example, message, status }] of Object.entries(rules)) {
      if (example === null || message === 'response') continue;
      test(`${id} is answered ${status}, with Date, and nothing after it is answered`, async () => {
        const client = await server.connect();
        const method = example.slice(0, example.indexOf(' '));
        const received = await client.send(example + get).untilEnd();
        const [response, ...more] = readResponses(received, [method]);
        assert.equal(response.status, status);
        assert.equal(response.fields.get('connection'), 'close');
        assert.match(response.fields.get('date') ?? '', /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
        assert.equal(response.fields.get('server'), undefined);
        assert.deepEqual(more, []);
        assert.equal(client.error, '', 'The client gets the answer in peace.');
      });
    }

    test('no request hides behind a refused one, and those before it are answered first', async () => {
      for (const [rule, marked] of refusedRequests) {
        const client = await server.connect();
        const received = await client.send(`${get}${marked.replace('§', '')}${get}`).untilEnd();
        assert.deepEqual(statuses(received), [200, rules[rule].status], marked);
      }
    });

    test('what is accepted is answered, and the connection goes on with the next request', async () => {
      for (const [request, expected] of acceptedRequests) {
        if (!isWhole(expected) || / HTTP\/1\.0\r\n/.test(request)) continue;
        const client = await server.connect();
        const last = get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
        const found = statuses(await client.send(request + last).untilEnd());
        assert.deepEqual(found, [request.startsWith('CONNECT') ? 405 : 200, 200], request);
      }
    });

    test('a request cut at every byte is answered like a whole one', async () => {
      const request =
        'POST /?a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: v\r\n\r\n';
      const client = await server.connect();
      client.socket.setNoDelay(true);
      for (const octet of request + get) {
        client.send(octet);
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.socket.end();
      assert.deepEqual(statuses(await client.untilEnd()), [200, 200]);
    });
  });
}
