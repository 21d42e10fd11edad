import { reasonPhrases } from '../http/reasonPhrases.ts';
import { visibleString } from '../http/visibleText.ts';
import type { ListColumn } from '../protocol/exchangeList.ts';
import type { ExchangeRow } from '../protocol/inspector.ts';
import { badgesOf } from './exchangeText.ts';
import { formatDuration, formatSize, formatTime } from './format.ts';
import { iconElement } from './icons.ts';
import { type Phase, waterfallOf } from './waterfall.ts';

/** A term of the filter language that a cell stands for. */
export interface FilterableValue {
  readonly operator: string;
  readonly value: string;
}

/** One column of a row: what it says, and what to filter by it. */
export interface CellKind {
  readonly className: string;
  /** Draws the row into its cell, which may show another row now. */
  draw(cell: HTMLElement, row: ExchangeRow): void;
  /** Null where the row has nothing of it. */
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
    draw: (cell, row) => {
      const text = read(row);
      if (cell.textContent === text) return;
      cell.textContent = text;
      if (titled) cell.title = text;
    },
    filterable,
  };
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
  status: { className: 'status', draw: drawStatus, filterable: statusTerm },
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
  waterfall: { className: 'waterfall', draw: drawWaterfall, filterable: byConnection },
};

function statusTerm({ rule, status, aborted }: ExchangeRow): FilterableValue {
  if (rule !== '') return { operator: 'rule', value: rule };
  if (aborted) return { operator: 'is', value: 'aborted' };
  return { operator: 'status', value: status === 0 ? 'none' : String(status) };
}

/** Which status a cell shows; its parts are made anew for another one only. */
const drawnStatus = new WeakMap<HTMLElement, string>();

function drawStatus(cell: HTMLElement, row: ExchangeRow): void {
  const badges = badgesOf(row);
  const status = statusText(row);
  const drawn = `${status} ${badges.map(({ text }) => text).join()}`;
  if (drawnStatus.get(cell) === drawn) return;
  drawnStatus.set(cell, drawn);
  cell.title = [status, ...badges.map(({ text }) => text)].join(', ');
  cell.classList.toggle(
    'severe',
    badges.some(({ severe }) => severe),
  );
  cell.replaceChildren(
    ...badges.map((badge) => {
      const element = document.createElement('span');
      element.className = badge.severe ? 'badge severe' : 'badge';
      element.append(iconElement(badge.icon));
      return element;
    }),
    labelled('status-text', status),
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

function drawWaterfall(cell: HTMLElement, row: ExchangeRow): void {
  const { arrival, phases, words } = waterfallOf(row);
  if (cell.title === words) return;
  cell.title = words;
  const [glyph, lane] = partsOf(cell);
  glyph.textContent = arrivalGlyphs[arrival];
  phases.forEach((phase, i) => {
    placePhase((lane.children[i] ?? lane.appendChild(document.createElement('span'))) as HTMLElement, phase);
  });
  for (let i = phases.length; i < lane.children.length; i++) lane.children[i].className = 'phase unused';
}

function partsOf(cell: HTMLElement): [glyph: Element, lane: Element] {
  if (cell.children.length !== 2) {
    const lane = labelled('lane', '');
    lane.setAttribute('aria-hidden', 'true');
    cell.replaceChildren(labelled('arrival', ''), lane);
  }
  return [cell.children[0], cell.children[1]];
}

function placePhase(element: HTMLElement, { kind, start, end }: Phase): void {
  element.className = `phase ${kind}`;
  element.style.left = `${(start * 100).toFixed(2)}%`;
  element.style.width = `${((end - start) * 100).toFixed(2)}%`;
}
