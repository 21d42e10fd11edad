import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import { byteSearch, findBytes, matchLimit, type SearchKind } from './byteSearch.ts';
import { directions, type Matches } from './bytesView.ts';
import { formatCount } from './format.ts';
import { keyOf, used } from './keys.ts';
import { type ExchangeView, messageOf } from './messageView.ts';

const kinds: readonly (readonly [SearchKind, string])[] = [
  ['text', l10n.t('Text')],
  ['hex', l10n.t('Hex')],
  ['regex', l10n.t('Regular expression')],
];

export interface FindBytesEvents {
  found(matches: Matches | null): void;
  /** A match was gone to. */
  goTo(direction: Direction, start: number, end: number): void;
  closed(): void;
}

/** The search in the bytes of an exchange. */
export class FindBytesBar {
  readonly isOpen = signal(false);
  private readonly kind = signal<SearchKind>('text');
  private readonly matches = signal<Matches | null>(null);
  private readonly problem = signal('');
  private query = '';
  private view: ExchangeView | null = null;
  private readonly events: FindBytesEvents;

  constructor(events: FindBytesEvents) {
    this.events = events;
  }

  show(view: ExchangeView | null): void {
    this.view = view;
    if (this.isOpen.peek()) this.search(false);
  }

  open(): void {
    this.isOpen.value = true;
  }

  /** To the match after (1) or before (-1) the one that was gone to. */
  step(by: 1 | -1): void {
    const matches = this.matches.peek();
    const all = matches === null ? [] : flat(matches);
    if (matches === null || all.length === 0) return;
    const { current } = matches;
    const at = all.findIndex(
      ({ direction, index }) => direction === current?.direction && index === current.index,
    );
    const next = all[at < 0 ? (by === 1 ? 0 : all.length - 1) : (at + by + all.length) % all.length];
    this.set({ ...matches, current: next });
    const { start, end } = matches[next.direction][next.index];
    this.events.goTo(next.direction, start, end);
  }

  template(): TemplateResult | typeof nothing {
    if (!this.isOpen.value) return nothing;
    return html`<div class="find-bytes" role="search" aria-label=${l10n.t('Search the bytes')} @keydown=${(event: KeyboardEvent) => this.key(event)}>
      <select
        aria-label="Search for"
        @change=${(event: Event) => {
          if (!(event.target instanceof HTMLSelectElement)) return;
          const { value } = event.target;
          this.kind.value = kinds.find(([kind]) => kind === value)?.[0] ?? 'text';
          this.search(true);
        }}
      >
        ${kinds.map(([kind, name]) => html`<option value=${kind} ?selected=${kind === this.kind.value}>${name}</option>`)}
      </select>
      <input
        type="text"
        spellcheck="false"
        aria-label="Find in bytes"
        aria-invalid=${this.problem.value !== ''}
        placeholder=${this.kind.value === 'hex' ? '0D 0A' : l10n.t('Find in bytes')}
        @input=${(event: Event) => {
          if (!(event.target instanceof HTMLInputElement)) return;
          this.query = event.target.value;
          this.search(true);
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
    this.isOpen.value = false;
    this.set(null);
    this.events.closed();
  }

  private search(goes: boolean): void {
    const { view } = this;
    this.problem.value = '';
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
    const [received, sent] = directions.map((direction) =>
      findBytes(messageOf(view, direction).bytes, search.pattern),
    );
    this.set({ received, sent, current: null });
    if (goes) this.step(1);
  }

  private set(matches: Matches | null): void {
    this.matches.value = matches;
    this.events.found(matches);
  }

  private count(): string {
    if (this.problem.value !== '') return this.problem.value;
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

function flat(matches: Matches): { direction: Direction; index: number }[] {
  return directions.flatMap((direction) => matches[direction].map((_, index) => ({ direction, index })));
}
