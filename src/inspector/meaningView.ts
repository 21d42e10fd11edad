import { effect, type Signal, signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { LF } from '../http/bytes.ts';
import type { Span } from '../http/dissect.ts';
import { ruleSource, rules } from '../http/rules.ts';
import type { Direction } from '../protocol/capture.ts';
import { bodyText } from './bodyText.ts';
import { counted } from './format.ts';
import { grammar } from './grammar.ts';
import { icon } from './icons.ts';
import type { InspectorState, Mark } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import type { MeaningLine } from './meaning.ts';
import type { ExchangeView, MessageView } from './messageView.ts';
import { hex, octetName, visiblePieces } from './visibleText.ts';

/** Bytes of a body that are shown at first, and at most. */
const firstBody = 2048;
const wholeBody = 256 * 1024;
/** Bytes of one token that are shown. */
const mostOfToken = 4096;

export interface MeaningEvents {
  /** Enter on something that stands for bytes: to these bytes. */
  toBytes(mark: Mark): void;
}

/** What the selected exchange means: a grid of one row per line of the messages, with one tab stop. */
export class MeaningView {
  readonly element: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly events: MeaningEvents;
  private readonly wholeBodies: Signal<ReadonlySet<Direction>> = signal(new Set());
  private lines = new Map<string, HTMLElement>();
  private tokens = new Map<string, HTMLElement>();
  /** The cell that Tab leads to. */
  private current: HTMLElement | null = null;

  constructor(state: InspectorState, events: MeaningEvents) {
    this.state = state;
    this.events = events;
    const { element } = this;
    element.className = 'meaning';
    element.setAttribute('role', 'grid');
    element.setAttribute('aria-label', 'Meaning');
    element.addEventListener('pointerover', (event) => state.point(markOf(event.target), null));
    element.addEventListener('pointerleave', () => state.point(null, null));
    element.addEventListener('click', (event) => this.click(event));
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('focusin', (event) => this.focused(event.target));
    let shown = '';
    effect(() => {
      const view = state.view.value;
      const key = view?.detail.row.key ?? '';
      if (key !== shown) this.wholeBodies.value = new Set();
      shown = key;
    });
    effect(() => this.show(state.view.value, this.wholeBodies.value));
    effect(() => {
      state.view.value;
      this.wholeBodies.value;
      this.mark('pointed', state.pointed.value, state.pointedLine.value);
    });
    effect(() => {
      state.view.value;
      this.wholeBodies.value;
      this.mark('chosen', state.chosen.value, state.chosenLine.value);
    });
    effect(() => {
      if (state.chosen.value !== null) this.reveal();
    });
  }

  /** Puts the keyboard's focus on what the chosen bytes mean; on the first line where none are chosen. */
  focus(): void {
    this.chosenElement()?.focus({ preventScroll: true });
  }

  private show(view: ExchangeView | null, whole: ReadonlySet<Direction>): void {
    const { element } = this;
    if (view === null) {
      render(nothing, element);
    } else {
      render(
        html`${this.message(view, view.received, whole)}${this.message(view, view.sent, whole)}`,
        element,
      );
    }
    this.lines = byRange(element, '.line');
    this.tokens = byRange(element, '.token');
    this.enter(this.current?.isConnected ? this.current : this.cells()[0]);
  }

  private message(view: ExchangeView, message: MessageView, whole: ReadonlySet<Direction>): TemplateResult {
    const { direction, lines } = message;
    return html`<div role="rowgroup" class="message">
      <div role="row" class="heading">
        <span role="gridcell">${headingOf(view, message)}</span>
      </div>
      ${message.violation === null ? nothing : violationRow(message)}
      ${message.bytes.length === 0 ? emptyRow(direction, view) : nothing}
      <div role="presentation" class="lines">${lines.map((line) => this.line(message, line, whole))}</div>
      ${
        message.bytes.length > 0 && !message.detail.complete && message.violation === null
          ? noteRow(view.detail.row.aborted ? 'It was cut off here.' : 'More may come.')
          : nothing
      }
    </div>`;
  }

  private line(message: MessageView, line: MeaningLine, whole: ReadonlySet<Direction>): TemplateResult {
    switch (line.kind) {
      case 'start-line':
        return lineRow(
          message,
          line,
          line.tokens.map((token) => tokenCell(message, token)),
        );
      case 'field':
      case 'trailer':
        return lineRow(message, line, fieldCells(message, line));
      case 'empty-lines':
        return lineRow(message, line, remarkCell('Empty lines before the request line are ignored.'));
      case 'header-end':
        return lineRow(message, line, remarkCell('An empty line ends the header section.'));
      case 'trailer-end':
        return lineRow(message, line, remarkCell('An empty line ends the trailer section.'));
      case 'body':
        return lineRow(message, line, this.bodyCells(message, line, whole));
      case 'unparsed':
        return lineRow(message, line, unparsedCell(message, line));
    }
  }

  private bodyCells(message: MessageView, line: MeaningLine, whole: ReadonlySet<Direction>): TemplateResult {
    const { direction } = message;
    const body = bodyText(message, line.tokens, whole.has(direction) ? wholeBody : firstBody);
    const facts = [counted(body.length, 'byte')];
    if (body.type !== '') facts.push(body.type);
    if (body.chunks !== null) facts.push(counted(body.chunks, 'chunk'));
    if (body.missing > 0) facts.push(`${counted(body.missing, 'byte')} not kept`);
    const more = body.text !== null && body.shown < body.length - body.missing && !whole.has(direction);
    return html`<div role="gridcell" tabindex="-1" class="cell body">
        <span class="remark">Body · ${facts.join(' · ')}</span>
        ${body.text === null ? html`<span class="remark">Not text: see its bytes.</span>` : html`<pre>${body.text}</pre>`}
      </div>
      ${
        more
          ? html`<span role="gridcell"
            ><button class="cell link" tabindex="-1" @click=${() => this.showWhole(direction)}>
              Show more
            </button></span
          >`
          : nothing
      }`;
  }

  private showWhole(direction: Direction): void {
    this.wholeBodies.value = new Set([...this.wholeBodies.peek(), direction]);
  }

  private cells(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('.cell')];
  }

  /** Makes a cell the one that Tab leads to. */
  private enter(cell: HTMLElement | undefined): void {
    if (this.current !== null) this.current.tabIndex = -1;
    this.current = cell ?? null;
    if (this.current !== null) this.current.tabIndex = 0;
  }

  private focused(target: EventTarget | null): void {
    const cell = target instanceof Element ? target.closest<HTMLElement>('.cell') : null;
    if (cell === null) return;
    this.enter(cell);
    const mark = markOf(cell);
    // A click chooses by itself; the keyboard walks from cell to cell.
    if (mark !== null && cell.matches(':focus-visible')) this.chooseUnlessWithin(mark);
  }

  /** Coming from the bytes, the cursor stays where it was within what was walked to. */
  private chooseUnlessWithin(mark: Mark): void {
    const chosen = this.state.chosen.peek();
    const within =
      chosen !== null &&
      chosen.direction === mark.direction &&
      chosen.start >= mark.start &&
      chosen.end <= mark.end &&
      this.chosenElement() === this.current;
    if (!within) this.state.chooseMark(mark);
  }

  private click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (target === null || target.closest('a, button') !== null || window.getSelection()?.type === 'Range')
      return;
    const mark = markOf(target);
    if (mark !== null) this.state.chooseMark(mark);
  }

  private key(event: KeyboardEvent): void {
    const rows = [...this.element.querySelectorAll<HTMLElement>('[role=row]')]
      .map((row) => [...row.querySelectorAll<HTMLElement>('.cell')])
      .filter((cells) => cells.length > 0);
    const row = rows.findIndex((cells) => this.current !== null && cells.includes(this.current));
    if (row < 0) return;
    const column = this.current === null ? 0 : rows[row].indexOf(this.current);
    const at = (index: number) => {
      const cells = rows[Math.min(Math.max(0, index), rows.length - 1)];
      return cells[Math.min(column, cells.length - 1)];
    };
    const key = keyOf(event);
    const target = (() => {
      switch (key) {
        case 'ArrowDown':
          return at(row + 1);
        case 'ArrowUp':
          return at(row - 1);
        case 'PageDown':
          return at(row + 10);
        case 'PageUp':
          return at(row - 10);
        case 'ArrowRight':
          return rows[row][Math.min(column + 1, rows[row].length - 1)];
        case 'ArrowLeft':
          return rows[row][Math.max(column - 1, 0)];
        case 'Home':
          return rows[row][0];
        case 'End':
          return rows[row].at(-1);
        case 'Ctrl+Home':
          return rows[0][0];
        case 'Ctrl+End':
          return rows.at(-1)?.[0];
        default:
          return undefined;
      }
    })();
    if (target !== undefined) {
      used(event);
      target.focus();
    } else if (key === 'Enter' && !(event.target instanceof Element && event.target.matches('a, button'))) {
      const mark = markOf(this.current);
      if (mark === null) return;
      used(event);
      this.events.toBytes(mark);
    }
  }

  private mark(name: 'pointed' | 'chosen', mark: Mark | null, line: Mark | null): void {
    for (const marked of this.element.querySelectorAll(`.${name}, .${name}-line`)) {
      marked.classList.remove(name, `${name}-line`);
    }
    if (line !== null) this.lines.get(rangeKey(line))?.classList.add(`${name}-line`);
    if (mark !== null) this.tokens.get(rangeKey(mark))?.classList.add(name);
  }

  /** The cell that stands for the chosen bytes. */
  private chosenElement(): HTMLElement | null {
    const { chosen, chosenLine } = this.state;
    const mark = chosen.peek();
    const line = chosenLine.peek();
    const token = mark === null ? undefined : this.tokens.get(rangeKey(mark));
    if (token !== undefined) return token;
    const row = line === null ? undefined : this.lines.get(rangeKey(line));
    return row?.querySelector<HTMLElement>('.cell') ?? this.current;
  }

  private reveal(): void {
    const element = this.chosenElement()?.closest('.line');
    if (!element) return;
    const box = element.getBoundingClientRect();
    const pane = this.element.getBoundingClientRect();
    const headings = 24;
    if (box.bottom <= pane.top + headings || box.top >= pane.bottom)
      element.scrollIntoView({ block: 'nearest' });
  }
}

