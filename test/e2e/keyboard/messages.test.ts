import assert from 'node:assert/strict';
import { rules } from '../../../src/http/rules.ts';
import { sendRaw } from '../rawRequests.ts';
import { walk } from '../workbench.ts';
import { type Focus, openInspector } from './keyboard.ts';

const malformed = rules['space-before-colon'].example ?? '';

walk('By keyboard alone: what an exchange means is read, explained and filtered by', async (workbench) => {
  const { keyboard, inspector, summary } = await openInspector(workbench, ['/?from=start', '/style.css']);
  const { page } = workbench;
  await keyboard.press('Home', 'Enter');
  await keyboard.focusOn({ pane: 'meaning', name: 'GET' });
  await keyboard.press('Control+End', 'PageUp', 'ArrowUp', 'Home', 'End', 'Control+Home');
  await keyboard.focusOn({ pane: 'meaning', name: 'GET' });

  // A line is opened, and its explanation leads out by a link; who does not follow it is back at the link.
  await keyboard.pressUntil('ArrowDown', /^host$/);
  await keyboard.press('Space', 'ArrowDown');
  await keyboard.pressUntil('ArrowRight', /^RFC 9110/);
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog').filter({ hasText: 'www.rfc-editor.org' });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await keyboard.focusOn({ pane: 'meaning', name: /^RFC 9110/ });

  await keyboard.press('ArrowUp', 'Home');
  await keyboard.focusOn({ name: 'host' });
  await keyboard.press('f');
  await summary('2 of 2 exchanges');
  await keyboard.press('Control+Home');
  await keyboard.pressUntil('ArrowRight', /^\/\?from=start$/);
  await keyboard.chooseInMenu('Filter by This');
  await summary('1 of 2 exchanges');
  await keyboard.focusOn({ pane: 'meaning', name: '/?from=start' });

  // The tabs are one stop; what is found leads to its bytes.
  await keyboard.pressUntil('Shift+Tab', /^Messages$/);
  await keyboard.press('ArrowRight');
  await keyboard.focusOn({ name: /^Findings/ });
  await keyboard.pressUntil('Tab', /^Show its bytes$/);
  await keyboard.press('Enter');
  await keyboard.focusOn({ pane: 'bytes-pane', name: /^offset \d+/ });
  await keyboard.press('Enter');
  await keyboard.focusOn({ pane: 'meaning' });
  await keyboard.pressUntil('Shift+Tab', /^Messages$/);
  await keyboard.press('End');
  await keyboard.focusOn({ name: 'Timing' });
  await inspector.locator('.calls tbody tr').first().waitFor();
  await keyboard.pressUntil('Shift+Tab', /^Exchanges$|exchange \d+,/);
  await keyboard.press('/', 'Escape', 'Escape');
  await keyboard.focusOn({ pane: 'upper' });
});

