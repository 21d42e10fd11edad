/** The served folder on disk: opens the files in it, and nothing that lies outside of it. */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { OpenFile } from '../http/message.ts';

/** An open file below the root; whoever has it closes `file`. */
export interface ServedFile {
  readonly kind: 'file';
  /** The last component of its real path. */
  readonly name: string;
  /** Its real path. */
  readonly path: string;
  readonly file: OpenFile;
  /** In bytes. */
  readonly size: number;
  /** Metadata of the open file. */
  readonly identity: BigIntStats;
}

/** What is at a path on disk. */
export type Lookup =
  | ServedFile
  /** `real`: its real path. */
  | { readonly kind: 'folder'; readonly real: string }
  | { readonly kind: 'missing' }
  /** A symbolic link leads out of the served folder. */
  | { readonly kind: 'outside' }
  /** A pipe, socket or device. */
  | { readonly kind: 'special' }
  /** `code`: the errno name. */
  | { readonly kind: 'unreadable'; readonly code: string };

/** The real path of a folder; null where there is none. Throws other errors of the file system. */
export function realFolder(path: string): string | null {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : null;
  } catch (error) {
    if (isMissing(errorCode(error))) return null;
    throw error;
  }
}

/**
 * Looks up `names` below `root`, a real path, and opens a file that is there; the caller closes it. Throws errors of the
 * file system other than those of a missing or unreadable file.
 */
export function lookUp(root: string, names: readonly string[]): Lookup {
  try {
    const real = realpathSync.native(join(root, ...names));
    if (!contains(root, real)) return { kind: 'outside' };
    const status = lstatSync(real);
    if (status.isDirectory()) return { kind: 'folder', real };
    return status.isFile() ? openedFile(root, real) : { kind: 'special' };
  } catch (error) {
    const code = errorCode(error);
    if (isMissing(code)) return { kind: 'missing' };
    if (code === 'EACCES' || code === 'EPERM') return { kind: 'unreadable', code };
    throw error;
  }
}

/** Asks the descriptor, not the path: what the path names may have changed since. */
function openedFile(root: string, real: string): Lookup {
  // O_NOFOLLOW: the real path holds no link now. O_NONBLOCK: to open a pipe would wait for its writer.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const descriptor = openSync(real, flags);
  let handedOn = false;
  try {
    const status = fstatSync(descriptor, { bigint: true });
    if (!status.isFile()) return { kind: 'special' };
    if (!isBelow(root, real, descriptor, status)) return { kind: 'outside' };
    const name = real.slice(real.lastIndexOf(sep) + 1);
    handedOn = true;
    return {
      kind: 'file',
      name,
      path: real,
      file: newOpenFile(descriptor, real, status),
      size: Number(status.size),
      identity: status,
    };
  } finally {
    if (!handedOn) closeSync(descriptor);
  }
}

/**
 * Whether an open file lies below the root. A folder on the way may have been replaced by a link that leads out after
 * the real path was found: O_NOFOLLOW is about the last name only.
 */
function isBelow(root: string, real: string, descriptor: number, { dev, ino }: BigIntStats): boolean {
  const path = pathOf(descriptor);
  if (path !== null) return contains(root, path);
  const status = lstatSync(real, { bigint: true });
  return contains(root, realpathSync.native(real)) && status.dev === dev && status.ino === ino;
}

/** The path of an open file or folder, according to the kernel; null where it does not say. */
export function pathOf(descriptor: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    // Without procfs.
    return null;
  }
}

/** Milliseconds. A file that was written to more recently may be written to again at any moment. */
const restTime = 60_000;

function newOpenFile(descriptor: number, path: string, { size, mtimeNs }: BigIntStats): OpenFile {
  let open = true;
  return {
    leftAlone: Date.now() - Number(mtimeNs / 1_000_000n) >= restTime,
    descriptor,
    path,
    isUnchanged() {
      // Not ctime: a file that is deleted or replaced while it is open keeps its bytes.
      const status = fstatSync(descriptor, { bigint: true });
      return status.size === size && status.mtimeNs === mtimeNs;
    },
    close() {
      // A second close would hit whatever file has been given the number since.
      if (!open) return;
      open = false;
      closeSync(descriptor);
    },
  };
}

/** Whether a real path lies in the folder `root`, or is it. */
export function contains(root: string, real: string): boolean {
  const path = relative(root, real);
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** Whether an errno name says that there is nothing of that name. */
export function isMissing(code: string): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(code);
}

/** The errno name of what the file system reported; empty for other errors. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? '';
}