function lineRow(message: MessageView, line: MeaningLine, cells: unknown): TemplateResult {
  const { violation, direction } = message;
  const broken = violation !== null && violation.offset >= line.start && violation.offset < line.end;
  return html`<div
    role="row"
    class="line ${line.kind} ${broken ? 'broken' : ''}"
    data-direction=${direction}
    data-start=${line.start}
    data-end=${line.end}
  >
    ${broken ? icon('error') : nothing}${cells}
  </div>`;
}

function tokenCell({ bytes, direction }: MessageView, token: Span): TemplateResult {
  const shown = bytes.slice(token.start, token.end, mostOfToken);
  const left = token.end - token.start - shown.length;
  return html`<span
    role="gridcell"
    tabindex="-1"
    class="cell token role-${grammar[token.name].role}"
    data-direction=${direction}
    data-start=${token.start}
    data-end=${token.end}
    >${visiblePieces(shown).map((piece) =>
      piece.escaped ? html`<span class="escape">${piece.text}</span>` : piece.text,
    )}${left > 0 ? html` <span class="remark">and ${counted(left, 'more byte')}</span>` : nothing}</span
  >`;
}

function fieldCells(message: MessageView, line: MeaningLine): TemplateResult[] {
  const cells = line.tokens.map((token) => tokenCell(message, token));
  const hasValue = line.tokens.some(({ name }) => name === 'field-value' || name === 'trailer-value');
  const ended = message.bytes.at(line.end - 1) === LF;
  return hasValue || !ended ? cells : [...cells, html`<span role="gridcell" class="remark">(empty)</span>`];
}

