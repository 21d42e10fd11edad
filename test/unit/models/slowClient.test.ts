import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { defaultLimits } from '../../../src/http/limits.ts';
import type { Response } from '../../../src/http/message.ts';
import { runEventLoop } from '../../../src/models/eventLoop.ts';
import { lastPiece } from '../../../src/models/kernelSending.ts';
import type {
  ListenerEvents,
  TransportConnection,
  TransportEvents,
  UnreadByPeer,
} from '../../../src/sockets/transport.ts';

const fileLength = 1024 * 1024 * 1024;

/** A client whose kernel takes nothing until it is told to. */
class SlowClient implements TransportConnection {
  readonly descriptor = -1;
  readonly peer = { address: '127.0.0.1', port: 1 };
  readonly local = { address: '127.0.0.1', port: 2 };
  /** Bytes written that it has not taken: what the server holds in memory. */
  waiting = 0;
  most = 0;
  isClosed = false;

  write(bytes: Uint8Array): void {
    this.waiting += bytes.length;
    this.most = Math.max(this.most, this.waiting);
  }

  flush(): number {
    return 0;
  }

  pause(): void {}
  resume(): void {}
  halfClose(): void {}

  close(): void {
    this.isClosed = true;
  }

  reset(): void {
    this.close();
  }
}

/** A connection of the event loop that answers every request with a hole of `length` bytes, which takes no room. */
async function served(
  client: SlowClient,
  length: number,
  leftAlone: boolean,
  use: (connection: TransportEvents) => void,
): Promise<void> {
  const file = path.join(tmpdir(), `spark-slow-${process.pid}`);
  const descriptor = openSync(file, 'w+');
  try {
    ftruncateSync(descriptor, length);
    const openFile = { descriptor, path: '', isUnchanged: () => true, leftAlone, close: () => {} };
    const body = [{ file: openFile, offset: 0, length }];
    const response: Response = { status: 200, fields: [], body };
    const accepted: TransportEvents[] = [];
    await runEventLoop(
      {
        listen: (_, events: ListenerEvents) => {
          accepted.push(events.accepted(client));
          return Promise.resolve({ address: client.local, close: () => Promise.resolve() });
        },
      },
      { host: '', port: 0 },
      {
        handler: {
          admit: () => null,
          wantsMessage: () => false,
          respond: () => response,
          refuse: () => response,
        },
        limits: defaultLimits,
        recorder: { opened: () => ({ id: 1, recorder: null }) },
        trace: null,
        log: (_, message) => assert.fail(message),
      },
    );
    const [connection] = accepted;
    connection.received(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    use(connection);
    connection.closed('');
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}

test('1 GiB to a client that takes it bit by bit is never held but for two pieces of it', async () => {
  const client = new SlowClient();
  await served(client, fileLength, true, (connection) => {
    let taken = 0;
    // A tenth of the file is enough to see that what waits does not grow.
    while (taken < fileLength / 10) {
      const count = Math.min(client.waiting, 100_000);
      assert.ok(count > 0, 'It goes on as long as the client takes something.');
      client.waiting -= count;
      taken += count;
      connection.flushed(count);
    }
    assert.ok(client.most <= 2 * 64 * 1024 + 1024, `${client.most} bytes waited`);
  });
});

/** A client to whom the kernel sends files by itself. */
class QuickClient extends SlowClient {
  readonly isElsewhere: boolean;
  sentByKernel = 0;

  constructor(isElsewhere = false) {
    super();
    this.isElsewhere = isElsewhere;
  }

  override flush(): number {
    const count = this.waiting;
    this.waiting = 0;
    return count;
  }

  sendFile(_file: number, _offset: number, length: number): number {
    this.sentByKernel += length;
    return length;
  }

  unread(): UnreadByPeer {
    return this.isElsewhere ? 'absent' : 0;
  }
}

const MiB = 1024 * 1024;

for (const { name, length = MiB + lastPiece, leftAlone = true, isElsewhere = false, byKernel = 0 } of [
  { name: 'that was left alone is sent by the kernel, but for its end', byKernel: MiB },
  { name: 'that was written to just now is not: it may be written to again', leftAlone: false },
  { name: 'for another machine is not: it is not known what was read there', isElsewhere: true },
  { name: 'that is short is not: the wait would take longer than the copying', length: MiB + lastPiece - 1 },
]) {
  test(`a file ${name}`, async () => {
    const client = new QuickClient(isElsewhere);
    await served(client, length, leftAlone, () => assert.equal(client.sentByKernel, byKernel));
  });
}
