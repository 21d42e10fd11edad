import { l10n } from '../l10n/l10n.ts';
import type { ListColumn } from '../protocol/exchangeList.ts';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import { cellKinds } from './exchangeCells.ts';
import { exchangeSentence } from './exchangeText.ts';

/** Instead of a cell's number: the keyboard is not in this row. */
export const noCell = -2;
/** Milliseconds without painting after which rows get their words. */
const pause = 80;

/** What a row's element shows. */
export interface PaintedRow {
  /** Undefined until it has arrived. */
  readonly row: ExchangeRow | undefined;
  readonly index: number;
  /** Where the keyboard is in it: a cell, all of it (-1), or `noCell`. */
  readonly cell: number;
  readonly selected: ExchangeKey | null;
}

interface Painted extends PaintedRow {
  readonly columns: readonly ListColumn[];
}

/**
 * Draws rows of the list into elements. What is seen is drawn at once, what is only heard or hovered over - the row as
 * a sentence, the words of its cells - when there is a pause, and at once where the keyboard is.
 */
export class RowPainter {
  /** What the elements show now; those left unpainted stay as they were. */
  private readonly painted = new WeakMap<HTMLElement, Painted>();
  private readonly wordless = new Set<HTMLElement>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** The columns of the rows that are painted from now on. */
  columns: readonly ListColumn[] = [];

  paint(element: HTMLElement, next: PaintedRow): void {
    const { row, index, cell, selected } = next;
    const before = this.painted.get(element);
    const isSelected = row !== undefined && row.key === selected;
    const wasSelected = before?.row !== undefined && before.row.key === before.selected;
    const isRemade = before?.columns !== this.columns;
    this.painted.set(element, { ...next, columns: this.columns });
    if (isRemade) this.makeCells(element);
    if (isRemade || before?.index !== index || element.id === '') {
      element.id = `exchange-${index}`;
      element.setAttribute('aria-rowindex', String(index + 2));
    }
    if (isRemade || isSelected !== wasSelected) element.setAttribute('aria-selected', String(isSelected));
    if (isRemade || before?.cell !== cell) this.markCell(element, before?.cell ?? noCell, cell);
    if (isRemade || before?.row !== row) {
      setAttribute(element, 'class', row === undefined ? 'list-row loading' : 'list-row');
      if (row !== undefined) {
        this.columns.forEach((column, i) => {
          cellKinds[column].draw(element.children[i] as HTMLElement, row);
        });
      }
      this.wordless.add(element);
    }
    if (!this.wordless.has(element)) return;
    if (cell === noCell) this.giveWordsLater();
    else this.giveWords(element);
  }

  private markCell(element: HTMLElement, before: number, cell: number): void {
    element.children[before]?.classList.remove('active-cell');
    element.children[cell]?.classList.add('active-cell');
  }

  private giveWordsLater(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      for (const element of this.wordless) this.giveWords(element);
    }, pause);
  }

  private giveWords(element: HTMLElement): void {
    this.wordless.delete(element);
    const row = this.painted.get(element)?.row;
    setAttribute(element, 'aria-label', row === undefined ? l10n.t('Loading') : exchangeSentence(row));
    if (row === undefined) return;
    this.columns.forEach((column, i) => {
      const words = cellKinds[column].words?.(row);
      if (words !== undefined) setAttribute(element.children[i], 'title', words);
    });
  }

  private makeCells(element: HTMLElement): void {
    element.setAttribute('role', 'row');
    element.replaceChildren(
      ...this.columns.map((column, i) => {
        const cell = document.createElement('span');
        cell.setAttribute('role', 'gridcell');
        cell.setAttribute('aria-colindex', String(i + 1));
        cell.className = cellKinds[column].className;
        return cell;
      }),
    );
  }
}

/** Without touching an element that has it already: that is most of the cost of scrolling. */
export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