function remarkCell(text: string): TemplateResult {
  return html`<span role="gridcell" tabindex="-1" class="cell remark">${text}</span>`;
}

function unparsedCell({ bytes }: MessageView, line: MeaningLine): TemplateResult {
  const shown = bytes.slice(line.start, line.end, 512);
  return html`<div role="gridcell" tabindex="-1" class="cell">
    <span class="remark">Not parsed · ${counted(line.end - line.start, 'byte')}</span>
    <span class="wire"
      >${visiblePieces(shown).map((piece) =>
        piece.escaped ? html`<span class="escape">${piece.text}</span>` : piece.text,
      )}</span
    >
  </div>`;
}

function violationRow({ violation, direction, bytes }: MessageView): TemplateResult {
  if (violation === null) return html``;
  const rule = rules[violation.rule];
  const source = ruleSource(rule);
  const octet = bytes.at(violation.offset);
  const where =
    octet < 0
      ? `at byte ${violation.offset}, which never came`
      : `at byte ${violation.offset}: ${hex(octet, 2)} ${octetName(octet)}`;
  return html`<div role="row" class="violation" data-direction=${direction} data-start=${violation.offset} data-end=${violation.offset + 1}>
    ${icon('error')}
    <span role="gridcell" tabindex="-1" class="cell">
      <strong>${rule.sentence}</strong>
      <span class="remark">${violation.rule}, ${where}${rule.status > 0 ? html` · answered with ${rule.status}` : nothing}</span>
    </span>
    <span role="gridcell"><a class="cell" tabindex="-1" href=${source.url}>${source.name}</a></span>
  </div>`;
}

function noteRow(text: string): TemplateResult {
  return html`<div role="row" class="note"><span role="gridcell" class="remark">${text}</span></div>`;
}

function emptyRow(direction: Direction, view: ExchangeView): TemplateResult {
  if (direction === 'received') return noteRow('Nothing of it was received.');
  return noteRow(view.detail.row.aborted ? 'The connection ended before an answer.' : 'Not answered yet.');
}

function headingOf(view: ExchangeView, message: MessageView): string {
  const { peer, serverName, row } = view.detail;
  const address = peer.address.includes(':') ? `[${peer.address}]` : peer.address;
  switch (message.direction) {
    case 'received':
      return `Request ${row.id} · from ${address}:${peer.port}`;
    case 'sent':
      return `Response${serverName === '' ? '' : ` · from ${serverName}`}`;
  }
}

function rangeKey({ direction, start, end }: Mark): string {
  return `${direction} ${start} ${end}`;
}

function byRange(root: HTMLElement, selector: string): Map<string, HTMLElement> {
  const found = new Map<string, HTMLElement>();
  for (const element of root.querySelectorAll<HTMLElement>(selector)) {
    const mark = markOf(element);
    if (mark !== null) found.set(rangeKey(mark), element);
  }
  return found;
}

/** The bytes that an element, or the nearest around it, stands for. */
function markOf(target: EventTarget | null): Mark | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-start]') : null;
  if (element === null) return null;
  const { direction, start, end } = element.dataset;
  if (direction !== 'received' && direction !== 'sent') return null;
  return { direction, start: Number(start), end: Number(end) };
}
