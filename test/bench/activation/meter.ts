/** An extension that measures another from inside the extension host. */
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import net from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  folderSetting,
  type Measurement,
  type MeterOrder,
  openings,
  storedExchanges,
} from './measurement.ts';

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

/** What the benchmark knows of Spark's exports. */
interface Spark {
  readonly capture: { readonly count: number };
  readonly servers: { readonly active: readonly { readonly url: string | null }[] };
  start(folder?: vscode.Uri): Promise<vscode.Uri | undefined>;
}

async function measureSpark({ id, page }: MeterOrder): Promise<Measurement> {
  const times: Times = { bundleLoad: null, activateCall: null };
  const unwatch = watchLoading(/spark\.spark-[^/\\]*[/\\]dist[/\\]extension\.js$/, times);
  await vscode.extensions.getExtension('spark.spark')?.activate();
  unwatch();
  // What activation has put off until it is over is not the first page's.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const commandCalled = performance.timeOrigin + performance.now();
  await vscode.commands.executeCommand('spark.preview', vscode.Uri.file(page));
  return { id, ...times, commandsCalled: [commandCalled] };
}

/** Opens the inspector on many exchanges, which one client has made by requests one after the other. */
async function measureInspector({ id }: MeterOrder): Promise<Measurement> {
  const spark: Spark = await vscode.extensions.getExtension('spark.spark')?.activate();
  await spark.start(vscode.workspace.workspaceFolders?.[0].uri);
  const { port } = new URL(spark.servers.active[0].url ?? '');
  while (spark.capture.count < storedExchanges) await ask(Number(port), 1000);
  const commandsCalled: number[] = [];
  for (let opening = 0; opening < openings; opening++) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    commandsCalled.push(performance.timeOrigin + performance.now());
    await vscode.commands.executeCommand('spark.openInspector');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
  return { id, bundleLoad: null, activateCall: null, commandsCalled };
}

/** A connection that brings so many requests, each after the answer to the one before. */
async function ask(port: number, requests: number): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
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

interface Times {
  bundleLoad: number | null;
  activateCall: number | null;
}

/** Times the loading of an extension's bundle, and the call of its `activate`. */
function watchLoading(bundle: RegExp, times: Times): () => void {
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
