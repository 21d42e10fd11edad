/** Numbers in order: appended at the end, dropped from the front, each in constant time on average. */
export class NumberQueue {
  private values: number[] = [];
  private head = 0;

  get length(): number {
    return this.values.length - this.head;
  }

  push(value: number): void {
    this.values.push(value);
  }

  /** The value at `index` from the front, which must be below `length`. */
  at(index: number): number {
    return this.values[this.head + index];
  }

  /** Drops the first value. */
  shift(): void {
    this.head++;
    if (this.head < 32 || this.head * 2 < this.values.length) return;
    this.values = this.values.slice(this.head);
    this.head = 0;
  }

  clear(): void {
    this.values = [];
    this.head = 0;
  }
}