walk(
  'By keyboard alone: bytes are walked, selected, searched, copied; the parser is gone through',
  async (workbench) => {
    const { keyboard, address, inspector } = await openInspector(workbench, ['/?from=start']);
    const { page } = workbench;
    await sendRaw(address, malformed);
    await inspector.locator('.list[aria-rowcount="3"]').waitFor();
    const clipboard = async (expected: RegExp) => {
      await page.waitForFunction(
        async (source) => new RegExp(source).test(await navigator.clipboard.readText()),
        expected.source,
      );
    };
    await keyboard.press('End');
    await keyboard.focusOn({ name: /malformed: space-before-colon/ });
    await keyboard.press('F8');
    await keyboard.focusOn({ pane: 'bytes-pane', name: /here the rule space-before-colon is broken/ });
    await keyboard.press('Shift+F8', 'F8', 'Control+Home');
    await keyboard.focusOn({ name: /^offset 0, hexadecimal 47, "G", in method/ });
    await keyboard.press(
      'ArrowDown',
      'End',
      'PageDown',
      'PageUp',
      'Home',
      'Control+Home',
      'Alt+ArrowRight',
      'Alt+ArrowLeft',
    );
    await keyboard.press('Shift+ArrowRight', 'Shift+ArrowRight');
    await keyboard.chooseInMenu('Copy Bytes As', 'Copy Bytes as C Array');
    await clipboard(/0x47, 0x45, 0x54/);
    await keyboard.focusOn({ pane: 'bytes-pane', name: /^offset 2/ });
    await keyboard.pressUntil('Tab', /^Copy the selected bytes as$/);
    await keyboard.type('Base');
    await clipboard(/^R0VU$/);
    await keyboard.focusOn({ name: 'Copy the selected bytes as' });

    await keyboard.pressUntil('Shift+Tab', /^offset 2/);
    await keyboard.press('Control+f');
    await keyboard.focusOn({ name: 'Find in bytes' });
    await keyboard.type('host');
    await keyboard.press('Enter', 'Shift+Enter', 'Escape');
    await keyboard.focusOn({ name: /^offset \d+, hexadecimal [46]8/ });

    await keyboard.pressUntil('Shift+Tab', /Control characters$/);
    await keyboard.press('Enter', 'ArrowRight', 'Enter');
    await keyboard.focusOn({ name: /Legend$/ });
    await keyboard.press('Enter');
    await keyboard.pressUntil('ArrowRight', /Parser$/);
    await keyboard.press('Enter');
    await keyboard.focusOn({ name: 'Bytes that the parser has read' });
    await keyboard.press(
      'Home',
      'ArrowRight',
      'ArrowRight',
      'ArrowLeft',
      'Control+ArrowRight',
      'PageDown',
      'End',
    );
    const said = await inspector.getByRole('slider').getAttribute('aria-valuetext');
    assert.match(said ?? '', /it breaks a rule: White space stands between/);
    await keyboard.press('Escape');
    await keyboard.focusOn({ pane: 'upper' });

    // Another exchange keeps the parser; one that is cleared takes it along.
    await keyboard.press('Home', 'Enter');
    await keyboard.focusOn({ pane: 'meaning' });
    await keyboard.pressUntil('Tab', /^Bytes that the parser has read$/);
    await keyboard.command('Spark: Clear Capture');
    await inspector.getByText('Nothing captured yet.').waitFor();
    await keyboard.focusOn({ name: 'Filter' });
  },
);

walk(
  'By keyboard alone: Tab goes through all parts of the inspector and out of it, and back',
  async (workbench) => {
    const { keyboard, inspector } = await openInspector(workbench, ['/', '/style.css']);
    await keyboard.press('Home', 'Enter');
    await keyboard.focusOn({ pane: 'meaning' });
    await keyboard.press('Escape', '/');
    const stops: string[] = [];
    for (let focus: Focus | null = await keyboard.focusOn({ name: 'Filter' }); focus !== null; ) {
      stops.push(focus.pane === 'upper' ? 'list' : focus.name.replace(/^[¶▦▷] ?|(?<=^offset \d+),.*/g, ''));
      assert.ok(stops.length < 20, `Tab does not lead out: ${stops.join(', ')}`);
      focus = await keyboard.pressBeyond('Tab');
    }
    assert.deepEqual(stops, [
      'Filter',
      'Pause the list',
      'list',
      'Height of the list',
      'Messages',
      'Follow connection 1',
      'Explain lines',
      'GET',
      'Size of the meaning',
      'Control characters',
      ...['offset 0', 'Response bytes, 2,108 bytes', 'Selected bytes', 'Copy the selected bytes as'],
    ]);
    // And back in.
    let back = await keyboard.pressBeyond('Shift+Tab');
    for (let i = 0; back === null && i < 3; i++) back = await keyboard.pressBeyond('Shift+Tab');
    await keyboard.pressUntil('Shift+Tab', /^Height of the list$/);
    const height = async () => (await inspector.locator('.upper').boundingBox())?.height ?? 0;
    const before = await height();
    await keyboard.press('ArrowDown', 'ArrowDown');
    assert.ok((await height()) > before);
    await keyboard.pressUntil('Tab', /^Size of the meaning$/);
    await keyboard.press('ArrowLeft', 'Escape');
    await keyboard.focusOn({ pane: 'upper' });
  },
);
