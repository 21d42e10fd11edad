import type { OpenFile, Output } from './message.ts';

/**
 * What a connection still has to send, in order. An item is handed out once (`take`) and leaves the queue when its
 * last byte is acknowledged (`sent`). The queue owns the open files of its slices: it closes each after the last slice
 * of it has left, or when it is released.
 */
export class OutputQueue {
  private items: Output[] = [];
  /** Index in `items` of the next one to hand out. */
  private nextItem = 0;
  /** Acknowledged bytes of the first item. */
  private acknowledged = 0;
  private pendingBytes = 0;

  /** Bytes that are not acknowledged yet. */
  get pending(): number {
    return this.pendingBytes;
  }

  push(item: Output): void {
    if (item.length === 0) {
      this.discard([item]);
      return;
    }
    this.items.push(item);
    this.pendingBytes += item.length;
  }

  /** Closes the files of output that will not be sent. */
  discard(items: readonly Output[]): void {
    const files = new Set<OpenFile>();
    for (const item of items) if ('file' in item) files.add(item.file);
    for (const file of files) this.closeUnlessUsed(file);
  }

  take(): Output | null {
    return this.nextItem < this.items.length ? this.items[this.nextItem++] : null;
  }

  sent(count: number): void {
    if (count > this.pendingBytes)
      throw new RangeError(`${count} bytes sent, but only ${this.pendingBytes} were due.`);
    this.pendingBytes -= count;
    this.acknowledged += count;
    let done = 0;
    while (done < this.items.length && this.acknowledged >= this.items[done].length) {
      this.acknowledged -= this.items[done].length;
      done++;
    }
    if (done > 0) this.remove(done);
  }

  /** Drops everything and closes the files. */
  release(): void {
    this.pendingBytes = 0;
    this.acknowledged = 0;
    this.remove(this.items.length);
  }

  private remove(count: number): void {
    const removed = this.items.splice(0, count);
    this.nextItem = Math.max(0, this.nextItem - count);
    this.discard(removed);
  }

  private closeUnlessUsed(file: OpenFile): void {
    if (!this.items.some((item) => 'file' in item && item.file === file)) file.close();
  }
}
