import { effect, type Signal, signal } from '@preact/signals-core';
import { nothing, render } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import {
  type Choices,
  contentOf,
  type Decompression,
  noChoices,
  sourceOf,
  withChoice,
} from './bodySection.ts';
import { CellWalk } from './cellWalk.ts';
import type { Decompressing } from './decompressing.ts';
import type { FilterableValue } from './exchangeCells.ts';
import { filterableAt } from './filterable.ts';
import type { InspectorState, Mark } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import type { MeaningLine } from './meaning.ts';
import { markOf } from './meaningCells.ts';
import { MessageRows } from './messageRows.ts';
import type { ExchangeView, MessageView } from './messageView.ts';
import type { Action } from './partRow.ts';
import { Pictures } from './pictures.ts';

export interface MeaningEvents {
  /** Enter was pressed on what stands for bytes: the focus goes to these bytes. */
  toBytes(mark: Mark): void;
}

/**
 * The messages of the selected exchange, taken apart: a tree grid of one row per line, with its parts below it, and
 * one tab stop.
 */
export class MessagesPanel {
  readonly element: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly events: MeaningEvents;
  private readonly decompressing: Decompressing;
  private readonly choices: Signal<Choices> = signal(noChoices);
  private readonly decompressions: Signal<ReadonlyMap<Direction, Decompression>> = signal(new Map());
  private readonly pictures = new Pictures();
  private lines = new Map<string, HTMLElement>();
  private tokens = new Map<string, HTMLElement>();
  private parts = new Map<string, HTMLElement>();
  private readonly walk = new CellWalk(this.element);

  constructor(state: InspectorState, decompressing: Decompressing, events: MeaningEvents) {
    this.state = state;
    this.events = events;
    this.decompressing = decompressing;
    const { element } = this;
    element.className = 'messages';
    element.setAttribute('role', 'treegrid');
    element.setAttribute('aria-label', l10n.t('Messages, taken apart'));
    element.addEventListener('pointerover', (event) => state.point(markOf(event.target), null));
    element.addEventListener('pointerleave', () => state.point(null, null));
    element.addEventListener('click', (event) => this.click(event));
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('contextmenu', (event) => this.describeForMenu(event.target));
    element.addEventListener('focusin', (event) => this.focused(event.target));
    let shown = '';
    effect(() => {
      const key = state.view.value?.detail.row.key ?? '';
      if (key === shown) return;
      shown = key;
      this.choices.value = noChoices;
      this.decompressions.value = new Map();
      this.pictures.clear();
    });
    effect(() => {
      state.finding.value;
      this.show(state.view.value, this.choices.value, this.decompressions.value);
    });
    effect(() => {
      this.drawn();
      this.mark('pointed', state.pointed.value, state.pointedLine.value);
    });
    effect(() => {
      this.drawn();
      this.mark('chosen', state.chosen.value, state.chosenLine.value);
    });
    effect(() => {
      if (state.chosen.value !== null) this.reveal();
    });
  }

  /** Puts the keyboard's focus on what the chosen bytes mean; on the first line where none are chosen. */
  focus(): void {
    this.chosenElement()?.focus({ preventScroll: true });
    this.reveal();
  }

  /** Makes an effect run again whenever the rows were drawn anew. */
  private drawn(): void {
    this.state.view.value;
    this.state.finding.value;
    this.choices.value;
    this.decompressions.value;
  }

  private show(
    view: ExchangeView | null,
    choices: Choices,
    decompressions: ReadonlyMap<Direction, Decompression>,
  ): void {
    const { element } = this;
    if (view === null) {
      render(nothing, element);
    } else {
      const rows = new MessageRows(view, {
        choices,
        finding: this.state.finding.peek(),
        decompression: (message, line) => this.decompression(message, line, choices, decompressions),
        act: (direction, action) => this.act(direction, action),
        picture: (block) => this.pictures.url(block.bytes, block.type),
      });
      render(rows.all, element);
    }
    this.lines = byRange(element, '.line:not(.part)');
    this.tokens = byRange(element, '.token');
    this.parts = byRange(element, '.part');
    this.state.parts.value = [...element.querySelectorAll('.part[data-start], .part .token[data-start]')]
      .map(markOf)
      .filter((mark) => mark !== null);
    this.walk.renew();
  }

  /** What undoing the content coding has given so far; starts it when the result is first wanted. */
  private decompression(
    message: MessageView,
    line: MeaningLine,
    choices: Choices,
    decompressions: ReadonlyMap<Direction, Decompression>,
  ): Decompression {
    const known = decompressions.get(message.direction) ?? null;
    if (known !== null || !message.detail.complete) return known;
    const content = contentOf(message, line.tokens);
    if (content.codings.length === 0 || sourceOf(message, choices, content) !== 'decompressed') return null;
    void this.decompress(message, content.codings, content.bytes);
    return 'waiting';
  }

  private async decompress(
    message: MessageView,
    codings: readonly string[],
    bytes: Uint8Array,
  ): Promise<void> {
    const key = this.state.view.peek()?.detail.row.key;
    const result = await this.decompressing.decompress(codings, bytes);
    if (this.state.view.peek()?.detail.row.key !== key) return;
    this.decompressions.value = new Map([...this.decompressions.peek(), [message.direction, result]]);
  }

  private act(direction: Direction, { does }: Action): void {
    this.choices.value = withChoice(this.choices.peek(), direction, does);
  }

