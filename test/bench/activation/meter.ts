/** An extension that measures another from inside the extension host. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import { folderSetting, type Measurement, type MeterOrder } from './measurement.ts';

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
    void (order.subject === 'spark' ? measureSpark(order) : measureEmpty(order)).then((measurement) => {
      // Complete, or not there.
      writeFileSync(path.join(folder, 'unfinished.json'), JSON.stringify(measurement));
      renameSync(path.join(folder, 'unfinished.json'), path.join(folder, 'measurement.json'));
    });
  }, interval);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
}

async function measureSpark({ id, page }: MeterOrder): Promise<Measurement> {
  const times = { bundleLoad: 0, activateCall: 0 };
  const unwatch = watchLoading(/spark\.spark-[^/\\]*[/\\]dist[/\\]extension\.js$/, times);
  await vscode.extensions.getExtension('spark.spark')?.activate();
  unwatch();
  // What activation has put off until it is over is not the first page's.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const commandCalled = performance.timeOrigin + performance.now();
  await vscode.commands.executeCommand('spark.preview', vscode.Uri.file(page));
  return { id, ...times, commandCalled };
}

/** The least that a preview can be: a webview with a frame in it, for a server that runs already. */
async function measureEmpty({ id, address }: MeterOrder): Promise<Measurement> {
  const commandCalled = performance.timeOrigin + performance.now();
  const panel = vscode.window.createWebviewPanel('empty', 'Empty', vscode.ViewColumn.Beside, {
    enableScripts: true,
  });
  const { scheme, authority, path } = await vscode.env.asExternalUri(vscode.Uri.parse(address));
  panel.webview.html = `<!doctype html><title>Empty</title><iframe src="${scheme}://${authority}${path}" style="width:100%;height:90vh"></iframe>`;
  return { id, bundleLoad: null, activateCall: null, commandCalled };
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
