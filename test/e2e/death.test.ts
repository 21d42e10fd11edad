import assert from 'node:assert/strict';
import { walk } from './workbench.ts';

walk(
  'A server that is killed is reported, keeps what was captured, and restarts with one click',
  async (workbench) => {
    const address = await workbench.startServer();
    await workbench.showConnections();
    const visitor = await workbench.visit(new URL('style.css', address));
    await visitor.close();
    await workbench.treeItem(/^Connection 1 from /).waitFor();

    process.kill(workbench.serverProcess(), 'SIGKILL');
    const report = workbench.notification(/no longer serves example-site/);
    await report.waitFor();
    assert.match((await report.textContent()) ?? '', /SIGKILL/);
    await workbench.statusBarItem('Spark: died').waitFor();
    await workbench.treeItem(/^Server example-site, died/).waitFor();
    await workbench.treeItem(/^Connection 1 from .*, closed/).waitFor();
    await workbench.picture('died');

    await report.getByRole('button', { name: 'Restart' }).click();
    await workbench.serverAddress();
    const again = await workbench.visit(address);
    assert.equal(await again.title(), 'The life of a connection');
    await workbench.treeItem(/^Connection 1 from .*, closed/).waitFor();
  },
);
