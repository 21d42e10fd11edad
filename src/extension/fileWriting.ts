import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { withProgressWhereLong } from './progress.ts';

/** Milliseconds that the making of pieces keeps the extension host at a time. */
const slice = 20;

/** A file to be written. */
export interface Writing {
  /** What the progress bar says. */
  readonly title: string;
  readonly pieces: Iterable<string | Uint8Array>;
  readonly target: vscode.Uri;
  /** How much of it is done: from 0 to 1. */
  share(): number;
}

/**
 * Writes a file; a progress bar with Cancel shows where that takes long. It is there as a whole, or as it was before.
 *
 * @returns whether it was written
 * @throws Error where the file cannot be written
 */
export function writeWithProgress(writing: Writing): Promise<boolean> {
  const cancelling = new AbortController();
  return withProgressWhereLong(
    writing.title,
    write(writing, cancelling.signal),
    () => writing.share(),
    () => cancelling.abort(),
  );
}

async function write({ pieces, target }: Writing, cancelled: AbortSignal): Promise<boolean> {
  if (target.scheme !== 'file') {
    const gathered: Uint8Array[] = [];
    if (!(await inSlices(pieces, cancelled, async (bytes) => void gathered.push(bytes)))) return false;
    await vscode.workspace.fs.writeFile(target, Buffer.concat(gathered));
    return true;
  }
  const unfinished = `${target.fsPath}.${process.pid}.part`;
  let file: FileHandle | null = null;
  try {
    file = await open(unfinished, 'wx');
    const handle = file;
    const whole = await inSlices(pieces, cancelled, (bytes) => handle.writeFile(bytes));
    await file.close();
    file = null;
    if (whole) await rename(unfinished, target.fsPath);
    return whole;
  } finally {
    await file?.close();
    await rm(unfinished, { force: true });
  }
}

/** Others get their turn while pieces are made. Returns whether it came to its end. */
async function inSlices(
  pieces: Iterable<string | Uint8Array>,
  cancelled: AbortSignal,
  put: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  let waiting: Uint8Array[] = [];
  let until = performance.now() + slice;
  for (const piece of pieces) {
    if (piece.length > 0) waiting.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
    if (performance.now() < until) continue;
    await put(Buffer.concat(waiting));
    waiting = [];
    await new Promise((resolve) => setImmediate(resolve));
    if (cancelled.aborted) return false;
    until = performance.now() + slice;
  }
  await put(Buffer.concat(waiting));
  return !cancelled.aborted;
}
