import assert from 'node:assert/strict';
import { openSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { bodyOf, type Client, requestOf } from '../unit/cli/client.ts';
import { type RecordedServer, Site } from './recordedServer.ts';
import { variants } from './variants.ts';

/** Short enough that the kernel takes nearly all of it for a client who reads nothing. */
const length = 3 * 1024 * 1024;
const piece = 64 * 1024;

let site: Site;
let file: string;
before(async () => {
  site = await Site.make();
  file = path.join(site.root, 'video.bin');
});
afterEach(() => site.stopAll());
after(() => site.dispose());

/** A file that was left alone for so long that the kernel sends it by itself. */
function makeFile(): void {
  writeFileSync(file, Buffer.alloc(length, 'old '));
  utimesSync(file, 0, 0);
}

/** A client that has asked for the file and reads none of it; resolves when the kernel has all but the end. */
async function idleReader(server: RecordedServer): Promise<Client> {
  const client = await server.connect();
  client.socket.pause();
  client.send(requestOf('/video.bin'));
  await server.until(() => {
    const { id } = server.connections.get(client.localPort) ?? {};
    const lengths = server.batches.flatMap(({ segments, sentFiles }) =>
      sentFiles
        .filter(({ segment }) => segments.connection[segment] === id)
        .map(({ segment }) => segments.length[segment]),
    );
    return lengths.reduce((sum, next) => sum + next, 0) >= length - 2 * piece || undefined;
  });
  return client;
}

for (const { name, settings } of variants.filter(
  ({ settings }) => settings.sockets.layer === 'systemCalls',
)) {
  describe(`a file that the kernel sends: ${name}`, () => {
    test('arrives whole, however late it is read', async () => {
      makeFile();
      const client = await idleReader(await site.start(settings));
      client.socket.resume();
      assert.equal(bodyOf(await client.untilEnd()), 'old '.repeat(length / 4));
    });

    test('and is overwritten before it is read, is cut off before its end', async () => {
      makeFile();
      const server = await site.start(settings);
      const client = await idleReader(server);
      const descriptor = openSync(file, 'r+');
      for (let at = 0; at < length; at += piece)
        writeSync(descriptor, Buffer.alloc(piece, 'new '), 0, piece, at);
      client.socket.resume();
      const body = bodyOf(await client.untilEnd());
      assert.equal(statSync(file).size, length);
      assert.ok(body.includes('new '), 'What waits to be read has changed with the file.');
      assert.equal(body.length, length - piece);
      assert.match((await server.closed(client)).closeReason, /was changed while it was sent/);
    });

    test('and whose client goes away before it has read it, is let go of', async () => {
      makeFile();
      const server = await site.start(settings);
      const client = await idleReader(server);
      await client.reset();
      assert.match((await server.closed(client)).closeReason, /client (?:reset|closed) the connection/);
    });
  });
}
