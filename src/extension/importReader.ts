import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { ImportedRun } from '../capture/importBatches.ts';
import type { ImportNews, ImportOrder } from '../capture/importWorker.ts';
import type { CaptureBatch } from '../protocol/capture.ts';

/** Megabytes of memory for the thread that reads a file: a small file can make its reader ask for far more. */
const mostMegabytes = 2048;

/** The outcome of reading a file. */
export type ImportReading =
  | { readonly kind: 'read'; readonly runs: readonly ImportedRun[] }
  /** Why not, as the end of a sentence. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'cancelled' };

/** Reads a file with a capture in a thread of its own. */
export class ImportReader {
  /** From 0 to 1. */
  share = 0;
  readonly reading: Promise<ImportReading>;
  private readonly worker: Worker;
  private isCancelled = false;

  /** @param script of the thread */
  constructor(script: string, file: string | Uint8Array, storeBytes: number) {
    const order: ImportOrder = {
      file,
      storeBytes,
      language: vscode.env.language,
      texts: vscode.l10n.bundle,
    };
    this.worker = new Worker(script, {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    this.reading = this.read();
  }

  cancel(): void {
    this.isCancelled = true;
    void this.worker.terminate();
  }

  private read(): Promise<ImportReading> {
    const runs: (ImportedRun & { batches: CaptureBatch[] })[] = [];
    const { worker } = this;
    return new Promise((resolve) => {
      worker.on('message', (news: ImportNews) => {
        switch (news.type) {
          case 'progress':
            this.share = news.share;
            break;
          case 'run':
            runs.push({ ...news.run, batches: [] });
            break;
          case 'batch':
            runs.at(-1)?.batches.push(news.batch);
            break;
          case 'refused':
            resolve({ kind: 'refused', reason: news.reason });
            break;
          case 'done':
            resolve(this.isCancelled ? { kind: 'cancelled' } : { kind: 'read', runs });
            break;
        }
      });
      worker.on('error', (error: NodeJS.ErrnoException) => {
        const reason =
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? vscode.l10n.t('reading it takes more memory than an import may have. Export fewer exchanges.')
            : error.message;
        resolve({ kind: 'refused', reason });
      });
      // Where it ended without a word, it was ended.
      worker.on('exit', () => resolve({ kind: 'cancelled' }));
    });
  }
}
