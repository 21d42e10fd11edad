import assert from 'node:assert/strict';
import { walk } from '../workbench.ts';
import { Keyboard, openInspector } from './keyboard.ts';

walk('By keyboard alone: a connection is followed, live, to an exchange and back', async (workbench) => {
  const { keyboard, get, inspector } = await openInspector(workbench, ['/', '/style.css']);
  const { page } = workbench;
  await keyboard.command('Spark: Follow Connection');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'GET /style.css' }).waitFor();
  await page.keyboard.press('Enter');
  await inspector.locator('.follow-bytes').first().waitFor();
  await keyboard.focusOn({ pane: 'follow', name: /^Exchange \d+: GET/ });
  await keyboard.press(
    'ArrowDown',
    'End',
    'PageUp',
    'Home',
    'Alt+ArrowDown',
    'Alt+ArrowDown',
    'PageDown',
    'Alt+ArrowUp',
  );
  const before = (await keyboard.focus()).name;
  await get('/style.css?later');
  await keyboard.focusOn({ pane: 'follow', name: before });
  await keyboard.pressUntil('Shift+Tab', /^Hex$/);
  await keyboard.press('Enter');
  await keyboard.focusOn({ name: 'Hex' });
  await keyboard.pressUntil('Shift+Tab', /^Back$/);
  await keyboard.press('Enter');
  await keyboard.focusOn({ pane: 'upper' });

  await keyboard.press('Home');
  await keyboard.chooseInMenu('Follow Connection');
  await inspector.locator('.follow-bytes').first().waitFor();
  await keyboard.focusOn({ pane: 'follow', name: /^Exchange 1: GET/ });
  await keyboard.press('Enter');
  await keyboard.focusOn({ pane: 'upper', name: /^GET \/, exchange 1,/ });
  await keyboard.pressUntil('Tab', /^Follow connection \d+$/);
  await keyboard.press('Enter');
  await keyboard.focusOn({ pane: 'follow' });
  await keyboard.command('Spark: Clear Capture');
  // A connection that is still open goes on without what was captured; one that is closed is gone.
  await inspector.locator('.follow', { hasText: /It is no longer stored|Nothing captured yet/ }).waitFor();
  await keyboard.focusOn({ pane: 'follow' });
  await keyboard.press('Escape');
  await keyboard.focusOn({ name: 'Filter' });
});

walk(
  'By keyboard alone: a request is taken from the gallery, edited, sent again, and its answers compared',
  async (workbench) => {
    const keyboard = new Keyboard(workbench);
    const { page } = workbench;
    await keyboard.command('Spark: Start Server');
    await workbench.serverAddress();
    await keyboard.command('Spark: Send Request...');
    const send = workbench.webview();
    await send.locator('#target option').first().waitFor({ state: 'attached' });
    await keyboard.focusOn({ name: /^Text: / });
    await keyboard.pressUntil('Shift+Tab', /^Start from$/);
    const text = () => send.locator('#text').inputValue();
    const first = await text();
    await keyboard.press('ArrowDown', 'ArrowDown');
    await page.waitForFunction(() => document.hasFocus());
    assert.notEqual(await text(), first);
    await keyboard.pressUntil('Tab', /^Text: /);
    await keyboard.press('Control+Home');
    await keyboard.type('X');
    assert.match(await text(), /^X/);
    await keyboard.press('Control+z', 'Control+Enter');
    const answers = send.locator('.answers li');
    await answers.first().waitFor();
    await keyboard.focusOn({ name: /^Text: / });

    // The button that sends keeps the focus while it has nothing to do.
    await keyboard.pressUntil('Tab', /^Send$/);
    await keyboard.press('Enter');
    await answers.nth(1).waitFor();
    await keyboard.focusOn({ name: 'Send' });
    await keyboard.pressUntil('Tab', /^Show exchange of answer 1$/);
    // A new answer stands above the others, and takes no focus.
    await keyboard.press('Control+Enter');
    await answers.nth(2).waitFor();
    await keyboard.focusOn({ name: 'Show exchange of answer 1' });
    await keyboard.pressUntil('Shift+Tab', /^Compare with First: Answer 2$/);
    await page.keyboard.press('Enter');
    await workbench.tab(/Exchange \d and exchange \d/).waitFor();
    await keyboard.focusOn({ pane: 'workbench' });
    await keyboard.command('View: Close Editor');
    await keyboard.focusOn({ name: 'Compare with First: Answer 2' });
  },
);
