import { elementOf, setUsable } from './elements.ts';

/** The size of the screen that the page is shown on, and its zoom. */
export class Screen {
  private readonly frame: HTMLIFrameElement;
  private readonly size = elementOf('#size', HTMLSelectElement);
  private readonly zoom = elementOf('#zoom', HTMLSelectElement);
  private readonly rotate = elementOf('[data-action=rotate]', HTMLButtonElement);
  private readonly stage = elementOf('.stage', HTMLElement);
  private rotated = false;

  constructor(frame: HTMLIFrameElement) {
    this.frame = frame;
    this.size.addEventListener('change', () => this.lay());
    this.zoom.addEventListener('change', () => this.lay());
    this.rotate.addEventListener('click', () => {
      if (this.size.value === '') return;
      this.rotated = !this.rotated;
      this.lay();
    });
    this.lay();
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
      // Scaling leaves the room that an element takes as it is.
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
