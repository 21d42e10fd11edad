/** Puts style sheets and pictures in place anew, without loading the page again. */
import type { LiveAddress } from './address.ts';
import { importsOf, rulesOf } from './dependencies.ts';

/** The query that makes the browser ask again for what it holds. The server takes no notice of it. */
const freshness = 'spark';
let changes = 0;

export class Swap {
  private readonly address: LiveAddress;

  constructor(address: LiveAddress) {
    this.address = address;
  }

  /** Whether all that a page does with this path is to style itself by it. Then it can be swapped. */
  swapsStyle(path: string): boolean {
    return this.sheetsWith(path).length > 0;
  }

  /** Loads the style sheets anew that are at this path, or import it. */
  style(path: string): void {
    for (const sheet of this.sheetsWith(path)) this.renew(sheet);
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

  private sheetsWith(path: string): CSSStyleSheet[] {
    return [...document.styleSheets].filter((sheet) =>
      [sheet.href ?? '', ...importsOf(sheet)].some((address) => this.address.pathOf(address) === path),
    );
  }

  private renew(sheet: CSSStyleSheet): void {
    const owner = sheet.ownerNode;
    if (owner instanceof HTMLLinkElement) {
      const link = owner.cloneNode() as HTMLLinkElement;
      link.href = fresh(owner.getAttribute('href') ?? '');
      // The old one styles the page until the new one can.
      link.addEventListener('load', () => owner.remove(), { once: true });
      link.addEventListener('error', () => owner.remove(), { once: true });
      owner.after(link);
    } else if (owner instanceof HTMLStyleElement) {
      // Setting the text loads what it imports again.
      const text = owner.textContent ?? '';
      owner.textContent = '';
      owner.textContent = text;
    }
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
