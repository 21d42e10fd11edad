import type { LogLevel } from '../protocol/server.ts';

/** Bounded, since messages may contain text from clients. */
const rememberedMessages = 1_000;

/**
 * One log of several workers. What happens to all of them (the served folder is gone), each of them reports: a message is
 * passed on when one worker has reported it more often than any had before.
 */
export class LogOfWorkers {
  private readonly pass: (level: LogLevel, message: string) => void;
  /** For each message, how often each worker has said it. */
  private readonly counts = new Map<string, Map<number, number>>();

  constructor(pass: (level: LogLevel, message: string) => void) {
    this.pass = pass;
  }

  take(worker: number, level: LogLevel, message: string): void {
    const counts = this.counts.get(message) ?? new Map<number, number>();
    const count = (counts.get(worker) ?? 0) + 1;
    if (count > Math.max(0, ...counts.values())) this.pass(level, message);
    counts.set(worker, count);
    this.counts.delete(message);
    this.counts.set(message, counts);
    for (const [oldest] of this.counts) {
      if (this.counts.size <= rememberedMessages) break;
      this.counts.delete(oldest);
    }
  }
}
