import { batch, effect } from '@preact/signals-core';
import { l10n } from '../l10n/l10n.ts';
import type { ExchangeRowColumns, ListColumn, RowWindow } from '../protocol/exchangeList.ts';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import { cellKinds } from './exchangeCells.ts';
import { connectionKey, exchangeRows } from './exchangeRows.ts';
import type { InspectorState, ListState } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import {
  type ColumnChoice,
  type ColumnDescription,
  columnTracks,
  fittingColumns,
  statusFit,
  widthOf,
} from './listColumns.ts';
import { headerCellId, ListHeader } from './listHeader.ts';
import { markPainted } from './paintMark.ts';
import { RowList } from './rowList.ts';
import { noCell, RowPainter, setAttribute } from './rowPainter.ts';

const rowHeight = 22;
/** Names the moment at which the first rows are painted, in the page's time line. */
const firstRowsMark = 'spark.firstRows';
/** CSS pixels that a key moves a column's border. */
const widthStep = 12;

export interface ExchangeListEvents {
  request(start: number, end: number): void;
  select(exchange: ExchangeKey): void;
  mark(exchange: ExchangeKey, marked: boolean): void;
  /** Enter was pressed: the focus goes to what the selected exchange means. */
  leave(): void;
}

/** Where the keyboard is in the grid: a row or the header; in it a cell, or all of it (-1). */
interface Place {
  readonly row: number | 'header';
  readonly cell: number;
}

/** The list of exchanges: a grid with one tab stop, which asks for the rows in sight. */
export class ExchangeList {
  readonly grid: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly events: ExchangeListEvents;
  private readonly list: RowList<ExchangeRow>;
  private readonly header: ListHeader;
  private columns: readonly ColumnDescription[] = [];
  private readonly painter = new RowPainter();
  private place: Place = { row: -1, cell: -1 };
  /** A row to select that has not arrived yet; -1 for none. */
  private wanted = -1;
  private removed = 0;
  private count = 0;
  /** The number of the query whose rows are shown. */
  private query = 0;
  /** Whether rows were drawn once. */
  private isPainted = false;
  /** Width of the column when the drag of its border began. */
  private dragged: { readonly column: ListColumn; readonly width: number } | null = null;

  constructor(state: InspectorState, events: ExchangeListEvents) {
    this.state = state;
    this.events = events;
    const { grid } = this;
    grid.className = 'list';
    grid.tabIndex = 0;
    grid.setAttribute('role', 'grid');
    grid.setAttribute('aria-label', l10n.t('Exchanges'));
    const body = document.createElement('div');
    body.className = 'list-body';
    body.setAttribute('role', 'rowgroup');
    this.header = new ListHeader({
      sort: (column) => this.sort(column),
      resize: (column, change, ended) => this.drag(column, change, ended),
    });
    grid.append(this.header.element, body);
    this.list = new RowList({
      scroller: grid,
      body,
      rowHeight,
      headerHeight: rowHeight,
      request: (start, end) => events.request(start, end),
      draw: (element, row, index) => {
        const cell = index === this.place.row ? this.place.cell : noCell;
        this.painter.paint(element, { row, index, cell, selected: this.state.selected.peek() });
      },
      drawn: (isWhole) => {
        this.markActive();
        if (isWhole && !this.isPainted) markPainted(firstRowsMark);
        this.isPainted ||= isWhole;
      },
    });
    grid.addEventListener('scroll', () => this.scrolled(), { passive: true });
    grid.addEventListener('click', (event) => this.choose(this.list.indexOf(event.target), -1));
    grid.addEventListener('keydown', (event) => this.key(event));
    // Before VS Code looks for what the menu is about.
    grid.addEventListener('contextmenu', (event) => this.describeForMenu(event), { capture: true });
    new ResizeObserver(() => {
      this.layOut();
      if (this.follows) this.list.scrollToEnd();
    }).observe(grid);
    effect(() => {
      state.columns.value;
      state.listQuery.value.order;
      this.layOut();
    });
    effect(() => {
      if (state.list.value !== null) this.change(state.list.value);
    });
    effect(() => {
      state.selected.value;
      this.list.redraw();
    });
  }

  /** Rows to ask for with a new query, so that its first rows come with its answer. */
  get window(): RowWindow {
    const length = Math.ceil(window.innerHeight / rowHeight) + 10;
    return { start: this.follows ? 'end' : 0, length };
  }

  setRows(query: number, start: number, rows: ExchangeRowColumns): void {
    this.list.setRows(start, query === this.query ? exchangeRows(rows) : []);
    this.selectWanted();
  }

  /** Back to the newest exchange, and to following it. */
  follow(): void {
    batch(() => {
      this.state.following.value = true;
      if (this.state.listQuery.peek().order !== null) {
        this.state.listQuery.value = { ...this.state.listQuery.peek(), order: null };
      }
    });
    this.list.scrollToEnd();
  }

