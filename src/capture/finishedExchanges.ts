import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import type { CaptureSource } from './captureSource.ts';

/** Reports each exchange that ends from now on, once. */
export class FinishedExchanges {
  private readonly capture: Pick<CaptureSource, 'count' | 'rows' | 'indexOf' | 'onDidChange'>;
  private readonly tell: (row: ExchangeRow) => void;
  private readonly unfinished = new Set<ExchangeKey>();
  private newest: ExchangeKey | null = null;
  private readonly unsubscribe: () => void;

  constructor(
    capture: Pick<CaptureSource, 'count' | 'rows' | 'indexOf' | 'onDidChange'>,
    tell: (row: ExchangeRow) => void,
  ) {
    this.capture = capture;
    this.tell = tell;
    for (const row of capture.rows(0, capture.count)) {
      this.newest = row.key;
      if (row.duration === null && isLive(row)) this.unfinished.add(row.key);
    }
    this.unsubscribe = capture.onDidChange((change) => {
      if (change === 'cleared') this.forget();
      // All that is left has been told of.
      else if (change === 'removed')
        this.newest = capture.rows(capture.count - 1, capture.count)[0]?.key ?? null;
      else this.look();
    });
  }

  dispose(): void {
    this.unsubscribe();
  }

  private forget(): void {
    this.unfinished.clear();
    this.newest = null;
  }

  private look(): void {
    const { capture } = this;
    for (const key of this.unfinished) {
      const index = capture.indexOf(key);
      const row = index < 0 ? undefined : capture.rows(index, index + 1)[0];
      if (row === undefined) this.unfinished.delete(key);
      else this.settle(row);
    }
    // One that is stored no longer was displaced by newer ones: then all that is stored is new.
    const start = this.newest === null ? 0 : capture.indexOf(this.newest) + 1;
    for (const row of capture.rows(start, capture.count)) {
      this.newest = row.key;
      if (isLive(row)) this.settle(row);
    }
  }

  private settle(row: ExchangeRow): void {
    if (row.duration === null) {
      this.unfinished.add(row.key);
      return;
    }
    this.unfinished.delete(row.key);
    this.tell(row);
  }
}

/** Of a server that runs now, or did since the window was opened. */
function isLive({ beforeReload, imported }: ExchangeRow): boolean {
  return !beforeReload && !imported;
}
