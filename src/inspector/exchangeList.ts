import { effect } from '@preact/signals-core';
import { html, render } from 'lit-html';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import { badgesOf, exchangeSentence } from './exchangeText.ts';
import { formatDuration, formatSize } from './format.ts';
import { icon } from './icons.ts';
import type { InspectorState, ListState } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import { RowList } from './rowList.ts';
import { visibleString } from './visibleText.ts';

const rowHeight = 22;
const columns = ['#', 'Connection', 'Method', 'Target', 'Status', 'Received', 'Sent', 'Duration', 'Remarks'];

export interface ExchangeListEvents {
  request(start: number, end: number): void;
  select(exchange: ExchangeKey): void;
  /** Enter: to what the selected exchange means. */
  leave(): void;
}

/** The list of exchanges: a grid with one tab stop, which asks for the rows in sight. */
export class ExchangeList {
  readonly grid: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly events: ExchangeListEvents;
  private readonly list: RowList<ExchangeRow>;
  private index = -1;
  /** A row to select that has not arrived yet; -1 for none. */
  private wanted = -1;
  private displaced = 0;
  private count = 0;

  constructor(state: InspectorState, events: ExchangeListEvents) {
    this.state = state;
    this.events = events;
    const { grid } = this;
    grid.className = 'list';
    grid.tabIndex = 0;
    grid.setAttribute('role', 'grid');
    grid.setAttribute('aria-label', 'Exchanges');
    grid.setAttribute('aria-colcount', String(columns.length));
    const header = document.createElement('div');
    const body = document.createElement('div');
    body.className = 'list-body';
    body.setAttribute('role', 'rowgroup');
    grid.append(header, body);
    render(headerTemplate(), header);
    header.setAttribute('role', 'rowgroup');
    header.className = 'list-header';
    this.list = new RowList({
      scroller: grid,
      body,
      rowHeight,
      headerHeight: rowHeight,
      request: (start, end) => events.request(start, end),
      draw: (element, row, index) => this.draw(element, row, index),
      drawn: () => this.markActive(),
    });
    grid.addEventListener('scroll', () => this.scrolled(), { passive: true });
    grid.addEventListener('click', (event) => this.choose(this.list.indexOf(event.target)));
    grid.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => {
      if (state.following.peek()) this.list.scrollToEnd();
    }).observe(grid);
    effect(() => {
      if (state.list.value !== null) this.change(state.list.value);
    });
    effect(() => {
      state.selected.value;
      this.list.redraw();
    });
  }

  setRows(start: number, rows: readonly ExchangeRow[]): void {
    this.list.setRows(start, rows);
    const wanted = this.list.row(this.wanted);
    if (wanted !== undefined) this.select(this.wanted, wanted);
  }

  /** Back to the newest exchange, and to following it. */
  follow(): void {
    this.state.following.value = true;
    this.list.scrollToEnd();
  }

  private change({ summary, selectedIndex }: ListState): void {
    // Both numbers start again when the capture is cleared.
    const removed = Math.min(this.count, Math.max(0, summary.displaced - this.displaced));
    this.displaced = summary.displaced;
    const first = this.count === 0;
    this.count = summary.exchanges;
    this.index = selectedIndex;
    this.grid.setAttribute('aria-rowcount', String(summary.exchanges + 1));
    this.list.change(summary.exchanges, removed);
    if (this.state.following.peek()) this.list.scrollToEnd();
    else if (first && selectedIndex >= 0) this.list.scrollTo(selectedIndex);
  }

  private scrolled(): void {
    this.state.following.value = this.list.atEnd;
  }

  private key(event: KeyboardEvent): void {
    const page = this.list.pageSize;
    const from = this.index < 0 ? this.count : this.index;
    switch (keyOf(event)) {
      case 'ArrowDown':
        this.choose(Math.min(from + 1, this.count - 1));
        break;
      case 'ArrowUp':
        this.choose(Math.max(from - 1, 0));
        break;
      case 'PageDown':
        this.choose(Math.min(from + page, this.count - 1));
        break;
      case 'PageUp':
        this.choose(Math.max(from - page, 0));
        break;
      case 'Home':
      case 'Ctrl+Home':
        this.choose(0);
        break;
      case 'End':
      case 'Ctrl+End':
        this.choose(this.count - 1);
        break;
      case 'Enter':
        this.events.leave();
        break;
      default:
        return;
    }
    used(event);
  }

  private choose(index: number): void {
    if (index < 0 || index >= this.count) return;
    this.list.scrollTo(index);
    const row = this.list.row(index);
    if (row !== undefined) {
      this.select(index, row);
    } else {
      this.wanted = index;
      this.index = index;
    }
  }

  private select(index: number, row: ExchangeRow): void {
    this.index = index;
    this.wanted = -1;
    this.events.select(row.key);
    this.list.redraw();
  }

  private draw(element: HTMLElement, row: ExchangeRow | undefined, index: number): void {
    const selected = row !== undefined && row.key === this.state.selected.peek();
    element.id = `exchange-${index}`;
    element.className = row?.rule || row?.aborted ? 'list-row failed' : 'list-row';
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', String(index + 2));
    element.setAttribute('aria-selected', String(selected));
    element.setAttribute('aria-label', row === undefined ? 'Loading' : exchangeSentence(row));
    render(
      row === undefined ? html`<span role="gridcell" class="loading">…</span>` : rowTemplate(row),
      element,
    );
  }

  /** The active row can be named only while it is drawn. */
  private markActive(): void {
    const active = this.index < 0 ? undefined : this.list.elementOf(this.index);
    if (active === undefined) this.grid.removeAttribute('aria-activedescendant');
    else this.grid.setAttribute('aria-activedescendant', active.id);
  }
}

function headerTemplate() {
  return html`<div class="list-row" role="row" aria-rowindex="1">
    ${columns.map((name) => html`<span role="columnheader">${name}</span>`)}
  </div>`;
}

function rowTemplate(row: ExchangeRow) {
  const target = visibleString(row.target);
  return html`<span role="gridcell" class="number">${row.id}</span
    ><span role="gridcell" class="number">${row.connection}</span
    ><span role="gridcell" class="wire">${visibleString(row.method)}</span
    ><span role="gridcell" class="wire target" title=${target}>${target}</span
    ><span role="gridcell" class="number ${row.status >= 400 ? 'error-status' : ''}">${row.status || '…'}</span
    ><span role="gridcell" class="number">${formatSize(row.requestSize)}</span
    ><span role="gridcell" class="number">${formatSize(row.responseSize)}</span
    ><span role="gridcell" class="number">${formatDuration(row.duration)}</span
    ><span role="gridcell" class="badges"
      >${badgesOf(row).map(
        (badge) =>
          html`<span class="badge ${badge.severe ? 'severe' : ''}">${icon(badge.icon)}<span class="badge-text">${badge.text}</span></span>`,
      )}</span
    >`;
}
