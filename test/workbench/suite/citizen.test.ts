import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import type { SparkExchange } from '../../../src/extension/api.ts';
import { captured, leaveNothing, spark, startServer, until, workspaceFolder } from './spark.ts';

const settings = () => vscode.workspace.getConfiguration('spark');

async function withSetting(name: string, value: unknown, act: () => Promise<void>): Promise<void> {
  const { Workspace } = vscode.ConfigurationTarget;
  await settings().update(name, value, Workspace);
  try {
    await act();
  } finally {
    await settings().update(name, undefined, Workspace);
  }
}

suite('Other extensions', () => {
  teardown(leaveNothing);

  test('start a server, learn its address, hear of its exchanges, stop it', async () => {
    const api = await spark();
    assert.equal(await api.url(), undefined);
    const address = await api.start(vscode.Uri.file(workspaceFolder()));
    assert.ok(address);
    assert.equal((await api.url())?.toString(), address.toString());
    const heard = new vscode.EventEmitter<void>();
    const exchanges: SparkExchange[] = [];
    const subscription = api.onExchange((exchange) => {
      exchanges.push(exchange);
      heard.fire();
    });
    const url = api.servers.active[0]?.url ?? '';
    await (await fetch(new URL('index.html', url))).text();
    await (await fetch(new URL('missing', url))).text();
    await until(() => exchanges.length >= 2, heard.event);
    subscription.dispose();
    assert.deepEqual(
      exchanges.map(({ method, target, status, aborted }) => ({ method, target, status, aborted })),
      [
        { method: 'GET', target: '/index.html', status: 200, aborted: false },
        { method: 'GET', target: '/missing', status: 404, aborted: false },
      ],
    );
    await api.stop();
    assert.equal(await api.url(), undefined);
  });

  test('one that stands on what README says starts, hears and stops, and has pages shown', async () => {
    const { commands } = vscode;
    const folder = vscode.Uri.file(workspaceFolder());
    const { address, same } = await commands.executeCommand<Record<string, string>>(
      'companion.serve',
      folder,
    );
    assert.equal(same, address);
    const { servers } = await spark();
    assert.equal(servers.active.length, 1);
    const shown = await commands.executeCommand<string>('companion.preview', 'journey.html');
    assert.equal(shown, `${address}journey.html`);
    const targets = async () =>
      (await commands.executeCommand<SparkExchange[]>('companion.heard')).map(({ target }) => target);
    const { capture } = await spark();
    await until(
      async () => (await targets()).includes('/journey.html'),
      (listener) => ({ dispose: capture.onDidChange(listener) }),
    );
    assert.equal(await commands.executeCommand('companion.stop', folder), true);
    assert.equal(servers.active.length, 0);
  });

  test('preview by a path', async () => {
    await vscode.commands.executeCommand('spark.preview', 'index.html');
    await captured(({ capture }) => capture.rows(0, 1)[0]?.target === '/index.html');
  });
});

suite('A task', () => {
  teardown(leaveNothing);

  test('serves for as long as it runs', async () => {
    const { servers } = await spark();
    const [task] = await vscode.tasks.fetchTasks({ type: 'spark' });
    assert.ok(task?.isBackground);
    const execution = await vscode.tasks.executeTask(task);
    await until(
      () => servers.active[0]?.url !== undefined && servers.active[0].url !== null,
      servers.onDidChange,
    );
    execution.terminate();
    await until(() => servers.active.length === 0, servers.onDidChange);
  });
});

suite('Settings', () => {
  teardown(leaveNothing);

  test('spark.root: a folder below the workspace folder is served', async () => {
    const { servers } = await spark();
    await withSetting('root', 'pictures/', async () => {
      const folder = path.join(workspaceFolder(), 'pictures');
      await vscode.workspace.fs.createDirectory(vscode.Uri.file(folder));
      await vscode.commands.executeCommand('spark.startServer');
      assert.equal(servers.active[0]?.root, folder);
    });
  });

  test('spark.startPage: shown where no page is named', async () => {
    await withSetting('startPage', 'journey.html', async () => {
      await vscode.commands.executeCommand('spark.preview');
      await captured(({ capture }) => capture.rows(0, 1)[0]?.target === '/journey.html');
    });
  });
});

suite('Sharing', () => {
  teardown(leaveNothing);

  test('a server that is shared answers for the addresses of this machine, until it starts again', async () => {
    const { servers } = await spark();
    const { server } = await startServer();
    await server.stop();
    await servers.start(server.root, { sharedAs: ['shared.example'] });
    assert.ok(server.state.kind === 'running' && server.isShared);
    assert.equal(server.state.host, '0.0.0.0');
    await servers.restart(server);
    assert.ok(server.state.kind === 'running' && !server.isShared);
    assert.equal(server.state.host, '127.0.0.1');
  });
});
