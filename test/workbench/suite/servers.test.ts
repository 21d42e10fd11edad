import assert from 'node:assert/strict';
import net from 'node:net';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { captured, leaveNothing, spark, startServer, until } from './spark.ts';

/** Sends bytes, and gives all that comes back until the server closes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

suite('A server', () => {
  teardown(leaveNothing);

  test('serves the open folder, in a process of its own', async () => {
    const { server, url } = await startServer();
    assert.notEqual(server.processId, process.pid);
    const response = await fetch(new URL('index.html', url));
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<!doctype html>/i);
  });

  test('takes the next free port where one is taken, and says which', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    assert.ok(typeof address === 'object' && address !== null);
    const configuration = vscode.workspace.getConfiguration('spark');
    await configuration.update('port', address.port, vscode.ConfigurationTarget.Workspace);
    try {
      const { server } = await startServer();
      assert.ok(server.state.kind === 'running');
      assert.ok(server.state.port > address.port, `${server.state.port} is not after ${address.port}`);
    } finally {
      await configuration.update('port', undefined, vscode.ConfigurationTarget.Workspace);
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  test('starts with the default where a setting is of a wrong type', async () => {
    const configuration = vscode.workspace.getConfiguration('spark');
    await configuration.update('port', 'eighty', vscode.ConfigurationTarget.Workspace);
    try {
      const { server } = await startServer();
      assert.ok(server.state.kind === 'running');
      assert.ok(server.state.port >= 5500 && server.state.port < 5600, String(server.state.port));
    } finally {
      await configuration.update('port', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('that settings forbid is told of with the settings that help', async () => {
    const configuration = vscode.workspace.getConfiguration('spark');
    const { showErrorMessage } = vscode.window;
    const told: string[][] = [];
    const dismiss = (message: string, ...items: vscode.MessageItem[]) => {
      told.push([message, ...items.map(({ title }) => title)]);
      return Promise.resolve(undefined);
    };
    Object.assign(vscode.window, { showErrorMessage: dismiss });
    await configuration.update('model', 'threads', vscode.ConfigurationTarget.Workspace);
    await configuration.update('https.enabled', true, vscode.ConfigurationTarget.Workspace);
    try {
      await vscode.commands.executeCommand('spark.startServer');
      assert.equal(told.length, 1);
      const [message, ...offered] = told[0];
      assert.match(message, /could not serve .*\. spark\.https\.enabled needs the model eventLoop, /);
      assert.deepEqual(offered, ['Show Log', 'Open Settings']);
    } finally {
      Object.assign(vscode.window, { showErrorMessage });
      await configuration.update('model', undefined, vscode.ConfigurationTarget.Workspace);
      await configuration.update('https.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('answers for the names that spark.allowedHosts adds; whom it refuses learns of the setting', async () => {
    const configuration = vscode.workspace.getConfiguration('spark');
    await configuration.update('allowedHosts', ['spark.test'], vscode.ConfigurationTarget.Workspace);
    try {
      const { server } = await startServer();
      assert.ok(server.state.kind === 'running');
      const { port } = server.state;
      const ask = (host: string) =>
        exchange(port, `GET /style.css HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(await ask('spark.test'), /^HTTP\/1\.1 200 /);
      assert.match(await ask('other.test'), /^HTTP\/1\.1 403 .*spark\.allowedHosts/s);
    } finally {
      await configuration.update('allowedHosts', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('shows what it was asked and what it answered, byte by byte', async () => {
    const { server } = await startServer();
    assert.ok(server.state.kind === 'running');
    const request = 'GET /style.css HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const answer = await exchange(server.state.port, request);
    await captured(({ capture }) => capture.rows(0, 1)[0]?.duration != null);
    const { capture } = await spark();
    const detail = capture.detail(capture.rows(0, 1)[0].key);
    assert.ok(detail);
    assert.equal(Buffer.from(detail.request.kept[0].bytes).toString('latin1'), request);
    assert.equal(Buffer.concat(detail.response.kept.map(({ bytes }) => bytes)).toString('latin1'), answer);
    assert.equal(detail.row.status, 200);
    assert.equal(detail.row.target, '/style.css');
  });

  test('shows a malformed request with the rule it breaks', async () => {
    const { server } = await startServer();
    assert.ok(server.state.kind === 'running');
    await exchange(server.state.port, 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n');
    await captured(({ capture }) => capture.rows(0, 1)[0]?.rule.length > 0);
    const { capture } = await spark();
    const detail = capture.detail(capture.rows(0, 1)[0].key);
    assert.equal(detail?.row.status, 400);
    assert.equal(detail?.ruleOffset, 'GET / HTTP/1.1\r\nHost'.length);
  });

  test('is reported when it dies; what was captured stays; a restart serves again', async () => {
    const { servers, capture } = await spark();
    const { server, url } = await startServer();
    await (await fetch(url)).text();
    await captured(() => capture.count === 1);
    const run = server.run;
    server.kill();
    await until(() => server.state.kind === 'died', servers.onDidChange);
    assert.ok(server.state.kind === 'died');
    assert.match(server.state.reason, /SIGKILL/);
    assert.equal(capture.count, 1);
    await vscode.commands.executeCommand('spark.startServer');
    assert.equal(server.state.kind, 'running');
    assert.notEqual(server.run, run);
    assert.equal((await fetch(server.url ?? '')).status, 200);
  });

  test('stops, and its port is free again', async () => {
    const { server } = await startServer();
    assert.ok(server.state.kind === 'running');
    const { port } = server.state;
    await vscode.commands.executeCommand('spark.stopServer');
    assert.equal(server.state.kind, 'stopped');
    await assert.rejects(exchange(port, ''), /ECONNREFUSED/);
  });

  test('restarts on the port it had', async () => {
    const { server } = await startServer();
    assert.ok(server.state.kind === 'running');
    const { port } = server.state;
    const process = server.processId;
    await vscode.commands.executeCommand('spark.restartServer');
    assert.ok(server.state.kind === 'running');
    assert.equal(server.state.port, port);
    assert.notEqual(server.processId, process);
  });
});
