import { keyOf, used } from './keys.ts';

export interface SplitterOptions {
  /** What a screen reader calls it. */
  readonly label: string;
  /** How the two parts lie: `row`, side by side where the page is wide enough; `column`, one above the other. */
  readonly direction: 'row' | 'column';
  /** The element whose space is divided. */
  readonly container: HTMLElement;
  /** Custom property of the container that says the first part's share, from 0 to 1. */
  readonly property: string;
  /** The first part's share at the beginning. */
  readonly share: number;
  /** Called with the new share when the user has moved it. */
  readonly moved: (share: number) => void;
}

const least = 0.12;
const most = 0.88;
const keyStep = 0.02;

/** A border between two parts that pointer and arrow keys move. */
export function splitter(options: SplitterOptions): HTMLElement {
  const { container, direction } = options;
  const element = document.createElement('div');
  // In a narrow page, parts of a row lie one above the other too.
  const isUpright = () =>
    direction === 'row' && element.getBoundingClientRect().height > element.getBoundingClientRect().width;
  element.className = `splitter ${direction}`;
  element.tabIndex = 0;
  element.setAttribute('role', 'separator');
  element.setAttribute('aria-label', options.label);
  new ResizeObserver(() => {
    element.setAttribute('aria-orientation', isUpright() ? 'vertical' : 'horizontal');
  }).observe(element);
  element.setAttribute('aria-valuemin', String(least * 100));
  element.setAttribute('aria-valuemax', String(most * 100));
  let share = options.share;
  const set = (wanted: number) => {
    share = Math.min(most, Math.max(least, wanted));
    container.style.setProperty(options.property, String(share));
    element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  };
  set(share);

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  element.addEventListener('pointermove', (event) => {
    if (!element.hasPointerCapture(event.pointerId)) return;
    const box = container.getBoundingClientRect();
    set(isUpright() ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height);
  });
  element.addEventListener('lostpointercapture', () => options.moved(share));
  element.addEventListener('keydown', (event) => {
    const upright = isUpright();
    const step = {
      [upright ? 'ArrowLeft' : 'ArrowUp']: -keyStep,
      [upright ? 'ArrowRight' : 'ArrowDown']: keyStep,
    }[keyOf(event)];
    if (step === undefined) return;
    used(event);
    set(share + step);
    options.moved(share);
  });
  return element;
}
