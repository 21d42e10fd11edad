import * as vscode from 'vscode';
import { type FilePieces, inSlices, writeFileInSlices } from '../capture/writeInSlices.ts';
import { withProgressWhereLong } from './progress.ts';

/** A file to be written. */
export interface Writing {
  /** What the progress bar says. */
  readonly title: string;
  readonly pieces: FilePieces;
  readonly target: vscode.Uri;
  /** How much of it is done: from 0 to 1. */
  share(): number;
}

/**
 * Writes a file; where that takes long, a progress bar with Cancel shows. What was there before is replaced only when
 * the new content is complete.
 *
 * @returns whether it was written; false where the user cancelled
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
  if (target.scheme === 'file') return writeFileInSlices(target.fsPath, pieces, cancelled);
  const gathered: Uint8Array[] = [];
  if (!(await inSlices(pieces, cancelled, async (bytes) => void gathered.push(bytes)))) return false;
  await vscode.workspace.fs.writeFile(target, Buffer.concat(gathered));
  return true;
}
