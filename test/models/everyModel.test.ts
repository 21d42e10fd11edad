import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { defaultSettings } from '../../src/settings/serverOptions.ts';
import { belongings } from '../belongings.mjs';
import { ask, bodyOf, Client, requestOf, statusOf } from '../unit/cli/client.ts';
import { CommandLine } from '../unit/cli/commandLine.ts';
import { largeLength, Site } from './recordedServer.ts';
import { variants } from './variants.ts';

const getLarge = 'GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n';
const onLinux =
  process.platform === 'linux' ? {} : { skip: 'Only Linux tells of a process what it has open.' };
/** Connections of the test of leaks; the same by the ten thousand: npm run soak:models. */
const many = 200;

let site: Site;
let spark: CommandLine;
before(async () => {
  site = await Site.make();
  spark = await CommandLine.bundle();
});
afterEach(() => site.stopAll());
after(() => {
  spark.dispose();
  site.dispose();
});

for (const { name, atATime, settings, flags } of variants) {
  describe(name, () => {
    test('stop: nobody is accepted any more, the idle are let go, the answer under way is finished', async () => {
      const server = await site.start(settings);
      const { port } = server;
      const idle = atATime > 1 ? await server.connect() : null;
      const reading = await server.connect();
      reading.send(getLarge);
      await reading.untilLength(1);
      reading.socket.pause();
      const stopped = server.stop();
      await idle?.untilEnd();
      // Of several processes, each closes what it shares with the others in its own time.
      while (await connects(port));
      reading.socket.resume();
      assert.equal(bodyOf(await reading.untilEnd()).length, largeLength);
      await stopped;
    });

    test('stop: who does not take the answer is cut after the time for it', async () => {
      const { limits } = defaultSettings('/');
      const server = await site.start({ ...settings, limits: { ...limits, stopTime: 100 } });
      const stuck = await server.connect();
      stuck.send(getLarge);
      await stuck.untilLength(1);
      stuck.socket.pause();
      await server.stop();
      assert.match((await server.closed(stuck)).closeReason, /The server stopped/);
      await stuck.reset();
    });

    test('connections by the hundred leave no descriptor, thread or process behind', onLinux, async () => {
      const command = await spark.serve(site.root, '--quiet', ...flags);
      const pid = command.child.pid ?? 0;
      const visit = async (): Promise<void> => {
        assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
      };
      // What is opened once, stays.
      await Promise.all(Array.from({ length: 20 }, visit));
      const held = await settled(pid, () => false);
      for (let i = 0; i < many; i += 10) await Promise.all(Array.from({ length: 10 }, visit));
      const cut = await Promise.all(Array.from({ length: 10 }, () => Client.connect(command.port)));
      await Promise.all(cut.map((client) => client.send('GET').reset()));
      assert.deepEqual(await settled(pid, (found) => isDeepStrictEqual(found, held)), held);
      command.kill('SIGTERM');
      assert.equal((await command.exit()).code, 0);
    });
  });
}

/** Whether somebody listens. */
function connects(port: number): Promise<boolean> {
  return Client.connect(port).then(
    (late) => late.reset().then(() => true),
    () => false,
  );
}

/** What the server holds when it has come to rest: when `enough` says so, or nothing changes any more. */
async function settled(
  pid: number,
  enough: (found: ReturnType<typeof belongings>) => boolean,
): Promise<ReturnType<typeof belongings>> {
  let found = belongings(pid);
  for (let unchanged = 0; unchanged < 10 && !enough(found); ) {
    await delay(50);
    const next = belongings(pid);
    unchanged = isDeepStrictEqual(next, found) ? unchanged + 1 : 0;
    found = next;
  }
  return found;
}
