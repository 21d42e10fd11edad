import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import { byteSearch, findBytes, matchLimit, type SearchKind } from './byteSearch.ts';
import { type BytePlace, directions, type Matches } from './bytesView.ts';
import { formatCount } from './format.ts';
import { keyOf, used } from './keys.ts';
import { type ExchangeView, messageOf } from './messageView.ts';
import type { ByteRange } from './spanIndex.ts';

const kinds: readonly (readonly [SearchKind, string])[] = [
  ['text', l10n.t('Text')],
  ['hex', l10n.t('Hex')],
  ['regex', l10n.t('Regular expression')],
];

/** Milliseconds that a search keeps the page at a time. */
const slice = 8;

/** What the search asks of the view of the bytes, and tells it. */
export interface FindBytesEvents {
  /** The byte from which a search begins; null: from the beginning. */
  cursor(): BytePlace | null;
  /** The matches have changed; null for no search. */
  found(matches: Matches | null): void;
  /** The user went to a match: bytes `start` (inclusive) to `end` (exclusive). */
  goTo(direction: Direction, start: number, end: number): void;
  closed(): void;
}

/** The search in the bytes of an exchange. */
export class FindBytesBar {
  readonly isOpen = signal(false);
  private readonly kind = signal<SearchKind>('text');
  private readonly matches = signal<Matches | null>(null);
  private readonly problem = signal('');
  private readonly isSearching = signal(false);
  /** Number of the current search; an earlier one that still runs stops when it sees that it is not its own. */
  private searches = 0;
  /** Where the cursor was when typing began: a longer query is searched from there again, not from the last match. */
  private origin: BytePlace | null = null;
  private query = '';
  private view: ExchangeView | null = null;
  private readonly events: FindBytesEvents;

  constructor(events: FindBytesEvents) {
    this.events = events;
  }

  show(view: ExchangeView | null): void {
    this.view = view;
    if (this.isOpen.peek()) void this.search(false);
  }

  open(): void {
    this.origin = this.events.cursor();
    this.isOpen.value = true;
  }

  /** To the next match behind (1) or before (-1) the cursor; from the last to the first. */
  step(by: 1 | -1): void {
    if (!this.isOpen.peek()) {
      this.open();
      if (this.query !== '') void this.search(true);
      return;
    }
    const cursor = this.events.cursor();
    this.origin = cursor;
    const matches = this.matches.peek();
    if (matches === null) return;
    const all = flat(matches);
    const order = (one: { direction: Direction; index: number }) => {
      const { start } = matches[one.direction][one.index];
      return compare({ direction: one.direction, offset: start }, cursor);
    };
    const next = by === 1 ? all.find((one) => order(one) > 0) : all.findLast((one) => order(one) < 0);
    this.goTo(matches, next ?? (by === 1 ? all[0] : all.at(-1)));
  }

  private goTo(matches: Matches, to: Matches['current'] | undefined): void {
    if (to === undefined || to === null) return;
    this.set({ ...matches, current: to });
    const { start, end } = matches[to.direction][to.index];
    this.events.goTo(to.direction, start, end);
  }

  template(): TemplateResult | typeof nothing {
    if (!this.isOpen.value) return nothing;
    return html`<div class="find-bytes" role="search" aria-label=${l10n.t('Search the bytes')} @keydown=${(event: KeyboardEvent) => this.key(event)}>
      <select
        aria-label=${l10n.t('Search for')}
        @change=${(event: Event) => {
          if (!(event.target instanceof HTMLSelectElement)) return;
          const { value } = event.target;
          this.kind.value = kinds.find(([kind]) => kind === value)?.[0] ?? 'text';
          void this.search(true);
        }}
      >
        ${kinds.map(([kind, name]) => html`<option value=${kind} ?selected=${kind === this.kind.value}>${name}</option>`)}
      </select>
      <input
        type="text"
        spellcheck="false"
        aria-label=${l10n.t('Find in bytes')}
        aria-invalid=${this.problem.value !== ''}
        placeholder=${this.kind.value === 'hex' ? '0D 0A' : l10n.t('Find in bytes')}
        @input=${(event: Event) => {
          if (!(event.target instanceof HTMLInputElement)) return;
          this.query = event.target.value;
          void this.search(true);
        }}
      />
      <button class="tool" title=${l10n.t('Previous match (Shift+Enter)')} @click=${() => this.step(-1)}>${l10n.t('Previous')}</button>
      <button class="tool" title=${l10n.t('Next match (Enter)')} @click=${() => this.step(1)}>${l10n.t('Next')}</button>
      <span role="status">${this.count()}</span>
      <button class="tool" title=${l10n.t('Close (Escape)')} @click=${() => this.close()}>${l10n.t('Close')}</button>
    </div>`;
  }

