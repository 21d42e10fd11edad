import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import * as vscode from 'vscode';
import type { SparkExtension } from '../../../src/extension/extension.ts';
import type { Server } from '../../../src/extension/server.ts';

/** Activates Spark, and gives what it shows to others. */
export async function spark(): Promise<SparkExtension> {
  const extension = vscode.extensions.getExtension<SparkExtension>('spark.spark');
  assert.ok(extension, 'spark.spark is not among the extensions');
  return extension.activate();
}

/** The folder that the suite has open. */
export function workspaceFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite needs an open folder');
  return folder.uri.fsPath;
}

/** Resolves once a condition holds; looks at it now and whenever something has happened. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  subscribe: (listener: () => void) => { dispose(): void },
): Promise<void> {
  for (;;) {
    let happened: () => void = () => undefined;
    const next = new Promise<void>((resolve) => {
      happened = resolve;
    });
    const subscription = subscribe(() => happened());
    try {
      if (await condition()) return;
      await next;
    } finally {
      subscription.dispose();
    }
  }
}

/** Starts the server of the open folder by its command. */
export async function startServer(): Promise<{ server: Server; url: string }> {
  const { servers } = await spark();
  await vscode.commands.executeCommand('spark.startServer');
  const server = servers.ofFolder(workspaceFolder());
  assert.ok(server?.url, `it is ${server?.state.kind}`);
  return { server, url: server.url };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  assert.ok(typeof address === 'object' && address !== null);
  await new Promise((resolve) => listener.close(resolve));
  return address.port;
}

/** Ends all servers, and removes what was captured. */
export async function leaveNothing(): Promise<void> {
  const { servers } = await spark();
  await servers.stopAll();
  await vscode.commands.executeCommand('spark.clearCapture');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Resolves once the capture holds what is asked for. */
export async function captured(condition: (extension: SparkExtension) => boolean): Promise<void> {
  const extension = await spark();
  await until(
    () => condition(extension),
    (listener) => ({ dispose: extension.capture.onDidChange(listener) }),
  );
}
