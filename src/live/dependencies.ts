import type { LiveAddress } from './address.ts';

/** More loads than any page makes: once the browser's list of them is full, further ones are not recorded. */
const mostLoads = 10_000;

/** What a page has loaded from its site, as far as the page itself can know. */
export class Dependencies {
  private readonly address: LiveAddress;
  private incomplete = false;

  constructor(address: LiveAddress) {
    this.address = address;
    performance.setResourceTimingBufferSize(mostLoads);
    performance.addEventListener('resourcetimingbufferfull', () => {
      this.incomplete = true;
    });
  }

  /** Whether the page may depend on more than it can tell: on what its workers load, for one. */
  get unknown(): boolean {
    return this.incomplete || this.isControlled() || this.hasWorkers();
  }

  /** Whether a change of the file at this path concerns the page. */
  has(path: string): boolean {
    return path === this.ownPath || this.loaded().has(path) || this.imported().has(path);
  }

  /** The path of the page itself. */
  get ownPath(): string | null {
    return this.address.pathOf(location.href);
  }

  /** What the browser recorded and the document names; pages in frames have the script too, and look after themselves. */
  private loaded(): Set<string> {
    const paths = new Set<string>();
    for (const entry of performance.getEntriesByType('resource')) {
      if ((entry as PerformanceResourceTiming).initiatorType === 'iframe') continue;
      const path = this.address.pathOf(entry.name);
      if (path !== null) paths.add(path);
    }
    const named = document.querySelectorAll<HTMLElement>(
      'link[href], [src]:not(iframe, frame), object[data]',
    );
    for (const element of named) {
      const name =
        element.getAttribute('href') ?? element.getAttribute('src') ?? element.getAttribute('data');
      const path = this.address.pathOf(name ?? '');
      if (path !== null) paths.add(path);
    }
    return paths;
  }

  private imported(): Set<string> {
    const paths = new Set<string>();
    for (const sheet of document.styleSheets) {
      for (const address of importsOf(sheet)) {
        const path = this.address.pathOf(address);
        if (path !== null) paths.add(path);
      }
    }
    return paths;
  }

  /**
   * Whether a service worker of the site answers for it, out of files that the page does not see. One from outside, such
   * as that of a VS Code in the browser, below whose address the site lies, knows none of them.
   */
  private isControlled(): boolean {
    const worker = navigator.serviceWorker?.controller ?? null;
    return worker !== null && this.address.pathOf(worker.scriptURL) !== null;
  }

  /** What a worker loads is not in the page's list. */
  private hasWorkers(): boolean {
    return performance
      .getEntriesByType('resource')
      .some((entry) => (entry as PerformanceResourceTiming).initiatorType === 'worker');
  }
}

/** The addresses that a style sheet imports, and those imported by them. */
export function importsOf(sheet: CSSStyleSheet): string[] {
  const rules = rulesOf(sheet);
  return rules.flatMap((rule) => {
    if (!(rule instanceof CSSImportRule)) return [];
    const address = new URL(rule.href, sheet.href ?? document.baseURI).href;
    return rule.styleSheet === null ? [address] : [address, ...importsOf(rule.styleSheet)];
  });
}

/** The rules of a sheet; none where it comes from another origin, whose rules may not be read, or has not loaded. */
export function rulesOf(sheet: CSSStyleSheet): CSSRule[] {
  try {
    return [...sheet.cssRules];
  } catch {
    return [];
  }
}
