/** The server process: starts what the host asks for, and ends with the host. */
import inspector from 'node:inspector';
import path from 'node:path';
import type { CaptureBatch } from '../protocol/capture.ts';
import { LentMemory } from '../protocol/columnMemory.ts';
import { packedBatch } from '../protocol/packedBatch.ts';
import type { FromServer, ToServer } from '../protocol/server.ts';
import { openInspector, startGuard } from './debuggerWait.ts';
import { unacknowledgedBatches } from './recorder.ts';
import type { RunningServer } from './runningServer.ts';
import { startServer } from './server.ts';
import { startFailureOf } from './startFailure.ts';

let server: RunningServer | null = null;
let stopping = false;
const packingMemory = new LentMemory();
/** Milliseconds that a last message gets to leave: a host that hangs must not keep this process. */
const lastWords = 1_000;

function send(message: FromServer, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => sent());
  else sent();
}

/** The last thing this process does. */
function exit(code: 0 | 1, message: FromServer): void {
  setTimeout(() => process.exit(code), lastWords);
  send(message, () => process.exit(code));
}

function receive(message: ToServer): void {
  switch (message.type) {
    case 'awaitDebugger':
      awaitDebugger();
      break;
    case 'start':
      void start(message);
      break;
    case 'allowHosts':
      server?.allowHosts(message.hosts);
      break;
    case 'closeConnection':
      server?.closeConnection(message.connection);
      break;
    case 'unsaved':
      server?.setUnsaved(message.file, message.content);
      break;
    case 'rendered':
      server?.setRendered(message.file, message.page);
      break;
    case 'filesChanged':
      server?.filesChanged(message.files);
      break;
    case 'batchStored':
      server?.batchStored(message.sequence);
      break;
    case 'stop':
      void stop();
      break;
    default:
      unknownMessage(message);
  }
}

function unknownMessage(message: never): void {
  send({
    type: 'log',
    level: 'error',
    message: `The server does not know the message ${JSON.stringify(message)}.`,
  });
}

function awaitDebugger(): void {
  startGuard();
  // The wait blocks, until a debugger has set its breakpoints: what was not sent before it never is. It must have begun
  // when the debugger says so, and so begins without a detour.
  send({ type: 'debuggerAwaited', inspectorUrl: openInspector() }, inspector.waitForDebugger);
}

function sendBatch(batch: CaptureBatch): void {
  send({ type: 'batch', batch: packedBatch(batch, packingMemory) });
  packingMemory.reclaim();
}

async function start({ settings }: Extract<ToServer, { type: 'start' }>): Promise<void> {
  try {
    server = await startServer({
      settings,
      recording: settings.capture.enabled
        ? { kind: 'capture', bodyBytes: settings.capture.bodyBytes, unacknowledgedBatches }
        : { kind: 'nothing' },
      workerScript: path.join(__dirname, 'worker.js'),
      // A message to another process is written, byte by byte, before `send` returns.
      lendsBatches: true,
      report(report) {
        if (report.type === 'batch') sendBatch(report.batch);
        else if (report.type !== 'exchange' && report.type !== 'calls') send(report);
      },
    });
    const { host, port, skippedPorts } = server;
    send({ type: 'listening', host, port, secure: settings.https.enabled, skippedPorts });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    exit(1, { type: 'startFailed', reason: startFailureOf(error, settings), message });
  }
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  send({ type: 'stopping' });
  await server?.stop();
  exit(0, { type: 'stopped' });
}

process.on('message', (message) => receive(message as ToServer));
// However the host ends, its end of the channel closes: then nobody is left to serve for.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.on('uncaughtException', (error) => {
  const message = `The server crashed: ${error.stack ?? error.message}`;
  exit(1, { type: 'log', level: 'error', message });
});
