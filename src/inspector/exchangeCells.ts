import { reasonPhrases } from '../http/reasonPhrases.ts';
import { visibleString } from '../http/visibleText.ts';
import type { ListColumn } from '../protocol/exchangeList.ts';
import type { ExchangeRow } from '../protocol/inspector.ts';
import { type Badge, badgesOf } from './exchangeText.ts';
import { formatDuration, formatSize, formatTime } from './format.ts';
import { iconElement } from './icons.ts';
import { type Phase, type PhaseKind, waterfallOf, waterfallWords } from './waterfall.ts';

/** A term of the filter language that a cell stands for. */
export interface FilterableValue {
  readonly operator: string;
  readonly value: string;
}

/** One column of a row: what it says, and what to filter by it. */
export interface CellKind {
  readonly className: string;
  /** Draws the row into its cell, which may still show another row. */
  draw(cell: HTMLElement, row: ExchangeRow): void;
  /** What the cell says in full when the pointer rests on it; undefined where it is all there to see. */
  readonly words?: ((row: ExchangeRow) => string) | undefined;
  /** Null where there is nothing to filter by. */
  filterable(row: ExchangeRow): FilterableValue | null;
}

function textCell(
  className: string,
  read: (row: ExchangeRow) => string,
  filterable: CellKind['filterable'],
  titled = false,
): CellKind {
  return {
    className,
    draw: (cell, row) => drawText(cell, read(row)),
    words: titled ? read : undefined,
    filterable,
  };
}

/** Changes the text node that is there, which costs less than a new one. */
function drawText(element: Element, text: string): void {
  const { firstChild } = element;
  if (firstChild === null) element.append(text);
  else if (firstChild.nodeValue !== text) firstChild.nodeValue = text;
}

function present(operator: string, value: string): FilterableValue | null {
  return value === '' ? null : { operator, value };
}

const byConnection: CellKind['filterable'] = ({ connection }) => present('conn', String(connection));

/** How each column of the list is drawn. */
export const cellKinds: Readonly<Record<ListColumn, CellKind>> = {
  id: textCell(
    'number',
    ({ id }) => String(id),
    ({ id }) => present('exchange', String(id)),
  ),
  connection: textCell('number', ({ connection }) => String(connection), byConnection),
  time: textCell(
    'number',
    ({ startedAt }) => formatTime(startedAt),
    ({ startedAt }) => present('after', formatTime(startedAt)),
  ),
  method: textCell(
    'wire',
    ({ method }) => visibleString(method),
    ({ method }) => present('method', method),
  ),
  target: textCell(
    'wire target',
    ({ target }) => visibleString(target),
    ({ target }) => present('target', target),
    true,
  ),
  status: { className: 'status', draw: drawStatus, words: statusWords, filterable: statusTerm },
  type: textCell(
    '',
    ({ type }) => visibleString(type),
    ({ type }) => present('type', type),
    true,
  ),
  requestSize: textCell(
    'number',
    ({ requestSize }) => formatSize(requestSize),
    ({ requestSize }) => present('larger', String(requestSize)),
  ),
  responseSize: textCell(
    'number',
    ({ responseSize }) => formatSize(responseSize),
    ({ responseSize }) => present('larger', String(responseSize)),
  ),
  duration: textCell(
    'number',
    ({ duration }) => formatDuration(duration),
    ({ duration }) => (duration === null ? present('is', 'open') : present('slower', duration.toFixed(3))),
  ),
  comment: textCell(
    '',
    ({ comment }) => visibleString(comment),
    ({ comment }) => present('comment', comment),
    true,
  ),
  waterfall: {
    className: 'waterfall',
    draw: drawWaterfall,
    words: (row) => waterfallWords(row),
    filterable: byConnection,
  },
};

function statusTerm({ rule, status, aborted }: ExchangeRow): FilterableValue {
  if (rule !== '') return { operator: 'rule', value: rule };
  if (aborted) return { operator: 'is', value: 'aborted' };
  return { operator: 'status', value: status === 0 ? 'none' : String(status) };
}

function statusWords(row: ExchangeRow): string {
  return [statusText(row), ...badgesOf(row).map(({ text }) => text)].join(', ');
}

/** Which badges a cell shows, so that they are made anew only when they change. */
const drawnBadges = new WeakMap<HTMLElement, string>();

function drawStatus(cell: HTMLElement, row: ExchangeRow): void {
  const badges = badgesOf(row);
  const drawn = badges.map(({ text }) => text).join();
  if (drawnBadges.get(cell) !== drawn) {
    drawnBadges.set(cell, drawn);
    drawBadges(cell, badges);
  }
  const text = cell.querySelector('.status-text');
  if (text !== null) drawText(text, statusText(row));
}

function drawBadges(cell: HTMLElement, badges: readonly Badge[]): void {
  cell.classList.toggle(
    'severe',
    badges.some(({ severe }) => severe),
  );
  cell.replaceChildren(
    ...badges.map((badge) => {
      const element = iconElement(badge.icon);
      element.classList.add('badge');
      return element;
    }),
    labelled('status-text', ''),
    ...badges.filter(({ named }) => named).map(({ text }) => labelled('badge-text', text)),
  );
}

function labelled(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function statusText({ status, rule }: ExchangeRow): string {
  if (status === 0) return '…';
  const phrase = Object.hasOwn(reasonPhrases, status) ? reasonPhrases[status] : '';
  return rule === '' ? `${status} ${phrase}`.trim() : String(status);
}

const arrivalGlyphs = { new: '●', reused: '↻', pipelined: '⇉' } as const;

/** Phases by the layers of the cell's background in the stylesheet, topmost first. */
const layers: readonly PhaseKind[] = ['idle', 'receiving', 'queued', 'handling', 'handling', 'sending'];

/**
 * The phases are a background: elements for them would be half of a row's cost. Its images are the stylesheet's, since
 * to give each cell its own would cost as much again.
 */
function drawWaterfall(cell: HTMLElement, row: ExchangeRow): void {
  const { arrival, phases } = waterfallOf(row);
  drawText(cell, arrivalGlyphs[arrival]);
  const places = layers.map((layer) => placeOf(phases.find(({ kind }) => kind === layer)));
  const positions = places.map(({ position }) => position).join();
  const sizes = places.map(({ size }) => size).join();
  const drawn = `${positions} ${sizes}`;
  if (drawnPhases.get(cell) === drawn) return;
  drawnPhases.set(cell, drawn);
  cell.style.backgroundPosition = positions;
  cell.style.backgroundSize = sizes;
}

/** Which phases a cell shows. */
const drawnPhases = new WeakMap<HTMLElement, string>();

/** Where a layer of the background lies: as long as its phase lasts, and two pixels at least; nowhere without one. */
function placeOf(phase: Phase | undefined): { readonly position: string; readonly size: string } {
  if (phase === undefined) return { position: '0 0', size: '0 0' };
  const { kind, start, end } = phase;
  const width = end - start;
  // A percentage is the share of the room that the image leaves.
  const left = width >= 1 ? 0 : Math.min(1, start / (1 - width));
  return {
    position: `${percent(left)} 50%`,
    size: `max(2px,${percent(width)}) ${kind === 'idle' ? '1px' : '100%'}`,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
