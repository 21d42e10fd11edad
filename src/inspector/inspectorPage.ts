import { batch, effect } from '@preact/signals-core';
import { nothing, render, type TemplateResult } from 'lit-html';
import type { ListCommand, ListQuery } from '../protocol/exchangeList.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import type { ToInspector } from '../protocol/inspectorMessages.ts';
import { BytesPane } from './bytesPane.ts';
import { Decompressing } from './decompressing.ts';
import { nothingListed, nothingSelected } from './emptyStates.ts';
import { ExchangeList } from './exchangeList.ts';
import { FilterBar } from './filterBar.ts';
import { FindingWalk } from './findingWalk.ts';
import { FocusKeeper } from './focusKeeper.ts';
import { FollowView } from './follow/followView.ts';
import { InspectorState, type ListState, type Mark } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import { initialColumns } from './listColumns.ts';
import { MeaningView } from './meaningView.ts';
import { asToInspector } from './messageGuard.ts';
import { viewExchange } from './messageView.ts';
import { filterEchoId, PageFrame } from './pageFrame.ts';
import type { PageHost } from './pageHost.ts';
import { PageMemory } from './pageMemory.ts';
import { Question } from './question.ts';
import { filterEcho, toolbar } from './toolbar.ts';
import { ToolbarFocus } from './toolbarFocus.ts';

/** The whole page: puts its parts together, and speaks with the extension host. */
export class InspectorPage {
  private readonly host: PageHost;
  private readonly state = new InspectorState();
  private readonly list: ExchangeList;
  private readonly meaning: MeaningView;
  private readonly bytes: BytesPane;
  private readonly decompressing: Decompressing;
  private readonly filter: FilterBar;
  private readonly follow: FollowView;
  private readonly findings: FindingWalk;
  private readonly memory: PageMemory;
  private queries = 0;
  private readonly listQuestion = new Question();
  private readonly exchangeQuestion = new Question();
  private readonly callsQuestion = new Question();
  private callsAsked = 0;

  constructor(body: HTMLElement, host: PageHost) {
    this.host = host;
    this.memory = new PageMemory(host, body.dataset.layout);
    this.memory.restore(this.state);
    this.findings = new FindingWalk(this.state, (direction) => this.bytes.focus(direction));
    this.decompressing = new Decompressing((message) => host.postMessage(message));
    this.list = new ExchangeList(this.state, {
      request: (start, end) => host.postMessage({ type: 'rows', start, end }),
      select: (exchange) => this.select(exchange),
      mark: (exchange, marked) => host.postMessage({ type: 'mark', exchange, marked }),
      leave: () => this.meaning.focus(),
    });
    // The host looks for the first rows while the rest of the page is made; it answers when this script has run.
    effect(() => this.query(this.state.listQuery.value));
    host.postMessage({ type: 'ready' });
    window.addEventListener('message', (event) => this.received(event.data));
    this.meaning = new MeaningView(this.state, this.decompressing, {
      toBytes: (mark) => this.toBytes(mark),
      toFinding: (index) => this.findings.go(index),
      follow: (connection) => this.follow.open(connection),
    });
    this.bytes = new BytesPane(this.state, {
      leave: () => this.meaning.focus(),
      copy: (text) => host.postMessage({ type: 'copy', text }),
    });
    this.filter = new FilterBar(this.state, filterEchoId, {
      complete: (text, caret) => host.postMessage({ type: 'complete', text, caret }),
      leave: () => this.list.grid.focus(),
    });
    this.follow = new FollowView({
      ask: (connection, end) => host.postMessage({ type: 'follow', connection, end }),
      closed: () => this.list.grid.focus(),
      toExchange: (exchange) => {
        this.follow.close();
        this.state.following.value = false;
        this.select(exchange);
      },
      copyConnection: (connection, part, format) =>
        host.postMessage({ type: 'copyConnection', connection, part, format }),
      exportConnection: (connection) => host.postMessage({ type: 'exportConnection', connection }),
    });
    this.state.filterBy = (operator, value, excluded) =>
      host.postMessage({ type: 'filterBy', operator, value, excluded });
    this.build(body);
    body.addEventListener('keydown', (event) => this.key(event));
    body.addEventListener('click', (event) => this.followLink(event));
    effect(() => {
      const chosen = this.state.chosen.value;
      // Until the exchange has arrived, the cursor that was kept for it must stay.
      if (this.state.view.peek() === null) return;
      this.memory.keep({ cursor: chosen && { direction: chosen.direction, offset: chosen.offset } });
    });
    effect(() => {
      this.memory.keep({ following: this.state.following.value });
    });
    effect(() => {
      const { columns, announces, explains } = this.state;
      this.memory.keepLayout({
        columns: columns.value,
        announces: announces.value,
        explains: explains.value,
      });
    });
    effect(() => {
      const limit = this.meaning.callsShown.value;
      if (limit === this.callsAsked) return;
      this.callsAsked = limit;
      const ask = () => host.postMessage({ type: 'calls', limit });
      if (limit > 0) this.callsQuestion.ask(ask);
      else {
        this.callsQuestion.answered();
        ask();
      }
    });
  }

