import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { captured, leaveNothing, spark, startServer, until } from './spark.ts';

/** The rows below a row of the connections view, as they are shown. */
async function rowsBelow(element?: unknown): Promise<{ element: unknown; item: vscode.TreeItem }[]> {
  const { connections } = await spark();
  const elements = (await connections.getChildren(element)) ?? [];
  return Promise.all(
    elements.map(async (one) => ({ element: one, item: await connections.getTreeItem(one) })),
  );
}

const labelOf = ({ item }: { item: vscode.TreeItem }) => item.accessibilityInformation?.label ?? '';

suite('The connections view', () => {
  teardown(leaveNothing);

  test('is empty while nothing was served: it welcomes', async () => {
    assert.deepEqual(await rowsBelow(), []);
  });

  test('shows server, connection and exchange, each with a stable id', async () => {
    const { url } = await startServer();
    const { port } = new URL(url);
    await new Promise<void>((resolve, reject) => {
      http
        .get(new URL('style.css?a=1', url), { agent: false }, (response) => {
          response.resume().on('end', resolve);
        })
        .on('error', reject);
    });
    await captured(({ capture }) => capture.rows(0, 1)[0]?.duration != null);
    const [server] = await rowsBelow();
    assert.equal(labelOf(server), `Server ${vscode.workspace.workspaceFolders?.[0].name}, 127.0.0.1:${port}`);
    const [connection] = await rowsBelow(server.element);
    assert.match(labelOf(connection), /^Connection 1 from 127\.0\.0\.1:\d+, .*, 1 exchange$/);
    const [exchange] = await rowsBelow(connection.element);
    assert.match(labelOf(exchange), /^GET \/style\.css\?a=1, 200, /);
    assert.ok(exchange.item.iconPath instanceof vscode.ThemeIcon);
    const again = (await rowsBelow(connection.element))[0];
    assert.equal(again.element, exchange.element);
    assert.equal(again.item.id, exchange.item.id);
  });

  test('shows few of many rows, the newest first', async () => {
    const { server: running } = await startServer();
    assert.ok(running.state.kind === 'running');
    const requests = Array.from(
      { length: 150 },
      (_, i) => `GET /${i + 1} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    net.connect(running.state.port, '127.0.0.1').resume().end(requests.join(''));
    await captured(({ capture }) => capture.count === 150);
    const [server] = await rowsBelow();
    const [connection] = await rowsBelow(server.element);
    const exchanges = await rowsBelow(connection.element);
    assert.equal(exchanges.length, 101);
    assert.match(labelOf(exchanges[0]), /^GET \/150, 404/);
    assert.equal(exchanges[100].item.label, '… 50 more exchanges, see the inspector');
  });

  test('shows hostile targets as text', async () => {
    const { server } = await startServer();
    assert.ok(server.state.kind === 'running');
    const socket = net.connect(server.state.port, '127.0.0.1');
    socket.end(
      'GET /$(zap)**[x](command:spark.stopServer)?http://elsewhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    );
    socket.resume();
    await captured(({ capture }) => capture.count === 1);
    const { connections } = await spark();
    const [root] = await rowsBelow();
    const [connection] = await rowsBelow(root.element);
    const [exchange] = await rowsBelow(connection.element);
    const token = new vscode.CancellationTokenSource().token;
    const resolved = await connections.resolveTreeItem?.(exchange.item, exchange.element, token);
    const tooltip = resolved?.tooltip;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
    assert.ok(!/\[x\]\(|http:/.test(tooltip.value), tooltip.value);
  });

  test('closes the socket of a connection', async () => {
    const { server } = await startServer();
    assert.ok(server.state.kind === 'running');
    const socket = net.connect(server.state.port, '127.0.0.1').resume();
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
    });
    socket.on('error', () => undefined);
    const { capture } = await spark();
    let connection: unknown;
    await until(
      async () => {
        const [root] = await rowsBelow();
        [connection] = (await rowsBelow(root?.element)).map(({ element }) => element);
        return connection !== undefined && root !== undefined && connection !== root.element;
      },
      (listener) => ({ dispose: capture.onDidChange(listener) }),
    );
    await vscode.commands.executeCommand('spark.closeConnection', connection);
    await closed;
  });

  test('refreshes at most 10 times a second', async () => {
    const { connections } = await spark();
    const { url } = await startServer();
    await vscode.commands.executeCommand('spark.connections.focus');
    let refreshes = 0;
    const subscription = connections.onDidChangeTreeData?.(() => refreshes++);
    const start = Date.now();
    for (let i = 0; i < 300; i++) await (await fetch(url)).text();
    await captured(({ capture }) => capture.count >= 300);
    const seconds = (Date.now() - start) / 1000;
    subscription?.dispose();
    assert.ok(refreshes > 0, 'it never refreshed');
    assert.ok(refreshes <= seconds * 10 + 2, `${refreshes} refreshes in ${seconds} s`);
  });
});
