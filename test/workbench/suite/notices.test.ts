import assert from 'node:assert/strict';
import net from 'node:net';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { takeOverSilenced } from '../../../src/extension/configuration.ts';
import { notify } from '../../../src/extension/notices.ts';
import { windowOptions } from '../../../src/extension/settings.ts';
import { portOwner } from '../../../src/sockets/portOwner.ts';
import { leaveNothing, spark, startServer, until } from './spark.ts';

const { Global, Workspace } = vscode.ConfigurationTarget;

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('spark');
}

function settingTurnedOff(): Promise<void> {
  return until(
    () => settings().inspect('takenPortNotice')?.globalValue === false,
    (listener) => vscode.workspace.onDidChangeConfiguration(listener),
  );
}

suite('The notice of a taken port', () => {
  teardown(leaveNothing);

  test('comes no more when the user wants none, and again when the user thinks better of it', async () => {
    const { servers } = await spark();
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { showInformationMessage } = vscode.window;
    let shown = 0;
    let tell: () => void = () => undefined;
    // Clicks the last of what is offered.
    const click = (message: string, ...items: vscode.MessageItem[]) => {
      assert.match(message, / has port /);
      assert.equal(items.at(-1)?.title, "Don't Show Again");
      shown++;
      tell();
      return Promise.resolve(items.at(-1));
    };
    Object.assign(vscode.window, { showInformationMessage: click });
    await settings().update('port', address.port, Workspace);
    try {
      const told = () =>
        new Promise<void>((resolve) => {
          tell = resolve;
        });
      const first = told();
      await startServer();
      await Promise.all([first, settingTurnedOff()]);
      await servers.stopAll();
      await startServer();
      // What a notice would wait for; it began to before this does.
      for (let i = 0; i < 2; i++) await portOwner({ address: '127.0.0.1', port: address.port });
      assert.equal(shown, 1);
      await servers.stopAll();
      await settings().update('takenPortNotice', undefined, Global);
      const second = told();
      await startServer();
      await Promise.all([second, settingTurnedOff()]);
    } finally {
      Object.assign(vscode.window, { showInformationMessage });
      await settings().update('port', undefined, Workspace);
      await settings().update('takenPortNotice', undefined, Global);
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  test('stays away where it was turned off before there was a setting', async () => {
    const kept = new Map<string, unknown>([['spark.silencedNotices', ['takenPort']]]);
    const memento = {
      keys: () => [...kept.keys()],
      get: (key: string, byDefault?: unknown) => kept.get(key) ?? byDefault,
      update: async (key: string, value: unknown) => void kept.set(key, value),
    };
    try {
      await takeOverSilenced(memento as vscode.Memento, windowOptions.takenPortNotice);
      await settingTurnedOff();
      await settings().update('takenPortNotice', undefined, Global);
      await takeOverSilenced(memento as vscode.Memento, windowOptions.takenPortNotice);
      assert.equal(settings().inspect('takenPortNotice')?.globalValue, undefined, 'once');
    } finally {
      await settings().update('takenPortNotice', undefined, Global);
    }
  });
});

test('What a notice offers and cannot do is told of, with the reason', async () => {
  const { showInformationMessage, showErrorMessage } = vscode.window;
  const told = new Promise<string>((resolve) => {
    Object.assign(vscode.window, {
      showInformationMessage: (_: string, ...items: vscode.MessageItem[]) => Promise.resolve(items[0]),
      showErrorMessage: async (message: string) => resolve(message),
    });
  });
  try {
    const run = () => Promise.reject(new Error('The settings cannot be written.'));
    notify('information', 'Something is offered.', { title: 'Do It', run });
    assert.equal(await told, 'The settings cannot be written.');
  } finally {
    Object.assign(vscode.window, { showInformationMessage, showErrorMessage });
  }
});
