import { hex, octetName } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import { counted } from './format.ts';
import { definedIn, grammar } from './grammar.ts';
import { HexLayout, type HexRow } from './hexLayout.ts';
import {
  gapText,
  type HexColumns,
  hexCharacter,
  hexRowText,
  isVisible,
  offsetAt,
  runInRow,
} from './hexRow.ts';
import type { HighlightLayer, HighlightLayers } from './highlightLayers.ts';
import type { Chosen, Mark } from './inspectorState.ts';
import type { MessageView } from './messageView.ts';
import { type ByteRange, firstEndingAfter, spanIndexAt } from './spanIndex.ts';
import {
  formatSince,
  rulerLabel,
  type Transfer,
  transferAt,
  transfersBeginning,
  transfersOf,
  verbs,
} from './transfers.ts';

interface DrawnRow {
  readonly element: HTMLElement;
  readonly text: Text;
  /** Names what was read or written from this row on. */
  readonly ruler: HTMLElement;
  readonly label: HTMLElement;
  row: HexRow | null;
}

/** Marks that are drawn over a message's bytes. */
export interface HexMarks {
  readonly pointed: Mark | null;
  readonly pointedLine: Mark | null;
  readonly chosen: Chosen | null;
  readonly chosenLine: Mark | null;
  /** What a search found in this message, in order; and the index of the match that the user went to, -1 for none. */
  readonly matches: readonly ByteRange[];
  readonly currentMatch: number;
  /** How many bytes the parser has read while the user steps through the message: only these have a meaning yet. */
  readonly parsed: number;
  /** Ranges that show an error, the most telling first. */
  readonly errors: readonly ByteRange[];
}

/** How the bytes of a message are shown. */
export interface HexLook {
  readonly columns: HexColumns;
  /** Whether CR, LF, NUL, TAB and SP are told apart in the text. */
  readonly showsControls: boolean;
  /** What times on the ruler count from: milliseconds since the epoch. */
  readonly origin: number;
}

/** A line of the width that the stylesheet gives it. */
const boundary = 'linear-gradient(var(--spark-boundary), var(--spark-boundary))';

/** Where lines stand before a column of bytes, in both parts of a row. */
function boundaries(column: number, columns: HexColumns): string[] {
  const inHex = `calc(${hexCharacter(columns, column)}ch - 0.5ch - 1px) 0`;
  return [inHex, `calc(${columns.textStart + column}ch - 1px) 0`];
}

/** Bytes of an error that are marked as one that breaks a rule is. */
const mostInSign = 16;

/**
 * The bytes of one message as rows of text, of which the visible ones exist. A row is one text: what is marked in it
 * is a highlight, and only the byte under the cursor has an element of its own.
 */
export class HexView {
  /** Focusable, and as tall as the rows in sight. */
  readonly grid: HTMLElement = document.createElement('div');
  message: MessageView;
  layout: HexLayout;
  private look: HexLook;
  private transfers: readonly Transfer[] = [];
  private readonly rowHeight: () => number;
  private readonly drawn: DrawnRow[] = [];
  private readonly cursor = document.createElement('span');
  private readonly cursorText = document.createElement('span');
  private readonly offence = document.createElement('span');
  private readonly offenceText = document.createElement('span');

  /** `rowHeight`: in CSS pixels. */
  constructor(message: MessageView, look: HexLook, rowHeight: () => number) {
    this.message = message;
    this.look = look;
    this.rowHeight = rowHeight;
    this.layout = new HexLayout(message.bytes, look.columns.columns);
    this.grid.className = 'hex';
    this.grid.tabIndex = 0;
    this.grid.setAttribute('role', 'grid');
    this.cursor.className = 'cursor';
    this.cursor.setAttribute('role', 'gridcell');
    this.cursor.id = `cursor-${message.direction}`;
    this.cursorText.className = 'cursor in-text';
    this.cursorText.setAttribute('aria-hidden', 'true');
    this.offence.className = 'offence';
    this.offence.setAttribute('aria-hidden', 'true');
    this.offenceText.className = 'offence in-text';
    this.offenceText.setAttribute('aria-hidden', 'true');
    this.show(message, look);
  }

