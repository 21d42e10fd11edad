import { effect, type Signal, signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { hex, octetName, visiblePieces } from '../../http/visibleText.ts';
import { l10n } from '../../l10n/l10n.ts';
import type { Direction } from '../../protocol/capture.ts';
import type {
  ConnectionKey,
  ConnectionPart,
  FollowedConnection,
  FollowFormat,
} from '../../protocol/follow.ts';
import type { ExchangeKey } from '../../protocol/inspector.ts';
import { counted, formatDuration, formatTime } from '../format.ts';
import { icon } from '../icons.ts';
import { keyOf, used } from '../keys.ts';
import { Question } from '../question.ts';
import { type FollowRow, followRows } from './followRows.ts';

export interface FollowEvents {
  /** Asks the host as the message `follow` does (src/protocol/inspectorMessages.ts). */
  ask(connection: ConnectionKey | null, end: number | null): void;
  /** The user goes back to the list. */
  closed(): void;
  toExchange(exchange: ExchangeKey): void;
  /** Copies all that is stored of a connection, not only what is shown. */
  copyConnection(connection: ConnectionKey, part: ConnectionPart, format: FollowFormat): void;
  exportConnection(connection: ConnectionKey): void;
}

/** CSS pixels; the stylesheet has the same. */
const rowHeight = 20;
/** Milliseconds from which a pause is shown. */
const longPause = 100;
const words: Readonly<Record<Direction, string>> = { received: l10n.t('Received'), sent: l10n.t('Sent') };
const copied = [
  ['both', l10n.t('Copy all')],
  ['received', l10n.t('Copy received')],
  ['sent', l10n.t('Copy sent')],
] as const;
const arrows: Readonly<Record<Direction, string>> = { received: '→', sent: '←' };

/** Both directions of a connection in order, read by read and write by write, in the place of the list. */
export class FollowView {
  readonly element: HTMLElement = document.createElement('section');
  /** The connection that is followed; null while the list is shown. */
  readonly connection: Signal<ConnectionKey | null> = signal(null);
  private readonly events: FollowEvents;
  private readonly followed: Signal<FollowedConnection | null> = signal(null);
  private readonly isGone = signal(false);
  private readonly question = new Question();
  private readonly format: Signal<FollowFormat> = signal('text');
  private readonly bar = document.createElement('div');
  private readonly grid = document.createElement('div');
  private readonly extent = document.createElement('div');
  private readonly sight = document.createElement('div');
  private rows: readonly FollowRow[] = [];
  private readonly current = signal(0);
  /** Whether the view scrolls along with what is new. */
  private atEnd = false;
  private readonly drawn = signal(0);

  constructor(events: FollowEvents) {
    this.events = events;
    const { element, bar, grid, extent, sight } = this;
    element.className = 'follow';
    element.setAttribute('aria-label', l10n.t('Connection'));
    bar.className = 'follow-bar';
    grid.className = 'follow-rows';
    grid.tabIndex = 0;
    grid.setAttribute('role', 'grid');
    grid.setAttribute('aria-label', l10n.t('Reads and writes of the connection'));
    extent.className = 'follow-extent';
    extent.setAttribute('role', 'presentation');
    sight.className = 'follow-sight';
    sight.setAttribute('role', 'rowgroup');
    extent.append(sight);
    grid.append(extent);
    element.append(bar, grid);
    grid.addEventListener('scroll', () => this.scrolled(), { passive: true });
    grid.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.redraw()).observe(grid);
    effect(() => {
      element.hidden = this.connection.value === null;
    });
    effect(() => {
      render(this.toolbar(this.followed.value, this.isGone.value, this.format.value), bar);
    });
    effect(() => this.show(this.followed.value, this.format.value));
    effect(() => {
      this.drawn.value;
      this.draw(this.current.value);
    });
  }

  /** Shows a connection in the place of the list. */
  open(connection: ConnectionKey): void {
    this.followed.value = null;
    this.isGone.value = false;
    this.connection.value = connection;
    this.current.value = 0;
    this.atEnd = false;
    this.question.ask(() => this.events.ask(connection, null));
    this.focus();
  }

  focus(): void {
    this.grid.focus();
  }

  close(): void {
    if (this.connection.peek() === null) return;
    this.connection.value = null;
    this.followed.value = null;
    this.question.answered();
    this.events.ask(null, null);
    this.events.closed();
  }

  received(followed: FollowedConnection): void {
    if (followed.key !== this.connection.peek()) return;
    this.question.answered();
    this.followed.value = followed;
  }

  gone(connection: ConnectionKey): void {
    if (connection !== this.connection.peek()) return;
    this.question.answered();
    this.isGone.value = true;
  }

  private show(followed: FollowedConnection | null, format: FollowFormat): void {
    this.rows = followed === null ? [] : followRows(followed, format);
    const { rows, grid, extent } = this;
    grid.setAttribute('aria-rowcount', String(rows.length));
    extent.style.height = `${rows.length * rowHeight}px`;
    if (this.atEnd) grid.scrollTop = rows.length * rowHeight;
    this.current.value = Math.min(this.current.peek(), Math.max(0, rows.length - 1));
    this.redraw();
  }

  private redraw(): void {
    this.drawn.value = this.drawn.peek() + 1;
  }

  private scrolled(): void {
    const { grid } = this;
    this.atEnd = grid.scrollTop > 0 && grid.scrollTop + grid.clientHeight >= grid.scrollHeight - rowHeight;
    this.redraw();
  }

  /** Draws the rows in sight. */
  private draw(current: number): void {
    const { grid, sight, rows } = this;
    const first = Math.max(0, Math.floor(grid.scrollTop / rowHeight));
    const last = Math.min(rows.length, first + Math.ceil(grid.clientHeight / rowHeight) + 1);
    sight.style.transform = `translateY(${first * rowHeight}px)`;
    render(
      html`${rows.slice(first, last).map((row, i) => this.row(row, first + i, first + i === current))}`,
      sight,
    );
    if (current >= first && current < last) grid.setAttribute('aria-activedescendant', 'follow-current');
    else grid.removeAttribute('aria-activedescendant');
  }

  private row(row: FollowRow, index: number, isCurrent: boolean): TemplateResult {
    return html`<div
      role="row"
      id=${isCurrent ? 'follow-current' : nothing}
      aria-rowindex=${index + 1}
      aria-selected=${isCurrent ? 'true' : 'false'}
      class="follow-row follow-${row.kind} ${row.kind === 'exchange' ? '' : row.block.direction}"
      @click=${() => {
        this.current.value = index;
        if (row.kind === 'exchange') this.events.toExchange(row.exchange.key);
      }}
    >
      <span role="gridcell">${cell(row, this.format.peek())}</span>
    </div>`;
  }

  private toolbar(
    followed: FollowedConnection | null,
    isGone: boolean,
    format: FollowFormat,
  ): TemplateResult {
    return html`<button class="tool" title=${l10n.t('Back to the list (Escape)')} @click=${() => this.close()}>
        <span class="flipped">${icon('chevron-right')}</span>${l10n.t('Back')}
      </button>
      <h2>${followed === null ? l10n.t('Connection') : titleOf(followed)}</h2>
      ${isGone ? html`<span class="severe">${l10n.t('It is no longer stored: newer ones took its place.')}</span>` : nothing}
      ${followed?.blocks.length === 0 ? html`<span class="remark">${l10n.t('Nothing captured yet.')}</span>` : nothing}
      <span class="follow-tools">
        ${followed !== null && followed.first > 0 ? this.button(l10n.t('Earlier'), () => this.ask(followed.first)) : nothing}
        ${
          followed !== null && followed.first + followed.blocks.length < followed.total
            ? this.button(l10n.t('Newest'), () => this.ask(null))
            : nothing
        }
        ${(['text', 'hex'] as const).map(
          (one) => html`<button
            class="tool"
            aria-pressed=${one === format}
            @click=${() => {
              this.format.value = one;
            }}
          >
            ${one === 'text' ? l10n.t('Text') : l10n.t('Hex')}
          </button>`,
        )}
        ${
          followed === null
            ? nothing
            : html`${copied.map(([part, label]) =>
                this.button(label, () => this.events.copyConnection(followed.key, part, format)),
              )}
              ${this.button(l10n.t('Export …'), () => this.events.exportConnection(followed.key))}`
        }
      </span>`;
  }

  private button(label: string, act: () => void): TemplateResult {
    return html`<button class="tool" @click=${act}>${label}</button>`;
  }

  private ask(end: number | null): void {
    this.grid.scrollTop = 0;
    this.current.value = 0;
    const connection = this.connection.peek();
    this.question.ask(() => this.events.ask(connection, end));
  }

  private key(event: KeyboardEvent): void {
    const at = this.current.peek();
    const page = Math.max(1, Math.floor(this.grid.clientHeight / rowHeight) - 1);
    const moves: Readonly<Record<string, () => number>> = {
      ArrowDown: () => at + 1,
      ArrowUp: () => at - 1,
      PageDown: () => at + page,
      PageUp: () => at - page,
      Home: () => 0,
      End: () => this.rows.length - 1,
      'Ctrl+Home': () => 0,
      'Ctrl+End': () => this.rows.length - 1,
      'Alt+ArrowDown': () => this.neighbour(at, 1),
      'Alt+ArrowUp': () => this.neighbour(at, -1),
    };
    const row = this.rows[at];
    const key = keyOf(event);
    if (key === 'Enter' && row?.kind === 'exchange') {
      used(event);
      this.events.toExchange(row.exchange.key);
      return;
    }
    const move = moves[key];
    if (move === undefined) return;
    used(event);
    this.goTo(Math.min(Math.max(0, move()), this.rows.length - 1));
  }

  /** The next read, write or exchange, or the one before. */
  private neighbour(at: number, step: 1 | -1): number {
    let index = at + step;
    while (this.rows[index]?.kind === 'bytes' || this.rows[index]?.kind === 'missing') index += step;
    return index;
  }

  private goTo(index: number): void {
    const { grid } = this;
    const top = index * rowHeight;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + rowHeight > grid.scrollTop + grid.clientHeight) {
      grid.scrollTop = top + rowHeight - grid.clientHeight;
    }
    this.current.value = index;
    this.redraw();
  }
}

