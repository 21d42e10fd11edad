/** A folder that is read over some time, during which its path may come to lead elsewhere. */
import { type BigIntStats, closeSync, constants, lstatSync, openSync, realpathSync } from 'node:fs';
import { contains, pathOf } from './folder.ts';

/**
 * A folder below the root that stays the same one while it is read: its path may become a link that leads out, and the
 * names in there must not be shown. On Linux it is opened once, and reached by its descriptor; elsewhere, where no path
 * leads through a descriptor, its identity is compared before and after.
 */
export class PinnedFolder {
  /** Leads into the folder. */
  readonly path: string;
  private readonly root: string;
  private descriptor: number;
  /** The folder's identity when it was opened; null where it is reached by descriptor. */
  private readonly identity: BigIntStats | null;

  private constructor(root: string, path: string, descriptor: number, identity: BigIntStats | null) {
    this.root = root;
    this.path = path;
    this.descriptor = descriptor;
    this.identity = identity;
  }

  /** `real`: a real path below `root`. Null where it leads out by now. Throws errors of the file system. */
  static open(root: string, real: string): PinnedFolder | null {
    const descriptor = process.platform === 'linux' ? openFolder(real) : -1;
    const lies = descriptor < 0 ? null : pathOf(descriptor);
    if (lies !== null) {
      const folder = new PinnedFolder(root, `/proc/self/fd/${descriptor}`, descriptor, null);
      if (contains(root, lies)) return folder;
      folder.close();
      return null;
    }
    if (descriptor >= 0) closeSync(descriptor);
    const folder = new PinnedFolder(root, real, -1, lstatSync(real, { bigint: true }));
    return folder.isStillThere() ? folder : null;
  }

  /** Whether what was read so far is from the folder that was opened: to be checked before it is shown. */
  isStillThere(): boolean {
    if (this.identity === null) return true;
    const { dev, ino } = lstatSync(this.path, { bigint: true });
    const isBelow = contains(this.root, realpathSync.native(this.path));
    return isBelow && dev === this.identity.dev && ino === this.identity.ino;
  }

  /** Idempotent. */
  close(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor);
    this.descriptor = -1;
  }
}

function openFolder(real: string): number {
  return openSync(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}
