/** A folder that is read over a while, though its path may lead elsewhere meanwhile. */
import { type BigIntStats, closeSync, constants, lstatSync, openSync, realpathSync } from 'node:fs';
import { contains, pathOf } from './folder.ts';

/**
 * A folder below the root that stays the same one while it is read: its path may come to be a link that leads out, and
 * then the names in there are nobody's to see. On Linux it is opened once, and reached by its descriptor; elsewhere, where no
 * path leads through a descriptor, its identity is compared before and after.
 */
export class PinnedFolder {
  /** Leads into the folder. */
  readonly path: string;
  private readonly root: string;
  private readonly real: string;
  private descriptor: number;
  private readonly identity: BigIntStats;

  private constructor(root: string, real: string, descriptor: number, path: string) {
    this.root = root;
    this.real = real;
    this.descriptor = descriptor;
    this.path = path;
    this.identity = lstatSync(real, { bigint: true });
  }

  /** `real`: a real path below `root`. Null where it leads out of there by now. Throws what the file system reports. */
  static open(root: string, real: string): PinnedFolder | null {
    const descriptor = process.platform === 'linux' ? openFolder(real) : -1;
    const path = descriptor < 0 ? null : pathOf(descriptor);
    const folder = new PinnedFolder(
      root,
      real,
      descriptor,
      path === null ? real : `/proc/self/fd/${descriptor}`,
    );
    if (path === null ? folder.isStillThere() : contains(root, path)) return folder;
    folder.close();
    return null;
  }

  /** Whether what was read so far is of the folder that was opened: to be asked before it is shown. */
  isStillThere(): boolean {
    if (this.path !== this.real) return true;
    const { dev, ino } = lstatSync(this.real, { bigint: true });
    const isBelow = contains(this.root, realpathSync.native(this.real));
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
