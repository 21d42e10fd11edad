/** Puts style sheets and pictures in place anew, without loading the page again. */
import type { LiveAddress } from './address.ts';
import { importsOf, rulesOf } from './dependencies.ts';

/** The query that makes the browser ask again for what it holds. The server takes no notice of it. */
const freshness = 'spark';
let changes = 0;

export class Swap {
  private readonly address: LiveAddress;
  /** Of links whose sheets are being loaded anew, those that take their place. */
  private readonly successors = new WeakMap<HTMLLinkElement, HTMLLinkElement>();
  private readonly coming = new Set<HTMLLinkElement>();

  constructor(address: LiveAddress) {
    this.address = address;
  }

  /** Whether all that a page does with this path is to style itself by it. Then it can be swapped. */
  swapsStyle(path: string): boolean {
    return this.linksWith(path).length > 0 || this.elementsWith(path).length > 0;
  }

  /** Loads the style sheets anew that are at this path, or import it. */
  style(path: string): void {
    for (const link of this.linksWith(path)) this.renew(link);
    for (const element of this.elementsWith(path)) {
      // Setting the text loads what it imports again.
      const text = element.textContent ?? '';
      element.textContent = '';
      element.textContent = text;
    }
  }

  /** Whether all uses of this path are pictures that can be swapped. */
  swapsImage(path: string): boolean {
    return this.images(path).length > 0 || this.sheetsThatPaint(path).length > 0;
  }

  image(path: string): void {
    for (const { element, attribute } of this.images(path)) {
      const value = element.getAttribute(attribute) ?? '';
      element.setAttribute(attribute, attribute === 'srcset' ? freshSet(value) : fresh(value));
    }
    // A picture of a style sheet is asked for again when the sheet is: but by its own address.
    for (const sheet of this.sheetsThatPaint(path)) this.repaint(sheet, path);
  }

  /** One whose sheet has not loaded, or could not, is a link all the same. */
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