  /** Pixels that all rows take. */
  get height(): number {
    return this.layout.rowCount * this.rowHeight();
  }

  private get columns(): HexColumns {
    return this.look.columns;
  }

  /** Characters that a full row takes. */
  get width(): number {
    return this.columns.width;
  }

  show(message: MessageView, look: HexLook): void {
    const { columns } = look;
    this.message = message;
    this.look = look;
    this.layout = new HexLayout(message.bytes, columns.columns);
    this.transfers = transfersOf(message.detail.segments);
    const { grid } = this;
    grid.style.setProperty('--spark-row-width', `${columns.width}ch`);
    grid.setAttribute('aria-rowcount', String(this.layout.rowCount));
    grid.setAttribute('aria-colcount', String(columns.columns + 1));
    grid.setAttribute(
      'aria-label',
      message.direction === 'received'
        ? l10n.t('Request bytes, {0}', counted(message.bytes.length, 'byte'))
        : l10n.t('Response bytes, {0}', counted(message.bytes.length, 'byte')),
    );
    for (const drawn of this.drawn) drawn.row = null;
  }

  /**
   * The byte at a place in the grid, in CSS pixels from its corner and in characters; the first of those that a row says
   * were not kept; -1 for none.
   */
  offsetAt(character: number, y: number): number {
    const index = Math.floor(y / this.rowHeight());
    if (index < 0 || index >= this.layout.rowCount) return -1;
    const row = this.layout.row(index);
    if (row.bytes === null) return character >= 0 && character < this.columns.width ? row.start : -1;
    return offsetAt(character, row, this.columns);
  }

  /** Draws the rows between two heights in the grid, with their marks. */
  draw(top: number, bottom: number, marks: HexMarks, layers: HighlightLayers): void {
    const rowHeight = this.rowHeight();
    const visibleTop = Math.max(0, top);
    this.grid.style.top = `${visibleTop - top}px`;
    this.grid.style.height = `${Math.max(0, Math.min(bottom, this.height) - visibleTop)}px`;
    const first = Math.max(0, Math.floor(top / rowHeight));
    const last = Math.min(this.layout.rowCount, Math.ceil(bottom / rowHeight));
    this.provideRows(Math.max(0, last - first));
    const size = this.drawn.length;
    for (let slot = 0; slot < size; slot++) {
      const drawn = this.drawn[slot];
      const index = first + ((((slot - first) % size) + size) % size);
      drawn.element.hidden = index >= last;
      if (drawn.element.hidden) {
        drawn.row = null;
        continue;
      }
      this.drawRow(drawn, index);
      drawn.element.style.transform = `translateY(${index * rowHeight - visibleTop}px)`;
      if (drawn.row !== null) this.mark(drawn.row, drawn.text, marks, layers);
    }
    this.placeCursor(first, last, marks.chosen);
    this.placeOffence(first, last, marks.errors, layers);
  }

  private drawRow(drawn: DrawnRow, index: number): void {
    const row = this.layout.row(index);
    const same = drawn.row !== null && drawn.row.start === row.start && drawn.row.end === row.end;
    if (same) return;
    drawn.row = row;
    drawn.text.data = hexRowText(row, this.columns, this.look.showsControls);
    drawn.element.classList.toggle('not-kept', row.bytes === null);
    // What has no room in the row is shown when the pointer rests on it.
    drawn.element.title = row.bytes === null ? drawn.text.data : '';
    drawn.element.setAttribute('aria-rowindex', String(index + 1));
    this.drawRuler(drawn, row);
  }

