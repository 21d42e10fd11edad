/** A part of a page, and what to focus when an element in it had the focus and has gone. */
export interface FocusPlace {
  readonly within: HTMLElement;
  focus(): void;
}

/**
 * Keeps the keyboard's focus off the body of a panel's page, where keys do nothing and screen readers say nothing. The
 * browser leaves it there when the focused element is removed, such as a row of an exchange that is no longer stored. It
 * is there, too, whenever it returns from VS Code, as from a menu or a quick pick: a document forgets its focused element
 * when one of another document gets the focus.
 */
export class FocusKeeper {
  private readonly otherwise: readonly (() => HTMLElement | null)[];
  /** What had the focus last; the body where the user took it away by a click beside everything. */
  private last: Element | null = null;
  /** Where that stood. */
  private place: FocusPlace | undefined;
  private pointing = false;
  private frame = 0;

  /** @param otherwise what to focus, in this order, where the part that lost its focused element cannot take it */
  constructor(places: readonly FocusPlace[], otherwise: readonly (() => HTMLElement | null)[]) {
    this.otherwise = otherwise;
    document.addEventListener('focusin', ({ target }) => {
      if (!(target instanceof Element)) return;
      this.last = target;
      this.place = places.find(({ within }) => within.contains(target));
    });
    const point = (pointing: boolean) => {
      this.pointing = pointing;
      if (!pointing && document.activeElement === document.body) this.last = document.body;
    };
    window.addEventListener('pointerdown', () => point(true), { capture: true });
    for (const end of ['pointerup', 'pointercancel'])
      window.addEventListener(end, () => point(false), { capture: true });
    // A click, a key or a message may remove the focused element, at once or through what follows from it.
    for (const type of ['focus', 'message', 'click', 'keydown', 'change', 'focusout'])
      window.addEventListener(type, () => this.check(), { capture: true, passive: true });
    this.check();
  }

  /** Checks the focus once everything that follows from an event has been drawn. */
  private check(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.keep();
    });
  }

  private keep(): void {
    // A page that does not have the focus must not take it from others; it is checked again when it gets it.
    if (!document.hasFocus() || this.pointing || canBeFocused(document.activeElement)) return;
    const { last, place } = this;
    if (last === document.body) return;
    if (last instanceof HTMLElement && canBeFocused(last)) last.focus({ preventScroll: true });
    else place?.focus();
    for (const find of this.otherwise) {
      if (canBeFocused(document.activeElement)) return;
      find()?.focus({ preventScroll: true });
    }
  }
}

function canBeFocused(element: Element | null): boolean {
  return (
    element !== null &&
    element !== document.body &&
    element.isConnected &&
    element.checkVisibility() &&
    !element.matches(':disabled')
  );
}
