import type { ConsoleEntry } from './live.ts';

/** What brings a preview back after a reload of the window. */
export interface PreviewState {
  /** URI of the file that it was opened for. */
  readonly file: string;
  /** The pages that it has shown: addresses below the site's root, without a first slash. Empty: the file's own. */
  readonly past: readonly string[];
  /** Index in `past` of the page that it shows; -1 where `past` is empty. */
  readonly position: number;
  readonly screen: ScreenState;
}

/** The size of the screen that a page is shown on. */
export interface ScreenState {
  /** CSS pixels, such as `390x844`; empty: as large as the panel. */
  readonly size: string;
  /** Per cent. */
  readonly zoom: number;
  readonly rotated: boolean;
}

/** As large as the panel, without zoom. */
export const plainScreen: ScreenState = { size: '', zoom: 100, rotated: false };

/** What the panel's page is told when it is made. */
export interface PreviewData {
  readonly state: PreviewState;
  /** The site's root as the user's machine reaches it, with a final slash. */
  readonly root: string;
  /** The file's own page, below the root. */
  readonly page: string;
  /** Shared with the pages of the server; null where it puts no script into them. */
  readonly token: string | null;
  /** Shown above the page; empty for nothing. */
  readonly remark: string;
  /** Whether the server speaks HTTPS: a page that does not answer may have been refused for its certificate. */
  readonly secure: boolean;
}

/** Page of the preview to extension host. */
export type FromPreview =
  | { readonly type: 'startServer' }
  /** `address`: of the page that is shown. */
  | { readonly type: 'openInBrowser'; readonly address: string }
  | { readonly type: 'title'; readonly title: string }
  | { readonly type: 'console'; readonly entry: ConsoleEntry }
  | { readonly type: 'showConsole' };

/** Extension host to page of the preview. */
export type ToPreview =
  /** A served file has changed: a page without the live reload script has to be loaded again by the panel. */
  { readonly type: 'changed' } | { readonly type: 'reload' } | { readonly type: 'find' };
