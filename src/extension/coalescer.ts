/** Runs an action for any number of requests: soon after the first, and never more often than once in an interval. */
export class Coalescer {
  private readonly interval: number;
  private readonly action: () => void;
  private timer: NodeJS.Timeout | undefined;
  private lastRun = Number.NEGATIVE_INFINITY;

  /** @param interval milliseconds */
  constructor(interval: number, action: () => void) {
    this.interval = interval;
    this.action = action;
  }

  request(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.lastRun + this.interval - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.lastRun = Date.now();
      this.action();
    }, wait);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
