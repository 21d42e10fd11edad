import { createHash } from 'node:crypto';

/** In bytes, of all versions together. */
const mostBytes = 32 * 1024 * 1024;

/** The sources of pages as they were sent, so that a page can find out what has changed since. */
export class SourceVersions {
  private readonly byName = new Map<string, Uint8Array>();
  private size = 0;

  /** Remembers a source; returns the name of its version. */
  add(source: Uint8Array): string {
    const name = createHash('sha256').update(source).digest('hex').slice(0, 16);
    const known = this.byName.delete(name);
    this.byName.set(name, source);
    if (!known) this.size += source.length;
    for (const [oldest, bytes] of this.byName) {
      if (this.size <= mostBytes || oldest === name) break;
      this.byName.delete(oldest);
      this.size -= bytes.length;
    }
    return name;
  }

  get(name: string): Uint8Array | undefined {
    return this.byName.get(name);
  }
}
