import { effect } from '@preact/signals-core';
import type { Direction } from '../protocol/capture.ts';
import { counted } from './format.ts';
import { fittingColumns } from './hexRow.ts';
import { HexView } from './hexView.ts';
import { HighlightLayers } from './highlightLayers.ts';
import type { InspectorState } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import { type ExchangeView, type MessageView, messageOf } from './messageView.ts';
import { neighbourSpan } from './spanIndex.ts';

const directions: readonly Direction[] = ['received', 'sent'];
const titles = { received: 'Request', sent: 'Response' } as const;
/** CSS pixels; the stylesheet reads it from --spark-heading-height. */
const headingHeight = 24;
/** CSS pixels left of the rows, for the sign of an offending byte. */
const gutter = 20;
/** CSS pixels below the rows of a message. */
const messageGap = 10;
const probeLength = 100;

/** The bytes of both messages, one below the other: what is in sight is drawn, found and marked by arithmetic. */
export class BytesPane {
  readonly element: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly leave: () => void;
  private readonly layers = new HighlightLayers();
  private readonly views = new Map<Direction, HexView>();
  private readonly headings = new Map<Direction, HTMLElement>();
  private readonly probe = document.createElement('span');
  /** CSS pixels of one character, and of one row. */
  private characterWidth = 8;
  private rowHeight = 18;
  private frame = 0;

  /** `leave`: Enter was pressed, which goes to the meaning of the byte under the cursor. */
  constructor(state: InspectorState, leave: () => void) {
    this.state = state;
    this.leave = leave;
    const { element, probe } = this;
    element.className = 'bytes';
    element.setAttribute('role', 'region');
    element.setAttribute('aria-label', 'Bytes');
    element.style.setProperty('--spark-heading-height', `${headingHeight}px`);
    element.style.setProperty('--spark-message-gap', `${messageGap}px`);
    element.style.setProperty('--spark-gutter', `${gutter}px`);
    probe.className = 'probe';
    probe.setAttribute('aria-hidden', 'true');
    probe.textContent = '0'.repeat(probeLength);
    element.append(probe);
    element.addEventListener('scroll', () => this.redraw(), { passive: true });
    element.addEventListener('pointermove', (event) => this.point(event));
    element.addEventListener('pointerleave', () => state.point(null, null));
    element.addEventListener('pointerdown', (event) => this.press(event));
    // The probe changes with the font and the zoom, the element with the panel.
    const sizes = new ResizeObserver(() => this.measure());
    sizes.observe(element);
    sizes.observe(probe);
    effect(() => this.show(state.view.value));
    effect(() => {
      state.pointed.value;
      this.redraw();
    });
    effect(() => {
      const chosen = state.chosen.value;
      if (chosen !== null) this.reveal(chosen.direction, chosen.offset);
      this.redraw();
    });
  }

  /** Puts the keyboard's focus on the bytes of a message. */
  focus(direction: Direction): void {
    this.views.get(direction)?.grid.focus({ preventScroll: true });
  }

  private show(view: ExchangeView | null): void {
    if (view === null) {
      for (const heading of this.headings.values()) heading.remove();
      for (const hexView of this.views.values()) hexView.grid.remove();
      this.headings.clear();
      this.views.clear();
      this.layers.clear();
      return;
    }
    for (const direction of directions) this.showMessage(messageOf(view, direction));
    this.redraw();
  }

  private showMessage(message: MessageView): void {
    const { direction } = message;
    const columns = fittingColumns(this.availableCharacters, message.bytes.length);
    const known = this.views.get(direction);
    if (known === undefined) {
      const heading = document.createElement('h2');
      heading.className = 'heading';
      const view = new HexView(message, columns, () => this.rowHeight);
      view.grid.addEventListener('keydown', (event) => this.key(event, view));
      view.grid.addEventListener('focus', () => this.focused(view));
      this.headings.set(direction, heading);
      this.views.set(direction, view);
      this.element.append(heading, view.grid);
    } else {
      known.show(message, columns);
    }
    const heading = this.headings.get(direction);
    if (heading !== undefined) heading.textContent = headingText(message);
  }

  private get availableCharacters(): number {
    // One stays free at the right edge.
    return Math.floor((this.element.clientWidth - gutter) / this.characterWidth) - 1;
  }

  private measure(): void {
    const { width, height } = this.probe.getBoundingClientRect();
    if (width === 0) return;
    this.characterWidth = width / probeLength;
    this.rowHeight = Math.round(height);
    this.element.style.setProperty('--spark-row-height', `${this.rowHeight}px`);
    this.show(this.state.view.peek());
  }

