import { effect, signal } from '@preact/signals-core';
import { render } from 'lit-html';
import { type ByteFormat, writeBytes } from '../http/byteEncodings.ts';
import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import { bytesToolbar } from './bytesToolbar.ts';
import { type BytePlace, BytesView, directions, errorPlaces } from './bytesView.ts';
import { byteTarget } from './byteWalk.ts';
import { FindBytesBar } from './findBytesBar.ts';
import type { HexView } from './hexView.ts';
import type { InspectorState } from './inspectorState.ts';
import { keyOf, used } from './keys.ts';
import { messageOf } from './messageView.ts';
import { ScrubPanel } from './scrub/scrubPanel.ts';
import { copyLimit, selectionPanel } from './selectionPanel.ts';
import { ToolbarFocus } from './toolbarFocus.ts';

export interface BytesPaneEvents {
  /** Enter was pressed: the focus goes to the meaning of the byte under the cursor. */
  leave(): void;
  /** Puts a text on the clipboard. */
  copy(text: string): void;
}

/** The bytes of an exchange, with what can be done with them. */
export class BytesPane {
  readonly element: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly events: BytesPaneEvents;
  private readonly find: FindBytesBar;
  private readonly scrub: ScrubPanel;
  private readonly view: BytesView;
  private readonly toolbarFocus: ToolbarFocus;
  private readonly showsControls = signal(false);
  private readonly showsLegend = signal(false);
  /** Where the selection of bytes began. */
  private anchor: BytePlace | null = null;
  private dragging = false;

  constructor(state: InspectorState, events: BytesPaneEvents) {
    this.state = state;
    this.events = events;
    this.view = new BytesView(state);
    const { element, view } = this;
    element.className = 'bytes-pane';
    element.setAttribute('role', 'region');
    element.setAttribute('aria-label', l10n.t('Bytes'));
    const bar = document.createElement('div');
    bar.className = 'bytes-bar';
    this.toolbarFocus = new ToolbarFocus(bar);
    const finder = document.createElement('div');
    const selection = document.createElement('div');
    this.scrub = new ScrubPanel(state);
    element.append(bar, finder, this.scrub.element, view.element, selection);
    this.find = new FindBytesBar({
      cursor: () => state.chosen.peek(),
      found: (matches) => view.setMatches(matches),
      goTo: (direction, start, end) => {
        state.chosen.value = { direction, start, end, offset: start };
      },
      closed: () => this.focus(state.chosen.peek()?.direction ?? 'received'),
    });
    element.addEventListener('keydown', (event) => {
      if (keyOf(event) === 'Ctrl+f') {
        used(event);
        this.find.open();
        finder.querySelector('input')?.select();
      } else if (keyOf(event) === 'F3' || keyOf(event) === 'Shift+F3') {
        used(event);
        this.find.step(event.shiftKey ? -1 : 1);
      }
    });
    view.onNewView = (hexView) => {
      hexView.grid.addEventListener('keydown', (event) => this.key(event, hexView));
      hexView.grid.addEventListener('focus', () => this.focused(hexView));
    };
    this.listenToPointer(view.element);
    view.element.addEventListener('contextmenu', (event) => this.describeForMenu(event));
    let shown = '';
    effect(() => {
      const exchange = state.view.value;
      view.show(exchange);
      const key = exchange?.detail.row.key ?? '';
      if (key !== shown && state.chosen.peek() === null) {
        view.toStart();
        this.revealError();
      }
      shown = key;
    });
    effect(() => view.setShowsControls(this.showsControls.value));
    effect(() => {
      state.pointed.value;
      view.redraw();
    });
    effect(() => {
      state.parsed.value;
      view.redraw();
    });
    effect(() => {
      const chosen = state.chosen.value;
      if (chosen !== null) view.reveal(chosen.direction, chosen.offset);
      view.redraw();
    });
    effect(() => this.drawBar(bar));
    effect(() => this.find.show(state.view.value));
    effect(() => {
      render(this.find.template(), finder);
    });
    effect(() => {
      render(
        selectionPanel(state.view.value, state.chosen.value, (format) => this.copy(format)),
        selection,
      );
    });
  }

  /** Puts the keyboard's focus on the bytes of a message. */
  focus(direction: Direction): void {
    this.view.view(direction)?.grid.focus({ preventScroll: true });
    this.view.element.scrollIntoView({ block: 'nearest' });
  }

  /** Brings the bytes of an error into sight, since those are what the user is likely to look for. */
  private revealError(): void {
    const { view } = this.state;
    for (const direction of directions) {
      const [place] = errorPlaces(view.peek(), direction);
      if (place === undefined) continue;
      this.view.reveal(direction, place.start);
      return;
    }
  }

  /** Copies the chosen bytes, as far as they were kept. */
  copy(format: ByteFormat): void {
    const view = this.state.view.peek();
    const chosen = this.state.chosen.peek();
    if (view === null || chosen === null) return;
    const { direction, start, end } = chosen;
    const bytes = messageOf(view, direction).bytes.slice(start, end, copyLimit);
    if (bytes.length > 0) this.events.copy(writeBytes(bytes, format, start));
  }

  private drawBar(bar: HTMLElement): void {
    const { showsControls, showsLegend, scrub } = this;
    render(
      bytesToolbar(
        {
          showsControls: showsControls.value,
          showsLegend: showsLegend.value,
          showsParser: scrub.open.value,
          exchange: this.state.view.value?.detail.row.key ?? '',
        },
        {
          showControls: (shown) => {
            showsControls.value = shown;
          },
          showLegend: (shown) => {
            showsLegend.value = shown;
          },
          showParser: (shown) => {
            scrub.toggle(shown);
            if (!shown) return;
            scrub.focus();
            this.element.scrollIntoView({ block: 'nearest' });
          },
        },
      ),
      bar,
    );
    this.toolbarFocus.update();
  }

