import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { DebuggerWatch, resume, topFrame } from './debuggerWatch.ts';
import { freePort, leaveNothing, spark, until, workspaceFolder } from './spark.ts';

const scriptLine = 'if (list) showCalls(list);';

/** Sets a breakpoint in the example site's script, on the line where it begins its work. */
function breakInPage(): vscode.Uri {
  const script = vscode.Uri.file(path.join(workspaceFolder(), 'script.js'));
  const lines = readFileSync(script.fsPath, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes(scriptLine));
  assert.ok(line >= 0, `${scriptLine} is not in script.js`);
  const location = new vscode.Location(script, new vscode.Position(line, 0));
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location)]);
  return script;
}

async function updated(section: string, act: () => Thenable<unknown>, holds: () => boolean): Promise<void> {
  const changed = until(holds, (listener) =>
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(section) && listener()),
  );
  await act();
  await changed;
}

suite("A page in VS Code's browser debugger", function () {
  // A browser and two debug sessions come and go in each test.
  this.timeout(120_000);
  let watch: DebuggerWatch;
  let temporary: string;
  let browser: string;

  setup(function () {
    const { CHROMIUM_PATH } = process.env;
    // Desktop workbenches start the user's own browser, and with a window.
    if (CHROMIUM_PATH === undefined) this.skip();
    temporary = mkdtempSync(path.join(os.tmpdir(), 'spark-browser-'));
    browser = path.join(temporary, 'browser');
    writeFileSync(
      browser,
      `#!/bin/sh\nexec '${CHROMIUM_PATH}' --headless --no-sandbox --disable-gpu --user-data-dir='${temporary}/profile' "$@"\n`,
      { mode: 0o755 },
    );
    watch = new DebuggerWatch();
  });

  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await watch.over();
    watch.dispose();
    for (const execution of vscode.tasks.taskExecutions) execution.terminate();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await leaveNothing();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  });

  test('Debug in Browser serves the page, and stops at a breakpoint of its script', async () => {
    const { Global } = vscode.ConfigurationTarget;
    const settings = vscode.workspace.getConfiguration('spark');
    await settings.update('browser', browser, Global);
    try {
      const script = breakInPage();
      const page = vscode.Uri.file(path.join(workspaceFolder(), 'index.html'));
      await vscode.commands.executeCommand('spark.debugInBrowser', page);
      const stop = await watch.nextStop();
      assert.equal(stop.reason, 'breakpoint');
      assert.equal(vscode.Uri.parse((await topFrame(stop)).source?.path ?? '').path, script.path);
      await resume(stop);
      const { servers } = await spark();
      assert.equal(servers.active.length, 1);
    } finally {
      await settings.update('browser', undefined, Global);
    }
  });

  test('a launch configuration starts Spark before the browser, by its task and problem matcher', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    const port = await freePort();
    const settings = vscode.workspace.getConfiguration('spark');
    await settings.update('port', port, vscode.ConfigurationTarget.Workspace);
    const task = { type: 'spark', label: 'serve', isBackground: true, problemMatcher: '$spark' };
    const launch = {
      type: 'chrome',
      request: 'launch',
      name: 'Page',
      url: `http://127.0.0.1:${port}/`,
      webRoot: folder.uri.fsPath,
      preLaunchTask: 'serve',
      runtimeExecutable: browser,
      browserLaunchLocation: 'workspace',
    };
    await updated(
      'launch',
      () =>
        vscode.workspace
          .getConfiguration('launch', folder)
          .update('configurations', [launch], vscode.ConfigurationTarget.WorkspaceFolder),
      () =>
        vscode.workspace.getConfiguration('launch', folder).get<unknown[]>('configurations')?.length === 1,
    );
    await vscode.workspace
      .getConfiguration('tasks', folder)
      .update('tasks', [task], vscode.ConfigurationTarget.WorkspaceFolder);
    await vscode.workspace
      .getConfiguration('tasks', folder)
      .update('version', '2.0.0', vscode.ConfigurationTarget.WorkspaceFolder);
    const { servers } = await spark();
    try {
      const script = breakInPage();
      // Nothing is served before it is asked for.
      assert.equal(servers.active.length, 0);
      assert.equal(await vscode.debug.startDebugging(folder, 'Page'), true);
      const stop = await watch.nextStop();
      assert.equal(vscode.Uri.parse((await topFrame(stop)).source?.path ?? '').path, script.path);
      assert.equal(new URL(servers.active[0]?.url ?? '').port, String(port));
      await resume(stop);
      for (const execution of vscode.tasks.taskExecutions) execution.terminate();
      await until(
        () => servers.active.length === 0 && vscode.tasks.taskExecutions.length === 0,
        (listener) =>
          vscode.Disposable.from(vscode.tasks.onDidEndTask(listener), servers.onDidChange(listener)),
      );
    } finally {
      await settings.update('port', undefined, vscode.ConfigurationTarget.Workspace);
      for (const [section, name] of [
        ['launch', 'configurations'],
        ['tasks', 'tasks'],
        ['tasks', 'version'],
      ])
        await vscode.workspace
          .getConfiguration(section, folder)
          .update(name, undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    }
  });
});
