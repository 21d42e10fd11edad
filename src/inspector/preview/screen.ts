import type { ScreenState } from '../../protocol/preview.ts';
import { elementOf, setUsable } from './elements.ts';

/** The size of the screen that the page is shown on, and its zoom. */
export class Screen {
  private readonly frame: HTMLIFrameElement;
  private readonly size = elementOf('#size', HTMLSelectElement);
  private readonly zoom = elementOf('#zoom', HTMLSelectElement);
  private readonly rotate = elementOf('[data-action=rotate]', HTMLButtonElement);
  private readonly stage = elementOf('.stage', HTMLElement);
  private rotated: boolean;
  private readonly changed: () => void;

  /** `changed`: the user has chosen another screen than `present`. */
  constructor(frame: HTMLIFrameElement, present: ScreenState, changed: () => void) {
    this.frame = frame;
    this.changed = changed;
    choose(this.size, present.size);
    choose(this.zoom, String(present.zoom));
    this.rotated = present.rotated;
    this.size.addEventListener('change', () => this.change());
    this.zoom.addEventListener('change', () => this.change());
    this.rotate.addEventListener('click', () => {
      if (this.size.value === '') return;
      this.rotated = !this.rotated;
      this.change();
    });
    this.lay();
  }

  get state(): ScreenState {
    return { size: this.size.value, zoom: Number(this.zoom.value), rotated: this.rotated };
  }

  private change(): void {
    this.lay();
    this.changed();
  }

  private lay(): void {
    const { style } = this.frame;
    const zoom = Number(this.zoom.value) / 100;
    const [width, height] = this.size.value.split('x').map(Number);
    const hasSize = height !== undefined;
    setUsable(this.rotate, hasSize);
    this.frame.classList.toggle('sized', hasSize);
    // A screen that is larger than the panel is scrolled by keyboard too.
    if (hasSize) this.stage.tabIndex = 0;
    else this.stage.removeAttribute('tabindex');
    style.transform = zoom === 1 ? '' : `scale(${zoom})`;
    if (hasSize) {
      const [across, down] = this.rotated ? [height, width] : [width, height];
      style.width = `${across}px`;
      style.height = `${down}px`;
      // Scaling does not change the space that an element takes.
      style.marginRight = `${across * (zoom - 1)}px`;
      style.marginBottom = `${down * (zoom - 1)}px`;
    } else {
      style.width = `${100 / zoom}%`;
      style.height = `${100 / zoom}%`;
      style.marginRight = '';
      style.marginBottom = '';
    }
  }
}

/** A choice that there no longer is leaves what was chosen. */
function choose(select: HTMLSelectElement, value: string): void {
  if ([...select.options].some((option) => option.value === value)) select.value = value;
}