  private toggle(row: Element | null): boolean {
    const key = row instanceof HTMLElement && row.hasAttribute('aria-expanded') ? row.dataset.key : undefined;
    if (key === undefined) return false;
    const choices = this.choices.peek();
    const toggled = new Set(choices.toggled);
    if (!toggled.delete(key)) toggled.add(key);
    this.choices.value = { ...choices, toggled };
    return true;
  }

  private focused(target: EventTarget | null): void {
    const cell = target instanceof Element ? target.closest<HTMLElement>('.cell') : null;
    if (cell === null) return;
    this.walk.enter(cell);
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
      this.chosenElement() === this.walk.current;
    if (!within) this.state.chooseMark(mark);
  }

  private click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (target === null || target.closest('a, button') !== null || window.getSelection()?.type === 'Range')
      return;
    if (target.closest('.twistie') !== null) {
      this.toggle(target.closest('.line'));
      return;
    }
    const mark = markOf(target);
    if (mark !== null) this.state.chooseMark(mark);
  }

  private key(event: KeyboardEvent): void {
    const place = this.walk.place;
    if (place === null) return;
    const key = keyOf(event);
    if (this.opensOrCloses(key, place.column, place.columns)) {
      used(event);
      this.walk.current?.focus();
      return;
    }
    const isControl = event.target instanceof Element && event.target.matches('a, button');
    if (this.walk.go(key)) {
      used(event);
    } else if ((key === 'f' || key === 'Shift+F') && !isControl) {
      if (this.filterBy(key !== 'f')) used(event);
    } else if (key === 'Enter' && !isControl) {
      const mark = markOf(this.walk.current);
      if (mark === null) return;
      used(event);
      this.events.toBytes(mark);
    }
  }

  /** Narrows the list's filter by the focused cell; returns whether it stands for something to filter by. */
  private filterBy(excluded: boolean): boolean {
    const filterable = this.filterable(this.walk.current);
    if (filterable !== null) this.state.filterBy(filterable.operator, filterable.value, excluded);
    return filterable !== null;
  }

  private filterable(target: EventTarget | null): FilterableValue | null {
    const view = this.state.view.peek();
    const mark = markOf(target);
    return view === null || mark === null ? null : filterableAt(view, mark);
  }

  /** Says what VS Code's context menu is about. */
  private describeForMenu(target: EventTarget | null): void {
    const { operator, value } = this.filterable(target) ?? { operator: '', value: '' };
    this.element.dataset.vscodeContext = JSON.stringify({
      webviewSection: 'meaning',
      exchange: this.state.view.peek()?.detail.row.key ?? '',
      filterOperator: operator,
      filterValue: value,
    });
  }

  /** As in a tree: Left on a row's first cell closes it, Right on its last one opens it, Space does either. */
  private opensOrCloses(key: string, column: number, columns: number): boolean {
    const row = this.walk.current?.closest('[role=row]') ?? null;
    if (row === null || this.walk.current?.matches('a, button')) return false;
    const opened = row.getAttribute('aria-expanded') === 'true';
    switch (key) {
      case ' ':
        return this.toggle(row);
      case 'ArrowLeft':
        return column === 0 && opened && this.toggle(row);
      case 'ArrowRight':
        return column === columns - 1 && !opened && this.toggle(row);
      default:
        return false;
    }
  }

  private mark(name: 'pointed' | 'chosen', mark: Mark | null, line: Mark | null): void {
    for (const marked of this.element.querySelectorAll(`.${name}, .${name}-line`)) {
      marked.classList.remove(name, `${name}-line`);
    }
    if (line !== null) this.lines.get(rangeKey(line))?.classList.add(`${name}-line`);
    if (mark === null) return;
    const part = this.parts.get(rangeKey(mark)) ?? this.tokens.get(rangeKey(mark))?.closest('.part');
    part?.classList.add(`${name}-line`);
    this.tokens.get(rangeKey(mark))?.classList.add(name);
  }

  /** The cell that stands for the chosen bytes. */
  private chosenElement(): HTMLElement | null {
    const { chosen, chosenLine } = this.state;
    const mark = chosen.peek();
    const line = chosenLine.peek();
    const token = mark === null ? undefined : this.tokens.get(rangeKey(mark));
    if (token !== undefined) return token;
    const part = mark === null ? undefined : this.parts.get(rangeKey(mark));
    const row = part ?? (line === null ? undefined : this.lines.get(rangeKey(line)));
    return row?.querySelector<HTMLElement>('.cell') ?? this.walk.current;
  }

  private reveal(): void {
    const element = this.chosenElement()?.closest('.line');
    if (!element) return;
    const box = element.getBoundingClientRect();
    // The messages are as tall as all their rows: what scrolls is the panel around them.
    const pane = (this.element.closest('.meaning-panel') ?? this.element).getBoundingClientRect();
    const headings = 24;
    if (box.bottom <= pane.top + headings || box.top >= pane.bottom)
      element.scrollIntoView({ block: 'nearest' });
  }
}

function rangeKey({ direction, start, end }: Mark): string {
  return `${direction} ${start} ${end}`;
}

/** The element of each range: of several, the first. */
function byRange(root: HTMLElement, selector: string): Map<string, HTMLElement> {
  const found = new Map<string, HTMLElement>();
  for (const element of root.querySelectorAll<HTMLElement>(selector)) {
    const mark = element.hasAttribute('data-start') ? markOf(element) : null;
    if (mark !== null && !found.has(rangeKey(mark))) found.set(rangeKey(mark), element);
  }
  return found;
}
