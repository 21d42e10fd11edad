import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { keepSilencedIn, notifyRepeatedly } from '../../../src/extension/notices.ts';

suite('Notices that come again and again', () => {
  test('come no more when the user wants none; others do', async () => {
    const { showInformationMessage } = vscode.window;
    const kept = new Map<string, unknown>();
    const shown: string[] = [];
    const offered: string[] = [];
    let answered: Promise<unknown> = Promise.resolve();
    keepSilencedIn({
      keys: () => [...kept.keys()],
      get: (key: string, byDefault?: unknown) => kept.get(key) ?? byDefault,
      update: async (key: string, value: unknown) => void kept.set(key, value),
    } as vscode.Memento);
    // Clicks the last of what is offered.
    const click = (message: string, ...items: vscode.MessageItem[]) => {
      shown.push(message);
      offered.push(items.map(({ title }) => title).join());
      answered = Promise.resolve(items.at(-1));
      return answered;
    };
    Object.assign(vscode.window, { showInformationMessage: click });
    try {
      for (const [kind, message] of [
        ['port', 'first'],
        ['port', 'second'],
        ['other', 'third'],
      ]) {
        notifyRepeatedly(kind, 'information', message, { title: 'Help', run: () => undefined });
        await answered;
        await new Promise(setImmediate);
      }
      assert.deepEqual(shown, ['first', 'third']);
      assert.deepEqual(offered, ["Help,Don't Show Again", "Help,Don't Show Again"]);
    } finally {
      Object.assign(vscode.window, { showInformationMessage });
    }
  });
});