  /** The ruler beside a row, and a line before each byte that a read or write begins with. */
  private drawRuler({ element, ruler, label }: DrawnRow, row: HexRow): void {
    const { transfers, columns, look } = this;
    const beginning = transfersBeginning(transfers, row.start, row.end);
    const carrying = transferAt(transfers, row.end - 1);
    label.textContent = rulerLabel(beginning, verbs[this.message.direction], look.origin);
    ruler.className = `ruler${beginning.length > 0 ? ' begins' : ''}`;
    ruler.dataset.carries = carrying === null ? 'unknown' : carrying.number % 2 === 0 ? 'even' : 'odd';
    const lines =
      row.bytes === null
        ? []
        : beginning.flatMap(({ start }) => boundaries(start - row.start + row.column, columns));
    element.style.backgroundImage = lines.map(() => boundary).join(',');
    element.style.backgroundPosition = lines.join(',');
  }

  private mark(row: HexRow, text: Text, marks: HexMarks, layers: HighlightLayers): void {
    layers.add('offset', text, 0, this.columns.digits);
    const { spans, direction } = this.message;
    if (row.bytes === null) {
      layers.add('gap', text, this.columns.hexStart, text.length);
      const { chosen } = marks;
      if (chosen?.direction === direction && chosen.start < row.end && chosen.end > row.start)
        layers.add('chosen', text, this.columns.hexStart, text.length);
      return;
    }
    const { parsed } = marks;
    for (let i = firstEndingAfter(spans, row.start); i < spans.length && spans[i].start < row.end; i++) {
      if (spans[i].start >= parsed) break;
      this.markRun(row, text, `role-${grammar[spans[i].name].role}`, upTo(parsed, spans[i]), layers);
    }
    if (row.end > parsed) this.markRun(row, text, 'unread', { start: parsed, end: row.end }, layers);
    this.markPlaceholders(row, row.bytes, text, layers);
    const { pointed, pointedLine, chosen, chosenLine } = marks;
    if (pointedLine?.direction === direction) this.markRun(row, text, 'pointed-line', pointedLine, layers);
    if (chosenLine?.direction === direction) this.markRun(row, text, 'chosen-line', chosenLine, layers);
    if (pointed?.direction === direction) this.markRun(row, text, 'pointed', pointed, layers);
    if (chosen?.direction === direction) this.markRun(row, text, 'chosen', upTo(parsed, chosen), layers);
    const { matches, currentMatch } = marks;
    for (
      let i = firstEndingAfter(matches, row.start);
      i < matches.length && matches[i].start < row.end;
      i++
    ) {
      this.markRun(row, text, i === currentMatch ? 'current-match' : 'match', matches[i], layers);
    }
  }

  private markRun(
    row: HexRow,
    text: Text,
    layer: HighlightLayer,
    { start, end }: { start: number; end: number },
    layers: HighlightLayers,
  ): void {
    const run = runInRow(row, this.columns, start, end);
    if (run === null) return;
    layers.add(layer, text, run.hexStart, run.hexEnd);
    layers.add(layer, text, run.textStart, run.textEnd);
  }

  /** Bytes that the text column cannot show are drawn fainter than those it shows. */
  private markPlaceholders(row: HexRow, bytes: Uint8Array, text: Text, layers: HighlightLayers): void {
    const first = this.columns.textStart + row.column;
    for (let i = 0; i < bytes.length; i++) {
      if (!this.isPlaceholder(bytes[i])) continue;
      let end = i + 1;
      while (end < bytes.length && this.isPlaceholder(bytes[end])) end++;
      layers.add(this.look.showsControls ? 'control' : 'placeholder', text, first + i, first + end);
      i = end;
    }
  }

  private isPlaceholder(octet: number): boolean {
    return !isVisible(octet) || (this.look.showsControls && octet === 0x20);
  }

  private placeCursor(first: number, last: number, chosen: Chosen | null): void {
    const mine = chosen?.direction === this.message.direction ? chosen : null;
    const place = mine === null ? null : this.place(mine.offset, first, last);
    if (mine === null || place === null) {
      this.cursor.remove();
      this.cursorText.remove();
      this.grid.removeAttribute('aria-activedescendant');
      return;
    }
    const isGap = place.row.bytes === null;
    const column = isGap ? 0 : this.columnOf(mine.offset, place.row);
    this.cursor.classList.toggle('gap', isGap);
    this.cursorText.hidden = isGap;
    this.cursor.setAttribute('aria-colindex', String(column + 2));
    this.cursor.setAttribute('aria-label', isGap ? describeGap(place.row) : this.describe(mine.offset));
    this.box(this.cursor, this.cursorText, column, place.element);
    this.grid.setAttribute('aria-activedescendant', this.cursor.id);
  }

