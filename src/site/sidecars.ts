/** Files that lie compressed beside their source: `page.html.br`, `page.html.gz`. */
import { type BigIntStats, statSync } from 'node:fs';
import type { ContentCoding } from './acceptEncoding.ts';

/** What is appended to a file's name. */
export const sidecarExtension: Readonly<Record<ContentCoding, string>> = { br: '.br', gzip: '.gz' };

/** Milliseconds that it may be remembered that a file has none. */
const rememberedFor = 1_000;
const mostRemembered = 4_096;

/** The codings in which a file is there. A sidecar older than its source was made from another version, and is ignored. */
export function sidecarsOf(file: string, source: Pick<BigIntStats, 'mtimeNs'>): ContentCoding[] {
  return (['br', 'gzip'] as const).filter((coding) => {
    const status = statusOf(file + sidecarExtension[coding]);
    return status?.isFile() === true && status.mtimeNs >= source.mtimeNs;
  });
}

/** Remembers for a second which files have no sidecar, so that not every request costs a look at the disk. */
export class SidecarMemory {
  private readonly absent = new Map<string, { readonly file: string; until: number }>();

  /** `key`: the path of a request that is answered with `file`, which has no sidecar at the time `now`. */
  remember(key: string, file: string, now: number): void {
    if (this.absent.size >= mostRemembered) this.absent.clear();
    this.absent.set(key, { file, until: now + rememberedFor });
  }

  /** Whether the file of a key is known to have no sidecar; looks again where that was long ago. */
  knowsOfNone(key: string, now: number): boolean {
    const entry = this.absent.get(key);
    if (entry === undefined) return false;
    // If the clock was set back, the entry must not last longer.
    if (now < entry.until && now >= entry.until - rememberedFor) return true;
    if (Object.values(sidecarExtension).some((extension) => statusOf(entry.file + extension) !== null)) {
      this.absent.delete(key);
      return false;
    }
    entry.until = now + rememberedFor;
    return true;
  }
}

function statusOf(file: string): BigIntStats | null {
  try {
    return statSync(file, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // A folder on the way that may not be searched, or a name that is too long: none that could be sent.
    return null;
  }
}
