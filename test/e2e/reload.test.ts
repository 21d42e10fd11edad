import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk('A reload of the window brings back server, inspector and preview', async (workbench) => {
  const address = await workbench.startServer();
  const visitor = await workbench.visit(new URL('journey.html', address));
  await visitor.close();
  await workbench.runCommand('Spark: Open Request Inspector');
  const inspector = workbench.webview();
  await inspector.getByRole('row', { name: /^GET \/style\.css, exchange/ }).click();
  await inspector.locator('.meaning .token', { hasText: /^\/style\.css$/ }).waitFor();

  await workbench.reload();
  const again = workbench.webview();
  await again.locator('.meaning .token', { hasText: /^\/style\.css$/ }).waitFor();
  const row = again.getByRole('row', { name: /^GET \/style\.css, exchange/, selected: true });
  assert.match((await row.textContent()) ?? '', /before reload/);
  assert.equal(String(await workbench.serverAddress()), String(address));
  const answer = await fetch(address);
  assert.equal(answer.status, 200);
  await workbench.picture('before-reload');
});
