import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { SocketLayerChoice } from '../../../../src/protocol/server.ts';
import type { RunningServer } from '../../../../src/server/runningServer.ts';
import { startServer } from '../../../../src/server/server.ts';
import { defaultSettings } from '../../../../src/settings/serverOptions.ts';
import { ask, Client, requestOf, statusOf } from '../../cli/client.ts';
import { type ProxyOptions, ProxySite } from './proxySite.ts';

let site: ProxySite;

before(async () => {
  site = await ProxySite.open();
});
afterEach(() => site.stopServers());
after(() => site.close());

for (const layer of ['libuv', 'auto'] as const satisfies readonly SocketLayerChoice[]) {
  const start = (options?: ProxyOptions) => site.start(layer, options);
  const get = (server: RunningServer, target: string, fields = ''): Promise<string> =>
    ask(server.port, requestOf(target, 'GET', fields));

  describe(`proxy, sockets: ${layer}`, () => {
    test('requests below the prefix are forwarded, others are for files', async () => {
      const server = await start();
      assert.match(await get(server, '/'), /front end$/);
      const answered = await get(server, '/api/x?y', 'X-Mine: 1\r\n');
      assert.equal(statusOf(answered), 200);
      assert.match(answered, /"url":"\/api\/x\?y".*"host":"localhost".*"x-mine":"1"/);
      assert.match(answered, /"x-forwarded-for":"127\.0\.0\.1"/);
      assert.equal(answered.match(/\r\nDate:/gi)?.length, 1);
    });

    test('the other server sees its own name, if it shall', async () => {
      const server = await start({ changeOrigin: true });
      assert.match(await get(server, '/api/x'), new RegExp(`"host":"127.0.0.1:${site.apiPort}"`));
    });

    test('a connection serves one after the other, pipelined too, files and forwarded ones', async () => {
      const server = await start();
      const client = await Client.connect(server.port);
      const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      client.send(
        request('/api/1') +
          request('/') +
          request('/api/2') +
          request('/').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      );
      const answered = await client.untilEnd();
      assert.deepEqual(answered.match(/"url":"\/api\/\d"|front end/g), [
        '"url":"/api/1"',
        'front end',
        '"url":"/api/2"',
        'front end',
      ]);
    });

    test('large content goes both ways at once, by length and in chunks', async () => {
      const server = await start();
      const content = randomBytes(3 * 1024 * 1024);
      const url = `http://127.0.0.1:${server.port}/api/echo`;
      const streamed = new ReadableStream({
        start(controller) {
          for (let i = 0; i < content.length; i += 100_000)
            controller.enqueue(content.subarray(i, i + 100_000));
          controller.close();
        },
      });
      for (const body of [content, streamed]) {
        const response = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
        assert.equal(response.headers.get('x-method'), 'PUT');
        assert.ok(content.equals(Buffer.from(await response.arrayBuffer())));
      }
    });

    test('an answer before the request is complete gets through, and the connection ends', async () => {
      const server = await start();
      const client = await Client.connect(server.port);
      client.send('POST /api/refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc');
      assert.match(await client.until(/\r\n\r\n[\s\S]*no/), /^HTTP\/1\.1 401 /);
      client.socket.end();
      await client.untilEnd();
    });

    test('Expect, early hints, HEAD, 204 and Location', async () => {
      const server = await start();
      const client = await Client.connect(server.port);
      client.send(
        'POST /api/digest HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n',
      );
      await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      assert.match(
        await client.send('abc').untilEnd(),
        /200 OK[\s\S]*ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/,
      );
      assert.match(
        await get(server, '/api/hints'),
        /^HTTP\/1\.1 103 Early Hints\r\nlink: [\s\S]*\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*hinted/i,
      );
      assert.match(
        await get(server, '/api/empty'),
        /^HTTP\/1\.1 204 No Content\r\n(?![\s\S]*Content-Length)[\s\S]*\r\n\r\n$/,
      );
      assert.match(await get(server, '/api/moved'), /\r\nLocation: \/api\/there\r\n/);
      assert.match(
        await ask(server.port, requestOf('/api/x', 'HEAD')),
        /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/,
      );
      const old = await Client.connect(server.port);
      assert.match(
        await old.send('GET /api/hints HTTP/1.0\r\nHost: localhost\r\n\r\n').untilEnd(),
        /^HTTP\/1\.1 200 OK[\s\S]*hinted$/,
      );
    });

    test('trailers go both ways, where they are asked for', async () => {
      const server = await start();
      const client = await Client.connect(server.port);
      client.send(
        'POST /api/trailers HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: TE, close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-One: 1\r\nHost: evil\r\n\r\n',
      );
      assert.match(await client.untilEnd(), /\{"x-one":"1"\}\r\n0\r\nX-Sum: 42\r\n\r\n$/);
      const cut = await Client.connect(server.port);
      await cut
        .send(
          'POST /api/trailers HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n',
        )
        .until(/100 Continue/);
      cut.send('1\r\na\r\n0\r\nX-One: 1\r\nX-T');
      // Another read comes between the two.
      await get(server, '/api/x');
      assert.match(await cut.send('wo: 2\r\n\r\n').until(/0\r\n\r\n$/), /\{"x-one":"1","x-two":"2"\}/);
      cut.socket.destroy();
      assert.match(await get(server, '/api/trailers'), /\r\n0\r\n\r\n$/);
    });

    test('nobody there: 502 with what to do; a server that is silent: 504', async () => {
      const closed = createRawServer().listen(0, '127.0.0.1');
      await once(closed, 'listening');
      const { port } = closed.address() as AddressInfo;
      closed.close();
      const dead = await start({ target: `http://127.0.0.1:${port}` });
      const refused = await get(dead, '/api/x');
      assert.match(refused, /^HTTP\/1\.1 502 Bad Gateway/);
      assert.match(refused, new RegExp(`127\\.0\\.0\\.1:${port}, .*spark\\.proxy.*ECONNREFUSED`));
      const slow = await start({ limits: { upstreamTime: 100 } });
      const late = await get(slow, '/api/silent');
      assert.match(late, /^HTTP\/1\.1 504 Gateway Timeout[\s\S]*spark\.limits\.upstreamSeconds/);
    });

    test('nobody takes the connection: 504 that says so', async () => {
      site.rawAnswer = () => {};
      const server = await start({
        target: `https://127.0.0.1:${site.rawPort}`,
        limits: { upstreamTime: 100 },
      });
      assert.match(
        await get(server, '/api/x'),
        /^HTTP\/1\.1 504 [\s\S]*nobody took the connection within 0\.1 seconds\. See whether/,
      );
    });

    test('the log names each cause once, until the other server answers again', async () => {
      const logged: string[] = [];
      const server = await start({
        report: (report) => {
          if (report.type === 'log') logged.push(report.message);
        },
      });
      const ask = async (text: string): Promise<string> => {
        site.rawAnswer = (socket) => socket.once('data', () => socket.end(text, 'latin1'));
        return get(server, '/raw?token=secret');
      };
      const half = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc';
      for (const text of ['', '', half, half, 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na', half])
        await ask(text);
      const said = (problem: string) =>
        `What the setting spark.proxy (--proxy) for /raw forwards to http://127.0.0.1:${site.rawPort} fails. ${problem} See whether that server runs and what its log says, or correct its address in the setting.`;
      const cut = said('It ended the connection before its answer was complete.');
      assert.deepEqual(logged, [said('It ended the connection without an answer.'), cut, cut]);
    });

    test('malformed answers are 502, broken ones cut the connection, excess is dropped', async () => {
      const server = await start();
      const said = async (text: string, ends = true): Promise<string> => {
        site.rawAnswer = (socket) => {
          socket.once('data', () => (ends ? socket.end(text, 'latin1') : socket.write(text, 'latin1')));
        };
        return get(server, '/raw');
      };
      assert.match(
        await said('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'),
        /^HTTP\/1\.1 502 [\s\S]*malformed at byte 36/,
      );
      assert.match(await said(''), /^HTTP\/1\.1 502 [\s\S]*without an answer/);
      assert.match(await said('HTTP/1.1 101 Switching Protocols\r\n\r\n'), /^HTTP\/1\.1 502 /);
      assert.match(
        await said('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc', false),
        /Content-Length: 1\r\n[\s\S]*\r\n\r\na$/,
      );
      assert.match(
        await said('HTTP/1.0 200 Bien s\xfbr\r\nX: caf\xe9\r\n\r\nabc'),
        /^HTTP\/1\.1 200 Bien s\xfbr\r\n[\s\S]*\r\nX: caf\xe9\r\nTransfer-Encoding: chunked\r\n[\s\S]*\r\n3\r\nabc\r\n0\r\n\r\n$/,
      );
      const short = await said('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
      assert.match(short, /Content-Length: 9\r\n/);
      assert.doesNotMatch(short, /abc.{6}/s);
    });

    test('an answer that falls silent is cut off, so that nobody takes it for whole, and the log says why', async () => {
      const logged: string[] = [];
      const reasons: string[] = [];
      let closed = (): void => {};
      const server = await start({
        limits: { upstreamTime: 100 },
        report(report) {
          if (report.type === 'log') logged.push(report.message);
          if (report.type !== 'batch') return;
          server.batchStored(report.batch.sequence);
          reasons.push(...report.batch.connections.map(({ closeReason }) => closeReason));
          closed();
        },
      });
      const begun = async (framing: string, version = '1.1'): Promise<Client> => {
        site.rawAnswer = (socket) => {
          socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${framing}`));
        };
        const client = await Client.connect(server.port);
        client.send(`GET /raw/x HTTP/${version}\r\nHost: localhost\r\n\r\n`);
        await client.until(/abc/);
        return client;
      };
      const chunked = await begun('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      assert.match(await chunked.untilEnd(), /\r\n\r\n3\r\nabc\r\n$/);
      const counted = await begun('Content-Length: 9\r\n\r\nabc');
      assert.match(await counted.untilEnd(), /\r\nContent-Length: 9\r\n\r\nabc$/);
      // Nothing but the end of the connection tells a client of HTTP/1.0 where such a body ends.
      const old = await begun('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', '1.0');
      assert.doesNotMatch(await old.untilEnd(), /chunked/);
      assert.equal(old.error, 'ECONNRESET');
      assert.deepEqual([chunked.error, counted.error], ['', '']);
      const why =
        'It sent nothing for 0.1 seconds in the middle of its answer (spark.limits.upstreamSeconds, --upstream-timeout).';
      const told = logged.filter((line) => line.includes(`http://127.0.0.1:${site.rawPort} fails. ${why}`));
      assert.equal(told.length, 1, 'Once, and not for each.');
      while (reasons.filter((reason) => reason.endsWith(`broke off. ${why}`)).length < 3)
        await new Promise<void>((resolve) => {
          closed = resolve;
        });
    });

    test('a client that rests, and events that rest, are not an answer that falls silent', async () => {
      const server = await start({ limits: { upstreamTime: 100 } });
      /** By then, whoever was silent when it was called has been for longer than the limit. */
      const limitPassed = async (): Promise<void> => {
        assert.equal(statusOf(await get(server, '/api/silent')), 504);
        assert.equal(statusOf(await get(server, '/api/silent')), 504);
      };
      const events = await Client.connect(server.port);
      const asked = once(site.upstream, 'request');
      events.send('GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [, source] = (await asked) as [IncomingMessage, ServerResponse];
      await events.until(/data: 1/);
      await limitPassed();
      source.write('data: 2\n\n');
      await events.until(/data: 2/);
      events.socket.destroy();
      const length = 30 * 1024 * 1024;
      site.rawAnswer = (socket) => {
        socket.once('data', () => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
          socket.write(Buffer.alloc(length));
        });
      };
      const slow = await Client.connect(server.port);
      slow.send('GET /raw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      await slow.until(/\r\n\r\n/);
      slow.socket.pause();
      await limitPassed();
      slow.socket.resume();
      const whole = await slow.untilEnd();
      assert.equal(whole.length - whole.indexOf('\r\n\r\n') - 4, length);
    });

    test('what smuggles ends here: the other server gets one message', async () => {
      const server = await start();
      let seen = '';
      site.rawAnswer = (socket) => {
        socket.setEncoding('latin1').on('data', (text: string) => {
          seen += text;
          if (seen.includes('0\r\n\r\n')) socket.end('HTTP/1.1 204 \r\n\r\n');
        });
      };
      const both = await ask(
        server.port,
        `${requestOf('/raw', 'POST', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n`,
      );
      assert.equal(statusOf(both), 400);
      const client = await Client.connect(server.port);
      client.send(
        'POST /raw HTTP/1.1\r\nHost: localhost\r\nConnection: close, Content-Length\r\nTransfer-Encoding: Chunked\r\n\r\n3;a="\r\n\r\nGET"\r\nabc\r\n0\r\n\r\n',
      );
      const refused = await client.untilEnd();
      assert.match(refused, /^HTTP\/1\.1 400 /);
      seen = '';
      const chunks = await Client.connect(server.port);
      await chunks
        .send(
          'POST /raw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n003;a=b\r\nabc\r\n00\r\n\r\n',
        )
        .untilEnd();
      assert.match(seen, /\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
    });

    test('trust: hosts, origins, WebSockets of other sites, and loops', async () => {
      const server = await start();
      const evil = await Client.connect(server.port);
      assert.match(
        await evil.send('GET /api/x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n').untilEnd(),
        /^HTTP\/1\.1 403 /,
      );
      const foreign = 'Origin: http://evil.example\r\n';
      assert.equal(statusOf(await get(server, '/api/x', foreign)), 200);
      const post = await Client.connect(server.port);
      assert.match(
        await post
          .send(
            `POST /api/x HTTP/1.1\r\nHost: localhost\r\n${foreign}Content-Length: 0\r\nConnection: close\r\n\r\n`,
          )
          .untilEnd(),
        /^HTTP\/1\.1 403 /,
      );
      const socket = await Client.connect(server.port);
      assert.match(
        await socket
          .send(
            `GET /api/ws HTTP/1.1\r\nHost: localhost\r\n${foreign}Connection: upgrade, close\r\nUpgrade: websocket\r\n\r\n`,
          )
          .untilEnd(),
        /^HTTP\/1\.1 403 /,
      );
      assert.match(await get(server, '/api/%2e%2e/secret'), /^HTTP\/1\.1 400 /);
      assert.match(await get(server, 'http://example.com/'), /^HTTP\/1\.1 403 /);
      let through = 0;
      site.rawAnswer = (client) => {
        client.once('data', (bytes) => {
          through++;
          const again = bytes.toString('latin1');
          void Client.connect(server.port).then((inner) =>
            inner
              .send(again)
              .untilEnd()
              .then((text) => client.end(text, 'latin1')),
          );
        });
      };
      assert.match(await get(server, '/raw/x'), /^HTTP\/1\.1 508 Loop Detected/);
      assert.equal(through, 1);
    });

    test('another concurrency model refuses, and names the setting', async () => {
      const defaults = defaultSettings(site.folder);
      const starting = startServer({
        settings: {
          ...defaults,
          port: 0,
          model: { ...defaults.model, name: 'threads' },
          proxy: { routes: [{ prefix: '/api', target: 'http://127.0.0.1:1' }], changeOrigin: false },
        },
        recording: { kind: 'nothing' },
        workerScript: '',
        report: () => {},
      });
      await assert.rejects(
        starting,
        /spark\.model \(--model\) is "threads", but spark\.proxy .* needs "eventLoop"/,
      );
    });
  });
}

test('curl sends a file, and gets what the other server makes of it', async () => {
  const server = await site.start('auto');
  const file = path.join(site.folder, 'upload');
  writeFileSync(file, randomBytes(2_000_000));
  const curl = spawn('curl', ['-sS', '--http1.1', '-T', file, `http://127.0.0.1:${server.port}/api/digest`]);
  let output = '';
  curl.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(curl, 'close');
  assert.equal(code, 0);
  assert.match(output, /^[0-9a-f]{64}$/);
});
