/** What a list is made of: where its rows come from and how one is drawn. */
export interface RowListOptions<Row> {
  /** Scrolls; its header, if any, sticks to its top. */
  readonly scroller: HTMLElement;
  /** Holds the rows, and is as tall as all of them together. */
  readonly body: HTMLElement;
  /** CSS pixels. */
  readonly rowHeight: number;
  /** CSS pixels that the header covers. */
  readonly headerHeight: number;
  /** Asks for rows, which `setRows` brings later: `start` inclusive, `end` exclusive. */
  readonly request: (start: number, end: number) => void;
  /** Draws a row into its element; `row` undefined while it has not arrived. */
  readonly draw: (element: HTMLElement, row: Row | undefined, index: number) => void;
  /** Called when the rows in sight are drawn. */
  readonly drawn: () => void;
}

/** Rows asked for beyond the visible ones, so that slow scrolling never shows an empty row. */
const overscan = 30;
const mostCached = 2000;
/** Milliseconds after which an answer counts as lost: it is asked for anew. */
const longestAnswer = 1000;

/** A list of any length that draws the visible rows only, all of one height, into elements that are used again. */
export class RowList<Row> {
  private readonly options: RowListOptions<Row>;
  private readonly rows = new Map<number, Row>();
  private readonly elements: HTMLElement[] = [];
  private count = 0;
  /** When rows were asked for that have not come; -Infinity for none. */
  private requestedAt = Number.NEGATIVE_INFINITY;
  private frame = 0;

  constructor(options: RowListOptions<Row>) {
    this.options = options;
    options.scroller.addEventListener('scroll', () => this.redraw(), { passive: true });
    new ResizeObserver(() => this.redraw()).observe(options.scroller);
  }

  /** Rows that fit into the list at once. */
  get pageSize(): number {
    const { scroller, headerHeight, rowHeight } = this.options;
    return Math.max(1, Math.floor((scroller.clientHeight - headerHeight) / rowHeight));
  }

  /** Whether the last row is in sight. */
  get atEnd(): boolean {
    const { scroller, rowHeight } = this.options;
    return scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - rowHeight / 2;
  }

  /** Whether there are more rows than fit. */
  get overflows(): boolean {
    return this.options.scroller.scrollHeight > this.options.scroller.clientHeight;
  }

  /**
   * The list has changed: rows may be new, other or gone. `removed` rows left at its start, so that what is in sight
   * stays there.
   */
  change(count: number, removed: number): void {
    const { scroller, body, rowHeight } = this.options;
    if (removed > 0) {
      const kept = [...this.rows].filter(([index]) => index >= removed);
      this.rows.clear();
      for (const [index, row] of kept) this.rows.set(index - removed, row);
    }
    for (const index of this.rows.keys()) if (index >= count) this.rows.delete(index);
    const top = scroller.scrollTop;
    this.count = count;
    body.style.height = `${count * rowHeight}px`;
    if (removed > 0) scroller.scrollTop = Math.max(0, top - removed * rowHeight);
    this.requestVisible();
    this.redraw();
  }

  /** None of the rows that arrived are those of the list any more. */
  forget(): void {
    this.rows.clear();
  }

  setRows(start: number, rows: readonly Row[]): void {
    this.requestedAt = Number.NEGATIVE_INFINITY;
    if (this.rows.size > mostCached) this.rows.clear();
    rows.forEach((row, i) => {
      this.rows.set(start + i, row);
    });
    this.redraw();
  }

  /** The row at an index, if it has arrived. */
  row(index: number): Row | undefined {
    return this.rows.get(index);
  }

  /** The element that shows a row now, if one does. */
  elementOf(index: number): HTMLElement | undefined {
    const element = this.elements[index % this.elements.length];
    return element?.dataset.index === String(index) && !element.hidden ? element : undefined;
  }

  /** The index of the row that an element or one of its descendants belongs to; -1 for none. */
  indexOf(target: EventTarget | null): number {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
    return row === null || !this.options.body.contains(row) ? -1 : Number(row.dataset.index);
  }

  scrollToEnd(): void {
    this.options.scroller.scrollTop = this.options.scroller.scrollHeight;
  }

  /** Scrolls as little as needed to bring a row into sight. */
  scrollTo(index: number): void {
    const { scroller, rowHeight, headerHeight } = this.options;
    const top = index * rowHeight;
    const bottom = top + rowHeight + headerHeight - scroller.clientHeight;
    if (scroller.scrollTop > top) scroller.scrollTop = top;
    else if (scroller.scrollTop < bottom) scroller.scrollTop = bottom;
    this.draw();
  }

  /** Draws again before the next frame. */
  redraw(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private visible(): { first: number; last: number } {
    const { scroller, rowHeight } = this.options;
    const { scrollTop } = scroller;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight));
    const last = Math.min(this.count, Math.ceil((scrollTop + scroller.clientHeight) / rowHeight));
    return { first, last };
  }

  private draw(): void {
    const { draw, rowHeight } = this.options;
    const { first, last } = this.visible();
    this.provideElements(last - first);
    const size = this.elements.length;
    let missing = false;
    // The row at an index always lies in the same element, so that scrolling by one changes one element.
    for (let slot = 0; slot < size; slot++) {
      const element = this.elements[slot];
      const index = first + ((((slot - first) % size) + size) % size);
      element.hidden = index >= last;
      if (element.hidden) {
        // Another element may show its row now, under the same name.
        element.removeAttribute('id');
        continue;
      }
      const row = this.rows.get(index);
      missing ||= row === undefined;
      element.dataset.index = String(index);
      element.style.transform = `translateY(${index * rowHeight}px)`;
      draw(element, row, index);
    }
    this.options.drawn();
    if (missing && performance.now() - this.requestedAt > longestAnswer) this.requestVisible();
  }

  private requestVisible(): void {
    const { first, last } = this.visible();
    if (first >= last) return;
    this.requestedAt = performance.now();
    this.options.request(Math.max(0, first - overscan), Math.min(this.count, last + overscan));
  }

  private provideElements(count: number): void {
    while (this.elements.length < count) {
      const element = document.createElement('div');
      element.hidden = true;
      this.elements.push(element);
      this.options.body.append(element);
    }
  }
}
