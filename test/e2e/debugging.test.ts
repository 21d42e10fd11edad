import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'From the package: Break on System Call, then Debug Server stops in the shipped source; continued, it serves',
  async (workbench) => {
    const { page } = workbench;
    await workbench.runCommand('Spark: Break on System Call...');
    await workbench.quickPick('listen').click();
    await page.keyboard.press('Enter');
    await workbench.notification('The server stops before listen once it runs in the debugger.').waitFor();
    await workbench.runCommand('Debug: Select and Start Debugging');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Spark Server...' }).waitFor();
    await page.keyboard.press('Escape');
    await workbench.runCommand('Spark: Debug Server');
    // The shipped source, on the line that issues the call.
    await workbench.tab(/^libc\.ts/).waitFor({ timeout: 60_000 });
    await page.locator('.debug-top-stack-frame-line').first().waitFor();
    await page.locator('.debug-call-stack', { hasText: "Spark's server of example-site" }).waitFor();
    await workbench.runCommand('Debug: Continue');
    const address = await workbench.serverAddress();
    assert.equal((await fetch(address)).status, 200);
    await workbench.runCommand('Spark: Show Server Source');
    await workbench.tab(/^iterative\.ts/).waitFor();
    await workbench.runCommand('Debug: Stop');
    await workbench.statusBarItem(/^ ?Spark$/).waitFor();
  },
  { settings: { 'spark.model': 'iterative' } },
);
