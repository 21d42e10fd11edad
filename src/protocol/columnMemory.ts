/** Where the columns of a batch get their memory from. It may hold older data, so every element must be written. */
export interface ColumnMemory {
  float64(length: number): Float64Array<ArrayBuffer>;
  uint16(length: number): Uint16Array<ArrayBuffer>;
  uint8(length: number): Uint8Array<ArrayBuffer>;
}

/** Each column in memory of its own. */
export const ownMemory: ColumnMemory = {
  float64: (length) => new Float64Array(length),
  uint16: (length) => new Uint16Array(length),
  uint8: (length) => new Uint8Array(length),
};

const alignment = 8;
const firstBytes = 64 * 1024;
/** Bytes that are kept for reuse, at most. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Memory that is reused for one batch after the other. Separate memory for each, outside of V8's heap, would make V8
 * collect the whole heap many times a second under load.
 */
export class LentMemory implements ColumnMemory {
  private buffer = new ArrayBuffer(firstBytes);
  private used = 0;

  float64(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(...this.room(length * 8), length);
  }

  uint16(length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(...this.room(length * 2), length);
  }

  uint8(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(...this.room(length), length);
  }

  /** Takes back all that was handed out; the arrays must not be used any more, since later ones share their memory. */
  reclaim(): void {
    if (this.used > this.buffer.byteLength) this.buffer = new ArrayBuffer(Math.min(2 * this.used, mostBytes));
    this.used = 0;
  }

  private room(bytes: number): [buffer: ArrayBuffer, offset: number] {
    const start = Math.ceil(this.used / alignment) * alignment;
    this.used = start + bytes;
    // The buffer grows with the next batch; until then, what does not fit gets memory of its own.
    return this.used > this.buffer.byteLength ? [new ArrayBuffer(bytes), 0] : [this.buffer, start];
  }
}
