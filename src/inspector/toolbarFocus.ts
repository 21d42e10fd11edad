import { keyOf, used } from './keys.ts';

/** Makes the buttons of a toolbar one stop for Tab; arrow keys, Home and End go from one to the other. */
export class ToolbarFocus {
  private readonly element: HTMLElement;
  private current: HTMLButtonElement | null = null;

  /** @param element contains the buttons; whenever they have been drawn, `update` must be called */
  constructor(element: HTMLElement) {
    this.element = element;
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('focusin', (event) => {
      if (!(event.target instanceof HTMLButtonElement)) return;
      this.current = event.target;
      this.update();
    });
  }

  update(): void {
    const buttons = this.buttons();
    const stop = buttons.find((button) => button === this.current) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  }

  private buttons(): HTMLButtonElement[] {
    return [...this.element.querySelectorAll<HTMLButtonElement>('[role="toolbar"] button:enabled')];
  }

  private key(event: KeyboardEvent): void {
    const buttons = this.buttons();
    const at = event.target instanceof HTMLButtonElement ? buttons.indexOf(event.target) : -1;
    if (at < 0) return;
    const target = targetOf(keyOf(event), at, buttons.length);
    if (target === null) return;
    used(event);
    buttons[(target + buttons.length) % buttons.length].focus();
  }
}

function targetOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return at + 1;
    case 'ArrowLeft':
      return at - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
