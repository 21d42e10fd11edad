import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { build } from 'esbuild';
import type { FromServer, ToServer } from '../../../src/protocol/server.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { project } from '../../project.mjs';
import { ask, requestOf } from '../cli/client.ts';
import { InspectorClient } from './inspectorClient.ts';

let folder: string;
let script: string;
let started: ChildProcess[] = [];

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'spark-debugger-'));
  script = path.join(folder, 'server.cjs');
  await build({
    absWorkingDir: project,
    entryPoints: ['src/server/main.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['koffi'],
  });
});

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
});

after(() => rmSync(folder, { recursive: true }));

function run(program: string): ChildProcess {
  const child = fork(program, {
    serialization: 'advanced',
    stdio: 'ignore',
    execArgv: ['--inspect-publish-uid=stderr'],
  });
  started.push(child);
  return child;
}

function tell(child: ChildProcess, message: ToServer): void {
  child.send(message);
}

/** The next message but those for the log, which must be of a type. */
async function hear<Type extends FromServer['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<FromServer, { type: Type }>> {
  let message: FromServer;
  do [message] = await once(child, 'message');
  while (message.type === 'log');
  assert.equal(message.type, type, JSON.stringify(message));
  return message as Extract<FromServer, { type: Type }>;
}

test('it starts once a debugger has attached, and only who knows the address can', async () => {
  const child = run(script);
  tell(child, { type: 'awaitDebugger' });
  const { inspectorUrl } = await hear(child, 'debuggerAwaited');
  assert.match(inspectorUrl, /^ws:\/\/127\.0\.0\.1:\d+\/[-\w]+$/);
  const { host } = new URL(inspectorUrl);
  const published = await fetch(`http://${host}/json/list`).then((response) => response.text());
  assert.ok(!published.includes('ws='), published);

  tell(child, { type: 'start', settings: { ...defaultSettings(folder), port: 0 } });
  const listening = hear(child, 'listening');
  const client = await InspectorClient.connect(inspectorUrl);
  // Answered by the inspector's own thread: the program has had its time to do something, had it not waited.
  await fetch(`http://${host}/json/version`);
  assert.equal(await Promise.race([listening, undefined]), undefined);
  const { port } = await client.release(listening);
  assert.match(await ask(port, requestOf('/')), /^HTTP\/1\.1 /);
  client.close();
});

/** A process that starts the server for a debugger, and hands on what it is told. */
function hostOf(server: string): ChildProcess {
  const program = path.join(folder, 'host.cjs');
  writeFileSync(
    program,
    `const { fork } = require('node:child_process');
     const child = fork(${JSON.stringify(server)}, { serialization: 'advanced', stdio: 'ignore' });
     child.on('message', (message) => process.send(message));
     process.on('message', (message) => child.send(message));`,
  );
  return run(program);
}

const exceptOnWindows = { skip: process.platform === 'win32' && 'Windows has no signals.' };

test('while it waits for a debugger, it ends with its host', exceptOnWindows, async () => {
  const host = hostOf(script);
  tell(host, { type: 'awaitDebugger' });
  const { inspectorUrl } = await hear(host, 'debuggerAwaited');
  const client = await InspectorClient.connect(inspectorUrl);
  host.kill('SIGKILL');
  // Its end closes the connection.
  await client.ended();
});

test('while its debugger holds it, it ends with its host', exceptOnWindows, async () => {
  const host = hostOf(script);
  tell(host, { type: 'awaitDebugger' });
  const { inspectorUrl } = await hear(host, 'debuggerAwaited');
  const client = await InspectorClient.connect(inspectorUrl);
  client.send('Debugger.enable');
  client.send('Debugger.pause');
  await client.release(client.hear('Debugger.paused'));
  host.kill('SIGKILL');
  await client.ended();
});
