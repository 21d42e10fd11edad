import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setup, suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import type { Server } from '../../../src/extension/server.ts';
import { breakAt, bytesOf, DebuggerWatch, resume, topFrame } from './debuggerWatch.ts';
import { freePort, leaveNothing, spark, startServer, until, workspaceFolder } from './spark.ts';

const parserLine = 'if (this.violation !== null || this.complete) return start;';

async function running(server: Server): Promise<string> {
  const { servers } = await spark();
  await until(() => server.state.kind === 'running', servers.onDidChange);
  return server.url ?? '';
}

async function stopped(server: Server): Promise<void> {
  const { servers } = await spark();
  await until(() => server.state.kind === 'stopped', servers.onDidChange);
}

async function serverOfFolder(): Promise<Server> {
  const { servers } = await spark();
  const server = servers.ofFolder(workspaceFolder());
  assert.ok(server);
  return server;
}

/** Whether the kernel knows of a socket that listens on a port. Linux. */
function listens(port: number): boolean {
  const number = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    new RegExp(`^ *\\d+: [0-9A-F]+:${number} \\S+ 0A `, 'm').test(readFileSync(table, 'utf8')),
  );
}

suite("The server's program in the debugger", function () {
  // Two debug sessions, one above the other, come and go in each test.
  this.timeout(120_000);
  let watch: DebuggerWatch;
  const configuration = vscode.workspace.getConfiguration('spark');

  setup(async () => {
    // Where it listened in earlier tests, it would listen again.
    for (const server of (await spark()).servers.all) server.lastPort = null;
    watch = new DebuggerWatch();
  });

  teardown(async () => {
    await leaveNothing();
    await watch.over();
    watch.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    for (const setting of ['port', 'model', 'workers']) {
      await configuration.update(setting, undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('stops between bind and listen, shows the bytes that it parses, and ends with the session', async () => {
    await configuration.update('model', 'iterative', vscode.ConfigurationTarget.Workspace);
    const port = await freePort();
    await configuration.update('port', port, vscode.ConfigurationTarget.Workspace);
    breakAt('src/sockets/libc.ts', 'this.native.listen(');
    breakAt('src/http/parser.ts', parserLine);
    await vscode.commands.executeCommand('spark.debugServer');

    const beforeListen = await watch.nextStop();
    assert.match((await topFrame(beforeListen)).source?.path ?? '', /src\/sockets\/libc\.ts$/);
    const server = await serverOfFolder();
    assert.equal(server.state.kind, 'starting');
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`), (error: Error) => {
      assert.match(String(error.cause), /ECONNREFUSED/);
      return true;
    });
    if (process.platform === 'linux') assert.equal(listens(port), false);
    await resume(beforeListen);

    const url = await running(server);
    assert.equal(new URL(url).port, String(port));
    if (process.platform === 'linux') assert.equal(listens(port), true);
    const page = fetch(`${url}style.css`, { headers: { Connection: 'close' } });
    const inParser = await watch.nextStop();
    const frame = await topFrame(inParser);
    assert.match(frame.source?.path ?? '', /src\/http\/parser\.ts$/);
    const request = 'GET /style.css HTTP/1.1\r\n';
    assert.equal((await bytesOf(inParser, frame, 'bytes', request.length)).toString('latin1'), request);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await resume(inParser);
    assert.equal((await page).status, 200);

    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await stopped(server);
    await watch.over();
  });

  test('a restart stays in the debugger, its breakpoints hold, and a stop ends a program that is held', async () => {
    const { server } = await startServer();
    const { port } = new URL(server.url ?? '');
    breakAt('src/http/parser.ts', parserLine);
    await vscode.commands.executeCommand('spark.debugServer');
    assert.equal(new URL(await running(server)).port, port);
    const first = server.processId;
    await vscode.commands.executeCommand('spark.restartServer');
    const url = await running(server);
    assert.notEqual(server.processId, first);
    assert.equal(server.isDebugged, true);

    const page = fetch(url).catch((error: Error) => error);
    await watch.nextStop();
    await vscode.commands.executeCommand('spark.stopServer');
    await stopped(server);
    await page;
    await watch.over();
  });

  /** `parent`: what the session is called below which the one of each worker that serves stands. */
  async function pausedOneByOne(model: 'threads' | 'processes', parent: RegExp): Promise<void> {
    await configuration.update('model', model, vscode.ConfigurationTarget.Workspace);
    await configuration.update('workers', 2, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('spark.debugServer');
    const url = await running(await serverOfFolder());
    const [first, second] = await watch.named(/^\[worker /, 2);
    for (const { parentSession } of [first, second]) assert.match(parentSession?.name ?? '', parent);
    const served = async () => {
      const answer = await fetch(`${url}style.css`, { headers: { Connection: 'close' } });
      await answer.arrayBuffer();
      return answer.status;
    };
    const held = await watch.pause(first);
    assert.equal(await served(), 200);
    const alsoHeld = await watch.pause(second);
    const late = served();
    assert.equal(await Promise.race([late, watch.roundTrip(second)]), 'answered');
    await resume(held);
    assert.equal(await late, 200);
    await resume(alsoHeld);
  }

  test('has its worker threads paused one by one: one client waits while another is served', () =>
    pausedOneByOne('threads', /^Spark's server of /));

  test('has its child processes paused one by one: one client waits while another is served', () =>
    pausedOneByOne('processes', /^worker\.js \[\d+\]$/));

  test('without its debugger it goes on, and says so', async () => {
    await vscode.commands.executeCommand('spark.debugServer');
    const server = await serverOfFolder();
    const url = await running(server);
    assert.equal(server.isDebugged, true);
    await vscode.commands.executeCommand('workbench.action.debug.disconnect');
    await watch.over();
    assert.equal(server.isDebugged, false);
    assert.equal((await fetch(url)).status, 200);
  });
});
