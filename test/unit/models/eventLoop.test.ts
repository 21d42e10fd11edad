import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectionState, Exchange } from '../../../src/http/exchange.ts';
import { defaultLimits, type Limits } from '../../../src/http/limits.ts';
import type { OpenFile, Response } from '../../../src/http/message.ts';
import type { RequestHandler } from '../../../src/http/requestHandler.ts';
import { runEventLoop } from '../../../src/models/eventLoop.ts';
import type { ConnectionRecorder, RunningModel, Service } from '../../../src/models/served.ts';
import { libuvTransport } from '../../../src/sockets/libuv.ts';
import { loadSystemCalls } from '../../../src/sockets/loadSystemCalls.ts';
import { ReadinessTransport } from '../../../src/sockets/readiness.ts';
import type { Transport } from '../../../src/sockets/transport.ts';
import { Client, statusOf } from '../cli/client.ts';

const fileLength = 8 * 1024 * 1024;
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

let folder: string;
let filePath: string;
let content: Buffer;
const running: Running[] = [];
let transport: Transport = libuvTransport;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spark-models-'));
  filePath = path.join(folder, 'file');
  content = Buffer.alloc(fileLength);
  for (let i = 0; i < fileLength; i += 4) content.writeUInt32LE(i, i);
});

after(() => rmSync(folder, { recursive: true }));

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ model }) => model.stop(0)));
});

/** What the model told of a connection. */
class Told implements ConnectionRecorder {
  receivedBytes = 0;
  sentBytes = 0;
  reason = '';
  readonly states: ConnectionState[] = [];
  readonly exchanges = new Set<Exchange>();
  readonly closedOnce: Promise<void>;
  private resolveClosed: () => void = () => {};

  constructor() {
    this.closedOnce = new Promise((resolve) => {
      this.resolveClosed = resolve;
    });
  }

  received(bytes: Uint8Array): void {
    this.receivedBytes += bytes.length;
  }

  sent(bytes: Uint8Array): boolean {
    this.sentBytes += bytes.length;
    return false;
  }

  readonly heldAhead = Number.POSITIVE_INFINITY;

  sentFile(_path: string, _offset: number, length: number): void {
    this.sentBytes += length;
  }

  exchangeChanged(exchange: Exchange): void {
    this.exchanges.add(exchange);
  }

  stateChanged(state: ConnectionState): void {
    this.states.push(state);
  }

  closed(reason: string): void {
    assert.equal(this.reason, '', 'It is closed once.');
    this.reason = reason;
    this.resolveClosed();
  }
}

interface Running {
  readonly model: RunningModel;
  readonly port: number;
  readonly told: readonly Told[];
  readonly logged: readonly string[];
  connect(): Promise<Client>;
}

async function run(
  options: {
    readonly answer?: (method: string) => Response;
    readonly limits?: Partial<Limits>;
    readonly isRecorded?: boolean;
  } = {},
): Promise<Running> {
  const { answer = () => text('Hello'), limits, isRecorded = true } = options;
  const handler: RequestHandler = {
    admit: () => null,
    wantsMessage: () => false,
    respond: (request) => answer(request.method),
    refuse: () => ({ status: 400, fields: [], body: [] }),
  };
  const told: Told[] = [];
  const logged: string[] = [];
  const service: Service = {
    handler,
    limits: { ...defaultLimits, ...limits },
    recorder: {
      opened() {
        const recorder = new Told();
        told.push(recorder);
        return { id: told.length, recorder: isRecorded ? recorder : null };
      },
    },
    trace: null,
    log: (level, message) => logged.push(`${level}: ${message}`),
  };
  const model = await runEventLoop(transport, { host: '127.0.0.1', port: 0 }, service);
  const { port } = model.address;
  let connected = 0;
  const connect = async (): Promise<Client> => {
    const client = await Client.connect(port);
    // The kernel connects it, whether or not the server has accepted it yet.
    for (const number = ++connected; told.length < number; ) await nextTurn();
    return client;
  };
  const started = { model, port, told, logged, connect };
  running.push(started);
  return started;
}

function text(body: string): Response {
  return { status: 200, fields: [], body: [Buffer.from(body)] };
}