function cell(row: FollowRow, format: FollowFormat): unknown {
  switch (row.kind) {
    case 'exchange': {
      const { id, method, target, status } = row.exchange;
      return row.part === 'request'
        ? html`<a>${l10n.t('Exchange {0}: {1}', id, `${method} ${shown(target)}`)}</a>`
        : html`<a>${l10n.t('Exchange {0}: {1}', id, l10n.t('answered {0}', status === 0 ? '' : status))}</a>`;
    }
    case 'block': {
      const { direction, start, end, time } = row.block;
      return html`<strong>${arrows[direction]} ${words[direction]} ${counted(end - start, 'byte')}</strong>
        <span class="remark">${formatTime(time)}</span> ${pauseOf(row.pause)}`;
    }
    case 'bytes':
      return format === 'text' ? textRow(row) : hexRow(row);
    case 'missing':
      return html`<span class="remark">${l10n.t('{0} not kept', counted(row.end - row.start, 'byte'))}</span>`;
  }
}

function pauseOf(pause: number | null): TemplateResult | typeof nothing {
  if (pause === null) return nothing;
  if (pause >= longPause) return html`<em class="pause">${l10n.t('{0} pause', formatDuration(pause))}</em>`;
  return html`<span class="remark">${l10n.t('{0} after the one before', formatDuration(pause))}</span>`;
}

