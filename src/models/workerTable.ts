const entries = 3;
const entryBytes = entries * Float64Array.BYTES_PER_ELEMENT;

/** What a worker had done by its end. */
export interface Tally {
  /** Exchanges that it began to record, and bytes that it received or sent, in all. */
  readonly exchanges: number;
  readonly bytes: number;
}

/**
 * What a supervisor must know of a thread that has died: the descriptor that is left to be closed, and how much the
 * thread had recorded. It is in memory that both share, since a dying thread sends nothing.
 */
export class WorkerTable {
  readonly memory: SharedArrayBuffer;
  private readonly values: Float64Array;

  /** Without arguments, a new table; with the memory of another, a view of that. */
  constructor(memory = new SharedArrayBuffer(entryBytes)) {
    this.memory = memory;
    this.values = new Float64Array(memory);
  }

  /** The socket of the connection being served; null between two. */
  get descriptor(): number | null {
    return this.values[0] === 0 ? null : this.values[0] - 1;
  }

  setDescriptor(descriptor: number): void {
    this.values[0] = descriptor + 1;
  }

  clearDescriptor(): void {
    this.values[0] = 0;
  }

  get tally(): Tally {
    return { exchanges: this.values[1], bytes: this.values[2] };
  }

  setTally({ exchanges, bytes }: Tally): void {
    this.values[1] = exchanges;
    this.values[2] = bytes;
  }
}
