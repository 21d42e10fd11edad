/** Messages between the page that sends requests and the extension host. */

/** What is sent, and how. */
export interface SendPlan {
  readonly bytes: Uint8Array;
  /** Offsets at which the bytes are cut into pieces: ascending, each inside the bytes. */
  readonly cuts: readonly number[];
  /** Milliseconds between two pieces. */
  readonly pause: number;
  /** How many times the bytes are sent. */
  readonly times: number;
  /** All over one connection, one after the other; else each over its own. */
  readonly oneConnection: boolean;
}

/** A server that requests can be sent to. */
export interface SendTarget {
  readonly name: string;
  readonly url: string;
}

/** The result of one connection: one request's, or that of all where they go over the same. */
export interface SendOutcome {
  /** Counts from 1 in the life of the page. */
  readonly number: number;
  /** The bytes received, cut where there are many; `answerLength` counts all of them. */
  readonly answer: Uint8Array;
  readonly answerLength: number;
  /** From the attempt to connect until the connection was closed. */
  readonly milliseconds: number;
  /** Why there is no more, in a sentence; empty where every request was answered. */
  readonly problem: string;
  /** Whether there is an earlier exchange to compare it with. */
  readonly comparable: boolean;
}

/** Page to extension host. */
export type FromSend =
  | { readonly type: 'ready' }
  | { readonly type: 'send'; readonly url: string; readonly plan: SendPlan }
  | { readonly type: 'cancel' }
  /** Shows the exchange of an outcome in the inspector. */
  | { readonly type: 'show'; readonly number: number }
  /** What is sent from now on was not made from the exchange that the host has loaded. */
  | { readonly type: 'exampleLoaded' }
  /** Compares its exchange with the one that the request was made from or, where there is none, with the first. */
  | { readonly type: 'compare'; readonly number: number };

/** Extension host to page. */
export type ToSend =
  /** All servers that run now. */
  | { readonly type: 'targets'; readonly targets: readonly SendTarget[] }
  /** A request to edit and send: that of an exchange. */
  | { readonly type: 'load'; readonly bytes: Uint8Array }
  | { readonly type: 'outcome'; readonly outcome: SendOutcome }
  /** All of the plan is done, or it was cancelled. */
  | { readonly type: 'done' };
