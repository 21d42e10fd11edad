/** What a list is made of: its elements, where its rows come from and how one is drawn. */
export interface RowListOptions<Row> {
  /** Scrolls; its header, if any, sticks to its top. */
  readonly scroller: HTMLElement;
  /** Contains the rows, and is as tall as all of them together would be. */
  readonly body: HTMLElement;
  /** CSS pixels. */
  readonly rowHeight: number;
  /** CSS pixels that the header covers. */
  readonly headerHeight: number;
  /** Asks for rows, which `setRows` brings later: `start` inclusive, `end` exclusive. */
  readonly request: (start: number, end: number) => void;
  /** Draws a row into its element; `row` undefined while it has not arrived. */
  readonly draw: (element: HTMLElement, row: Row | undefined, index: number) => void;
  /** Called when the rows in sight are drawn, with whether there are any and all of them have arrived. */
  readonly drawn: (isWhole: boolean) => void;
}

/** Rows from an index on. */
export interface ArrivedRows<Row> {
  readonly start: number;
  readonly rows: readonly Row[];
}

/** Rows asked for beyond the visible ones, when fewer than `ahead` are there: slow scrolling shows no empty row. */
const overscan = 30;
const ahead = 10;
const mostCached = 2000;
/** Milliseconds after which an answer counts as lost, and the rows are asked for again. */
const longestAnswer = 1000;

/** A list of any length that draws the visible rows only, all of one height, into elements that are used again. */
export class RowList<Row> {
  private readonly options: RowListOptions<Row>;
  private readonly rows = new Map<number, Row>();
  private readonly elements: HTMLElement[] = [];
  private count = 0;
  /** CSS pixels of the scroller, without asking the layout for it. */
  private height = 0;
  private readonly shown = new WeakMap<HTMLElement, number>();
  /** When rows were asked for that have not come; -Infinity for none. */
  private requestedAt = Number.NEGATIVE_INFINITY;
  /** Timer that asks again for rows whose answer was lost, if nothing else does. */
  private lost: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  /** The rows that are drawn may have changed: they are asked for anew. */
  private isStale = false;

  constructor(options: RowListOptions<Row>) {
    this.options = options;
    options.scroller.addEventListener('scroll', () => this.redraw(), { passive: true });
    new ResizeObserver(([entry]) => {
      this.height = entry.contentRect.height;
      this.redraw();
    }).observe(options.scroller);
  }

  /** Rows that fit into the list at once. */
  get pageSize(): number {
    const { headerHeight, rowHeight } = this.options;
    return Math.max(1, Math.floor((this.heightInSight - headerHeight) / rowHeight));
  }

  /** Whether the last row is in sight. */
  get atEnd(): boolean {
    const { scroller, rowHeight } = this.options;
    return scroller.scrollTop + this.heightInSight >= this.wholeHeight - rowHeight / 2;
  }

  /** Whether there are more rows than fit. */
  get overflows(): boolean {
    return this.wholeHeight > this.heightInSight;
  }

  /**
   * The list has changed: rows may be new, other or gone. `removed` rows left at its start, or came to it where it is
   * negative; what is in sight stays there. `arrived`: those in sight, where they came along; else they are asked for.
   */
  change(count: number, removed: number, arrived: ArrivedRows<Row> | null): void {
    const { scroller, body, rowHeight } = this.options;
    if (removed !== 0) {
      const kept = [...this.rows].filter(([index]) => index >= removed);
      this.rows.clear();
      for (const [index, row] of kept) this.rows.set(index - removed, row);
    }
    for (const index of this.rows.keys()) if (index >= count) this.rows.delete(index);
    const top = scroller.scrollTop;
    this.count = count;
    body.style.height = `${count * rowHeight}px`;
    if (removed !== 0) scroller.scrollTop = Math.max(0, top - removed * rowHeight);
    this.isStale = arrived === null;
    if (arrived !== null) this.setRows(arrived.start, arrived.rows);
    this.redraw();
  }

  /** Forgets all rows that have arrived: they are of another list. */
  forget(): void {
    this.rows.clear();
  }

  setRows(start: number, rows: readonly Row[]): void {
    this.requestedAt = Number.NEGATIVE_INFINITY;
    clearTimeout(this.lost);
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
    this.options.scroller.scrollTop = this.wholeHeight;
  }

  /** Scrolls as little as needed to bring a row into sight. */
  scrollTo(index: number): void {
    const { scroller, rowHeight, headerHeight } = this.options;
    const top = index * rowHeight;
    const bottom = top + rowHeight + headerHeight - this.heightInSight;
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
    const last = Math.min(this.count, Math.ceil((scrollTop + this.heightInSight) / rowHeight));
    return { first, last };
  }

  private get heightInSight(): number {
    if (this.height === 0) this.height = this.options.scroller.clientHeight;
    return this.height;
  }

  private get wholeHeight(): number {
    const { headerHeight, rowHeight } = this.options;
    return headerHeight + this.count * rowHeight;
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
      if (index >= last) {
        this.hide(element);
        continue;
      }
      const row = this.rows.get(index);
      missing ||= row === undefined;
      if (this.shown.get(element) !== index) {
        this.shown.set(element, index);
        element.hidden = false;
        element.dataset.index = String(index);
        element.style.transform = `translateY(${index * rowHeight}px)`;
      }
      draw(element, row, index);
    }
    this.options.drawn(last > first && !missing);
    missing ||= [first - ahead, last + ahead - 1].some((index) => this.lacks(index));
    const isLost = missing && performance.now() - this.requestedAt > longestAnswer;
    if (this.isStale || isLost) this.requestVisible();
  }

  /** Whether a row stands at an index that has not arrived. */
  private lacks(index: number): boolean {
    const { count, rows } = this;
    return count > 0 && !rows.has(Math.min(count - 1, Math.max(0, index)));
  }

  private hide(element: HTMLElement): void {
    if (!this.shown.delete(element)) return;
    element.hidden = true;
    // Another element may show its row now, under the same name.
    element.removeAttribute('id');
  }

  private requestVisible(): void {
    const { first, last } = this.visible();
    this.isStale = false;
    if (first >= last) return;
    this.requestedAt = performance.now();
    clearTimeout(this.lost);
    this.lost = setTimeout(() => this.redraw(), longestAnswer + 1);
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
