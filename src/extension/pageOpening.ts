/** Where a page is shown. Decided without an import of `vscode`: a list of its commands is all that is needed. */

/** Values of `spark.preview.openIn`. */
export type OpenIn = 'panel' | 'integratedBrowser' | 'externalBrowser' | 'debugger';

/** VS Code's own browser; a desktop window has it, a window in a browser does not. */
export const integratedBrowserCommand = 'workbench.action.browser.open';

/** Kinds of files that are shown differently. */
export type PageKind = 'page' | 'markdown' | 'pdf';

export function pageKindOf(file: string): PageKind {
  if (/\.pdf$/i.test(file)) return 'pdf';
  return /\.(md|markdown)$/i.test(file) ? 'markdown' : 'page';
}

/**
 * Where a page is shown: where the user wants it, or in the nearest place that can show it.
 *
 * @param commands all commands of this VS Code: `integratedBrowserCommand` is not among them everywhere
 */
export function wayToOpen(wanted: OpenIn, kind: PageKind, commands: readonly string[]): OpenIn {
  const integrated = commands.includes(integratedBrowserCommand);
  // A browser's PDF viewer does not run in a sandboxed frame.
  if (kind === 'pdf' && wanted !== 'externalBrowser')
    return integrated ? 'integratedBrowser' : 'externalBrowser';
  return wanted === 'integratedBrowser' && !integrated ? 'panel' : wanted;
}

/** A program to start, with its arguments. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
}

interface BrowserNames {
  /** Name of its application on macOS. */
  readonly application: string;
  /** Name that Windows finds it by. */
  readonly windows: string;
  readonly linux: string;
}

const browsers: Readonly<Record<string, BrowserNames>> = {
  chrome: { application: 'Google Chrome', windows: 'chrome', linux: 'google-chrome' },
  chromium: { application: 'Chromium', windows: 'chromium', linux: 'chromium' },
  edge: { application: 'Microsoft Edge', windows: 'msedge', linux: 'microsoft-edge' },
  firefox: { application: 'Firefox', windows: 'firefox', linux: 'firefox' },
  safari: { application: 'Safari', windows: 'safari', linux: 'safari' },
};

/**
 * How a browser is started; null for the default browser, which VS Code opens.
 *
 * @param browser a name of the table, `default`, or the path of a program
 */
export function browserCall(browser: string, url: string, platform: NodeJS.Platform): ProgramCall | null {
  if (browser === 'default') return null;
  const known = Object.hasOwn(browsers, browser) ? browsers[browser] : null;
  if (known === null) return { program: browser, args: [url] };
  switch (platform) {
    case 'darwin':
      return { program: 'open', args: ['-a', known.application, url] };
    case 'win32': {
      // Windows knows where browsers lie (App Paths), but only its shells look there. The quotes keep the address data.
      const command = `Start-Process ${known.windows} '"${url.replaceAll("'", "''").replaceAll('"', '%22')}"'`;
      return { program: 'powershell', args: ['-NoProfile', '-NonInteractive', '-Command', command] };
    }
    default:
      return { program: known.linux, args: [url] };
  }
}

/** What VS Code's browser debugger is told. */
export interface BrowserDebugConfiguration {
  readonly type: 'chrome' | 'msedge';
  readonly request: 'launch';
  readonly name: string;
  readonly url: string;
  readonly webRoot: string;
  readonly runtimeExecutable?: string;
  readonly browserLaunchLocation?: 'workspace';
}

/**
 * What VS Code's browser debugger is told to start.
 *
 * @param browser as in `browserCall`
 * @param besideServer the browser runs on the server's machine, as it must where the workbench is itself a page
 */
export function browserDebugging(
  browser: string,
  name: string,
  url: string,
  webRoot: string,
  besideServer: boolean,
): BrowserDebugConfiguration {
  const isPath = browser !== 'default' && !Object.hasOwn(browsers, browser);
  return {
    type: browser === 'edge' ? 'msedge' : 'chrome',
    request: 'launch',
    name,
    url,
    webRoot,
    ...(isPath ? { runtimeExecutable: browser } : {}),
    ...(besideServer ? { browserLaunchLocation: 'workspace' } : {}),
  };
}
