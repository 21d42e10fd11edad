/** Reads a file with a capture in a thread of its own: whatever is in it, it can neither block nor crash the rest. */
import { readFileSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { l10n } from '../l10n/l10n.ts';
import type { CaptureBatch } from '../protocol/capture.ts';
import type { ImportedRun } from './importBatches.ts';
import { readCapture } from './importFile.ts';
import { ImportProblem, mostFileBytes, tooLarge } from './importProblem.ts';

/** What the thread is given. */
export interface ImportOrder {
  /** A path, or what is in the file. */
  readonly file: string | Uint8Array;
  /** Memory for what is read. */
  readonly storeBytes: number;
  readonly language: string;
  readonly texts: unknown;
}

/** What the thread says. */
export type ImportNews =
  | { readonly type: 'progress'; readonly share: number }
  /** A run begins; its batches follow. */
  | { readonly type: 'run'; readonly run: Omit<ImportedRun, 'batches'> }
  | { readonly type: 'batch'; readonly batch: CaptureBatch }
  | { readonly type: 'done' }
  | { readonly type: 'refused'; readonly reason: string };

/** Milliseconds between two words about the progress. */
const interval = 100;

function post(news: ImportNews, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(news, transfer);
}

function read({ file, storeBytes }: ImportOrder): void {
  if (typeof file === 'string') {
    const { size } = statSync(file);
    if (size > mostFileBytes) throw tooLarge(size);
  }
  const bytes = typeof file === 'string' ? Uint8Array.from(readFileSync(file)) : file;
  let told = 0;
  const runs = readCapture(bytes, { storeBytes }, (share) => {
    const now = Date.now();
    if (now - told < interval) return;
    told = now;
    post({ type: 'progress', share });
  });
  for (const { batches, ...run } of runs) {
    post({ type: 'run', run });
    for (const batch of batches) post({ type: 'batch', batch }, [batch.bytes.buffer as ArrayBuffer]);
  }
  post({ type: 'done' });
}

const order = workerData as ImportOrder;
l10n.use(order.language, order.texts);
try {
  read(order);
} catch (error) {
  if (!(error instanceof ImportProblem) && !isSystemError(error)) throw error;
  post({ type: 'refused', reason: error.message });
}

/** Such as that the file is not there. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
