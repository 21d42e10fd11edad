/** What a panel's page gets from VS Code, for tests of the page alone. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { project } from '../project.mjs';

interface WebviewThemes {
  readonly defaultStyles: string;
  readonly themes: Readonly<
    Record<string, { bodyClass: string; variables: Readonly<Record<string, string>> }>
  >;
}

const themes: WebviewThemes = JSON.parse(
  readFileSync(path.join(project, 'test/fixtures/webviewThemes.json'), 'utf8'),
);

export const themeNames: readonly string[] = Object.keys(themes.themes);

/** Gives the documents that a page is going to show the styles, colours and class that VS Code gives to a panel's. */
export async function dress(page: Page, theme: string): Promise<void> {
  await page.addInitScript(
    ({ theme, defaultStyles }) => {
      if (window !== window.top) return;
      document.addEventListener('DOMContentLoaded', () => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(defaultStyles);
        document.adoptedStyleSheets = [sheet];
        for (const [name, value] of Object.entries(theme.variables)) {
          document.documentElement.style.setProperty(name, value);
        }
        document.body.className = theme.bodyClass;
      });
    },
    { theme: themes.themes[theme], defaultStyles: themes.defaultStyles },
  );
}

/** A script or style sheet in one piece; minified as in the package, or with the names of the sources. */
export async function bundleForPage(entry: string, minify = false): Promise<string> {
  const result = await build({
    absWorkingDir: project,
    entryPoints: [entry],
    bundle: true,
    minify,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome132',
    logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}
