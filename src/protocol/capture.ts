import type { ConnectionState } from '../http/exchange.ts';
import type { ForwardingRecord } from '../http/forwarding.ts';
import type { RuleId } from '../http/rules.ts';
import type { CallColumns } from '../sockets/tracedCall.ts';

/** One end of a connection: a numeric address and a port; an empty string and 0 where they are not known. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What is known of a connection. A later record of the same id replaces an earlier one. */
export interface ConnectionRecord {
  /** Counts from 1 in a run of the server. */
  readonly id: number;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** TLS version and cipher, such as `TLS 1.3, TLS_AES_256_GCM_SHA384`; empty without TLS. */
  readonly tls: string;
  readonly state: ConnectionState;
  /** Milliseconds since the epoch, with fractions; `closedAt` is 0 while the connection is open. */
  readonly openedAt: number;
  readonly closedAt: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly exchangeCount: number;
  /** Why it ended, in a sentence; empty while it is open. */
  readonly closeReason: string;
}

/**
 * Exchanges as columns: row i of each column belongs to one exchange, and `id.length` is the number of rows.
 * A later row of the same id replaces an earlier one. Meaning, units and unknown values as in `Exchange`
 * (src/http/exchange.ts).
 */
export interface ExchangeColumns {
  /** Counts from 1 in a run of the server. */
  readonly id: Float64Array;
  readonly connection: Float64Array;
  /** 1 for the first exchange of its connection. */
  readonly number: Float64Array;
  readonly method: readonly string[];
  readonly target: readonly string[];
  readonly status: Uint16Array;
  readonly requestStart: Float64Array;
  readonly requestBodyStart: Float64Array;
  readonly requestEnd: Float64Array;
  readonly responseStart: Float64Array;
  readonly responseBodyStart: Float64Array;
  readonly responseEnd: Float64Array;
  readonly startedAt: Float64Array;
  readonly headAt: Float64Array;
  readonly requestEndedAt: Float64Array;
  readonly respondedAt: Float64Array;
  readonly endedAt: Float64Array;
  /** 1 where the connection ended before the exchange did. */
  readonly aborted: Uint8Array;
  /** Where the request was forwarded to; null where it was answered here. */
  readonly forwarding: readonly (ForwardingRecord | null)[];
  /** The rule that the request broke, or an empty string. */
  readonly rule: readonly (RuleId | '')[];
  /** Offset of the byte that broke the rule, from the first byte of the request. */
  readonly ruleOffset: Float64Array;
}

/** Which way bytes went, from the server's point of view. */
export type Direction = 'received' | 'sent';

/**
 * Segments as columns: what each read and each write carried. The bytes that were kept are in `CaptureBatch.bytes`;
 * segments that sent the very same bytes, such as a file's to several clients, may share them.
 */
export interface SegmentColumns {
  readonly connection: Float64Array;
  /** 0 = received, 1 = sent. */
  readonly direction: Uint8Array;
  /** First byte, counted from the first that the connection received or sent. */
  readonly offset: Float64Array;
  readonly length: Float64Array;
  /** First kept byte, counted from the segment's own start. */
  readonly keptStart: Float64Array;
  readonly keptLength: Float64Array;
  /** Where the kept bytes start in `CaptureBatch.bytes`. */
  readonly keptAt: Float64Array;
  /** Milliseconds since the epoch, with fractions. */
  readonly time: Float64Array;
}

/** A segment that the kernel sent from a file by itself (`sendfile`): none of its bytes are kept. */
export interface SentFile {
  /** Its row in `SegmentColumns`. */
  readonly segment: number;
  readonly path: string;
  /** First byte sent, counted from the beginning of the file. */
  readonly offset: number;
}

/** What was served but not recorded, counted since the start of the run. */
export interface LeftOut {
  readonly exchanges: number;
  readonly bytes: number;
  readonly calls: number;
}

/** What happened since the previous batch. Every `Uint8Array` has its exact length and owns its buffer. */
export interface CaptureBatch {
  /** Counts from 1 in a run of the server; acknowledged with `batchStored`. */
  readonly sequence: number;
  readonly connections: readonly ConnectionRecord[];
  readonly exchanges: ExchangeColumns;
  readonly segments: SegmentColumns;
  readonly sentFiles: readonly SentFile[];
  /** The kept bytes of all segments; `keptAt` says which are whose. */
  readonly bytes: Uint8Array;
  /** System calls in the order in which they were made; no rows where they are not traced. */
  readonly calls: CallColumns;
  readonly leftOut: LeftOut;
}

/** What a column of a batch holds: numbers of one kind, or texts. */
export type ColumnKind = 'Uint8' | 'Uint16' | 'Uint32' | 'Int32' | 'Float64' | 'text';

/**
 * Columns in one piece of memory, which crosses to another process, and is written to disk, at a fraction of the cost of
 * single columns. In `bytes` they are in the order of `names`, each at the next multiple of 8, numbers in the machine's
 * byte order. A text is a Uint32, its index in `texts`.
 */
export interface PackedColumns {
  readonly rows: number;
  readonly names: readonly string[];
  readonly kinds: readonly ColumnKind[];
  readonly texts: readonly string[];
  readonly bytes: Uint8Array;
}

/** A `CaptureBatch` as it crosses to another process. */
export interface PackedBatch extends Omit<CaptureBatch, 'connections' | 'exchanges' | 'segments' | 'calls'> {
  readonly connections: PackedColumns;
  readonly exchanges: PackedColumns;
  /** The forwarded exchanges, by their row. */
  readonly forwarded: readonly (readonly [row: number, forwarding: ForwardingRecord])[];
  readonly segments: PackedColumns;
  readonly calls: PackedColumns;
}
