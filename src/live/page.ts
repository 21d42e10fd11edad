import type { LiveChange } from '../protocol/live.ts';
import type { LiveAddress } from './address.ts';
import type { Dependencies } from './dependencies.ts';
import { patchDocument } from './patch.ts';
import { Swap } from './swap.ts';

const stylePath = /\.css$/i;
const imagePath = /\.(?:svg|png|jpe?g|gif|webp|avif|ico|bmp)$/i;

/** The page that the script runs in: shows in it what has changed in its files. */
export class LivePage {
  private readonly address: LiveAddress;
  private readonly dependencies: Dependencies;
  private readonly swap: Swap;
  /** Version of the source that the page shows. */
  private version: string;
  private underway: Promise<void> = Promise.resolve();

  constructor(address: LiveAddress, dependencies: Dependencies, version: string) {
    this.address = address;
    this.dependencies = dependencies;
    this.swap = new Swap(address);
    this.version = version;
  }

  /** Swaps, patches or reloads as the change demands; after the changes before it, since a patch takes a while. */
  changed(change: LiveChange): Promise<void> {
    this.underway = this.underway.then(() => this.show(change));
    return this.underway;
  }

  private async show({ paths }: LiveChange): Promise<void> {
    if (document.querySelector('[data-spark-no-reload]') !== null) return;
    if (paths === null) return this.reload();
    const { ownPath } = this.dependencies;
    const concerns = paths.filter((path) => this.dependencies.has(path));
    const own = concerns.includes(ownPath ?? '');
    const others = concerns.filter((path) => path !== ownPath);
    if (!others.every((path) => this.isSwapped(path))) return this.reload();
    if (concerns.length === 0 && paths.length > 0 && this.dependencies.unknown) return this.reload();
    for (const path of others) {
      if (this.swap.swapsStyle(path)) this.swap.style(path);
      else this.swap.image(path);
    }
    if (own) await this.patch();
  }

  private isSwapped(path: string): boolean {
    return (
      (stylePath.test(path) && this.swap.swapsStyle(path)) ||
      (imagePath.test(path) && this.swap.swapsImage(path))
    );
  }

  private async patch(): Promise<void> {
    try {
      const [before, now] = await Promise.all([
        fetch(this.address.of(`version/${this.version}`)),
        fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' }),
      ]);
      if (!before.ok || !now.ok) return this.reload();
      const after = parsed(await now.text());
      const version = takeScript(after);
      if (version === null) return this.reload();
      if (version === this.version) return;
      patchDocument(document, parsed(await before.text()), after);
      this.version = version;
    } catch {
      // The page cannot be patched safely, or its server has gone: a reload is right for either.
      this.reload();
    }
  }

  private reload(): void {
    location.reload();
  }
}

function parsed(source: string): Document {
  return new DOMParser().parseFromString(source, 'text/html');
}

/** Takes the server's own script out of a page's source; returns the version of the source, or null without one. */
function takeScript(page: Document): string | null {
  const script = page.querySelector<HTMLScriptElement>('script[data-spark][data-version]');
  script?.remove();
  return script?.dataset.version ?? null;
}
