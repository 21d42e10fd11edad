import type { LiveAddress } from './address.ts';
import { importsOf, rulesOf } from './dependencies.ts';

/** Query parameter, ignored by the server, that makes the browser ask again for what it holds. */
const freshness = 'spark';
let changes = 0;

/** Loads style sheets and pictures anew, without reloading the page. Paths are as in `LiveChange`. */
export class Swap {
  private readonly address: LiveAddress;
  /** By link whose sheet is being loaded anew, the link that takes its place. */
  private readonly successors = new WeakMap<HTMLLinkElement, HTMLLinkElement>();
  private readonly coming = new Set<HTMLLinkElement>();

  constructor(address: LiveAddress) {
    this.address = address;
  }

  /** Whether the page uses a style sheet at this path, by a link or an import. */
  swapsStyle(path: string): boolean {
    return this.linksWith(path).length > 0 || this.elementsWith(path).length > 0;
  }

  /** Loads anew the style sheets that are at this path or import it. */
  style(path: string): void {
    for (const link of this.linksWith(path)) this.renew(link);
    for (const element of this.elementsWith(path)) {
      // Setting the text makes the browser load the imports again.
      const text = element.textContent ?? '';
      element.textContent = '';
      element.textContent = text;
    }
  }

  /** Whether the page, or a style sheet of it, shows a picture at this path. */
  swapsImage(path: string): boolean {
    return this.images(path).length > 0 || this.sheetsThatPaint(path).length > 0;
  }

  /** Loads anew the pictures at this path, of elements and of style sheets. */
  image(path: string): void {
    for (const { element, attribute } of this.images(path)) {
      const value = element.getAttribute(attribute) ?? '';
      element.setAttribute(attribute, attribute === 'srcset' ? freshSet(value) : fresh(value));
    }
    // Loading the sheet anew would not do: the picture's address in it stays the same, and so does the browser's copy.
    for (const sheet of this.sheetsThatPaint(path)) this.repaint(sheet, path);
  }

  /** Links whose sheets have not loaded are among them. */
  private linksWith(path: string): HTMLLinkElement[] {
    const links = document.querySelectorAll<HTMLLinkElement>('link[rel~=stylesheet i][href]');
    return [...links].filter(
      (link) => !this.coming.has(link) && this.isAtOrImports(link.href, link.sheet, path),
    );
  }

  private elementsWith(path: string): HTMLStyleElement[] {
    return [...document.querySelectorAll('style')].filter(({ sheet }) => this.isAtOrImports('', sheet, path));
  }

  private isAtOrImports(href: string, sheet: CSSStyleSheet | null, path: string): boolean {
    const imported = sheet === null ? [] : importsOf(sheet);
    return [...(href === '' ? [] : [href]), ...imported].some(
      (address) => this.address.pathOf(address) === path,
    );
  }

  /** Puts a link in another's place once it has loaded: until then the present one styles the page. */
  private renew(present: HTMLLinkElement): void {
    const overtaken = this.successors.get(present);
    if (overtaken !== undefined) this.coming.delete(overtaken);
    overtaken?.remove();
    const link = present.cloneNode() as HTMLLinkElement;
    link.href = fresh(present.getAttribute('href') ?? '');
    this.successors.set(present, link);
    this.coming.add(link);
    const settle = () => {
      if (this.successors.get(present) !== link) return;
      this.coming.delete(link);
      present.remove();
    };
    link.addEventListener('load', settle, { once: true });
    link.addEventListener('error', settle, { once: true });
    present.after(link);
  }

  private images(path: string): { element: Element; attribute: 'src' | 'srcset' | 'href' }[] {
    const isAt = (address: string | null) => address !== null && this.address.pathOf(address) === path;
    const found: { element: Element; attribute: 'src' | 'srcset' | 'href' }[] = [];
    for (const element of document.querySelectorAll('img[src], input[type=image]')) {
      if (isAt(element.getAttribute('src'))) found.push({ element, attribute: 'src' });
    }
    for (const element of document.querySelectorAll('img[srcset], source[srcset]')) {
      if (candidates(element.getAttribute('srcset') ?? '').some(isAt))
        found.push({ element, attribute: 'srcset' });
    }
    for (const element of document.querySelectorAll('link[rel~=icon]')) {
      if (isAt(element.getAttribute('href'))) found.push({ element, attribute: 'href' });
    }
    return found;
  }

  private sheetsThatPaint(path: string): CSSStyleSheet[] {
    return [...document.styleSheets].filter((sheet) =>
      paintedBy(sheet).some((address) => this.address.pathOf(address) === path),
    );
  }

  private repaint(sheet: CSSStyleSheet, path: string): void {
    for (const rule of styleRules(sheet)) {
      for (const property of rule.style) {
        const value = rule.style.getPropertyValue(property);
        const renewed = value.replace(/url\("([^"]*)"\)/g, (whole, name: string) => {
          const address = new URL(name, sheet.href ?? document.baseURI).href;
          return this.address.pathOf(address) === path ? `url("${fresh(address)}")` : whole;
        });
        if (renewed !== value)
          rule.style.setProperty(property, renewed, rule.style.getPropertyPriority(property));
      }
    }
  }
}

function paintedBy(sheet: CSSStyleSheet): string[] {
  return styleRules(sheet).flatMap(({ cssText }) =>
    [...cssText.matchAll(/url\("([^"]*)"\)/g)].map(
      ([, name]) => new URL(name, sheet.href ?? document.baseURI).href,
    ),
  );
}

function styleRules(sheet: CSSStyleSheet): CSSStyleRule[] {
  const inside = (rule: CSSRule): CSSStyleRule[] => {
    if (rule instanceof CSSStyleRule) return [rule];
    return rule instanceof CSSGroupingRule ? [...rule.cssRules].flatMap(inside) : [];
  };
  return rulesOf(sheet).flatMap(inside);
}

function fresh(address: string): string {
  const [, path, query, fragment] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(address) ?? ['', address];
  const kept = new URLSearchParams(query ?? '');
  kept.set(freshness, String(++changes));
  return `${path}?${kept}${fragment ?? ''}`;
}

function candidates(set: string): string[] {
  return set.split(',').map((candidate) => candidate.trim().split(/\s+/)[0]);
}

function freshSet(set: string): string {
  return set
    .split(',')
    .map((candidate) => {
      const [address, ...descriptor] = candidate.trim().split(/\s+/);
      return [fresh(address), ...descriptor].join(' ');
    })
    .join(', ');
}
