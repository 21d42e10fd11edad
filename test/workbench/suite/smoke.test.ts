import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';

suite('The extension', () => {
  test('is here, and activates', async () => {
    const extension = vscode.extensions.getExtension('spark.spark');
    assert.ok(extension, 'spark.spark is not among the extensions');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  test('has registered every command of its manifest', async () => {
    const extension = vscode.extensions.getExtension('spark.spark');
    const contributed: { command: string }[] = extension?.packageJSON.contributes.commands;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributed.map(({ command }) => command).filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });
});
