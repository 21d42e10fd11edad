import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import type { ExchangeDetail } from '../protocol/inspector.ts';
import { counted } from './format.ts';
import { fittingColumns } from './hexRow.ts';
import { type HexLook, HexView } from './hexView.ts';
import { HighlightLayers } from './highlightLayers.ts';
import type { InspectorState } from './inspectorState.ts';
import { type ExchangeView, type MessageView, messageOf } from './messageView.ts';
import { ScrollExtent } from './scrollExtent.ts';
import type { ByteRange } from './spanIndex.ts';

/** The messages in the order in which they stand one below the other. */
export const directions: readonly Direction[] = ['received', 'sent'];
const titles = { received: l10n.t('Request'), sent: l10n.t('Response') } as const;
/** CSS pixels; the stylesheet reads it from --spark-heading-height. */
const headingHeight = 24;
/** CSS pixels left of the rows, for the sign of an offending byte. */
const gutter = 20;
/** CSS pixels below the rows of a message. */
const messageGap = 10;
/** Characters to the right of the rows, for the ruler; in a narrow pane it has to be scrolled to. */
const rulerWidth = 18;
const probeLength = 100;

/** A byte of a message. */
export interface BytePlace {
  readonly direction: Direction;
  readonly offset: number;
}

/** What a search found, by message, and the match that the user went to. */
export interface Matches {
  readonly received: readonly ByteRange[];
  readonly sent: readonly ByteRange[];
  readonly current: { readonly direction: Direction; readonly index: number } | null;
}

const noMatches: Matches = { received: [], sent: [], current: null };

/** The bytes of both messages, one below the other: what is in sight is drawn, found and marked by arithmetic. */
export class BytesView {
  /** What scrolls. */
  readonly element: HTMLElement = document.createElement('div');
  /** Called with the view of each message when that is made. */
  onNewView: (view: HexView) => void = () => undefined;
  private readonly state: InspectorState;
  private readonly layers = new HighlightLayers();
  private readonly views = new Map<Direction, HexView>();
  private readonly headings = new Map<Direction, HTMLElement>();
  private readonly probe = document.createElement('span');
  private readonly extent = document.createElement('div');
  private readonly sight = document.createElement('div');
  private readonly scroll = new ScrollExtent();
  private showsControls = false;
  private matches: Matches = noMatches;
  /** CSS pixels of one character, and of one row. */
  private characterWidth = 8;
  private rowHeight = 18;
  private frame = 0;
  /** The byte that was last brought into sight. */
  private revealed: BytePlace | null = null;

  constructor(state: InspectorState) {
    this.state = state;
    const { element, probe, extent, sight } = this;
    element.className = 'bytes';
    element.style.setProperty('--spark-heading-height', `${headingHeight}px`);
    element.style.setProperty('--spark-gutter', `${gutter}px`);
    probe.className = 'probe';
    probe.setAttribute('aria-hidden', 'true');
    probe.textContent = '0'.repeat(probeLength);
    extent.className = 'bytes-extent';
    sight.className = 'bytes-sight';
    extent.append(sight);
    element.append(probe, extent);
    element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    // The probe changes with the font and the zoom, the element with the panel.
    const sizes = new ResizeObserver(() => this.measure());
    sizes.observe(element);
    sizes.observe(probe);
  }

  view(direction: Direction): HexView | null {
    return this.views.get(direction) ?? null;
  }

