/** Where the columns of a batch get their memory from. What it gives holds anything, and is to be written whole. */
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
/** More than this is not held on to. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Memory that is used again for one batch after the other. Memory of its own for each, outside of V8's heap, would have
 * V8 collect all of the heap many times a second under load.
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

  /** All that was given is given back. */
  reclaim(): void {
    if (this.used > this.buffer.byteLength) this.buffer = new ArrayBuffer(Math.min(2 * this.used, mostBytes));
    this.used = 0;
  }

  private room(bytes: number): [buffer: ArrayBuffer, offset: number] {
    const start = Math.ceil(this.used / alignment) * alignment;
    this.used = start + bytes;
    // What the next batch will find room for gets memory of its own for once.
    return this.used > this.buffer.byteLength ? [new ArrayBuffer(bytes), 0] : [this.buffer, start];
  }
}
