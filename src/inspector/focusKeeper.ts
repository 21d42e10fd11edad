/** A part of a page, and what to focus where an element in it had the focus and went. */
export interface FocusPlace {
  readonly within: HTMLElement;
  focus(): void;
}

/**
 * Keeps the keyboard's focus from the body of a panel's page, where no key leads anywhere and nothing is heard. There a
 * browser leaves it when what had it is gone: a button that has done its work, a row of an exchange that is no longer
 * stored. And there it is whenever it comes back from VS Code, from a menu as much as from a quick pick: a document
 * forgets what it had focused when an element of another one is.
 */
export class FocusKeeper {
  private readonly otherwise: readonly (() => HTMLElement | null)[];
  /** What had the focus last; the body where the user has put it nowhere, by a click beside everything. */
  private last: Element | null = null;
  /** Where that stood. */
  private place: FocusPlace | undefined;
  private pointing = false;
  private frame = 0;

  /** @param otherwise in this order, where the place of what went can take no focus */
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
    // What is clicked, typed or told may take away what has the focus; and so may what comes of it later.
    for (const type of ['focus', 'message', 'click', 'keydown', 'change', 'focusout'])
      window.addEventListener(type, () => this.check(), { capture: true, passive: true });
    this.check();
  }

  /** Looks when everything that follows from an event has been drawn. */
  private check(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.keep();
    });
  }

  private keep(): void {
    // A page that has no focus takes none from others: it looks again when it gets it.
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