  private key(event: KeyboardEvent): void {
    const isInput = event.target instanceof HTMLInputElement;
    const key = keyOf(event);
    if (key === 'Escape') this.close();
    else if (isInput && key === 'Enter') this.step(1);
    else if (isInput && key === 'Shift+Enter') this.step(-1);
    else return;
    used(event);
  }

  private close(): void {
    this.searches++;
    this.isSearching.value = false;
    this.isOpen.value = false;
    this.set(null);
    this.events.closed();
  }

  /** Searches both messages, in slices; with `goes`, goes to the first match from where the query began. */
  private async search(goes: boolean): Promise<void> {
    const { view } = this;
    const number = ++this.searches;
    this.problem.value = '';
    this.isSearching.value = false;
    if (this.query === '' || view === null) {
      this.set(null);
      return;
    }
    const search = byteSearch(this.kind.peek(), this.query);
    if ('problem' in search) {
      this.problem.value = search.problem;
      this.set(null);
      return;
    }
    const found: Record<Direction, ByteRange[]> = { received: [], sent: [] };
    let until = performance.now() + slice;
    for (const direction of directions) {
      for (const matches of findBytes(messageOf(view, direction).bytes, search.pattern)) {
        for (const match of matches) found[direction].push(match);
        if (found[direction].length >= matchLimit) break;
        if (performance.now() < until) continue;
        this.isSearching.value = true;
        await new Promise((resolve) => setTimeout(resolve));
        if (number !== this.searches) return;
        until = performance.now() + slice;
      }
      found[direction].length = Math.min(found[direction].length, matchLimit);
    }
    this.isSearching.value = false;
    const current = goes ? null : sameMatch(found, this.matches.peek());
    this.set({ ...found, current });
    if (!goes) return;
    const all = flat(found);
    const ahead = all.find(({ direction, index }) => {
      const { start } = found[direction][index];
      return compare({ direction, offset: start }, this.origin) >= 0;
    });
    this.goTo({ ...found, current }, ahead ?? all[0]);
  }

  private set(matches: Matches | null): void {
    this.matches.value = matches;
    this.events.found(matches);
  }

  private count(): string {
    if (this.problem.value !== '') return this.problem.value;
    if (this.isSearching.value) return l10n.t('Searching...');
    const matches = this.matches.value;
    if (matches === null) return '';
    const all = flat(matches);
    if (all.length === 0) return l10n.t('No match');
    const isMore = matches.received.length === matchLimit || matches.sent.length === matchLimit;
    const at = all.findIndex(
      ({ direction, index }) => direction === matches.current?.direction && index === matches.current.index,
    );
    return l10n.t('{0} of {1}', formatCount(at + 1), `${formatCount(all.length)}${isMore ? '+' : ''}`);
  }
}

/** Negative where the first place comes before the second; positive where it comes after it, or there is no second. */
function compare(one: BytePlace, other: BytePlace | null): number {
  if (other === null) return 1;
  return directions.indexOf(one.direction) - directions.indexOf(other.direction) || one.offset - other.offset;
}

/** The match that the user went to, if it still is one. */
function sameMatch(
  found: Readonly<Record<Direction, readonly ByteRange[]>>,
  before: Matches | null,
): Matches['current'] {
  const current = before?.current ?? null;
  if (before === null || current === null) return null;
  const { direction, index } = current;
  return found[direction][index]?.start === before[direction][index].start ? current : null;
}

function flat(matches: Pick<Matches, Direction>): { direction: Direction; index: number }[] {
  return directions.flatMap((direction) => matches[direction].map((_, index) => ({ direction, index })));
}
