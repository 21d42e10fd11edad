import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { walk } from '../workbench.ts';
import { accessibleNodes, openInspector } from './keyboard.ts';

const exchange = (id: number) => new RegExp(`^GET /.*, exchange ${id}, connection `);

walk(
  'By keyboard alone: the list is walked, sorted and filtered, while exchanges arrive',
  async (workbench) => {
    const targets = ['/', '/nowhere', ...Array.from({ length: 38 }, (_, i) => `/style.css?${i}`)];
    const { keyboard, get, inspector, summary } = await openInspector(workbench, targets);
    const list = inspector.getByRole('grid', { name: 'Exchanges' });

    await keyboard.press('Home');
    await keyboard.focusOn({ name: exchange(1) });
    await keyboard.press('ArrowDown', 'ArrowDown', 'ArrowUp');
    await keyboard.focusOn({ name: exchange(2) });
    await keyboard.press('PageDown');
    const below = Number(/exchange (\d+)/.exec((await keyboard.focus()).name)?.[1]);
    assert.ok(below > 4, `PageDown leads to ${below}`);
    await keyboard.press('End', 'ArrowDown');
    await keyboard.focusOn({ name: exchange(40) });
    await keyboard.press('Home', 'PageUp');
    assert.equal((await keyboard.pressUntil('ArrowRight', /^GET$/)).role, 'gridcell');

    // What arrives moves nothing, and is counted.
    await get('/style.css?late');
    await summary('41 exchanges');
    await keyboard.focusOn({ name: 'GET' });
    assert.equal(await list.getAttribute('aria-rowcount'), '42');

    // As the browser tells it to a screen reader.
    const nodes = await accessibleNodes(inspector);
    const grid = nodes.find(({ role, name }) => role === 'grid' && name === 'Exchanges');
    assert.ok(grid, 'a grid of exchanges');
    const rows = nodes.filter(({ role, name }) => role === 'row' && /, exchange \d+,/.test(name));
    assert.ok(rows.length > 4, `${rows.length} rows`);
    for (const { name } of rows)
      assert.match(
        name,
        /^GET \/\S*, exchange \d+, connection \d+, answered \d+ [A-Za-z ]+, [\d,]+ bytes received, [\d,]+ bytes sent, took /,
      );
    const unnamed = nodes.filter(({ role, name }) => named.has(role) && name === '');
    assert.deepEqual(unnamed, []);

    // Sorted from its header, which is above the first row.
    await keyboard.press('ArrowUp');
    await keyboard.focusOn({ name: 'Method' });
    await keyboard.pressUntil('ArrowRight', /^Status/);
    await keyboard.press('Enter', 'Enter');
    await inspector.locator('#column-status[aria-sort="descending"]').waitFor();
    await keyboard.press('ArrowDown', 'Home');
    await inspector.locator('.list[aria-activedescendant="active-cell"]').waitFor();
    await inspector
      .locator('.list-body [aria-rowindex="2"][aria-label*="exchange 2,"][aria-selected="true"]')
      .waitFor();
    await keyboard.press('ArrowUp', 'Enter');
    await inspector.locator('#column-status[aria-sort="none"]').waitFor();
    await keyboard.chooseInMenu('Sort Descending');
    await inspector.locator('#column-status[aria-sort="descending"]').waitFor();
    await keyboard.focusOn({ name: /^Status/ });
    await keyboard.press('Enter', 'ArrowDown');

    // A filter, completed; it takes the selected row away, and the focus stays in the list.
    await keyboard.press('End');
    await keyboard.press('/');
    await keyboard.focusOn({ name: 'Filter' });
    await keyboard.type('stat');
    await inspector.getByRole('option', { name: /^status:/ }).waitFor();
    await keyboard.press('ArrowDown');
    assert.match((await keyboard.focus()).name, /^status:/);
    await keyboard.press('Enter');
    await keyboard.focusOn({ name: 'Filter' });
    await keyboard.type('404');
    await summary('1 of 41 exchanges: status is 404');
    await keyboard.press('Enter');
    await keyboard.focusOn({ name: 'Exchanges', pane: 'upper' });
    assert.equal(await list.getAttribute('aria-rowcount'), '2');
    await keyboard.press('ArrowDown');
    await keyboard.focusOn({ name: '404 Not Found' });
    await keyboard.chooseInMenu('Filter Out This');
    await summary('0 of 41 exchanges');
    await inspector.getByText('No exchange passes the filter.').waitFor();
    await keyboard.focusOn({ name: 'Exchanges', pane: 'upper' });
    await keyboard.press(
      'ArrowUp',
      'ArrowDown',
      'Home',
      'End',
      'PageUp',
      'PageDown',
      '/',
      'Escape',
      'Escape',
    );
    await summary(/^\s*41 exchanges/);
    await keyboard.focusOn({ pane: 'upper' });
  },
);

/** Roles that mean nothing without a name. */
const named = new Set([
  'button',
  'grid',
  'treegrid',
  'row',
  'tab',
  'combobox',
  'separator',
  'slider',
  'toolbar',
]);

