import { type BigIntStats, statSync } from 'node:fs';
import type { Representation } from './representation.ts';

/** Limit of the bytes held; each entry counts `entryBytes` more than its file. */
const mostBytes = 32 * 1024 * 1024;
const entryBytes = 2048;
/**
 * A file is considered unchanged only if it was read at least this many milliseconds after its last change: two writes
 * within the resolution of the file system's clock look like one.
 */
const clockGrain = 50;

/** Identifies one version of a file: it changes with every write, and with every other file put in its place. */
type Identity = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>;

interface Entry {
  /** The path as looked up: links in it are followed each time, and may lead elsewhere by then. */
  readonly file: string;
  readonly identity: Identity;
  readonly representation: Representation;
  /** The turn in which the file was last seen to be the same. */
  turn: number;
}

/**
 * Small files by the path of their requests. No watcher is relied on: the file system is asked for each use whether the
 * file is still the same, or once for all uses within one turn of the event loop.
 */
export class FileCache {
  private readonly entries = new Map<string, Entry>();
  private size = 0;
  private turn = 0;
  private inTurn = false;

  turnBegan(): void {
    this.turn++;
    this.inTurn = true;
  }

  turnEnded(): void {
    this.inTurn = false;
  }

  get(path: string): Representation | null {
    const entry = this.entries.get(path);
    if (entry === undefined) return null;
    if (this.inTurn && entry.turn === this.turn) return entry.representation;
    if (isUnchanged(entry)) {
      entry.turn = this.turn;
      return entry.representation;
    }
    this.remove(path, entry);
    return null;
  }

  /** `readAt`: when reading began, in milliseconds since the epoch. */
  add(path: string, file: string, identity: Identity, representation: Representation, readAt: number): void {
    const changedAt = Math.max(Number(identity.mtimeNs), Number(identity.ctimeNs)) / 1e6;
    if (readAt - changedAt <= clockGrain) return;
    const former = this.entries.get(path);
    if (former !== undefined) this.remove(path, former);
    this.entries.set(path, { file, identity, representation, turn: this.turn });
    this.size += sizeOf(representation);
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
    this.size -= sizeOf(entry.representation);
  }
}

/** Counts the file's bytes twice: they are held alone, and in the encoded response. */
function sizeOf(representation: Representation): number {
  return 2 * representation.size + entryBytes;
}

const asked = { bigint: true, throwIfNoEntry: false } as const;

function isUnchanged({ file, identity }: Entry): boolean {
  try {
    const status = statSync(file, asked);
    return (
      status !== undefined &&
      status.ino === identity.ino &&
      status.mtimeNs === identity.mtimeNs &&
      status.ctimeNs === identity.ctimeNs &&
      status.size === identity.size &&
      status.dev === identity.dev
    );
  } catch {
    // Whatever is wrong (a folder in the path that may no longer be searched), the lookup without the cache reports it.
    return false;
  }
}
