import { type NativeCallName, nativeCallNames } from './nativeCalls.ts';

/** One system call as it was made. */
export interface TracedCall {
  readonly name: NativeCallName;
  /** The descriptor it was made on; -1 where it takes none. */
  readonly descriptor: number;
  /** Its further arguments, as far as they are numbers: see `recordedArguments`. */
  readonly first: number;
  readonly second: number;
  readonly third: number;
  /** Arguments that are not numbers (addresses, lists), decoded; empty where there are none. */
  readonly detail: string;
  /** What it returned; -1 = it failed. */
  readonly result: number;
  /** 0 where it did not fail. */
  readonly errno: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  /** Milliseconds; of all that are folded into this one, with what lay between them. */
  readonly duration: number;
  /** The kernel's numbers. */
  readonly thread: number;
  readonly process: number;
  /** The connection whose life it belongs to; 0 = that of the listener or the thread. */
  readonly connection: number;
  /** How many like it were made one after the other: waits that ended without anything. Else 1. */
  readonly count: number;
}

/**
 * The meaning of `first`, `second` and `third` for each call. Of an array, as in `poll`, the number of elements and the
 * first one are recorded.
 */
export const recordedArguments = {
  socket: ['domain', 'type', 'protocol'],
  setsockopt: ['level', 'option', 'value'],
  getsockopt: ['level', 'option', 'value'],
  bind: [],
  getsockname: [],
  getpeername: [],
  listen: ['backlog'],
  accept: [],
  accept4: ['flags'],
  recv: ['length', 'flags'],
  send: ['length', 'flags'],
  writev: ['count', 'firstLength', 'totalLength'],
  sendfile: ['file', 'offset', 'length'],
  sendfileBsd: ['file', 'offset', 'length'],
  shutdown: ['how'],
  close: [],
  fcntl: ['command', 'argument'],
  ioctlsocket: ['command', 'argument'],
  poll: ['count', 'timeout', 'firstRevents'],
  epoll_create1: ['flags'],
  epoll_ctl: ['operation', 'descriptor', 'events'],
  epoll_wait: ['capacity', 'timeout', 'firstReady'],
  eventfd: ['initial', 'flags'],
  read: ['length'],
  write: ['length'],
  kqueue: [],
  kevent: ['changes', 'capacity', 'firstReady'],
} as const satisfies Record<NativeCallName, readonly string[]>;

/** Traced calls as columns, in the order in which their thread made them: row i of each belongs to one call. */
export interface CallColumns {
  /** Place of the call's name in `nativeCallNames`. */
  readonly name: Uint8Array;
  readonly descriptor: Int32Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly third: Float64Array;
  readonly detail: readonly string[];
  readonly result: Float64Array;
  readonly errno: Uint16Array;
  readonly startedAt: Float64Array;
  readonly duration: Float64Array;
  readonly thread: Float64Array;
  readonly process: Float64Array;
  readonly connection: Float64Array;
  readonly count: Uint32Array;
}

/** Columns for so many calls, all of them zero. */
export function callColumns(length: number) {
  return {
    name: new Uint8Array(length),
    descriptor: new Int32Array(length),
    first: new Float64Array(length),
    second: new Float64Array(length),
    third: new Float64Array(length),
    detail: new Array<string>(length).fill(''),
    result: new Float64Array(length),
    errno: new Uint16Array(length),
    startedAt: new Float64Array(length),
    duration: new Float64Array(length),
    thread: new Float64Array(length),
    process: new Float64Array(length),
    connection: new Float64Array(length),
    count: new Uint32Array(length),
  } satisfies CallColumns;
}

/** One row of the columns as an object. */
export function tracedCall(columns: CallColumns, row: number): TracedCall {
  return {
    name: nativeCallNames[columns.name[row]],
    descriptor: columns.descriptor[row],
    first: columns.first[row],
    second: columns.second[row],
    third: columns.third[row],
    detail: columns.detail[row],
    result: columns.result[row],
    errno: columns.errno[row],
    startedAt: columns.startedAt[row],
    duration: columns.duration[row],
    thread: columns.thread[row],
    process: columns.process[row],
    connection: columns.connection[row],
    count: columns.count[row],
  };
}

/** Columns without any call. */
export const noCalls: CallColumns = callColumns(0);