walk(
  'By keyboard alone: exchanges are marked, commented, exported; columns chosen; the list paused and cleared',
  async (workbench) => {
    const { keyboard, get, inspector, summary } = await openInspector(workbench, ['/', '/style.css']);
    const { page } = workbench;
    await keyboard.press('Home', 'm');
    await keyboard.focusOn({ name: /exchange 1,.*, marked$/ });
    await keyboard.chooseInMenu('Comment on Exchange...');
    await keyboard.focusOn({ pane: 'workbench' });
    await keyboard.type('The page');
    await page.keyboard.press('Enter');
    await keyboard.focusOn({ name: /exchange 1,.*comment: The page$/ });
    await keyboard.chooseInMenu('Copy as Shell Command');
    await workbench.statusBarItem('Copied a shell command').waitFor();
    await keyboard.focusOn({ name: exchange(1) });
    await keyboard.command('Spark: Export...');
    await keyboard.choose('All exchanges');
    await keyboard.choose('HAR');
    await workbench.saveAsSuggested('exchanges.har');
    await workbench.statusBarItem('Exported to exchanges.har').waitFor();
    assert.ok(existsSync(path.join(workbench.workspace, 'exchanges.har')));
    await keyboard.focusOn({ name: exchange(1) });

    // The buttons beside the filter, which are one stop before the list.
    await keyboard.press('Shift+Tab');
    await keyboard.focusOn({ name: 'Pause the list' });
    await keyboard.press('Enter');
    await get('/style.css?paused');
    await summary('3 exchanges · paused, 1 new');
    await keyboard.press('Enter');
    await inspector.locator('.list[aria-rowcount="4"]').waitFor();
    await keyboard.focusOn({ name: 'Pause the list' });
    await keyboard.pressUntil('ArrowRight', /^Choose columns$/);
    await keyboard.press('Enter');
    await workbench.quickPick('Duration').waitFor();
    await page.keyboard.type('Duration');
    await workbench.quickPick('Duration').waitFor();
    // From the field to the list, where Space is no letter.
    const isInList = () => page.locator('.quick-input-list .monaco-list:focus').count();
    while ((await isInList()) === 0) await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.locator('.quick-input-count', { hasText: '10 Selected' }).waitFor({ timeout: 5000 });
    await page.keyboard.press('Enter');
    await inspector.locator('#column-duration').waitFor({ state: 'detached' });
    await keyboard.focusOn({ name: 'Choose columns' });
    await keyboard.press('Enter');
    await workbench.quickPick('Duration').waitFor();
    await page.keyboard.press('Escape');
    await keyboard.focusOn({ name: 'Choose columns' });

    await keyboard.press('End');
    await keyboard.focusOn({ name: 'Clear the capture' });
    await keyboard.press('Enter');
    await inspector.getByText('Nothing captured yet.').waitFor();
    await keyboard.focusOn({ name: 'Filter' });
    await get('/');
    await summary('1 exchange');
    await keyboard.press('Enter', 'ArrowDown');
    await keyboard.focusOn({ name: /^GET \/, exchange / });
  },
);

walk(
  'By keyboard alone: the focus stays when the server starts again, and when exchanges are displaced',
  async (workbench) => {
    const { keyboard, inspector, summary } = await openInspector(workbench, ['/', '/style.css']);
    await keyboard.press('Home', 'Enter');
    await keyboard.focusOn({ pane: 'meaning' });
    await keyboard.command('Spark: Restart Server');
    await workbench.serverAddress();
    await keyboard.focusOn({ pane: 'meaning' });
    await keyboard.press('ArrowDown', 'ArrowRight');
    await keyboard.focusOn({ pane: 'meaning' });

    // Newer ones take the place of what is read.
    const address = await workbench.serverAddress();
    const long = 'x'.repeat(7000);
    for (let i = 0; i < 200; i++) await (await fetch(new URL(`?${long}${i}`, address))).arrayBuffer();
    await summary('displaced');
    await inspector.getByText('is no longer stored: newer ones took its place').waitFor();
    await keyboard.focusOn({ pane: 'upper' });
    await inspector.locator('.list-body [aria-label*="exchange 200,"]').waitFor();
    await keyboard.press('End');
    await keyboard.focusOn({ name: exchange(200) });
    await inspector.locator('.messages .token').first().waitFor();
    await keyboard.press('Enter');
    await keyboard.focusOn({ pane: 'meaning' });
    await (await fetch(address)).arrayBuffer();
    await keyboard.focusOn({ pane: 'meaning' });

    // And what is not to be kept goes with its server.
    await keyboard.press('Escape', 'Shift+Tab', 'ArrowRight');
    await keyboard.focusOn({ name: 'Keep across server restarts' });
    await keyboard.press('Enter');
    await inspector.locator('[aria-label="Keep across server restarts"][aria-pressed="false"]').waitFor();
    await keyboard.press('Tab', 'Enter');
    await keyboard.focusOn({ pane: 'meaning' });
    await keyboard.command('Spark: Restart Server');
    await inspector.getByText('Nothing captured yet.').waitFor();
    await keyboard.focusOn({ name: 'Filter' });
    await keyboard.command('Spark: Stop Server');
    await inspector.getByRole('button', { name: 'Start Server' }).waitFor();
    await keyboard.pressUntil('Tab', /^Start Server$/);
    await keyboard.press('Enter');
    await workbench.serverAddress();
    await keyboard.focusOn({ name: 'Filter' });
  },
  { settings: { 'spark.capture.maxMegabytes': 1 } },
);