  /** Rows of a full page. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 2);
  }

  show(view: ExchangeView | null): void {
    if (view === null) {
      for (const heading of this.headings.values()) heading.remove();
      for (const hexView of this.views.values()) hexView.grid.remove();
      this.headings.clear();
      this.views.clear();
      this.layers.clear();
      this.revealed = null;
      this.resize();
      return;
    }
    for (const direction of directions) this.showMessage(messageOf(view, direction), view.detail);
    this.resize();
    this.redraw();
  }

  setShowsControls(showsControls: boolean): void {
    this.showsControls = showsControls;
    this.show(this.state.view.peek());
  }

  setMatches(matches: Matches | null): void {
    this.matches = matches ?? noMatches;
    this.redraw();
  }

  redraw(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** The byte at a place on the screen; where there is none, the nearest one if `nearest`, else null. */
  hit(event: MouseEvent): BytePlace | null {
    const box = this.element.getBoundingClientRect();
    const y = event.clientY - box.top;
    const x = event.clientX - box.left - gutter + this.element.scrollLeft;
    // A heading sticks to the top, over the rows.
    if (y < headingHeight) return null;
    for (const [direction, view] of this.views) {
      const offset = view.offsetAt(
        Math.floor(x / this.characterWidth),
        y + this.scroll.position - this.topOf(direction),
      );
      if (offset >= 0) return { direction, offset };
    }
    return null;
  }

  /** Scrolls to the first byte of the request, as for another exchange. */
  toStart(): void {
    this.revealed = null;
    this.element.scrollLeft = 0;
    this.moveTo(0);
  }

  /** Scrolls as little as needed to bring a byte into sight. */
  reveal(direction: Direction, offset: number): void {
    this.revealed = { direction, offset };
    const view = this.views.get(direction);
    const index = view?.layout.rowOf(offset) ?? -1;
    if (index < 0) return;
    const top = this.topOf(direction) + index * this.rowHeight;
    const highest = top - headingHeight;
    const lowest = top + this.rowHeight - this.element.clientHeight;
    if (this.scroll.position > highest) this.moveTo(highest);
    else if (this.scroll.position < lowest) this.moveTo(lowest);
  }

  private showMessage(message: MessageView, { times, imported }: ExchangeDetail): void {
    const { direction } = message;
    const origin = times.startedAt;
    const columns = fittingColumns(this.availableCharacters, message.bytes.length);
    const look: HexLook = { columns, showsControls: this.showsControls, origin };
    const known = this.views.get(direction);
    if (known === undefined) {
      const heading = document.createElement('h2');
      heading.className = 'heading';
      const view = new HexView(message, look, () => this.rowHeight);
      this.headings.set(direction, heading);
      this.views.set(direction, view);
      this.sight.append(heading, view.grid);
      this.onNewView(view);
    } else {
      known.show(message, look);
    }
    const heading = this.headings.get(direction);
    if (heading !== undefined) heading.textContent = headingText(message, imported);
  }

  private get availableCharacters(): number {
    // One character stays free at the right edge.
    return Math.floor((this.element.clientWidth - gutter) / this.characterWidth) - 1;
  }

  private measure(): void {
    const { width, height } = this.probe.getBoundingClientRect();
    if (width === 0) return;
    this.characterWidth = width / probeLength;
    this.rowHeight = Math.round(height);
    this.element.style.setProperty('--spark-row-height', `${this.rowHeight}px`);
    // What has opened beside the bytes must cover neither the cursor nor what was revealed before there was room for it.
    const place = this.state.chosen.peek() ?? this.revealed;
    const isFirst = this.scroll.sightHeight === 0;
    const keeps = place !== null && (isFirst || this.isInSight(place));
    this.show(this.state.view.peek());
    // What was revealed while there was no room at all was scrolled to needlessly.
    if (isFirst) this.moveTo(0);
    if (keeps) this.reveal(place.direction, place.offset);
    this.redraw();
  }

  /** Whether a byte stood in sight before the pane's size changed. */
  private isInSight({ direction, offset }: BytePlace): boolean {
    const index = this.views.get(direction)?.layout.rowOf(offset) ?? -1;
    const top = this.topOf(direction) + index * this.rowHeight - this.scroll.position;
    return index >= 0 && top >= 0 && top < this.scroll.sightHeight;
  }

