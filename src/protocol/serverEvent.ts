/** An exchange that has ended, as the command line reports it. Times are ISO 8601. */
export interface ExchangeEvent {
  readonly event: 'exchange';
  readonly time: string;
  readonly connection: number;
  readonly peer: string;
  readonly method: string;
  readonly target: string;
  /** 0 where the connection ended before there was a response. */
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly milliseconds: number;
  /** The rule that the request broke, and the offending byte; null where it was well-formed. */
  readonly violation: { readonly rule: string; readonly offset: number } | null;
  readonly aborted: boolean;
}

/** What the command line reports with `--json`, one object a line. */
export type ServerEvent =
  | { readonly event: 'listening'; readonly time: string; readonly url: string }
  | ExchangeEvent
  | { readonly event: 'log'; readonly time: string; readonly level: string; readonly message: string }
  | { readonly event: 'stopped'; readonly time: string };
