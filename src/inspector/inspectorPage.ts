import { batch, effect } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type {
  CaptureSummary,
  ExchangeDetail,
  ExchangeKey,
  FromInspector,
  ToInspector,
} from '../protocol/inspector.ts';
import { BytesPane } from './bytesPane.ts';
import { Decompressing } from './decompressing.ts';
import { ExchangeList } from './exchangeList.ts';
import { counted } from './format.ts';
import { icon } from './icons.ts';
import { InspectorState, type ListState, type Mark } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import { MeaningView } from './meaningView.ts';
import { asToInspector } from './messageGuard.ts';
import { messageOf, viewExchange } from './messageView.ts';
import { asPageState, type PageState } from './pageState.ts';
import { splitter } from './splitter.ts';
import { statusStrip } from './statusStrip.ts';

/** What VS Code gives to the page of a webview. */
export interface PageHost {
  postMessage(message: FromInspector): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** The whole page: puts its parts together, and speaks with the extension host. */
export class InspectorPage {
  private readonly host: PageHost;
  private readonly state = new InspectorState();
  private readonly list: ExchangeList;
  private readonly meaning: MeaningView;
  private readonly bytes: BytesPane;
  private readonly decompressing: Decompressing;
  private kept: PageState;

  constructor(body: HTMLElement, host: PageHost) {
    this.host = host;
    this.kept = asPageState(host.getState());
    this.state.following.value = this.kept.following;
    this.decompressing = new Decompressing((message) => host.postMessage(message));
    this.list = new ExchangeList(this.state, {
      request: (start, end) => host.postMessage({ type: 'rows', start, end }),
      select: (exchange) => this.select(exchange),
      leave: () => this.meaning.focus(),
    });
    this.meaning = new MeaningView(this.state, { toBytes: (mark) => this.toBytes(mark) });
    this.bytes = new BytesPane(this.state, () => this.meaning.focus());
    this.build(body);
    body.addEventListener('keydown', (event) => this.key(event));
    body.addEventListener('click', (event) => this.followLink(event));
    effect(() => {
      const chosen = this.state.chosen.value;
      // Until the exchange is there, its cursor is still the kept one.
      if (this.state.view.peek() === null) return;
      this.keep({ cursor: chosen && { direction: chosen.direction, offset: chosen.offset } });
    });
    effect(() => {
      this.keep({ following: this.state.following.value });
    });
    window.addEventListener('message', (event) => this.received(event.data));
    host.postMessage({ type: 'ready' });
  }

  private build(body: HTMLElement): void {
    const page = document.createElement('main');
    page.className = 'page';
    const toolbar = document.createElement('header');
    toolbar.className = 'toolbar';
    const upper = document.createElement('div');
    upper.className = 'upper';
    const empty = document.createElement('div');
    empty.className = 'empty';
    upper.append(this.list.grid, empty);
    const lower = document.createElement('div');
    lower.className = 'lower';
    const nothingSelected = document.createElement('div');
    nothingSelected.className = 'empty';
    const sides = document.createElement('div');
    sides.className = 'sides';
    sides.append(
      this.meaning.element,
      splitter({
        label: 'Width of the meaning',
        direction: 'row',
        container: sides,
        property: '--spark-meaning-share',
        share: this.kept.meaningShare,
        moved: (meaningShare) => this.keep({ meaningShare }),
      }),
      this.bytes.element,
    );
    lower.append(sides, nothingSelected);
    page.append(
      toolbar,
      upper,
      splitter({
        label: 'Height of the list',
        direction: 'column',
        container: page,
        property: '--spark-list-share',
        share: this.kept.listShare,
        moved: (listShare) => this.keep({ listShare }),
      }),
      lower,
      statusStrip(this.state),
    );
    const title = document.createElement('h1');
    title.className = 'unseen';
    title.textContent = 'Request Inspector';
    page.prepend(title);
    body.replaceChildren(page);
    effect(() => {
      const list = this.state.list.value;
      render(this.toolbar(list, this.state.following.value), toolbar);
      const isEmpty = list?.summary.exchanges === 0;
      page.classList.toggle('nothing-captured', isEmpty);
      render(isEmpty ? this.nothingCaptured(list) : nothing, empty);
    });
    effect(() => {
      const shown = this.state.view.value !== null;
      page.classList.toggle('nothing-selected', !shown);
      render(shown ? nothing : this.nothingSelected(), nothingSelected);
    });
  }

  private toolbar(list: ListState | null, following: boolean): TemplateResult {
    const isEmpty = list === null || list.summary.exchanges === 0;
    return html`<span class="summary">${list === null ? nothing : summaryText(list.summary)}</span>
      ${
        following || isEmpty
          ? nothing
          : html`<button class="tool" title="Show the newest exchange, and follow" @click=${() => this.list.follow()}>
            ${icon('arrow-down')}Newest
          </button>`
      }
      <button
        class="tool"
        title="Clear the capture"
        ?disabled=${isEmpty}
        @click=${() => this.host.postMessage({ type: 'clear' })}
      >
        ${icon('clear-all')}Clear
      </button>`;
  }

