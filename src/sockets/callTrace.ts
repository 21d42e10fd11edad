import { nativeCallNames } from './nativeCalls.ts';
import type { Descriptor } from './systemCalls.ts';
import { type CallColumns, callColumns } from './tracedCall.ts';

/** Calls held until they are taken. Further calls are left out and counted: serving never waits for the trace. */
const capacity = 32_768;
const firstRoom = 1024;
const closeName = nativeCallNames.indexOf('close');
const { pid } = process;

/** A call to be recorded; see `TracedCall`. */
export interface RecordedCall {
  /** Its place in `nativeCallNames`. */
  name: number;
  descriptor: number;
  first: number;
  second: number;
  third: number;
  detail: string;
  result: number;
  errno: number;
  startedAt: number;
  endedAt: number;
  /** A wait that found nothing: successive ones are folded into one. */
  idle: boolean;
  /** The descriptor whose connection the call belongs to. */
  owner: number;
}

/**
 * The system calls of one thread, as they are made. Recording costs a few stores into columns; decoding is left to the
 * reader.
 */
export class CallTrace {
  /** Calls that there was no room for, since the start. */
  leftOut = 0;
  /** Called for each call that is worth sending on: not for waits that found nothing. */
  recorded: () => void = () => {};
  private columns = callColumns(firstRoom);
  private length = 0;
  private lastIsIdle = false;
  /** The connection that a descriptor belongs to, while it is open. */
  private readonly owners: number[] = [];
  /** Which call made a descriptor, counted over all that were recorded. */
  private readonly births: number[] = [];
  private taken = 0;
  private readonly thread: number;

  /** @param thread the kernel's number of this thread */
  constructor(thread: number) {
    this.thread = thread;
  }

  /** Whether there is nothing to take yet: a wait that goes on is taken only when another call ends it. */
  get isEmpty(): boolean {
    return this.length === (this.lastIsIdle ? 1 : 0);
  }

  /** Assigns a descriptor to a connection: its calls from the one that made it until it is closed. */
  belongs(descriptor: Descriptor, connection: number): void {
    this.owners[descriptor] = connection;
    const birth = (this.births[descriptor] ?? 0) - this.taken;
    for (let row = Math.max(0, birth); row < this.length; row++) {
      if (row === birth || this.columns.descriptor[row] === descriptor)
        this.columns.connection[row] = connection;
    }
  }

  /** The next call to be recorded makes this descriptor. */
  born(descriptor: Descriptor): void {
    this.owners[descriptor] = 0;
    this.births[descriptor] = this.taken + this.length;
  }

  /** To be called after the call was made. */
  record(call: RecordedCall): void {
    if (call.idle && this.lastIsIdle && this.fold(call)) return;
    if (this.length === this.columns.name.length && !this.grow()) {
      this.leftOut++;
      return;
    }
    const { columns } = this;
    const row = this.length++;
    columns.name[row] = call.name;
    columns.descriptor[row] = call.descriptor;
    columns.first[row] = call.first;
    columns.second[row] = call.second;
    columns.third[row] = call.third;
    columns.detail[row] = call.detail;
    columns.result[row] = call.result;
    columns.errno[row] = call.errno;
    columns.startedAt[row] = call.startedAt;
    columns.duration[row] = call.endedAt - call.startedAt;
    columns.thread[row] = this.thread;
    columns.process[row] = pid;
    columns.connection[row] = this.owners[call.owner] ?? 0;
    columns.count[row] = 1;
    this.lastIsIdle = call.idle;
    if (call.name === closeName) this.owners[call.descriptor] = 0;
    if (!call.idle) this.recorded();
  }

  /**
   * What was recorded since the last time. A wait that goes on is kept back, unless it is the end, so that it stays one
   * call with a count.
   */
  take(isEnd = false): CallColumns {
    const count = this.countToTake(isEnd);
    const taken = slice(this.columns, 0, count);
    this.drop(count);
    return taken;
  }

  /** As `take`, but the columns hold for no longer than `use` runs. No call may be recorded meanwhile. */
  lend(isEnd: boolean, use: (calls: CallColumns) => void): void {
    const count = this.countToTake(isEnd);
    try {
      use(view(this.columns, count));
    } finally {
      this.drop(count);
    }
  }

  private countToTake(isEnd: boolean): number {
    return this.length - (this.lastIsIdle && !isEnd ? 1 : 0);
  }

  /** The columns stay, and with them the room that they have grown to. */
  private drop(count: number): void {
    append(this.columns, slice(this.columns, count, this.length), 0);
    this.taken += count;
    this.length -= count;
  }

  /** Whether the wait is like the last, and was added to it. */
  private fold(call: RecordedCall): boolean {
    const { columns } = this;
    const row = this.length - 1;
    const same =
      columns.name[row] === call.name &&
      columns.descriptor[row] === call.descriptor &&
      columns.result[row] === call.result &&
      columns.errno[row] === call.errno;
    if (!same) return false;
    columns.count[row]++;
    columns.duration[row] = call.endedAt - columns.startedAt[row];
    return true;
  }

  private grow(): boolean {
    if (this.length >= capacity) return false;
    const { columns } = this;
    this.columns = callColumns(2 * this.length);
    append(this.columns, columns, 0);
    return true;
  }
}

/** Rows from `start` to `end` (exclusive), in columns of their own. */
function slice(columns: CallColumns, start: number, end: number): CallColumns {
  return {
    name: columns.name.slice(start, end),
    descriptor: columns.descriptor.slice(start, end),
    first: columns.first.slice(start, end),
    second: columns.second.slice(start, end),
    third: columns.third.slice(start, end),
    detail: columns.detail.slice(start, end),
    result: columns.result.slice(start, end),
    errno: columns.errno.slice(start, end),
    startedAt: columns.startedAt.slice(start, end),
    duration: columns.duration.slice(start, end),
    thread: columns.thread.slice(start, end),
    process: columns.process.slice(start, end),
    connection: columns.connection.slice(start, end),
    count: columns.count.slice(start, end),
  };
}

/** The first `count` rows, in the memory that they are in. */
function view(columns: CallColumns, count: number): CallColumns {
  return {
    name: columns.name.subarray(0, count),
    descriptor: columns.descriptor.subarray(0, count),
    first: columns.first.subarray(0, count),
    second: columns.second.subarray(0, count),
    third: columns.third.subarray(0, count),
    detail: columns.detail.slice(0, count),
    result: columns.result.subarray(0, count),
    errno: columns.errno.subarray(0, count),
    startedAt: columns.startedAt.subarray(0, count),
    duration: columns.duration.subarray(0, count),
    thread: columns.thread.subarray(0, count),
    process: columns.process.subarray(0, count),
    connection: columns.connection.subarray(0, count),
    count: columns.count.subarray(0, count),
  };
}

/** Copies all rows into `target`, from its row `at` on, where there must be room for them. */
function append(target: ReturnType<typeof callColumns>, columns: CallColumns, at: number): void {
  target.name.set(columns.name, at);
  target.descriptor.set(columns.descriptor, at);
  target.first.set(columns.first, at);
  target.second.set(columns.second, at);
  target.third.set(columns.third, at);
  for (let i = 0; i < columns.detail.length; i++) target.detail[at + i] = columns.detail[i];
  target.result.set(columns.result, at);
  target.errno.set(columns.errno, at);
  target.startedAt.set(columns.startedAt, at);
  target.duration.set(columns.duration, at);
  target.thread.set(columns.thread, at);
  target.process.set(columns.process, at);
  target.connection.set(columns.connection, at);
  target.count.set(columns.count, at);
}
