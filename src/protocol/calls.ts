import type { TracedCall } from '../sockets/tracedCall.ts';

/** The system calls of a connection, in the order in which they were made. */
export interface ConnectionCalls {
  /** Empty where none were traced: the sockets were libuv's, which makes them unseen, or the trace was off. */
  readonly calls: readonly TracedCall[];
  /** Some of the run's calls were not recorded, or displaced by newer ones: those of this connection may be among them. */
  readonly isIncomplete: boolean;
}
