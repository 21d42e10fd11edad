import { effect, type Signal, signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { FilterProblem, FilterSuggestion } from '../protocol/exchangeList.ts';
import { icon } from './icons.ts';
import type { InspectorState } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';

export interface FilterBarEvents {
  /** Asks for completions at `caret`, a position in the text; `suggest` brings the answer. */
  complete(text: string, caret: number): void;
  /** The keyboard's focus goes on to the list. */
  leave(): void;
}

/** What is offered for the text as it stands. */
interface Offer {
  readonly start: number;
  readonly end: number;
  readonly suggestions: readonly FilterSuggestion[];
  /** -1 for none. */
  readonly active: number;
}

/** The field of the filter: a combobox that completes, and underlines what is wrong. */
export class FilterBar {
  readonly element: HTMLElement = document.createElement('search');
  private readonly state: InspectorState;
  private readonly events: FilterBarEvents;
  private readonly input = document.createElement('input');
  private readonly mirror = document.createElement('div');
  private readonly offer: Signal<Offer | null> = signal(null);

  /** @param describedBy id of the element that says what the filter means */
  constructor(state: InspectorState, describedBy: string, events: FilterBarEvents) {
    this.state = state;
    this.events = events;
    this.element.className = 'filter';
    this.buildInput(describedBy);
    const clear = document.createElement('span');
    const popup = document.createElement('div');
    popup.className = 'suggestions';
    popup.id = 'filter-suggestions';
    popup.setAttribute('role', 'listbox');
    popup.setAttribute('aria-label', l10n.t('Suggestions for the filter'));
    // The field keeps the focus.
    popup.addEventListener('pointerdown', (event) => event.preventDefault());
    const field = document.createElement('div');
    field.className = 'filter-field';
    field.append(this.mirror, this.input);
    const symbol = document.createElement('span');
    symbol.className = 'filter-symbol';
    render(icon('filter'), symbol);
    this.element.append(symbol, field, clear, popup);
    effect(() => {
      const { filter } = state.listQuery.value;
      if (this.input.value !== filter) this.input.value = filter;
      render(filter === '' ? nothing : this.clearButton(), clear);
    });
    effect(() => this.underline(state.list.value?.view.problem ?? null));
    effect(() => {
      const offer = this.offer.value;
      popup.hidden = offer === null;
      this.input.setAttribute('aria-expanded', String(offer !== null));
      if (offer === null || offer.active < 0) this.input.removeAttribute('aria-activedescendant');
      else this.input.setAttribute('aria-activedescendant', `suggestion-${offer.active}`);
      render(offer === null ? nothing : this.options(offer), popup);
      popup.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    });
  }

  /** Whether the problem lies only in the term that is being typed, and there are suggestions to complete it. */
  isUnfinished({ end }: FilterProblem): boolean {
    return this.offer.value !== null && end === this.input.selectionStart;
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  /** Shows what the host suggests, if it is still asked for. */
  suggest(filter: string, start: number, end: number, suggestions: readonly FilterSuggestion[]): void {
    if (filter !== this.input.value || document.activeElement !== this.input) return;
    const written = filter.slice(start, end);
    const others = suggestions.filter(({ text }) => text !== written);
    this.offer.value = others.length === 0 ? null : { start, end, suggestions: others, active: -1 };
  }

  private buildInput(describedBy: string): void {
    const { input, mirror } = this;
    mirror.className = 'filter-mirror';
    mirror.setAttribute('aria-hidden', 'true');
    input.className = 'filter-input';
    input.type = 'text';
    input.spellcheck = false;
    input.autocomplete = 'off';
    input.placeholder = l10n.t(
      'Filter: method:POST status:4xx path:/api is:malformed -field:cookie "text" /regex/',
    );
    const attributes = {
      role: 'combobox',
      'aria-label': l10n.t('Filter'),
      'aria-autocomplete': 'list',
      'aria-controls': 'filter-suggestions',
      'aria-describedby': describedBy,
      'aria-keyshortcuts': 'Control+F /',
    };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    input.addEventListener('input', () => {
      this.apply(input.value);
      this.complete();
    });
    input.addEventListener('keydown', (event) => this.key(event));
    input.addEventListener('blur', () => {
      this.offer.value = null;
    });
    input.addEventListener('scroll', () => {
      mirror.scrollLeft = input.scrollLeft;
    });
  }

  private apply(filter: string): void {
    this.state.listQuery.value = { ...this.state.listQuery.peek(), filter };
  }

  private complete(): void {
    this.events.complete(this.input.value, this.input.selectionStart ?? this.input.value.length);
  }

  private key(event: KeyboardEvent): void {
    const offer = this.offer.peek();
    switch (keyOf(event)) {
      case 'ArrowDown':
        if (offer === null) this.complete();
        else this.activate(offer, offer.active + 1);
        break;
      case 'ArrowUp':
        if (offer === null) return;
        this.activate(offer, offer.active - 1);
        break;
      case 'Ctrl+ ':
        this.complete();
        break;
      case 'Tab':
        if (offer === null || offer.active < 0) return;
        this.accept(offer, offer.active);
        break;
      case 'Enter':
        if (offer !== null && offer.active >= 0) this.accept(offer, offer.active);
        else this.leave();
        break;
      case 'Escape':
        if (offer !== null) this.offer.value = null;
        else if (this.input.value !== '') this.apply('');
        else this.leave();
        break;
      default:
        return;
    }
    used(event);
  }

  private leave(): void {
    this.offer.value = null;
    this.events.leave();
  }

  private activate(offer: Offer, index: number): void {
    const { length } = offer.suggestions;
    // After the last suggestion comes none, which is the text as typed, and then the first again.
    const active = ((index + 1 + length + 1) % (length + 1)) - 1;
    this.offer.value = { ...offer, active };
  }

  private accept({ start, end, suggestions }: Offer, index: number): void {
    const { text } = suggestions[index];
    const { value } = this.input;
    // A space ends a complete term; an operator still needs its value.
    const rest = value.slice(end);
    const space = text.endsWith(':') || rest.startsWith(' ') || rest.startsWith(')') ? '' : ' ';
    this.input.value = `${value.slice(0, start)}${text}${space}${rest}`;
    const caret = start + text.length + space.length;
    this.input.setSelectionRange(caret, caret);
    this.offer.value = null;
    this.apply(this.input.value);
    if (text.endsWith(':')) this.complete();
  }

  private options({ suggestions, active }: Offer): TemplateResult[] {
    return suggestions.map(
      ({ text, summary }, i) =>
        html`<div
          role="option"
          id=${`suggestion-${i}`}
          class="suggestion"
          aria-selected=${i === active ? 'true' : 'false'}
          @click=${() => {
            const offer = this.offer.peek();
            if (offer !== null) this.accept(offer, i);
          }}
        ><span class="wire">${text}</span><span class="remark">${summary}</span></div>`,
    );
  }

  private clearButton(): TemplateResult {
    return html`<button
      class="tool"
      title=${l10n.t('Remove the filter')}
      aria-label=${l10n.t('Remove the filter')}
      @click=${() => {
        this.apply('');
        this.input.focus();
      }}
    >${icon('close')}</button>`;
  }

  /** Underlines the problem in a mirror that lies under the field and has the same text. */
  private underline(problem: FilterProblem | null): void {
    const { input, mirror } = this;
    input.setAttribute('aria-invalid', String(problem !== null));
    this.element.classList.toggle('invalid', problem !== null);
    if (problem === null) {
      mirror.replaceChildren();
      return;
    }
    const text = input.value;
    const wrong = document.createElement('span');
    wrong.className = 'wrong';
    wrong.textContent = text.slice(problem.start, problem.end);
    mirror.replaceChildren(text.slice(0, problem.start), wrong, text.slice(problem.end));
    mirror.scrollLeft = input.scrollLeft;
  }
}
