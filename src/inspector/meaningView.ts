import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { l10n } from '../l10n/l10n.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { Decompressing } from './decompressing.ts';
import { connectionKey } from './exchangeRows.ts';
import { ExplanationTip } from './explanationTip.ts';
import { FindingsPanel } from './findingsPanel.ts';
import { icon } from './icons.ts';
import type { InspectorState } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import { type MeaningEvents, MessagesPanel } from './messagesPanel.ts';
import type { ExchangeView } from './messageView.ts';
import { TimingPanel } from './timingPanel.ts';

type TabName = 'messages' | 'findings' | 'timing';
const tabNames: readonly TabName[] = ['messages', 'findings', 'timing'];

export interface MeaningViewEvents extends MeaningEvents {
  /** Goes to a finding by its index, as F8 does. */
  toFinding(index: number): void;
  /** Shows both directions of the exchange's connection. */
  follow(connection: ConnectionKey): void;
}

/** What the selected exchange means: its messages taken apart, what was found in them, where the time went. */
export class MeaningView {
  readonly element: HTMLElement = document.createElement('div');
  /** How many system calls of the connection are in sight. */
  readonly callsShown: ReadonlySignal<number>;
  private readonly messages: MessagesPanel;
  private readonly panels: Readonly<Record<TabName, HTMLElement>>;
  private readonly tabs: HTMLElement = document.createElement('div');
  private readonly tab: Signal<TabName> = signal('messages');

  constructor(state: InspectorState, decompressing: Decompressing, events: MeaningViewEvents) {
    const { element, tabs } = this;
    element.className = 'meaning';
    this.messages = new MessagesPanel(state, decompressing, events);
    this.panels = {
      messages: this.messages.element,
      findings: new FindingsPanel(state, (index) => events.toFinding(index)).element,
      timing: new TimingPanel(state).element,
    };
    this.callsShown = computed(() => (this.tab.value === 'timing' ? state.callsLimit.value : 0));
    tabs.className = 'meaning-tabs';
    tabs.setAttribute('role', 'tablist');
    tabs.setAttribute('aria-label', l10n.t('Meaning'));
    tabs.addEventListener('keydown', (event) => this.key(event));
    const bar = document.createElement('div');
    bar.className = 'meaning-bar';
    const tools = document.createElement('div');
    tools.className = 'meaning-tools';
    bar.append(tabs, tools);
    element.append(bar);
    effect(() => {
      render(html`${followButton(state.view.value, events)}${explainsToggle(state)}`, tools);
    });
    for (const name of tabNames) element.append(this.panelOf(name));
    new ExplanationTip(element, state);
    effect(() => this.show(state.view.value, this.tab.value));
  }

  /** Puts the keyboard's focus on what the chosen bytes mean. */
  focus(): void {
    this.tab.value = 'messages';
    this.messages.focus();
  }

  /** Puts the focus back into what is shown, when the element that had it is gone. */
  focusAgain(): void {
    const tab = this.tab.peek();
    if (tab === 'messages') this.messages.focus();
    else this.tabs.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
  }

  private panelOf(name: TabName): HTMLElement {
    const panel = document.createElement('div');
    panel.className = 'meaning-panel';
    panel.id = `panel-${name}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `tab-${name}`);
    // Tables contain nothing that takes the focus, so that by keyboard they could not be scrolled.
    if (name === 'timing') panel.tabIndex = 0;
    panel.append(this.panels[name]);
    return panel;
  }

  private show(view: ExchangeView | null, shown: TabName): void {
    const labels: Readonly<Record<TabName, string>> = {
      messages: l10n.t('Messages'),
      findings: findingsLabel(view),
      timing: l10n.t('Timing'),
    };
    render(
      html`${tabNames.map(
        (name) => html`<button
          role="tab"
          id="tab-${name}"
          class="tab"
          aria-selected=${name === shown}
          aria-controls="panel-${name}"
          tabindex=${name === shown ? 0 : -1}
          @click=${() => {
            this.tab.value = name;
          }}
        >
          ${labels[name]}
        </button>`,
      )}`,
      this.tabs,
    );
    for (const name of tabNames) {
      const panel = this.panels[name].parentElement;
      if (panel !== null) panel.hidden = name !== shown;
    }
  }

  private key(event: KeyboardEvent): void {
    const at = tabNames.indexOf(this.tab.peek());
    const next = (() => {
      switch (keyOf(event)) {
        case 'ArrowRight':
          return tabNames[(at + 1) % tabNames.length];
        case 'ArrowLeft':
          return tabNames[(at + tabNames.length - 1) % tabNames.length];
        case 'Home':
          return tabNames[0];
        case 'End':
          return tabNames[tabNames.length - 1];
        default:
          return undefined;
      }
    })();
    if (next === undefined) return;
    used(event);
    this.tab.value = next;
    this.tabs.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }
}

function followButton(view: ExchangeView | null, events: MeaningViewEvents): TemplateResult | typeof nothing {
  if (view === null) return nothing;
  const { key, connection } = view.detail.row;
  return html`<button
    class="tool"
    title="Follow connection ${connection}: all that went both ways on it, in order"
    aria-label="Follow connection ${connection}"
    @click=${() => events.follow(connectionKey(key, connection))}
  >
    ${icon('history')}
  </button>`;
}

/** The switch for explanations of lines, which not everybody needs. */
function explainsToggle({ explains }: InspectorState): TemplateResult {
  const pressed = explains.value;
  return html`<button
    class="tool toggle"
    aria-pressed=${pressed ? 'true' : 'false'}
    aria-label=${l10n.t('Explain lines')}
    title=${
      pressed
        ? 'A line is explained when the pointer or the focus rests on it: click for peace'
        : l10n.t('Explain a line when the pointer or the focus rests on it')
    }
    @click=${() => {
      explains.value = !pressed;
    }}
  >
    ${icon('info')}
  </button>`;
}

function findingsLabel(view: ExchangeView | null): string {
  const findings = view?.findings ?? [];
  const severe = findings.filter(({ severity }) => severity !== 'note').length;
  if (findings.length === 0) return l10n.t('Findings');
  return severe === 0
    ? l10n.t('Findings ({0})', findings.length)
    : l10n.t('Findings ({0}, {1} to mend)', findings.length, severe);
}