  /** Sorts by a column; by the one it is sorted by already, the other way, and then not at all. */
  sort(column: ListColumn): void {
    const query = this.state.listQuery.peek();
    const { order } = query;
    const next =
      order?.column !== column
        ? { column, descending: false }
        : order.descending
          ? null
          : { column, descending: true };
    this.state.listQuery.value = { ...query, order: next };
  }

  private get follows(): boolean {
    return this.state.following.peek() && this.state.listQuery.peek().order === null;
  }

  private change({ view, selectedIndex, rows }: ListState): void {
    const isNew = view.query !== this.query;
    const removed = isNew ? 0 : Math.min(this.count, view.removed - this.removed);
    this.removed = view.removed;
    const first = this.count === 0 || isNew;
    this.count = view.count;
    this.query = view.query;
    const { row, cell } = this.place;
    if (row !== 'header') this.place = { row: this.wanted >= 0 ? this.wanted : selectedIndex, cell };
    this.grid.setAttribute('aria-rowcount', String(view.count + 1));
    if (isNew) this.list.forget();
    this.list.change(view.count, removed, rows && { start: rows.start, rows: exchangeRows(rows.rows) });
    if (this.follows) this.list.scrollToEnd();
    else if (first) this.list.scrollTo(Math.max(0, selectedIndex));
    this.selectWanted();
  }

  private scrolled(): void {
    // A list that fits cannot be scrolled to its end: whether it follows stays as it was.
    if (this.list.overflows) this.state.following.value = this.list.atEnd;
  }

  /** Columns and their widths, for the room that there is. */
  private layOut(): void {
    const choice = this.state.columns.peek();
    const columns = fittingColumns(choice, this.grid.clientWidth || window.innerWidth);
    if (columns.map(({ column }) => column).join() !== this.columns.map(({ column }) => column).join()) {
      this.columns = columns;
      this.painter.columns = columns.map(({ column }) => column);
    }
    this.grid.setAttribute('aria-colcount', String(this.columns.length));
    this.setWidths(choice);
    this.renderHeader();
    this.list.redraw();
  }

  private renderHeader(): void {
    const { row, cell } = this.place;
    const active = row === 'header' ? (this.columns[cell]?.column ?? null) : null;
    this.header.render(this.columns, this.state.listQuery.peek().order, active);
  }

  private drag(column: ListColumn, change: number, ended: boolean): void {
    const choice = this.state.columns.peek();
    if (this.dragged?.column !== column) this.dragged = { column, width: widthOf(column, choice) };
    const widened = withWidth(choice, column, this.dragged.width + change);
    if (ended) {
      this.dragged = null;
      this.state.columns.value = widened;
    } else {
      // The dragged border's element must stay, so only what depends on its place is drawn anew.
      this.setWidths(widened);
    }
  }

  private setWidths(choice: ColumnChoice): void {
    this.grid.style.setProperty('--spark-columns', columnTracks(this.columns, choice));
    const fit = statusFit(choice);
    for (const name of ['narrow-status', 'narrowest-status']) this.grid.classList.toggle(name, fit === name);
  }

  private key(event: KeyboardEvent): void {
    const { row, cell } = this.place;
    if (row === 'header' ? this.headerKey(keyOf(event), cell) : this.rowKey(keyOf(event), row, cell)) {
      used(event);
    }
  }

  private rowKey(key: string, row: number, cell: number): boolean {
    const from = row < 0 ? this.count : row;
    const last = this.count - 1;
    switch (key) {
      case 'ArrowDown':
        return this.choose(Math.min(from + 1, last), cell);
      case 'ArrowUp':
        if (from === 0 || this.count === 0) return this.enterHeader(Math.max(0, cell));
        return this.choose(from - 1, cell);
      case 'PageDown':
        return this.choose(Math.min(from + this.list.pageSize, last), cell);
      case 'PageUp':
        return this.choose(Math.max(from - this.list.pageSize, 0), cell);
      case 'Home':
      case 'Ctrl+Home':
        return this.choose(0, cell);
      case 'End':
      case 'Ctrl+End':
        return this.choose(last, cell);
      case 'ArrowRight':
        return this.choose(Math.min(from, last), Math.min(cell + 1, this.columns.length - 1));
      case 'ArrowLeft':
        return this.choose(Math.min(from, last), Math.max(cell - 1, -1));
      case 'Enter':
        this.events.leave();
        return true;
      case 'm':
        return this.toggleMark(row);
      default:
        return false;
    }
  }

