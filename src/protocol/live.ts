/**
 * What a previewed page is told over its event stream (`text/event-stream`, HTML standard section 9.2): the JSON of an
 * event named `change`.
 */
export interface LiveChange {
  /**
   * Paths of what has changed, percent-decoded, from the site's root on and without the first slash: a file's own, and
   * those under which it was served. Null: more has changed than can be listed, so every page depends on it.
   */
  readonly paths: readonly string[] | null;
}

/** Paths of files of which a frame shows only the text content: the server has a page that stands in for each. */
export const xmlPath = /\.(?:xml|rss|atom|xsd|xslt?|wsdl|gpx|kml|rng)$/i;
/** Paths of files that a frame in a panel cannot show: the browser's viewer does not run in a sandbox. */
export const pdfPath = /\.pdf$/i;

/** Page to the panel that frames it. `token`, from the path of the page's script, proves that the page is the server's. */
export type FromPage =
  /** The page's script runs; sent again when the page's address or title changes. */
  | {
      readonly spark: 'page';
      readonly token: string;
      readonly address: string;
      readonly title: string;
    }
  /** The page's own content security policy keeps it from hearing of changes. */
  | { readonly spark: 'deaf'; readonly token: string }
  /** A link was followed to something that the frame cannot show by itself. */
  | { readonly spark: 'follow'; readonly token: string; readonly address: string }
  | { readonly spark: 'console'; readonly token: string; readonly entry: ConsoleEntry }
  | { readonly spark: 'found'; readonly token: string; readonly found: boolean }
  /** A key that the page did not use and that means something to the panel. */
  | { readonly spark: 'key'; readonly token: string; readonly key: 'find' | 'reload' | 'back' | 'forward' };

/** A line of a previewed page's console. */
export interface ConsoleEntry {
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
  /** Where it comes from, as `path:line:column`; empty where it is not known. */
  readonly source: string;
}

/** Panel to the page that it frames. */
export type ToPage =
  /** Asks the page for its address, title and console; answered with `page`. */
  | { readonly spark: 'hello'; readonly token: string }
  | { readonly spark: 'go'; readonly token: string; readonly where: 'back' | 'forward' | 'reload' }
  | { readonly spark: 'find'; readonly token: string; readonly text: string; readonly backwards: boolean };
