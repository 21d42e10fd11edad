/** Bounds on what a client may make the server hold or wait for. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** Request line without its CRLF; RFC 9112 section 3 asks for 8000 at least. */
  readonly requestLine: number;
  /** All field lines of a header or trailer section, with their CRLFs. */
  readonly headerSection: number;
  readonly fieldCount: number;
  /** One line of chunk size and extensions. */
  readonly chunkLine: number;
  readonly body: number;
  /** A message kept for `RequestHandler.respond`. */
  readonly keptMessage: number;
  /** Connections at a time; one more is answered 503. */
  readonly connections: number;
  readonly requestsPerConnection: number;
  /** Output waiting to be sent, beyond which no further request is read. */
  readonly pendingOutput: number;
  readonly headerReadTime: number;
  readonly bodyIdleTime: number;
  readonly keepAliveTime: number;
  readonly writeStallTime: number;
  /**
   * How long an upstream server may be silent: before its answer, and within it. One limit for both, as in other gateways.
   */
  readonly upstreamTime: number;
  /** After an error: how long and how much is read and thrown away, so that the client gets the answer. */
  readonly drainTime: number;
  readonly drainBytes: number;
  /** When the server stops: how long answers under way may take. */
  readonly stopTime: number;
}

/** What holds where the settings say nothing else. */
export const defaultLimits: Limits = {
  requestLine: 8 * 1024,
  headerSection: 64 * 1024,
  fieldCount: 200,
  chunkLine: 4 * 1024,
  body: 100 * 1024 * 1024,
  keptMessage: 1024 * 1024,
  connections: 1024,
  requestsPerConnection: 1000,
  pendingOutput: 256 * 1024,
  headerReadTime: 10_000,
  bodyIdleTime: 30_000,
  keepAliveTime: 5_000,
  writeStallTime: 30_000,
  upstreamTime: 60_000,
  drainTime: 2_000,
  drainBytes: 256 * 1024,
  stopTime: 5_000,
};