  private placeOffence(
    first: number,
    last: number,
    errors: readonly ByteRange[],
    layers: HighlightLayers,
  ): void {
    const { violation, bytes } = this.message;
    const start = violation?.offset ?? errors[0]?.start ?? -1;
    // A rule that was broken by missing bytes is shown at the last byte that arrived.
    const offset = Math.min(start, bytes.length - 1);
    const end =
      violation === null && errors.length > 0 ? Math.min(errors[0].end, start + mostInSign) : offset + 1;
    const place = offset < 0 ? null : this.place(offset, first, last);
    for (const { element } of this.drawn) element.classList.toggle('offending', element === place?.element);
    if (place === null || place.row.bytes === null) {
      this.offence.remove();
      this.offenceText.remove();
      return;
    }
    this.box(this.offence, this.offenceText, this.columnOf(offset, place.row), place.element);
    this.markRun(place.row, place.text, 'violation', { start: offset, end }, layers);
  }

  /** The drawn row of a byte; null while it is out of sight. */
  private place(offset: number, first: number, last: number) {
    const index = this.layout.rowOf(offset);
    if (index < first || index >= last) return null;
    const { element, text, row } = this.drawn[index % this.drawn.length];
    return row === null ? null : { element, text, row };
  }

  private box(inHex: HTMLElement, inText: HTMLElement, column: number, row: HTMLElement): void {
    inHex.style.left = `${hexCharacter(this.columns, column)}ch`;
    inText.style.left = `${this.columns.textStart + column}ch`;
    if (inHex.parentElement !== row) row.append(inHex, inText);
  }

  private columnOf(offset: number, row: HexRow): number {
    return offset - row.start + row.column;
  }

  /** A byte in words. */
  private describe(offset: number): string {
    const { bytes, spans, violation } = this.message;
    const octet = bytes.at(offset);
    const parts = [l10n.t('offset {0}, hexadecimal {1}, {2}', offset, hex(octet, 2), octetName(octet))];
    const index = spanIndexAt(spans, offset);
    if (index >= 0) parts.push(l10n.t('in {0}, {1}', spans[index].name, definedIn(spans[index].name)));
    const transfer = transferAt(this.transfers, offset);
    if (transfer !== null) {
      const since = formatSince(transfer.time, this.look.origin);
      parts.push(
        this.message.direction === 'received'
          ? l10n.t('read {0} at {1}', transfer.number, since)
          : l10n.t('write {0} at {1}', transfer.number, since),
      );
    }
    if (violation?.offset === offset) parts.push(l10n.t('here the rule {0} is broken', violation.rule));
    return parts.join(', ');
  }

  private provideRows(count: number): void {
    if (this.drawn.length >= count) return;
    while (this.drawn.length < count) {
      const element = document.createElement('div');
      const cell = document.createElement('span');
      const text = document.createTextNode('');
      element.className = 'hex-row';
      element.setAttribute('role', 'row');
      cell.setAttribute('role', 'gridcell');
      cell.append(text);
      const ruler = document.createElement('span');
      ruler.setAttribute('aria-hidden', 'true');
      const label = document.createElement('span');
      ruler.append(label);
      element.append(cell, ruler);
      this.grid.append(element);
      this.drawn.push({ element, text, ruler, label, row: null });
    }
    // Which element a row lies in depends on the number of elements.
    for (const drawn of this.drawn) drawn.row = null;
  }
}

/** Bytes that were not kept, in words. */
function describeGap(row: HexRow): string {
  return l10n.t('from offset {0}: {1}', row.start, gapText(row));
}

/** The part of a range that lies before an offset; some of it does. */
function upTo(offset: number, { start, end }: ByteRange): ByteRange {
  return { start, end: Math.max(start, Math.min(end, offset)) };
}
