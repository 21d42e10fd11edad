import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { defaultLimits } from '../../../src/http/limits.ts';
import type { Response } from '../../../src/http/message.ts';
import { runEventLoop } from '../../../src/models/eventLoop.ts';
import type { ListenerEvents, TransportConnection, TransportEvents } from '../../../src/sockets/transport.ts';

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
}

test('1 GiB to a client that takes it bit by bit is never held but for two pieces of it', async () => {
  const file = path.join(tmpdir(), `spark-slow-${process.pid}`);
  const descriptor = openSync(file, 'w+');
  try {
    // A hole: it takes no room on the disk.
    ftruncateSync(descriptor, fileLength);
    const openFile = { descriptor, path: '', isUnchanged: () => true, close: () => {} };
    const body = [{ file: openFile, offset: 0, length: fileLength }];
    const response: Response = { status: 200, fields: [], body };
    const client = new SlowClient();
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
    connection.closed('');
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
});