  private headerKey(key: string, cell: number): boolean {
    const { column } = this.columns[cell] ?? this.columns[0];
    switch (key) {
      case 'ArrowDown':
        this.place = { row: -1, cell };
        this.renderHeader();
        return this.choose(0, cell);
      case 'ArrowRight':
        return this.enterHeader(Math.min(cell + 1, this.columns.length - 1));
      case 'ArrowLeft':
        return this.enterHeader(Math.max(cell - 1, 0));
      case 'Home':
        return this.enterHeader(0);
      case 'End':
        return this.enterHeader(this.columns.length - 1);
      case 'Enter':
      case ' ':
        this.sort(column);
        return true;
      case 'Shift+ArrowRight':
      case 'Shift+ArrowLeft': {
        const choice = this.state.columns.peek();
        const change = key === 'Shift+ArrowRight' ? widthStep : -widthStep;
        this.state.columns.value = withWidth(choice, column, widthOf(column, choice) + change);
        return true;
      }
      default:
        return false;
    }
  }

  private enterHeader(cell: number): boolean {
    this.place = { row: 'header', cell };
    this.renderHeader();
    this.list.redraw();
    return true;
  }

  private toggleMark(index: number): boolean {
    const row = this.list.row(index);
    if (row === undefined) return false;
    this.events.mark(row.key, !row.marked);
    return true;
  }

  private choose(index: number, cell: number): boolean {
    if (index < 0 || index >= this.count) return false;
    const wasInHeader = this.place.row === 'header';
    this.place = { row: index, cell };
    if (wasInHeader) this.renderHeader();
    this.list.scrollTo(index);
    const row = this.list.row(index);
    if (row !== undefined) this.select(index, row);
    else this.wanted = index;
    return true;
  }

  private selectWanted(): void {
    const wanted = this.list.row(this.wanted);
    if (wanted !== undefined) this.select(this.wanted, wanted);
  }

  private select(index: number, row: ExchangeRow): void {
    this.place = { row: index, cell: this.place.cell };
    this.wanted = -1;
    this.events.select(row.key);
    this.list.redraw();
  }

  /** The active row or cell can be named only while it is drawn. */
  private markActive(): void {
    const id = this.activeId();
    if (id === null) this.grid.removeAttribute('aria-activedescendant');
    else setAttribute(this.grid, 'aria-activedescendant', id);
  }

  private activeId(): string | null {
    const { row, cell } = this.place;
    if (row === 'header') {
      const column = this.columns[cell];
      return column === undefined ? null : headerCellId(column.column);
    }
    const element = row < 0 ? undefined : this.list.elementOf(row);
    if (element === undefined) return null;
    const active = element.children[cell];
    for (const named of this.grid.querySelectorAll('#active-cell')) named.removeAttribute('id');
    if (active === undefined) return element.id;
    active.id = 'active-cell';
    return active.id;
  }

  /** Says what VS Code's context menu is about: the cell under the pointer, or the one where the keyboard is. */
  private describeForMenu(event: MouseEvent): void {
    const isKey = event.target === this.grid;
    const { row, cell } = this.place;
    const header = isKey
      ? row === 'header'
        ? (this.columns[cell]?.column ?? null)
        : null
      : this.header.columnOf(event.target);
    const index = isKey ? (row === 'header' ? -1 : row) : this.list.indexOf(event.target);
    if (!isKey && index >= 0) this.choose(index, -1);
    const context =
      header === null
        ? this.rowContext(index, isKey ? cell : cellIndex(event.target))
        : headerContext(header);
    this.grid.dataset.vscodeContext = JSON.stringify({ ...context, preventDefaultContextMenuItems: true });
  }

  private rowContext(index: number, cell: number): Readonly<Record<string, unknown>> {
    const row = this.list.row(index);
    if (row === undefined) return { webviewSection: 'list' };
    // For a row as a whole, the target is what most users want to filter by.
    const kind = cellKinds[this.columns[cell]?.column ?? 'target'];
    const { operator, value } = kind.filterable(row) ?? { operator: '', value: '' };
    return {
      webviewSection: 'exchange',
      exchange: row.key,
      connection: connectionKey(row.key, row.connection),
      exchangeMarked: row.marked,
      exchangeImported: row.imported,
      filterOperator: operator,
      filterValue: value,
    };
  }
}

function headerContext(column: ListColumn): Readonly<Record<string, unknown>> {
  return { webviewSection: 'listHeader', listColumn: column };
}

function cellIndex(target: EventTarget | null): number {
  const cell = target instanceof Element ? target.closest('[role="gridcell"]') : null;
  return cell === null ? -1 : Number(cell.getAttribute('aria-colindex')) - 1;
}

function withWidth(choice: ColumnChoice, column: ListColumn, width: number): ColumnChoice {
  const widths = { ...choice.widths, [column]: width };
  return { ...choice, widths: { ...widths, [column]: widthOf(column, { ...choice, widths }) } };
}
