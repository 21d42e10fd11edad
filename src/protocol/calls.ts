import type { TracedCall } from '../sockets/tracedCall.ts';

/** The system calls of a connection, in the order in which they were made. */
export interface ConnectionCalls {
  readonly calls: readonly TracedCall[];
  readonly untraced: UntracedReason;
  /** Some calls of the run were not recorded, or were displaced by newer ones; they may have been this connection's. */
  readonly isIncomplete: boolean;
}

/**
 * Why none were traced, where there are none: the sockets were libuv's, which makes its calls unseen; the trace was off
 * (`spark.trace`); or the exchange comes from a file, which holds none.
 */
export type UntracedReason = 'libuv' | 'off' | 'imported';

/** A system call as the inspector shows it. */
export interface CallLine {
  /** As C would say it, with its arguments decoded: `recv(22, 65536, 0)`. What came over the wire is escaped in it. */
  readonly text: string;
  /** What it returned; where it failed, -1 and the error's name. */
  readonly result: string;
  readonly kind: CallKind;
  /** As in `TracedCall`. */
  readonly startedAt: number;
  readonly duration: number;
  readonly thread: number;
  readonly process: number;
  readonly count: number;
}

/** What a call is for; `failed`, whatever it was for, where it failed. */
export type CallKind = 'waiting' | 'receiving' | 'sending' | 'other' | 'failed';

/** The system calls of an exchange's connection, from its first one on. */
export interface CallLines {
  readonly lines: readonly CallLine[];
  /** How many there are, of which `lines` are the first. */
  readonly total: number;
  readonly untraced: UntracedReason;
  readonly isIncomplete: boolean;
}
