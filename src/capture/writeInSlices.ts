import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** Milliseconds that making pieces may keep the process busy at a time. */
const slice = 20;
/** Bytes after which what was made is written, however little time it took. */
const mostWaiting = 4 * 1024 * 1024;

/** Pieces of a file. One that is empty says that others may have their turn. */
export type FilePieces = Iterable<string | Uint8Array>;

/**
 * Writes a file whose pieces are made as it is written. Afterwards it is complete, or as it was before.
 *
 * @returns whether it was written: it is not where that was cancelled
 * @throws Error where it cannot be written
 */
export async function writeFileInSlices(
  target: string,
  pieces: FilePieces,
  cancelled: AbortSignal,
): Promise<boolean> {
  const unfinished = `${target}.${process.pid}.part`;
  let file: FileHandle | null = null;
  try {
    file = await open(unfinished, 'wx');
    const handle = file;
    const whole = await inSlices(pieces, cancelled, (bytes) => handle.writeFile(bytes));
    await file.close();
    file = null;
    if (whole) await rename(unfinished, target);
    return whole;
  } finally {
    await file?.close();
    await rm(unfinished, { force: true });
  }
}

/** Others get their turn while pieces are made. Returns whether it came to its end. */
export async function inSlices(
  pieces: FilePieces,
  cancelled: AbortSignal,
  put: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let until = performance.now() + slice;
  for (const piece of pieces) {
    if (piece.length > 0) waiting.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
    bytes += piece.length;
    if (bytes < mostWaiting && performance.now() < until) continue;
    await put(Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
    if (cancelled.aborted) return false;
    until = performance.now() + slice;
  }
  await put(Buffer.concat(waiting));
  return !cancelled.aborted;
}
