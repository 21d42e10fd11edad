import { effect, type Signal, signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { type ParserStanding, rulesAhead } from '../../http/parserAtWork.ts';
import { type RuleId, ruleSource, rules } from '../../http/rules.ts';
import { octetName } from '../../http/visibleText.ts';
import { l10n } from '../../l10n/l10n.ts';
import type { Direction } from '../../protocol/capture.ts';
import { counted } from '../format.ts';
import { icon } from '../icons.ts';
import type { Chosen, InspectorState } from '../inspectorState.ts';
import { keyOf, used } from '../keys.ts';
import { messageOf } from '../messageView.ts';
import { knownSoFar, standingSentence, whatItReads, whatTheByteDid } from './parserWords.ts';
import { Scrubbing, type ScrubStep } from './scrubbing.ts';

/** Milliseconds from one byte to the next while it plays; from one line to the next for users who want little motion. */
const byteTime = 60;
const lineTime = 1500;

/**
 * Steps through a message with its parser, byte by byte: shows what the parser reads, what it knows by then, and which
 * rules the next byte must meet. The byte that was read last and the cursor among the bytes follow each other.
 */
export class ScrubPanel {
  readonly element: HTMLElement = document.createElement('section');
  readonly open: Signal<boolean> = signal(false);
  private readonly state: InspectorState;
  private readonly direction: Signal<Direction> = signal('received');
  private readonly fed: Signal<number> = signal(0);
  private readonly playing: Signal<boolean> = signal(false);
  private readonly scrubbing: Signal<Scrubbing | null> = signal(null);
  /** What this panel itself has chosen, to be told from the choices of others, which move it. */
  private own: Chosen | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: InspectorState) {
    this.state = state;
    const { element, open } = this;
    element.className = 'scrub';
    element.setAttribute('aria-label', l10n.t('Parser, byte by byte'));
    let exchange = '';
    effect(() => {
      const view = state.view.value;
      const message = view === null || !open.value ? null : messageOf(view, this.direction.value);
      const key = view?.detail.row.key ?? '';
      if (key !== exchange) this.playing.value = false;
      exchange = key;
      this.scrubbing.value = message && view && new Scrubbing(message, view.detail.row.method);
    });
    effect(() => {
      const chosen = state.chosen.value;
      if (open.value && chosen !== this.own) this.follow(chosen);
    });
    effect(() => {
      const scrubbing = this.scrubbing.value;
      state.parsed.value =
        scrubbing === null
          ? null
          : { direction: this.direction.value, end: Math.min(this.fed.value, scrubbing.stops.end) };
    });
    effect(() => {
      clearTimeout(this.timer);
      if (this.playing.value) this.play();
    });
    effect(() => {
      const scrubbing = this.scrubbing.value;
      element.hidden = scrubbing === null;
      render(scrubbing === null ? nothing : this.template(scrubbing), element);
    });
  }

  toggle(shown: boolean): void {
    this.playing.value = false;
    this.open.value = shown;
  }

  focus(): void {
    this.element.querySelector('input')?.focus();
  }

  /** A byte was chosen elsewhere: the parser goes there. */
  private follow(chosen: Chosen | null): void {
    this.own = chosen;
    this.playing.value = false;
    if (chosen !== null) this.direction.value = chosen.direction;
    this.fed.value = chosen === null ? 0 : chosen.offset + 1;
  }

  private goTo(fed: number): void {
    const scrubbing = this.scrubbing.peek();
    if (scrubbing === null) return;
    const within = Math.min(Math.max(0, fed), scrubbing.stops.end);
    this.fed.value = within;
    const direction = this.direction.peek();
    const byte = scrubbing.byteAt(within);
    this.own = byte < 0 ? null : { ...this.state.markAt(direction, byte), offset: byte };
    this.state.chosen.value = this.own;
  }

  private step(step: ScrubStep, direction: 1 | -1): void {
    const scrubbing = this.scrubbing.peek();
    if (scrubbing !== null) this.goTo(scrubbing.step(this.fed.peek(), step, direction));
  }

  private play(): void {
    const scrubbing = this.scrubbing.peek();
    if (scrubbing === null || this.fed.peek() >= scrubbing.stops.end) {
      this.playing.value = false;
      return;
    }
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.timer = setTimeout(
      () => {
        this.step(isCalm ? 'line' : 'stop', 1);
        this.play();
      },
      isCalm ? lineTime : byteTime,
    );
  }

  private togglePlaying(): void {
    const scrubbing = this.scrubbing.peek();
    const starts = !this.playing.peek();
    if (starts && scrubbing !== null && this.fed.peek() >= scrubbing.stops.end) this.goTo(0);
    this.playing.value = starts;
  }

  private choose(direction: Direction): void {
    this.playing.value = false;
    this.direction.value = direction;
    this.goTo(0);
  }

  private key(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => this.step('stop', 1),
      ArrowDown: () => this.step('stop', 1),
      ArrowLeft: () => this.step('stop', -1),
      ArrowUp: () => this.step('stop', -1),
      'Ctrl+ArrowRight': () => this.step('token', 1),
      'Ctrl+ArrowLeft': () => this.step('token', -1),
      PageDown: () => this.step('line', 1),
      PageUp: () => this.step('line', -1),
      Home: () => this.goTo(0),
      End: () => this.goTo(this.scrubbing.peek()?.stops.end ?? 0),
    };
    const move = moves[keyOf(event)];
    if (move === undefined) return;
    used(event);
    this.playing.value = false;
    move();
  }

  private template(scrubbing: Scrubbing): TemplateResult {
    const { message, stops } = scrubbing;
    const fed = Math.min(this.fed.value, stops.end);
    const standing = scrubbing.after(fed);
    const sentence = standingSentence(message, fed, standing);
    return html`${this.controls(scrubbing, fed, sentence)}
      <p class="scrub-byte">
        <span class="wire">${fed === 0 ? l10n.t('Start') : l10n.t('Byte {0} {1}', fed - 1, octetName(message.bytes.at(fed - 1)))}</span>
        ${whatTheByteDid(message, fed, standing)};
        <strong class=${standing.violation === null ? nothing : 'severe'}>${whatItReads(standing)}</strong>
      </p>
      ${this.rule(scrubbing, fed, standing)}
      <dl class="scrub-known">
        ${knownSoFar(message, fed, standing).map(
          ({ name, value }) => html`<div><dt>${name}</dt><dd class="wire">${value}</dd></div>`,
        )}
      </dl>`;
  }

  private controls({ stops }: Scrubbing, fed: number, sentence: string): TemplateResult {
    const direction = this.direction.value;
    const playing = this.playing.value;
    return html`<div class="scrub-controls">
      ${(['received', 'sent'] as const).map(
        (one) => html`<button class="tool" aria-pressed=${one === direction} @click=${() => this.choose(one)}>
          ${one === 'received' ? l10n.t('Request') : l10n.t('Response')}
        </button>`,
      )}
      <button class="tool" title=${l10n.t('One byte back')} aria-label=${l10n.t('One byte back')} @click=${() => this.step('stop', -1)}>
        <span class="flipped">${icon('chevron-right')}</span>
      </button>
      <button
        class="tool"
        aria-label=${playing ? l10n.t('Pause') : l10n.t('Play')}
        title=${playing ? l10n.t('Pause') : l10n.t('Play: go through the message by itself')}
        @click=${() => this.togglePlaying()}
      >
        ${icon(playing ? 'debug-pause' : 'play')}
      </button>
      <button class="tool" title=${l10n.t('One byte on')} aria-label=${l10n.t('One byte on')} @click=${() => this.step('stop', 1)}>
        ${icon('chevron-right')}
      </button>
      <input
        type="range"
        min="0"
        max=${stops.last}
        aria-label=${l10n.t('Bytes that the parser has read')}
        aria-valuetext=${sentence}
        title=${l10n.t('Arrow keys: a byte. Ctrl with them: a grammar element. Page Up and Page Down: a line. Home and End.')}
        .value=${live(String(stops.stopAt(fed)))}
        @input=${(event: Event) => {
          this.playing.value = false;
          if (event.target instanceof HTMLInputElement) this.goTo(stops.fedAt(event.target.valueAsNumber));
        }}
        @keydown=${(event: KeyboardEvent) => this.key(event)}
      />
      <span class="remark">${l10n.t('{0} of {1}', fed, counted(stops.end, 'byte'))}</span>
    </div>`;
  }

  /** The rule that was broken, or those that the next byte must meet. */
  private rule(scrubbing: Scrubbing, fed: number, standing: ParserStanding): TemplateResult {
    const { message, stops } = scrubbing;
    const broken = standing.violation ?? (fed >= stops.end ? message.violation : null);
    if (broken !== null) return ruleRow(l10n.t('Broken'), broken.rule, true);
    if (standing.complete) return html`<p class="scrub-rule remark">${l10n.t('No rule was broken.')}</p>`;
    if (fed >= stops.end) {
      const why = scrubbing.goesOnUnkept
        ? l10n.t('What follows was not kept.')
        : l10n.t('Nothing more came.');
      return html`<p class="scrub-rule remark">${why}</p>`;
    }
    const [first, ...others] = rulesAhead(scrubbing.kind, standing);
    if (first === undefined)
      return html`<p class="scrub-rule remark">${l10n.t('Whatever byte comes, it is taken.')}</p>`;
    return html`${ruleRow(l10n.t('Rule'), first, false)}${
      others.length === 0
        ? nothing
        : html`<details class="scrub-others">
            <summary>${l10n.t('{0} for the next byte', counted(others.length, 'more rule'))}</summary>
            ${others.map((rule) => ruleRow('', rule, false))}
          </details>`
    }`;
  }
}

function ruleRow(label: string, id: RuleId, broken: boolean): TemplateResult {
  const rule = rules[id];
  const source = ruleSource(rule);
  return html`<p class="scrub-rule">
    ${broken ? icon('error') : nothing}<span class=${broken ? 'severe' : 'remark'}>${label}</span>
    ${rule.sentence} <span class="remark wire">${id}</span> <a href=${source.url}>${source.name}</a>
  </p>`;
}