function bytesOf({ block, start, end }: FollowRow & { kind: 'bytes' }): Uint8Array {
  return block.kept.subarray(start - block.keptStart, end - block.keptStart);
}

function textRow(row: FollowRow & { kind: 'bytes' }): unknown {
  return html`<span class="wire"
    >${visiblePieces(bytesOf(row)).map(({ text, escaped }) =>
      escaped ? html`<span class="escape">${text}</span>` : text,
    )}</span
  >`;
}

function hexRow(row: FollowRow & { kind: 'bytes' }): unknown {
  const bytes = bytesOf(row);
  const digits = Array.from(bytes, (octet) => hex(octet, 2)).join(' ');
  const characters = Array.from(bytes, (octet) =>
    octet > 0x1f && octet < 0x7f ? String.fromCharCode(octet) : '·',
  ).join('');
  const label = bytes.length === 1 ? octetName(bytes[0]) : nothing;
  return html`<span class="wire" title=${label}
    ><span class="remark">${hex(row.start, 6)}</span>  ${digits.padEnd(47)}  ${characters}</span
  >`;
}

function titleOf({ id, peer, serverName, closedAt, closeReason }: FollowedConnection): string {
  const address = peer.address.includes(':') ? `[${peer.address}]` : peer.address;
  const server = serverName === '' ? '' : ` · ${serverName}`;
  const state =
    closedAt === 0 ? l10n.t('open') : `${l10n.t('closed')}${closeReason === '' ? '' : `: ${closeReason}`}`;
  return `${l10n.t('Connection {0} · from {1}', id, `${address}:${peer.port}`)}${server} · ${state}`;
}

function shown(target: string): string {
  return visiblePieces(new TextEncoder().encode(target.slice(0, 200)))
    .map(({ text }) => text)
    .join('');
}
