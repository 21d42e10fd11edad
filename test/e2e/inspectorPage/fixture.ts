import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildScript, type FakeHostOptions, InspectorPageUnderTest, launchBrowser } from './inspectorPage.ts';

/**
 * For the tests of one file: a browser and the page's script, which they share. Gives the function that opens a page;
 * pages are closed after their test, which fails if one of them has errors or warnings left. A test that expects some
 * takes them out.
 */
export function inspectorPageFixture(): (
  options?: Partial<FakeHostOptions>,
) => Promise<InspectorPageUnderTest> {
  let browser: Browser;
  let script: string;
  let opened: InspectorPageUnderTest[] = [];

  before(async () => {
    [browser, script] = await Promise.all([launchBrowser(), buildScript()]);
  });
  after(() => browser.close());
  afterEach(async () => {
    const pages = opened;
    opened = [];
    for (const page of pages) await page.close();
    assert.deepEqual(
      pages.flatMap(({ errors, warnings }) => [...errors, ...warnings]),
      [],
    );
  });

  return async (options = {}) => {
    const page = await InspectorPageUnderTest.open(browser, { script, ...options });
    opened.push(page);
    return page;
  };
}