  /** Where a grid starts, in CSS pixels from the top of all there is to scroll. */
  private topOf(direction: Direction): number {
    if (direction === 'received') return headingHeight;
    return headingHeight + (this.views.get('received')?.height ?? 0) + messageGap + headingHeight;
  }

  private redraw(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const { pointed, pointedLine, chosen, chosenLine } = this.state;
    const marks = {
      pointed: pointed.peek(),
      pointedLine: pointedLine.peek(),
      chosen: chosen.peek(),
      chosenLine: chosenLine.peek(),
    };
    this.layers.clear();
    for (const [direction, view] of this.views) {
      const top = scrollTop - this.topOf(direction);
      view.draw(top, top + clientHeight, marks, this.layers);
    }
  }

  private hit(event: PointerEvent): { direction: Direction; offset: number } | null {
    const box = this.element.getBoundingClientRect();
    const y = event.clientY - box.top;
    const x = event.clientX - box.left - gutter + this.element.scrollLeft;
    // A heading sticks to the top, over the rows.
    if (y < headingHeight) return null;
    for (const [direction, view] of this.views) {
      const offset = view.offsetAt(
        Math.floor(x / this.characterWidth),
        y + this.element.scrollTop - this.topOf(direction),
      );
      if (offset >= 0) return { direction, offset };
    }
    return null;
  }

  private point(event: PointerEvent): void {
    const hit = this.hit(event);
    const mark = hit === null ? null : this.state.markAt(hit.direction, hit.offset);
    this.state.point(mark, hit?.offset ?? null);
  }

  private press(event: PointerEvent): void {
    const hit = event.button === 0 ? this.hit(event) : null;
    if (hit !== null) this.state.choose(hit.direction, hit.offset);
  }

  /** Whoever comes by the keyboard finds a cursor. */
  private focused(view: HexView): void {
    const { direction } = view.message;
    if (this.state.chosen.peek()?.direction === direction || !view.grid.matches(':focus-visible')) return;
    const first = view.message.bytes.nearestKept(0, 1);
    if (first >= 0) this.state.choose(direction, first);
  }

  private key(event: KeyboardEvent, view: HexView): void {
    const { direction, bytes } = view.message;
    const chosen = this.state.chosen.peek();
    const from = chosen?.direction === direction ? chosen.offset : 0;
    const key = keyOf(event);
    if (key === 'Enter') {
      used(event);
      this.leave();
      return;
    }
    const target = this.keyTarget(key, from, view);
    if (target === null) return;
    used(event);
    const step = target < from ? -1 : 1;
    const within = Math.min(Math.max(0, target), bytes.length - 1);
    const onwards = bytes.nearestKept(within, step);
    const kept = onwards >= 0 ? onwards : bytes.nearestKept(within, step === 1 ? -1 : 1);
    if (kept >= 0) this.state.choose(direction, kept);
  }

  /** Where a key leads from a byte; null for a key that leads nowhere. */
  private keyTarget(key: string, from: number, view: HexView): number | null {
    const { message, layout } = view;
    const row = layout.columns;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 2) * row;
    switch (key) {
      case 'ArrowLeft':
        return from - 1;
      case 'ArrowRight':
        return from + 1;
      case 'ArrowUp':
        return from < row ? from : from - row;
      case 'ArrowDown':
        return from + row;
      case 'Home':
        return from - (from % row);
      case 'End':
        return from - (from % row) + row - 1;
      case 'PageUp':
        return from - page;
      case 'PageDown':
        return from + page;
      case 'Ctrl+Home':
        return 0;
      case 'Ctrl+End':
        return message.bytes.length - 1;
      case 'Alt+ArrowRight':
      case 'Alt+ArrowDown':
        return neighbourSpan(message.spans, from, 1)?.start ?? from;
      case 'Alt+ArrowLeft':
      case 'Alt+ArrowUp':
        return neighbourSpan(message.spans, from, -1)?.start ?? from;
      default:
        return null;
    }
  }

  /** Scrolls as little as needed to bring a byte into sight. */
  private reveal(direction: Direction, offset: number): void {
    const view = this.views.get(direction);
    const index = view?.layout.rowOf(offset) ?? -1;
    if (index < 0) return;
    const top = this.topOf(direction) + index * this.rowHeight;
    const highest = top - headingHeight;
    const lowest = top + this.rowHeight - this.element.clientHeight;
    if (this.element.scrollTop > highest) this.element.scrollTop = highest;
    else if (this.element.scrollTop < lowest) this.element.scrollTop = lowest;
  }
}

function headingText(message: MessageView): string {
  const { length } = message.bytes;
  const missing = message.bytes.missing(0, length);
  const parts = [`${titles[message.direction]} · ${counted(length, 'byte')}`];
  if (missing > 0) parts.push(`${counted(missing, 'byte')} not kept`);
  return parts.join(' · ');
}
