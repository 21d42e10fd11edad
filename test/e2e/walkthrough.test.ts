import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { project } from '../project.mjs';
import { walk } from './workbench.ts';

const pictures = manifest.contributes.walkthroughs[0].steps.map(({ media }) => path.join(project, media.svg));

walk(
  'The walkthrough has a picture for each step, and ticks off what its buttons do',
  async (workbench) => {
    const { page } = workbench;
    const steps = page.locator('.getting-started-step');
    const show = async () => {
      await workbench.runCommand('Welcome: Open Walkthrough...');
      await workbench.quickPick('Get started with Spark').click();
      await steps.first().waitFor();
    };
    const expand = async (title: string) => {
      const expanded = page.locator('.getting-started-step.expanded', { hasText: title });
      if ((await expanded.count()) === 0)
        await steps.filter({ hasText: title }).locator('.step-title').click();
      await expanded.waitFor();
      return expanded;
    };
    const ticks = (title: string) =>
      steps.filter({ hasText: title }).locator('.codicon-getting-started-step-checked');

    await show();
    const titles = await steps.locator('.step-title').allTextContents();
    assert.equal(titles.length, pictures.length);
    const document = page.frameLocator('.getting-started-media iframe.webview').frameLocator('#active-frame');
    for (const [index, title] of titles.entries()) {
      await expand(title);
      const [, drawn] = /\bd="([^"]+)"/.exec(readFileSync(pictures[index], 'utf8')) ?? [];
      // A line has no area, and so is never visible to the test.
      await document.locator(`svg path[d="${drawn}"]`).first().waitFor({ state: 'attached' });
      await document.locator('svg').waitFor();
    }

    // With a page beside it, it has no room for pictures.
    for (const title of titles) {
      const step = await expand(title);
      assert.equal(await ticks(title).count(), 0, title);
      await step.locator('.monaco-button').first().click();
      if (title === 'Look at it on a phone') {
        await page.locator('.monaco-dialog-box').waitFor();
        await page.keyboard.press('Escape');
      }
      await show();
      await ticks(title).waitFor();
    }
  },
  {
    viewport: { width: 1700, height: 900 },
  },
);