  /** Says what VS Code's context menu is about: what is selected; of a click elsewhere, what was clicked. */
  private describeForMenu(event: MouseEvent): void {
    const view = this.state.view.peek();
    // Opened by the keyboard, the menu belongs to the grid that has the focus.
    const isKey = event.target instanceof Element && event.target.matches('.hex');
    const hit = isKey ? null : this.view.hit(event);
    const chosen = this.state.chosen.peek();
    const isWithin =
      hit !== null &&
      chosen?.direction === hit.direction &&
      hit.offset >= chosen.start &&
      hit.offset < chosen.end;
    if (hit !== null && !isWithin) {
      this.anchor = hit;
      this.state.choose(hit.direction, hit.offset);
    }
    const direction = this.state.chosen.peek()?.direction ?? 'received';
    this.view.element.dataset.vscodeContext = JSON.stringify({
      webviewSection: 'bytes',
      exchange: view?.detail.row.key ?? '',
      message: direction === 'received' ? 'request' : 'response',
      preventDefaultContextMenuItems: true,
    });
  }

  private listenToPointer(element: HTMLElement): void {
    element.addEventListener('pointermove', (event) => this.point(event));
    element.addEventListener('pointerleave', () => this.state.point(null, null));
    element.addEventListener('pointerdown', (event) => this.press(event));
    const release = () => {
      this.dragging = false;
    };
    element.addEventListener('pointerup', release);
    element.addEventListener('pointercancel', release);
  }

  private point(event: PointerEvent): void {
    const hit = this.view.hit(event);
    if (this.dragging && hit !== null && hit.direction === this.anchor?.direction) {
      if (hit.offset !== this.state.chosen.peek()?.offset) this.selectTo(hit.offset);
      return;
    }
    const mark = hit === null ? null : this.state.markAt(hit.direction, hit.offset);
    this.state.point(mark, hit?.offset ?? null);
  }

  private press(event: PointerEvent): void {
    const hit = event.button === 0 ? this.view.hit(event) : null;
    if (hit === null) return;
    if (event.shiftKey && this.state.chosen.peek()?.direction === hit.direction) {
      this.selectTo(hit.offset);
    } else {
      this.anchor = hit;
      this.state.choose(hit.direction, hit.offset);
    }
    this.dragging = true;
    this.view.element.setPointerCapture(event.pointerId);
  }

  /** Selects the bytes from where the selection began to `offset`, where the cursor goes. */
  private selectTo(offset: number): void {
    const chosen = this.state.chosen.peek();
    const view = this.state.view.peek();
    if (chosen === null || view === null) return;
    const { direction } = chosen;
    if (this.anchor?.direction !== direction) this.anchor = { direction, offset: chosen.offset };
    const from = this.anchor.offset;
    const [start, end] = from <= offset ? [from, offset + 1] : [offset, from + 1];
    this.state.point(null, null);
    const { bytes } = messageOf(view, direction);
    this.state.chosen.value = { direction, ...bytes.withWholeGaps(start, end), offset };
  }

  /** Shows a cursor when the focus comes by the keyboard; a choice in the other message stays until a key moves it. */
  private focused(view: HexView): void {
    const { direction } = view.message;
    const chosen = this.state.chosen.peek();
    if (!view.grid.matches(':focus-visible')) return;
    if (chosen?.direction === direction) {
      this.view.reveal(direction, chosen.offset);
      return;
    }
    if (chosen === null && view.message.bytes.length > 0) this.state.choose(direction, 0);
  }

  private key(event: KeyboardEvent, view: HexView): void {
    const { direction, bytes } = view.message;
    const chosen = this.state.chosen.peek();
    const from = chosen?.direction === direction ? chosen.offset : 0;
    const key = keyOf(event);
    if (key === 'Enter') {
      used(event);
      this.events.leave();
      return;
    }
    if (key === 'Ctrl+c') {
      used(event);
      this.copy('hex');
      return;
    }
    if (key === 'Ctrl+a') {
      used(event);
      if (bytes.length === 0) return;
      this.anchor = { direction, offset: 0 };
      this.state.chosen.value = { direction, start: 0, end: bytes.length, offset: from };
      return;
    }
    if (bytes.length === 0) return;
    const { layout, message } = view;
    const walked = { layout, length: bytes.length, spans: message.spans, pageRows: this.view.pageRows };
    const leads = byteTarget(key.replace('Shift+', ''), from, walked);
    if (leads === null) return;
    // A step into a message that has no cursor yet leads to its first byte.
    const target = chosen?.direction === direction || !key.startsWith('Arrow') ? leads : 0;
    used(event);
    if (event.shiftKey && chosen?.direction === direction) this.extendTo(target);
    else {
      this.anchor = { direction, offset: target };
      this.state.choose(direction, target);
    }
  }

  /** As `selectTo`; what was chosen by another way begins the selection where its cursor is. */
  private extendTo(offset: number): void {
    const chosen = this.state.chosen.peek();
    const { anchor } = this;
    const begins = chosen !== null && anchor !== null && anchor.direction === chosen.direction;
    const holds = begins && anchor.offset >= chosen.start && anchor.offset < chosen.end;
    if (!holds) this.anchor = null;
    this.selectTo(offset);
  }
}