/** The whole of the file, from a descriptor of its own. */
function fileAnswer(opened: OpenFile[] = []): Response {
  const descriptor = openSync(filePath, 'r');
  const { size, mtimeMs } = fstatSync(descriptor);
  const isUnchanged = () => {
    const status = fstatSync(descriptor);
    return status.size === size && status.mtimeMs === mtimeMs;
  };
  const file: OpenFile = {
    descriptor,
    path: '',
    isUnchanged,
    leftAlone: true,
    close: () => closeSync(descriptor),
  };
  opened.push(file);
  return { status: 200, fields: [], body: [{ file, offset: 0, length: fileLength }] };
}

function isOpen({ descriptor }: OpenFile): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

const systemCalls = await loadSystemCalls();
const layers: { readonly name: string; readonly transport: Transport | string }[] = [
  { name: 'libuv', transport: libuvTransport },
  ...(['epoll', 'poll'] as const).map((kind) => ({
    name: kind,
    transport:
      'reason' in systemCalls
        ? systemCalls.reason
        : process.platform === 'linux'
          ? new ReadinessTransport(systemCalls.library, systemCalls.calls, kind)
          : 'It is proven on Linux.',
  })),
];

for (const layer of layers)
  describe(`the event loop on ${layer.name}`, {
    skip: typeof layer.transport === 'string' && layer.transport,
  }, () => {
    before(() => {
      if (typeof layer.transport !== 'string') transport = layer.transport;
    });

    test('pipelined requests are answered in order on one connection', async () => {
      let count = 0;
      const { connect } = await run({ answer: () => text(`answer ${++count}.`) });
      const client = await connect();
      const response = await client.send(get.repeat(50)).until(/answer 50\./);
      const order = [...response.matchAll(/answer (\d+)\./g)].map((match) => Number(match[1]));
      assert.deepEqual(
        order,
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
      client.reset();
    });

    test('a client that half-closes gets the whole of its answer, then the connection closes', async () => {
      writeFileSync(filePath, content);
      const { connect, told } = await run({ answer: () => fileAnswer() });
      const client = await connect();
      client.socket.end(get);
      const response = await client.untilEnd();
      assert.ok(response.endsWith(content.toString('latin1')));
      await told[0].closedOnce;
      assert.equal(told[0].receivedBytes, get.length);
      assert.equal(told[0].sentBytes, client.received.length);
      assert.equal(told[0].states.at(-1), 'closed');
    });

    test('a file arrives as it is, through a client that reads late; memory stays small', async () => {
      writeFileSync(filePath, content);
      const opened: OpenFile[] = [];
      const { connect, told } = await run({ answer: () => fileAnswer(opened) });
      const slow = await connect();
      slow.socket.pause();
      slow.send(get);
      const quick = await connect();
      quick.send(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      await quick.untilEnd();
      assert.ok(quick.received.endsWith(content.toString('latin1')));
      assert.ok(told[0].sentBytes < fileLength, 'What nobody reads is not read from the file either.');
      slow.socket.resume();
      await slow.untilLength(quick.received.length - 'Connection: close\r\n'.length);
      slow.socket.end();
      await slow.untilEnd();
      await Promise.all(told.map((connection) => connection.closedOnce));
      assert.deepEqual(opened.map(isOpen), [false, false]);
      assert.ok(slow.received.endsWith(content.toString('latin1')));
    });

    test('a file that nobody records arrives as it is, and its change is noticed', async () => {
      writeFileSync(filePath, content);
      const opened: OpenFile[] = [];
      const { connect } = await run({ answer: () => fileAnswer(opened), isRecorded: false });
      const slow = await connect();
      slow.socket.pause();
      slow.send(get + get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      const quick = await connect();
      quick.send(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      await quick.untilEnd();
      assert.ok(quick.received.endsWith(content.toString('latin1')));
      slow.socket.resume();
      await slow.untilEnd();
      assert.ok(slow.received.endsWith(content.toString('latin1')));
      assert.ok(slow.received.length > 2 * fileLength);
      const cut = await connect();
      cut.socket.pause();
      cut.send(get);
      while (opened.length < 4) await nextTurn();
      truncateSync(filePath, 1024 * 1024);
      cut.socket.resume();
      await cut.untilEnd();
      assert.ok(cut.received.length < fileLength, 'The client can tell that it did not get all.');
      assert.deepEqual(opened.map(isOpen), [false, false, false, false]);
    });

    const longAgo = new Date(2000, 0, 1);
    const cuts: [name: string, change: () => void, reason: RegExp][] = [
      ['shrinks', () => truncateSync(filePath, 1024), /shorter/],
      [
        'is written anew, of the same length',
        () => writeFileSync(filePath, Buffer.alloc(fileLength)),
        /changed/,
      ],
      ['grows', () => appendFileSync(filePath, 'more'), /changed/],
    ];

    for (const [name, change, reason] of cuts) {
      test(`a file that ${name} while it is sent cuts the connection`, async () => {
        writeFileSync(filePath, content);
        utimesSync(filePath, longAgo, longAgo);
        const opened: OpenFile[] = [];
        const { connect, told } = await run({ answer: () => fileAnswer(opened) });
        const client = await connect();
        client.socket.pause();
        client.send(get);
        while (told[0].sentBytes === 0) await new Promise((resolve) => setImmediate(resolve));
        change();
        client.socket.resume();
        await client.untilEnd();
        const length = Number(/Content-Length: (\d+)/.exec(client.received)?.[1]);
        assert.equal(length, fileLength);
        const body = client.received.slice(client.received.indexOf('\r\n\r\n') + 4);
        assert.ok(body.length < length, 'The client can tell that it did not get all.');
        await told[0].closedOnce;
        assert.match(told[0].reason, reason);
        assert.deepEqual(opened.map(isOpen), [false]);
        const [exchange] = told[0].exchanges;
        assert.equal(exchange.aborted, true);
      });
    }

    test('a file that is deleted while it is sent arrives whole: its bytes are there until it is closed', async () => {
      writeFileSync(filePath, content);
      utimesSync(filePath, longAgo, longAgo);
      const { connect, told } = await run({ answer: () => fileAnswer() });
      const client = await connect();
      client.socket.pause();
      client.send(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      while (told[0].sentBytes === 0) await new Promise((resolve) => setImmediate(resolve));
      unlinkSync(filePath);
      client.socket.resume();
      const response = await client.untilEnd();
      assert.ok(response.endsWith(content.toString('latin1')));
    });

    test('a client that resets while it is answered: its file is closed, the others are served', async () => {
      writeFileSync(filePath, content);
      const opened: OpenFile[] = [];
      const { connect, told } = await run({ answer: () => fileAnswer(opened) });
      const other = await connect();
      const client = await connect();
      client.socket.pause();
      client.send(get);
      while (opened.length === 0) await new Promise((resolve) => setImmediate(resolve));
      client.reset();
      await told[1].closedOnce;
      assert.match(told[1].reason, /reset/);
      assert.deepEqual(opened.map(isOpen), [false]);
      await other.send(get).until(/^HTTP\/1\.1 200 /);
      other.reset();
    });

    test('a client that never sends is closed, one that idles too; others do not wait for them', async () => {
      const { connect, told } = await run({ limits: { headerReadTime: 300, keepAliveTime: 300 } });
      const silent = await connect();
      const idle = await connect();
      await idle.send(get).until(/Hello/);
      await Promise.all([silent.untilEnd(), idle.untilEnd()]);
      await Promise.all(told.map((connection) => connection.closedOnce));
      assert.equal(silent.received, '');
      assert.match(told[0].reason, /No request came/);
      assert.match(told[1].reason, /idle/);
    });

    test('a client that stops reading is closed', async () => {
      writeFileSync(filePath, content);
      const opened: OpenFile[] = [];
      const { connect, told } = await run({
        answer: () => fileAnswer(opened),
        limits: { writeStallTime: 300 },
      });
      const client = await connect();
      client.socket.pause();
      client.send(get);
      await told[0].closedOnce;
      assert.match(told[0].reason, /stopped reading/);
      assert.deepEqual(opened.map(isOpen), [false]);
      client.reset();
    });

    test('garbage is answered 400, and nothing after it', async () => {
      const { connect } = await run();
      for (const garbage of [
        '\x16\x03\x01\x02\x00\x01\x00',
        '\0\0\0\0',
        '\xff\xfe\r\n\r\n',
        'SSH-2.0-x\r\n',
      ]) {
        const client = await connect();
        const response = await client.send(`${garbage}${get}`).untilEnd();
        assert.equal(statusOf(response), 400);
        assert.equal(response.match(/HTTP\/1\.1 /g)?.length, 1);
      }
    });

    test('a connection beyond the bound is told 503 with Retry-After at once, and room is made again', async () => {
      const { connect, told, logged } = await run({ limits: { connections: 2 } });
      const first = await connect();
      const second = await connect();
      await first.send(get).until(/Hello/);
      await second.send(get).until(/Hello/);
      const third = await connect();
      const refused = await third.untilEnd();
      assert.equal(statusOf(refused), 503);
      assert.match(refused, /\r\nRetry-After: \d+\r\n/);
      assert.match(refused, /\r\nDate: .+ GMT\r\n/);
      assert.match(logged.join('\n'), /503/);
      first.socket.end();
      await first.untilEnd();
      await told[0].closedOnce;
      await told[2].closedOnce;
      const fourth = await connect();
      await fourth.send(get).until(/Hello/);
      for (const client of [second, fourth]) client.reset();
    });

    test('connections that were turned away do not pile up: those that stay are closed, none is logged twice', async () => {
      const { connect, told, logged } = await run({ limits: { connections: 1, drainTime: 200 } });
      const kept = await connect();
      await kept.send(get).until(/Hello/);
      const turnedAway = await Promise.all(Array.from({ length: 20 }, connect));
      await Promise.all(turnedAway.map((client) => client.until(/503/)));
      // They never close by themselves.
      await Promise.all(told.slice(1).map((connection) => connection.closedOnce));
      assert.ok(logged.length <= 2, `${logged.length} lines`);
      for (const client of [kept, ...turnedAway]) client.reset();
    });

    test('1,000 clients at once are all served', async () => {
      const { port, told } = await run();
      const clients = await Promise.all(Array.from({ length: 1000 }, () => Client.connect(port)));
      // More than may wait to be accepted: the kernel forgets some of them until their client sends something.
      await Promise.all(clients.map((client) => client.send(get).until(/Hello$/)));
      assert.equal(told.length, 1000);
      for (const client of clients) client.socket.end();
      await Promise.all(clients.map((client) => client.untilEnd()));
      await Promise.all(told.map((connection) => connection.closedOnce));
    });

    test('a client that sends far ahead without reading is not read from', async () => {
      const body = 'x'.repeat(64 * 1024);
      const { connect, told } = await run({ answer: () => text(body) });
      const client = await connect();
      client.socket.pause();
      const requests = 1_000_000;
      client.send(get.repeat(requests));
      // Still while nothing moves any more: more can only come if the server goes on reading.
      for (let still = 0, seen = -1; still < 3; ) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const carried = told.length === 0 ? 0 : told[0].receivedBytes + told[0].sentBytes;
        still = carried > 0 && carried === seen ? still + 1 : 0;
        seen = carried;
      }
      assert.ok(told[0].receivedBytes < requests * get.length);
      client.reset();
      await told[0].closedOnce;
    });

    test('a connection is closed by hand, whatever it is doing', async () => {
      const { connect, told, model } = await run();
      const client = await connect();
      await client.send(get).until(/Hello/);
      assert.equal(model.closeConnection(1), true);
      await client.untilEnd();
      assert.match(told[0].reason, /by hand/);
      assert.equal(model.closeConnection(1), false);
      assert.equal(model.closeConnection(99), false);
    });

    test('stop: idle connections close, an answer under way is finished, a stuck one is cut after its time', async () => {
      writeFileSync(filePath, content);
      const { connect, told, model } = await run({ answer: () => fileAnswer() });
      const idle = await connect();
      const reading = await connect();
      reading.send(get);
      await reading.until(/\r\n\r\n/);
      const stuck = await connect();
      stuck.socket.pause();
      stuck.send(get);
      while (told[2].sentBytes === 0) await new Promise((resolve) => setImmediate(resolve));
      const stopped = model.stop(1000);
      await Promise.all([idle.untilEnd(), reading.untilEnd()]);
      assert.ok(reading.received.endsWith(content.toString('latin1')));
      await stopped;
      assert.match(told[2].reason, /stopped/);
      await assert.rejects(connect());
      stuck.reset();
    });

    test('what goes wrong in one answer is logged, and cuts that connection only', async () => {
      const { connect, logged } = await run({
        answer: (method) => {
          if (method === 'POST') throw new Error('The answer failed.');
          return text('Hello');
        },
      });
      const client = await connect();
      client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
      await client.untilEnd();
      assert.match(logged.join('\n'), /The answer failed/);
      const other = await connect();
      await other.send(get).until(/Hello/);
      other.reset();
    });
  });
