import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Client } from '../cli/client.ts';
import { readResponses, statuses } from './responses.ts';
import { page, Servers, type StartedServer, type WayToServe } from './startedServer.ts';

const request = (line: string, fields = '') => `${line}\r\nHost: localhost\r\n${fields}\r\n`;
const get = request('GET / HTTP/1.1');
const close = request('GET / HTTP/1.1', 'Connection: close\r\n');

/** Persistence, pipelining, expectations and close: RFC 9112 section 9, RFC 9110 section 10.1.1. */
export function describeConnections(way: WayToServe): void {
  describe(`connections: ${way.name}`, () => {
    const servers = new Servers(way);
    let server: StartedServer & { connect(): Promise<Client> };
    before(async () => {
      server = await servers.start();
    });
    after(() => servers.stopAll());

    const persistence: readonly (readonly [name: string, first: string, stays: boolean, field: string])[] = [
      ['HTTP/1.1', get, true, ''],
      ['HTTP/1.1 with close', close, false, 'close'],
      [
        'HTTP/1.1 with Close in a list',
        request('GET / HTTP/1.1', 'Connection: x,\tClose , y\r\n'),
        false,
        'close',
      ],
      [
        'HTTP/1.1 with close on a second line',
        request('GET / HTTP/1.1', 'Connection: x\r\nConnection: close\r\n'),
        false,
        'close',
      ],
      [
        'HTTP/1.1 with close and keep-alive',
        request('GET / HTTP/1.1', 'Connection: keep-alive, close\r\n'),
        false,
        'close',
      ],
      ['HTTP/1.1 with something like close', request('GET / HTTP/1.1', 'Connection: closed\r\n'), true, ''],
      ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', false, 'close'],
      ['HTTP/1.0 with keep-alive', 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', true, 'keep-alive'],
      [
        'HTTP/1.0 with keep-alive and close',
        'GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n',
        false,
        'close',
      ],
      [
        'HTTP/1.0 with Proxy-Connection',
        'GET / HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n',
        false,
        'close',
      ],
    ];
    for (const [name, first, stays, field] of persistence) {
      test(`${name}: the connection ${stays ? 'stays' : 'closes, and answers no more'}`, async () => {
        const client = await server.connect();
        const responses = readResponses(await client.send(first + close).untilEnd());
        assert.equal(responses.length, stays ? 2 : 1);
        assert.equal(responses[0].fields.get('connection') ?? '', field);
        assert.equal(responses[0].version, 'HTTP/1.1');
      });
    }

    test('pipelined requests are answered in order, whatever they are', async () => {
      const kinds = [
        { sent: get, method: 'GET', status: 200 },
        { sent: request('HEAD / HTTP/1.1'), method: 'HEAD', status: 200 },
        { sent: `${request('POST / HTTP/1.1', 'Content-Length: 5\r\n')}GET /`, method: 'POST', status: 405 },
        { sent: request('GET /missing HTTP/1.1'), method: 'GET', status: 404 },
        { sent: request('OPTIONS * HTTP/1.1'), method: 'OPTIONS', status: 204 },
        { sent: `\r\n${request('BREW /pot HTTP/1.1')}`, method: 'BREW', status: 501 },
        { sent: request('HEAD /missing HTTP/1.1'), method: 'HEAD', status: 404 },
      ];
      const sent = Array.from({ length: 210 }, (_, i) => kinds[(i * i) % kinds.length]);
      const client = await server.connect();
      const received = await client.send(sent.map((kind) => kind.sent).join('') + close).untilEnd();
      assert.deepEqual(statuses(received, [...sent.map(({ method }) => method), 'GET']), [
        ...sent.map(({ status }) => status),
        200,
      ]);
    });

    test('what was pipelined before a half-close is answered in full', async () => {
      const client = await server.connect();
      client.socket.end(get.repeat(20));
      assert.equal(statuses(await client.untilEnd()).length, 20);
    });

    test('an answer larger than the buffers of the kernel keeps the next one waiting', async () => {
      const client = await server.connect();
      const received = await client.send(request('GET /large.txt HTTP/1.1') + close).untilEnd();
      const [large, small] = readResponses(received);
      assert.equal(large.body.length, 4 * 1024 * 1024);
      assert.equal(small.body, page);
    });

    test('after the last request that a connection may bring, it closes', async () => {
      const { connect } = await servers.start({ limits: { requestsPerConnection: 3 } });
      const client = await connect();
      const responses = readResponses(await client.send(get.repeat(5)).untilEnd());
      assert.deepEqual(
        responses.map(({ fields }) => fields.get('connection')),
        [undefined, undefined, 'close'],
      );
    });

    test('100 Continue comes before the body, and a final answer after it', async () => {
      const client = await server.connect();
      const expecting = 'Expect: 100-Continue\r\nContent-Length: 2\r\n';
      await client.send(request('GET / HTTP/1.1', expecting)).until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      const received = await client.send(`hi${close}`).untilEnd();
      assert.deepEqual(statuses(received), [100, 200, 200]);
    });

    test('without a body, or with one that is there, there is no 100', async () => {
      const client = await server.connect();
      const bodiless = request('GET / HTTP/1.1', 'Expect: 100-continue\r\n');
      const there = `${request('GET / HTTP/1.1', 'Expect: 100-continue\r\nContent-Length: 2\r\n')}hi`;
      assert.deepEqual(statuses(await client.send(bodiless + there + close).untilEnd()), [200, 200, 200]);
    });

    test('HTTP/1.0 never gets a 100, nor a 417', async () => {
      for (const expectation of ['100-continue', 'tea']) {
        const client = await server.connect();
        client.send(`GET / HTTP/1.0\r\nExpect: ${expectation}\r\nContent-Length: 2\r\n\r\n`);
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual(statuses(await client.send('hi').untilEnd()), [200]);
      }
    });

    test('a refusal comes instead of the 100, and closes', async () => {
      const client = await server.connect();
      const expecting = 'Expect: 100-continue\r\nContent-Length: 2\r\n';
      const received = await client.send(request('POST / HTTP/1.1', expecting)).untilEnd();
      assert.deepEqual(statuses(received), [405]);
    });

    test('a refused client that goes on sending gets its answer before the connection ends', async () => {
      const client = await server.connect();
      const body = 'x'.repeat(200_000);
      const chunked = request('POST / HTTP/1.1', 'Transfer-Encoding: chunked\r\n');
      client.send(`${chunked}zz\r\n`).send(body);
      const [response] = readResponses(await client.untilEnd());
      assert.equal(response.status, 405);
      assert.equal(client.error, '');
    });

    test('a client that neither reads nor closes after its last answer is not waited for', async () => {
      const { connect } = await servers.start({ limits: { drainTime: 200 } });
      const client = await connect();
      client.send('nonsense\r\n\r\n');
      await client.until(/^HTTP\/1\.1 400 /);
      // It keeps its side open: only the end of the socket shows that the server has gone.
      const gone = new Promise((resolve) => client.socket.once('close', resolve));
      const nudge = setInterval(() => client.send('x'), 50);
      await gone;
      clearInterval(nudge);
    });
  });
}