  private query(list: ListQuery): void {
    this.memory.keep({ filter: list.filter, order: list.order });
    const query = ++this.queries;
    const { window } = this.list;
    this.listQuestion.ask(() => this.host.postMessage({ type: 'query', query, list, window }));
  }

  private build(body: HTMLElement): void {
    const frame = new PageFrame(this.state, {
      filter: this.filter.element,
      list: this.list.grid,
      meaning: this.meaning.element,
      bytes: this.bytes.element,
      follow: this.follow.element,
      announcement: this.findings.announcement,
      layout: this.memory.state,
      moved: (change) => this.memory.keepLayout(change),
    });
    body.replaceChildren(frame.page);
    const buttonsFocus = new ToolbarFocus(frame.buttons);
    new FocusKeeper(
      [
        { within: this.meaning.element, focus: () => this.meaning.focusAgain() },
        { within: this.bytes.element, focus: () => this.bytes.focus('received') },
        { within: this.follow.element, focus: () => this.follow.focus() },
      ],
      [
        () => this.list.grid,
        () => frame.nothingListed.querySelector('button'),
        () => this.filter.element.querySelector('input'),
      ],
    );
    effect(() => {
      frame.page.classList.toggle('follows', this.follow.connection.value !== null);
    });
    effect(() => {
      const list = this.state.list.value;
      render(this.toolbar(list), frame.buttons);
      buttonsFocus.update();
      render(
        filterEcho(list, (problem) => this.filter.isUnfinished(problem)),
        frame.echo,
      );
      const isEmpty = list?.summary.exchanges === 0;
      frame.page.classList.toggle('nothing-captured', isEmpty);
      frame.page.classList.toggle('nothing-listed', !isEmpty && list?.view.count === 0);
      render(
        nothingListed(list, () => this.host.postMessage({ type: 'startServer' })),
        frame.nothingListed,
      );
    });
    effect(() => {
      const shown = this.state.view.value !== null;
      frame.page.classList.toggle('nothing-selected', !shown);
      render(
        shown ? nothing : nothingSelected(this.state.gone.value, this.state.list.value),
        frame.nothingSelected,
      );
    });
  }

  private toolbar(list: ListState | null): TemplateResult {
    const { following, listQuery, announces } = this.state;
    const { order, paused } = listQuery.value;
    return toolbar(
      { list, following: following.value, sorted: order !== null, paused, announces: announces.value },
      {
        follow: () => this.list.follow(),
        pause: (wanted) => {
          listQuery.value = { ...listQuery.peek(), paused: wanted };
        },
        preserve: (preserve) => this.host.postMessage({ type: 'preserve', preserve }),
        announce: (wanted) => {
          announces.value = wanted;
        },
        chooseColumns: () => this.chooseColumns(),
        clear: () => this.host.postMessage({ type: 'clear' }),
      },
    );
  }

