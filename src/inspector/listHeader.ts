import { l10n } from '../l10n/l10n.ts';
import type { ListColumn, ListOrder } from '../protocol/exchangeList.ts';
import { iconElement } from './icons.ts';
import { type ColumnDescription, columnDescriptions } from './listColumns.ts';

export interface ListHeaderEvents {
  sort(column: ListColumn): void;
  /** The user drags a border: the column gets so many CSS pixels more, or fewer. `ended`: the width is to be kept. */
  resize(column: ListColumn, change: number, ended: boolean): void;
}

/** Name of the column's header cell, for `aria-activedescendant`. */
export function headerCellId(column: ListColumn): string {
  return `column-${column}`;
}

/** The row of titles: a click sorts, a border can be dragged. */
export class ListHeader {
  readonly element: HTMLElement = document.createElement('div');
  private readonly row = document.createElement('div');
  private readonly events: ListHeaderEvents;

  constructor(events: ListHeaderEvents) {
    this.events = events;
    this.element.className = 'list-header';
    this.element.setAttribute('role', 'rowgroup');
    this.row.className = 'list-row';
    this.row.setAttribute('role', 'row');
    this.row.setAttribute('aria-rowindex', '1');
    this.element.append(this.row);
    this.element.addEventListener('click', (event) => {
      const column = this.columnOf(event.target);
      const onBorder = event.target instanceof Element && event.target.classList.contains('column-border');
      if (column !== null && !onBorder) events.sort(column);
    });
  }

  /** The column that a header cell or a part of it belongs to; null for anything else. */
  columnOf(target: EventTarget | null): ListColumn | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[role="columnheader"]') : null;
    if (cell === null || !this.row.contains(cell)) return null;
    return columnDescriptions.find(({ column }) => headerCellId(column) === cell.id)?.column ?? null;
  }

  render(columns: readonly ColumnDescription[], order: ListOrder, active: ListColumn | null): void {
    this.row.replaceChildren(
      ...columns.map((description, i) => this.cell(description, i, columns, order, active)),
    );
  }

  private cell(
    { column, title, isNumber }: ColumnDescription,
    index: number,
    columns: readonly ColumnDescription[],
    order: ListOrder,
    active: ListColumn | null,
  ): HTMLElement {
    const cell = document.createElement('span');
    cell.id = headerCellId(column);
    cell.setAttribute('role', 'columnheader');
    cell.setAttribute('aria-colindex', String(index + 1));
    cell.className = `${isNumber ? 'number' : ''} ${active === column ? 'active-cell' : ''}`.trim();
    const text = document.createElement('span');
    text.className = 'title';
    text.textContent = title;
    cell.append(text);
    const sorted = order?.column === column ? order : null;
    const direction = sorted === null ? 'none' : sorted.descending ? 'descending' : 'ascending';
    cell.setAttribute('aria-sort', direction);
    cell.title =
      sorted === null
        ? l10n.t('Sort by {0}', title)
        : direction === 'ascending'
          ? l10n.t('Sorted by {0}, ascending', title)
          : l10n.t('Sorted by {0}, descending', title);
    if (sorted !== null) cell.append(iconElement(sorted.descending ? 'arrow-down' : 'arrow-up'));
    if (index < columns.length - 1) cell.append(this.border(index, columns));
    return cell;
  }

  /** The border behind a column moves that column; behind the target, which takes what is left, the next one. */
  private border(index: number, columns: readonly ColumnDescription[]): HTMLElement {
    const flexible = Math.max(
      0,
      columns.findIndex(({ column }) => column === 'target'),
    );
    const isBefore = index < flexible;
    const { column } = columns[isBefore ? index : index + 1];
    const border = document.createElement('span');
    border.className = 'column-border';
    border.setAttribute('aria-hidden', 'true');
    let from = 0;
    const change = ({ clientX }: PointerEvent) => (isBefore ? clientX - from : from - clientX);
    border.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      from = event.clientX;
      border.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    border.addEventListener('pointermove', (event) => {
      if (border.hasPointerCapture(event.pointerId)) this.events.resize(column, change(event), false);
    });
    border.addEventListener('pointerup', (event) => {
      if (border.hasPointerCapture(event.pointerId)) this.events.resize(column, change(event), true);
    });
    return border;
  }
}
