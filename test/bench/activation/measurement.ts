/** What the benchmark asks of the extension that measures, in a file that this one looks at. */
export interface MeterOrder {
  /** Orders are carried out once each. */
  readonly id: string;
  /**
   * `spark`: its preview's command; `empty`: a webview that frames a page, and nothing else; `inspector`: the inspector's
   * command, again and again, with many exchanges in the store.
   */
  readonly subject: 'spark' | 'empty' | 'inspector';
  /** How often the inspector is opened. */
  readonly openings: number;
  /** Of the page that the empty webview frames, on this machine. */
  readonly address: string;
  /** Absolute path of the page that Spark shows. */
  readonly page: string;
}

/** What it found out. */
export interface Measurement {
  readonly id: string;
  /** Milliseconds that loading the bundle took; null where Spark is not the subject. */
  readonly bundleLoad: number | null;
  /** Milliseconds of the call of `activate()`. */
  readonly activateCall: number | null;
  /** When the command was called, each time: milliseconds since the epoch. */
  readonly commandsCalled: readonly number[];
}

/** Exchanges in the store when the inspector is opened. */
export const storedExchanges = 100_000;

/** The setting that names the folder of `order.json` and `measurement.json`. */
export const folderSetting = 'sparkMeter.folder';