  private resize(): void {
    const { element, extent, sight, scroll } = this;
    const below = this.topOf('sent') + (this.views.get('sent')?.height ?? 0) + messageGap;
    scroll.resize(this.views.size === 0 ? 0 : below, element.clientHeight);
    extent.style.height = `${scroll.height}px`;
    sight.style.height = `${element.clientHeight}px`;
    const width = Math.max(0, ...[...this.views.values()].map((view) => view.width + rulerWidth));
    extent.style.minWidth = `${gutter + Math.ceil(width * this.characterWidth)}px`;
    element.scrollTop = scroll.position === 0 ? 0 : scroll.moveTo(scroll.position);
  }

  private scrolled(): void {
    this.scroll.scrolledTo(this.element.scrollTop);
    this.redraw();
  }

  /** What is too high for the browser is scrolled here, pixel by pixel. */
  private wheel(event: WheelEvent): void {
    if (!this.scroll.isScaled || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = [1, this.rowHeight, this.element.clientHeight][event.deltaMode];
    this.moveTo(this.scroll.position + event.deltaY * unit);
  }

  private moveTo(position: number): void {
    this.element.scrollTop = this.scroll.moveTo(position);
    this.redraw();
  }

  /** Where a grid starts, in CSS pixels from the top of all there is to scroll. */
  private topOf(direction: Direction): number {
    if (direction === 'received') return headingHeight;
    return headingHeight + (this.views.get('received')?.height ?? 0) + messageGap + headingHeight;
  }

  private draw(): void {
    const { position } = this.scroll;
    const { clientHeight } = this.element;
    const { pointed, pointedLine, chosen, chosenLine } = this.state;
    const parsed = this.state.parsed.peek();
    const marks = {
      pointed: pointed.peek(),
      pointedLine: pointedLine.peek(),
      chosen: chosen.peek(),
      chosenLine: chosenLine.peek(),
    };
    this.layers.clear();
    for (const [direction, view] of this.views) {
      const { current } = this.matches;
      const currentMatch = current?.direction === direction ? current.index : -1;
      const top = position - this.topOf(direction);
      const bottom = top + clientHeight;
      const read = parsed?.direction === direction ? parsed.end : Number.POSITIVE_INFINITY;
      view.draw(
        top,
        bottom,
        {
          ...marks,
          matches: this.matches[direction],
          currentMatch,
          parsed: read,
          errors: errorPlaces(this.state.view.peek(), direction),
        },
        this.layers,
      );
    }
    this.placeHeadings(position);
  }

  /** Headings scroll with their rows, and stay at the top while any of these is in sight. */
  private placeHeadings(position: number): void {
    const next = this.topOf('sent') - headingHeight - position;
    this.place('received', Math.min(0, next - headingHeight));
    this.place('sent', Math.max(0, next));
  }

  private place(direction: Direction, top: number): void {
    const heading = this.headings.get(direction);
    if (heading !== undefined)
      heading.style.transform = `translateY(${Math.min(top, this.element.clientHeight)}px)`;
  }
}

/** The bytes of a message that show what cannot have worked. */
export function errorPlaces(view: ExchangeView | null, direction: Direction): readonly ByteRange[] {
  const errors = view?.findings.filter(({ severity }) => severity === 'error') ?? [];
  const message = direction === 'received' ? 'request' : 'response';
  // The telling place of each comes first; one that tells of another message has none here.
  return errors.flatMap(({ places }) => (places[0]?.message === message ? [places[0]] : []));
}

function headingText(message: MessageView, imported: ExchangeDetail['imported']): string {
  const { length } = message.bytes;
  const missing = message.bytes.missing(0, length);
  const parts = [`${titles[message.direction]} · ${counted(length, 'byte')}`];
  if (missing > 0) parts.push(l10n.t('{0} not kept', counted(missing, 'byte')));
  if (imported?.rebuilt === true) parts.push(l10n.t('rebuilt from HAR: not the bytes on the wire'));
  return parts.join(' · ');
}
