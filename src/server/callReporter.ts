import type { CallTrace } from '../sockets/callTrace.ts';
import type { CallColumns } from '../sockets/tracedCall.ts';

/** Milliseconds between two reports. */
const interval = 50;

/** Passes on the calls of a thread that nobody captures. */
export class CallReporter {
  private readonly trace: CallTrace;
  private readonly report: (calls: CallColumns) => void;
  private timer: NodeJS.Timeout | null = null;
  private reportedAt = Number.NEGATIVE_INFINITY;

  /** @param hasTimers else `ship` has to be called again and again */
  constructor(trace: CallTrace, hasTimers: boolean, report: (calls: CallColumns) => void) {
    this.trace = trace;
    this.report = report;
    if (!hasTimers) return;
    trace.recorded = () => {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        this.pass(false);
      }, interval);
    };
  }

  /** Passes on what there is, if it is time to. */
  ship(): void {
    if (performance.now() - this.reportedAt >= interval) this.pass(false);
  }

  /** Passes on the rest. */
  finish(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.pass(true);
  }

  private pass(isEnd: boolean): void {
    if (this.trace.isEmpty && !isEnd) return;
    this.reportedAt = performance.now();
    const calls = this.trace.take(isEnd);
    if (calls.name.length > 0) this.report(calls);
  }
}
