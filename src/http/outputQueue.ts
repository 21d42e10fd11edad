import { Fifo } from './fifo.ts';
import type { OpenFile, Output } from './message.ts';

/**
 * What a connection still has to send, in order. An item is handed out once (`take`) and leaves the queue when its
 * last byte is acknowledged (`sent`). The queue owns the open files of its slices: it closes each after its last slice
 * has been sent, or when the queue is released.
 */
export class OutputQueue {
  private readonly items = new Fifo<Output>();
  /** How many of the items have been handed out. */
  private taken = 0;
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
    for (const item of items) if ('file' in item) this.closeUnlessUsed(item.file);
  }

  take(): Output | null {
    return this.taken < this.items.length ? (this.items.at(this.taken++) ?? null) : null;
  }

  sent(count: number): void {
    if (count > this.pendingBytes)
      throw new RangeError(`${count} bytes sent, but only ${this.pendingBytes} were due.`);
    this.pendingBytes -= count;
    this.acknowledged += count;
    for (let item = this.items.at(0); item !== undefined; item = this.items.at(0)) {
      if (this.acknowledged < item.length) return;
      this.acknowledged -= item.length;
      this.removeFirst(item);
    }
  }

  /** Drops everything and closes the files. */
  release(): void {
    this.pendingBytes = 0;
    this.acknowledged = 0;
    for (let item = this.items.at(0); item !== undefined; item = this.items.at(0)) this.removeFirst(item);
  }

  private removeFirst(item: Output): void {
    this.items.shift();
    if (this.taken > 0) this.taken--;
    if ('file' in item) this.closeUnlessUsed(item.file);
  }

  private closeUnlessUsed(file: OpenFile): void {
    for (let i = 0; i < this.items.length; i++) {
      const item = this.items.at(i);
      if (item !== undefined && 'file' in item && item.file === file) return;
    }
    file.close();
  }
}