  private chooseColumns(): void {
    const { shown } = this.state.columns.peek();
    this.host.postMessage({ type: 'chooseColumns', shown });
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
        if (message.view.query === this.queries) this.listQuestion.answered();
        this.state.list.value = {
          summary: message.summary,
          selectedIndex: message.selectedIndex,
          serverRuns: message.serverRuns,
          preserve: message.preserve,
          view: message.view,
          rows: message.rows,
        };
        break;
      case 'rows':
        this.list.setRows(message.query, message.start, message.rows);
        break;
      case 'suggestions':
        this.filter.suggest(message.filter, message.start, message.end, message.suggestions);
        break;
      case 'filter':
        this.state.listQuery.value = { ...this.state.listQuery.peek(), filter: message.filter };
        break;
      case 'columns':
        this.state.columns.value = { ...this.state.columns.peek(), shown: message.shown };
        break;
      case 'listCommand':
        this.command(message.command);
        break;
      case 'detail':
        this.show(message.detail);
        break;
      case 'copyBytes':
        this.bytes.copy(message.format);
        break;
      case 'calls':
        this.callsQuestion.answered();
        this.state.calls.value = { exchange: message.exchange, calls: message.calls };
        break;
      case 'gone':
        this.gone(message.exchange, message.reason);
        break;
      case 'decompressed':
        this.decompressing.received(message.number, message.result);
        break;
      case 'followed':
        this.follow.received(message.followed);
        break;
      case 'followedGone':
        this.follow.gone(message.connection);
        break;
      case 'followConnection':
        this.follow.open(message.connection);
        break;
      case 'reveal':
        this.state.following.value = false;
        this.select(message.exchange);
        break;
    }
  }

  /** Does what was chosen from the context menu of the list. */
  private command(command: ListCommand): void {
    const { columns, listQuery } = this.state;
    switch (command.kind) {
      case 'sort': {
        const { column, descending } = command;
        listQuery.value = { ...listQuery.peek(), order: { column, descending } };
        break;
      }
      case 'unsort':
        listQuery.value = { ...listQuery.peek(), order: null };
        break;
      case 'hideColumn': {
        const shown = columns.peek().shown.filter((column) => column !== command.column);
        if (shown.length > 0) columns.value = { ...columns.peek(), shown };
        break;
      }
      case 'chooseColumns':
        this.chooseColumns();
        break;
      case 'resetColumns':
        columns.value = initialColumns;
        break;
    }
  }

  private select(exchange: ExchangeKey): void {
    if (this.state.selected.peek() === exchange) return;
    this.state.selected.value = exchange;
    this.exchangeQuestion.ask(() => this.host.postMessage({ type: 'select', exchange }));
    this.memory.keep({ exchange, cursor: null });
  }

  private show(detail: ExchangeDetail): void {
    const { key } = detail.row;
    const { selected, view, chosen } = this.state;
    // A late answer, about an exchange that is no longer selected.
    if (selected.peek() !== null && selected.peek() !== key) return;
    this.exchangeQuestion.answered();
    const before = view.peek();
    const again = before?.detail.row.key === key;
    const cursor = again
      ? chosen.peek()
      : this.memory.state.exchange === key
        ? this.memory.state.cursor
        : null;
    batch(() => {
      selected.value = key;
      this.state.gone.value = null;
      this.state.point(null, null);
      if (!again) this.state.finding.value = -1;
      view.value = viewExchange(detail);
      if (cursor === null) chosen.value = null;
      else this.state.choose(cursor.direction, cursor.offset);
    });
    this.memory.keep({ exchange: key });
  }

  private gone(exchange: ExchangeKey, reason: string): void {
    const selected = this.state.selected.peek();
    if (selected !== null && selected !== exchange) return;
    this.exchangeQuestion.answered();
    batch(() => {
      this.state.selected.value = null;
      this.state.gone.value = { reason };
      this.state.view.value = null;
      this.state.chosen.value = null;
      this.state.point(null, null);
    });
    this.memory.keep({ exchange: null, cursor: null });
  }

  private toBytes(mark: Mark): void {
    this.state.chooseMark(mark);
    this.bytes.focus(mark.direction);
  }

  /** Sends links to the extension host, which opens only those that it trusts; VS Code by itself would open any. */
  private followLink(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.host.postMessage({ type: 'openLink', url: link.href });
  }

  /** Keys that work wherever the focus is. */
  private key(event: KeyboardEvent): void {
    switch (keyOf(event)) {
      case 'F8':
        if (this.findings.step(1)) used(event);
        break;
      case 'Shift+F8':
        if (this.findings.step(-1)) used(event);
        break;
      case 'Ctrl+f':
        used(event);
        this.filter.focus();
        break;
      case '/':
        if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) break;
        used(event);
        this.filter.focus();
        break;
      case 'Escape':
        used(event);
        if (this.follow.connection.peek() !== null) this.follow.close();
        else this.list.grid.focus();
        break;
    }
  }
}
