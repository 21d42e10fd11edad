/** An extension that measures another from inside the extension host. */
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import { folderSetting, type Measurement, type MeterOrder, storedExchanges } from './measurement.ts';

/** Milliseconds between two looks for an order. */
const interval = 50;

interface LoadedExtension {
  activate(context: vscode.ExtensionContext): unknown;
}

export function activate(context: vscode.ExtensionContext): void {
  const folder = vscode.workspace.getConfiguration().get(folderSetting, '');
  const file = path.join(folder, 'order.json');
  const timer = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(timer);
    const order: MeterOrder = JSON.parse(readFileSync(file, 'utf8'));
    void measurements[order.subject](order).then((measurement) => {
      // Complete, or not there.
      writeFileSync(path.join(folder, 'unfinished.json'), JSON.stringify(measurement));
      renameSync(path.join(folder, 'unfinished.json'), path.join(folder, 'measurement.json'));
    });
  }, interval);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
}

const measurements: Readonly<Record<MeterOrder['subject'], (order: MeterOrder) => Promise<Measurement>>> = {
  spark: measureSpark,
  empty: measureEmpty,
  inspector: measureInspector,
};

async function measureSpark({ id, page }: MeterOrder): Promise<Measurement> {
  const times = { bundleLoad: 0, activateCall: 0 };
  const unwatch = watchLoading(/spark\.spark-[^/\\]*[/\\]dist[/\\]extension\.js$/, times);
  await vscode.extensions.getExtension('spark.spark')?.activate();
  unwatch();
  // What activation has put off until it is over is not the first page's.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const commandCalled = performance.timeOrigin + performance.now();
  await vscode.commands.executeCommand('spark.preview', vscode.Uri.file(page));
  return { id, ...times, commandsCalled: [commandCalled] };
}

/** Opens the inspector on many exchanges, which clients have made by one request after the other. */
async function measureInspector({ id, openings }: MeterOrder): Promise<Measurement> {
  const spark: Spark = await vscode.extensions.getExtension('spark.spark')?.activate();
  const address = await spark.start(vscode.workspace.workspaceFolders?.[0].uri);
  // In a browser-based VS Code it is a path of the workbench's.
  const port = Number(/\/proxy\/(\d+)/.exec(address?.path ?? '')?.[1] ?? address?.authority.split(':')[1]);
  let ended = 0;
  const subscription = spark.onExchange(() => ended++);
  for (let asked = 0; asked < storedExchanges; asked += onConnection) await ask(port, onConnection);
  while (ended < storedExchanges) await wait(100);
  subscription.dispose();
  const commandsCalled: number[] = [];
  for (let opening = 0; opening < openings; opening++) {
    await wait(pause);
    commandsCalled.push(performance.timeOrigin + performance.now());
    await vscode.commands.executeCommand('spark.openInspector');
    // Until its list is there, and has been looked at.
    await wait(pause);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
  return { id, bundleLoad: null, activateCall: null, commandsCalled };
}

/** What the benchmark asks of Spark. */
interface Spark {
  start(folder?: vscode.Uri): Promise<vscode.Uri | undefined>;
  onExchange(listener: () => void): vscode.Disposable;
}

const onConnection = 1000;
/** Milliseconds before the inspector is opened, and before it is closed. */
const pause = 2500;

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A connection that brings so many requests, each after the answer to the one before. */
async function ask(port: number, requests: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const text = 'HEAD /style.css HTTP/1.1\r\nHost: localhost\r\nUser-Agent: meter\r\n\r\n';
  let left = requests;
  socket.setNoDelay(true).on('data', (bytes) => {
    if (!bytes.includes('\r\n\r\n')) return;
    if (--left > 0) socket.write(text);
    else socket.end();
  });
  socket.write(text);
  await once(socket, 'close');
}

/** The least that a preview can be: a webview with a frame in it, for a server that runs already. */
async function measureEmpty({ id, address }: MeterOrder): Promise<Measurement> {
  const commandCalled = performance.timeOrigin + performance.now();
  const panel = vscode.window.createWebviewPanel('empty', 'Empty', vscode.ViewColumn.Beside, {
    enableScripts: true,
  });
  const { scheme, authority, path } = await vscode.env.asExternalUri(vscode.Uri.parse(address));
  panel.webview.html = `<!doctype html><title>Empty</title><iframe src="${scheme}://${authority}${path}" style="width:100%;height:90vh"></iframe>`;
  return { id, bundleLoad: null, activateCall: null, commandsCalled: [commandCalled] };
}

/** Times the loading of an extension's bundle, and the call of its `activate`. */
function watchLoading(bundle: RegExp, times: { bundleLoad: number; activateCall: number }): () => void {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load;
  loader._load = function (request, ...rest) {
    if (!bundle.test(request)) return load.call(this, request, ...rest);
    const started = performance.now();
    const loaded = load.call(this, request, ...rest) as LoadedExtension;
    times.bundleLoad = performance.now() - started;
    return {
      ...loaded,
      activate(context: vscode.ExtensionContext) {
        const called = performance.now();
        const result = loaded.activate(context);
        times.activateCall = performance.now() - called;
        return result;
      },
    };
  };
  return () => {
    loader._load = load;
  };
}
