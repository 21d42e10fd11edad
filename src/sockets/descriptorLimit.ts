import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/** Descriptors that are kept back for what connections ask for, at most: more files are hardly sent at the same time. */
const mostKept = 256;

/** How the descriptors that are free when a server begins to listen are shared out. */
export interface DescriptorShares {
  /** How many descriptors this process may have open; `Infinity` where no limit is known. */
  readonly limit: number;
  /**
   * How many connections may be open, so that each can have another descriptor: for a file, or for the server that its
   * request is forwarded to.
   */
  readonly connections: number;
  /** For clients that are told to come again, and for whatever else there is: folders, captures, the channel to the host. */
  readonly spare: number;
}

/** The shares of this process as it is now. */
export async function descriptorShares(): Promise<DescriptorShares> {
  return sharesOf(await descriptorLimit(), nextDescriptor());
}

/** `taken`: how many descriptors are open already. */
export function sharesOf(limit: number, taken: number): DescriptorShares {
  const free = Math.max(0, limit - taken);
  const kept = Math.min(mostKept, Math.ceil((free * 2) / 3));
  return { limit, connections: Math.max(1, free - kept), spare: Math.floor(kept / 4) };
}

/** How many descriptors this process may have open (RLIMIT_NOFILE); `Infinity` where nobody says how many. */
export async function descriptorLimit(): Promise<number> {
  switch (process.platform) {
    case 'win32':
      return Number.POSITIVE_INFINITY;
    case 'linux':
      return limitIn(/^Max open files +(\d+)/m.exec(procLimits())?.[1]);
    default:
      return limitIn(await inheritedLimit());
  }
}

function limitIn(text: string | undefined): number {
  const limit = Number.parseInt(text ?? '', 10);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
}

function procLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    // Without procfs.
    return '';
  }
}

/** What a child process says of the limit, which it has from this one. */
function inheritedLimit(): Promise<string> {
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', 'ulimit -n'], (error, output) => resolve(error === null ? output : ''));
  });
}

/**
 * The number that the next descriptor gets, which is the lowest that is free (POSIX, "File Descriptor Allocation"): so it
 * tells how near the limit is. `Infinity` where none is left.
 */
export function nextDescriptor(): number {
  try {
    const descriptor = openSync(devNull, 'r');
    closeSync(descriptor);
    return descriptor;
  } catch (error) {
    if (isOutOfDescriptors(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** Whether something failed because this process, or the system, has no descriptor left. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'EMFILE' || code === 'ENFILE';
}

/** Why there are no more connections at a time, and what to do for more: sentences. */
export function shortageText({ limit }: DescriptorShares): string {
  return `The rest of the ${limit} file descriptors that this process may have is kept for what they ask for. For more connections at a time, raise the limit (ulimit -n).`;
}
