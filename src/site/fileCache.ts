import { type Stats, statSync } from 'node:fs';
import type { Representation } from './representation.ts';

/** Bytes held, at most; each entry counts `entryBytes` more than its file. */
const mostBytes = 32 * 1024 * 1024;
const entryBytes = 1024;
/**
 * A file is taken for unchanged only if it was read this many milliseconds after its last change, or later: two writes
 * within the grain of the file system's clock look like one.
 */
const clockGrain = 50;

/** What tells that a file is the one it was: it changes with every write, and with every other file put in its place. */
type Identity = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

interface Entry {
  /** As it was asked for: links on the way are followed each time, and may lead elsewhere by then. */
  readonly file: string;
  readonly identity: Identity;
  readonly representation: Representation;
}

/** Small files by the path of their requests. Each use asks the file system whether the file is still the same. */
export class FileCache {
  private readonly entries = new Map<string, Entry>();
  private size = 0;

  get(path: string): Representation | null {
    const entry = this.entries.get(path);
    if (entry === undefined) return null;
    if (isUnchanged(entry)) return entry.representation;
    this.remove(path, entry);
    return null;
  }

  /** `readAt`: when reading began, in milliseconds since the epoch. */
  add(path: string, file: string, identity: Identity, representation: Representation, readAt: number): void {
    if (readAt - Math.max(identity.mtimeMs, identity.ctimeMs) <= clockGrain) return;
    const former = this.entries.get(path);
    if (former !== undefined) this.remove(path, former);
    this.entries.set(path, { file, identity, representation });
    this.size += representation.size + entryBytes;
    for (const [oldest, entry] of this.entries) {
      if (this.size <= mostBytes) break;
      this.remove(oldest, entry);
    }
  }

  clear(): void {
    this.entries.clear();
    this.size = 0;
  }

  private remove(path: string, entry: Entry): void {
    this.entries.delete(path);
    this.size -= entry.representation.size + entryBytes;
  }
}

function isUnchanged({ file, identity }: Entry): boolean {
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    return (
      status !== undefined &&
      status.ino === identity.ino &&
      status.mtimeMs === identity.mtimeMs &&
      status.ctimeMs === identity.ctimeMs &&
      status.size === identity.size &&
      status.dev === identity.dev
    );
  } catch {
    // Whatever it is (a folder on the way that may not be searched any more), the way without the cache tells it.
    return false;
  }
}
