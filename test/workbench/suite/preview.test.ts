import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { integratedBrowserCommand } from '../../../src/extension/pageOpening.ts';
import { captured, leaveNothing, spark, until, workspaceFolder } from './spark.ts';

function tabs(viewType: string): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));
}

/** Counts how often something was asked for. A watcher may still tell of a file that the test before has changed. */
async function loads(): Promise<(target: string) => number> {
  const { capture } = await spark();
  return (asked) =>
    capture.rows(0, capture.count).filter(({ target }) => target.split('?')[0] === asked).length;
}

suite('The preview', () => {
  teardown(leaveNothing);

  test('starts a server, and opens beside the source', async () => {
    const { servers } = await spark();
    const file = vscode.Uri.file(path.join(workspaceFolder(), 'index.html'));
    await vscode.window.showTextDocument(file);
    await vscode.commands.executeCommand('spark.preview');
    await until(() => tabs('spark.preview').length === 1, vscode.window.tabGroups.onDidChangeTabs);
    assert.equal(servers.active.length, 1);
    const [tab] = tabs('spark.preview');
    assert.equal(tab.label, 'Preview index.html');
    assert.notEqual(tab.group.viewColumn, vscode.window.activeTextEditor?.viewColumn);
    await captured(({ capture }) => capture.rows(0, 1)[0]?.target === '/index.html');
  });

  test('swaps a style sheet while it is typed and when it is saved, and leaves the page as it is', async () => {
    const loaded = await loads();
    const file = vscode.Uri.file(path.join(workspaceFolder(), 'journey.html'));
    await vscode.commands.executeCommand('spark.preview', file);
    await captured(() => loaded('/style.css') >= 1);
    const style = await vscode.workspace.openTextDocument(path.join(workspaceFolder(), 'style.css'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(style.uri, new vscode.Position(0, 0), '/* changed */\n');
    const before = loaded('/style.css');
    await vscode.workspace.applyEdit(edit);
    await captured(() => loaded('/style.css') > before);
    const typed = loaded('/style.css');
    await style.save();
    await captured(() => loaded('/style.css') > typed);
    assert.equal(loaded('/journey.html'), 1);
  });

  test('5,000 files that change together are one reload', async () => {
    const { servers } = await spark();
    const loaded = await loads();
    await vscode.commands.executeCommand('spark.preview', 'journey.html');
    await captured(() => loaded('/style.css') >= 1);
    const folder = path.join(workspaceFolder(), 'storm');
    try {
      for (let part = 0; part < 50; part++) {
        mkdirSync(path.join(folder, String(part)), { recursive: true });
        for (let file = 0; file < 100; file++)
          writeFileSync(path.join(folder, `${part}/${file}.txt`), 'text');
      }
      await captured(() => loaded('/journey.html') >= 2 && loaded('/style.css') >= 2);
      const before = loaded('/style.css');
      // What the storm would still have brought comes before this does.
      appendFileSync(path.join(workspaceFolder(), 'style.css'), '\n/* changed */');
      await captured(() => loaded('/style.css') > before);
      assert.equal(loaded('/journey.html'), 2);
    } finally {
      await servers.stopAll();
      rmSync(folder, { recursive: true });
    }
  });

  test('shows its page again at once after its server was stopped and it was closed', async () => {
    const loaded = await loads();
    // It depends on what the panel is at when it is closed.
    for (let round = 0; round < 5; round++) {
      await vscode.commands.executeCommand('spark.preview', 'journey.html');
      await captured(() => loaded('/journey.html') >= 1);
      await leaveNothing();
    }
  });

  test('refuses a file outside every folder, and starts nothing', async () => {
    const { servers } = await spark();
    await vscode.commands.executeCommand('spark.preview', vscode.Uri.file('/somewhere/else/page.html'));
    assert.equal(tabs('spark.preview').length, 0);
    assert.equal(servers.active.length, 0);
  });
});

suite('Where pages are shown', () => {
  teardown(leaveNothing);

  test('in the integrated browser, where VS Code has one and the setting says so', async function () {
    const { commands, ConfigurationTarget } = vscode;
    // A window in a browser has none: here stands what Spark would be answered by.
    if ((await commands.getCommands(true)).includes(integratedBrowserCommand)) this.skip();
    const asked: unknown[] = [];
    const browser = commands.registerCommand(integratedBrowserCommand, (options) => asked.push(options));
    const settings = vscode.workspace.getConfiguration('spark');
    await settings.update('preview.openIn', 'integratedBrowser', ConfigurationTarget.Workspace);
    try {
      const address = await commands.executeCommand<string>('spark.preview', 'journey.html');
      assert.match(address, /\/journey\.html$/);
      assert.deepEqual(asked, [{ url: address, openToSide: true }]);
      assert.equal(tabs('spark.preview').length, 0);
    } finally {
      browser.dispose();
      await settings.update('preview.openIn', undefined, ConfigurationTarget.Workspace);
    }
    // Without one, the panel is what comes nearest.
    await settings.update('preview.openIn', 'integratedBrowser', ConfigurationTarget.Workspace);
    try {
      await commands.executeCommand('spark.preview', 'journey.html');
      await until(() => tabs('spark.preview').length === 1, vscode.window.tabGroups.onDidChangeTabs);
    } finally {
      await settings.update('preview.openIn', undefined, ConfigurationTarget.Workspace);
    }
  });

  test('by a task: a command variable shows the page, and gives its address', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    const page = { id: 'page', type: 'command', command: 'spark.preview', args: 'journey.html' };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code puts the variable's value there.
    const task = { label: 'show', type: 'process', command: 'true', args: ['${input:page}'] };
    const configuration = vscode.workspace.getConfiguration('tasks', folder);
    const write = (name: string, value: unknown) =>
      configuration.update(name, value, vscode.ConfigurationTarget.WorkspaceFolder);
    await write('version', '2.0.0');
    await write('inputs', [page]);
    await write('tasks', [task]);
    try {
      const ended = new Promise<number | undefined>((resolve) => {
        const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== 'show') return;
          subscription.dispose();
          resolve(exitCode);
        });
      });
      await vscode.commands.executeCommand('workbench.action.tasks.runTask', 'show');
      assert.equal(await ended, 0);
      await until(() => tabs('spark.preview').length === 1, vscode.window.tabGroups.onDidChangeTabs);
    } finally {
      for (const name of ['tasks', 'inputs', 'version']) await write(name, undefined);
    }
  });
});

suite('The request inspector', () => {
  teardown(leaveNothing);

  test('opens once', async () => {
    await vscode.commands.executeCommand('spark.openInspector');
    await vscode.commands.executeCommand('spark.openInspector');
    await until(() => tabs('spark.inspector').length > 0, vscode.window.tabGroups.onDidChangeTabs);
    assert.equal(tabs('spark.inspector').length, 1);
  });
});