  private nothingCaptured({ serverRuns }: ListState): TemplateResult {
    return serverRuns
      ? html`<p>Nothing captured yet.</p>
          <p>The server is running: open one of its pages, and every request appears here.</p>`
      : html`<p>Nothing captured yet.</p>
          <p>Start the server, then open one of its pages: every request appears here.</p>
          <button class="primary" @click=${() => this.host.postMessage({ type: 'startServer' })}>
            Start Server
          </button>`;
  }

  private nothingSelected(): TemplateResult | typeof nothing {
    const gone = this.state.gone.value;
    if (gone !== null) return html`<p>${gone.reason}</p>`;
    if ((this.state.list.value?.summary.exchanges ?? 0) === 0) return nothing;
    return html`<p>Select an exchange to see its bytes and what they mean.</p>`;
  }

  private received(data: unknown): void {
    const message = asToInspector(data);
    if (message === null) {
      console.warn('Spark: a message of an unknown shape was ignored.', data);
      return;
    }
    this.handle(message);
  }

  private handle(message: ToInspector): void {
    switch (message.type) {
      case 'list':
        this.state.list.value = {
          summary: message.summary,
          selectedIndex: message.selectedIndex,
          serverRuns: message.serverRuns,
        };
        break;
      case 'rows':
        this.list.setRows(message.start, message.rows);
        break;
      case 'detail':
        this.show(message.detail);
        break;
      case 'gone':
        this.gone(message.exchange, message.reason);
        break;
      case 'decompressed':
        this.decompressing.received(message.number, message.result);
        break;
      case 'reveal':
        this.state.following.value = false;
        this.select(message.exchange);
        break;
    }
  }

  private select(exchange: ExchangeKey): void {
    if (this.state.selected.peek() === exchange) return;
    this.state.selected.value = exchange;
    this.host.postMessage({ type: 'select', exchange });
    this.keep({ exchange, cursor: null });
  }

  private show(detail: ExchangeDetail): void {
    const { key } = detail.row;
    const { selected, view, chosen } = this.state;
    // Of an exchange that was selected before the last one.
    if (selected.peek() !== null && selected.peek() !== key) return;
    const before = view.peek();
    const again = before?.detail.row.key === key;
    const cursor = again ? chosen.peek() : this.kept.exchange === key ? this.kept.cursor : null;
    batch(() => {
      selected.value = key;
      this.state.gone.value = null;
      this.state.point(null, null);
      view.value = viewExchange(detail);
      if (cursor === null) chosen.value = null;
      else this.state.choose(cursor.direction, cursor.offset);
    });
    this.keep({ exchange: key });
  }

  private gone(exchange: ExchangeKey, reason: string): void {
    const selected = this.state.selected.peek();
    if (selected !== null && selected !== exchange) return;
    batch(() => {
      this.state.selected.value = null;
      this.state.gone.value = { reason };
      this.state.view.value = null;
      this.state.chosen.value = null;
      this.state.point(null, null);
    });
    this.keep({ exchange: null, cursor: null });
  }

  private toBytes(mark: Mark): void {
    this.state.chooseMark(mark);
    this.bytes.focus(mark.direction);
  }

  /** VS Code would open any link by itself: those of this page go through the extension host, which knows them. */
  private followLink(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.host.postMessage({ type: 'openLink', url: link.href });
  }

  /** Keys that do the same wherever the focus is. */
  private key(event: KeyboardEvent): void {
    switch (keyOf(event)) {
      case 'F8':
        if (this.toViolation()) used(event);
        break;
      case 'Escape':
        used(event);
        this.list.grid.focus();
        break;
    }
  }

  /** To the byte that broke a rule; from that of the request to that of the response. */
  private toViolation(): boolean {
    const view = this.state.view.peek();
    if (view === null) return false;
    const chosen = this.state.chosen.peek();
    const broken = [view.received, view.sent].filter((message) => message.violation !== null);
    const at = broken.findIndex(
      ({ direction, violation }) => chosen?.direction === direction && chosen.offset === violation?.offset,
    );
    const next = broken[(at + 1) % broken.length];
    if (!next?.violation) return false;
    const last = messageOf(view, next.direction).bytes.length - 1;
    const offset = Math.max(0, Math.min(next.violation.offset, last));
    this.state.chooseMark({ direction: next.direction, start: offset, end: offset + 1 });
    this.bytes.focus(next.direction);
    return true;
  }

  private keep(change: Partial<PageState>): void {
    this.kept = { ...this.kept, ...change };
    this.host.setState(this.kept);
  }
}

function summaryText({ exchanges, displaced, leftOut, lostInReload }: CaptureSummary): string {
  const parts = exchanges === 0 ? [] : [counted(exchanges, 'exchange')];
  if (displaced > 0) parts.push(`${counted(displaced, 'older one')} displaced`);
  if (leftOut > 0) parts.push(`${counted(leftOut, 'exchange')} not recorded while the server was busy`);
  if (lostInReload > 0) parts.push(`${counted(lostInReload, 'exchange')} not kept over the window reload`);
  return parts.join(' · ');
}
