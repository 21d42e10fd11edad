/**
 * Stands in for VS Code's extension host: starts Spark's server as the extension does, and stores what it captures.
 * Arguments: the server's script, the folder to serve, what the sockets stand on; then `capture` and `trace`, where there
 * shall be one.
 */
import { CaptureStore } from '../../../src/capture/store.ts';
import { ServerProcess } from '../../../src/extension/serverProcess.ts';
import type { ServerSettings } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { pin } from '../processors.ts';

/** What the extension holds by default. */
const storedBytes = 64 * 1024 * 1024;
const run = 'bench';

/** What the host answers to any message. */
export interface SparkReport {
  readonly processId: number;
  /** Exchanges that arrived in the store, and those that the server left out and counted. */
  readonly captured: number;
  readonly leftOut: number;
  /** Bytes of memory that the store holds, and may hold. */
  readonly stored: number;
  readonly storedAtMost: number;
}

const [script, folder, layer, ...recording] = process.argv.slice(2);
const store = new CaptureStore(storedBytes);
store.addRun({ id: run, serverName: run, root: folder, startedAt: Date.now() });

const defaults = defaultSettings(folder);
const settings: ServerSettings = {
  ...defaults,
  port: 0,
  capture: { ...defaults.capture, enabled: recording.includes('capture') },
  sockets: { layer: layer === 'libuv' ? 'libuv' : 'auto', trace: recording.includes('trace') },
};

const server = new ServerProcess(script, settings, false, {
  message(message) {
    if (message.type === 'listening') process.send?.({ port: message.port });
    if (message.type === 'batch') {
      store.add(run, message.batch);
      server.send({ type: 'batchStored', sequence: message.batch.sequence });
    }
  },
  log: (level, line) => console.error(`Spark ${level}: ${line}`),
  ended: () => process.exit(1),
});
if (server.processId !== undefined) pin('server', server.processId);

process.on('message', () => {
  const { captured, leftOut } = store.totals();
  const report: SparkReport = {
    processId: server.processId ?? 0,
    captured,
    leftOut,
    stored: store.size,
    storedAtMost: storedBytes,
  };
  process.send?.(report);
});
process.on('disconnect', () => {
  server.kill();
  process.exit(0);
});
