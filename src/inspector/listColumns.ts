import { l10n } from '../l10n/l10n.ts';
import type { ListColumn } from '../protocol/exchangeList.ts';

/** A column of the list of exchanges. Widths are CSS pixels. */
export interface ColumnDescription {
  readonly column: ListColumn;
  readonly title: string;
  readonly width: number;
  /** Whether it is aligned to the right, so that digits stand below each other. */
  readonly isNumber: boolean;
  /** Where there is little room, columns of a higher number go first. */
  readonly dispensable: number;
}

/** In the order in which they stand. The target takes the room that the others leave. */
export const columnDescriptions: readonly ColumnDescription[] = [
  { column: 'id', title: '#', width: 48, isNumber: true, dispensable: 2 },
  { column: 'connection', title: l10n.t('Conn.'), width: 52, isNumber: true, dispensable: 7 },
  { column: 'time', title: l10n.t('Time'), width: 96, isNumber: true, dispensable: 9 },
  { column: 'method', title: l10n.t('Method'), width: 64, isNumber: false, dispensable: 1 },
  { column: 'target', title: l10n.t('Target'), width: 200, isNumber: false, dispensable: 0 },
  { column: 'status', title: l10n.t('Status'), width: 156, isNumber: false, dispensable: 0 },
  { column: 'type', title: l10n.t('Type'), width: 110, isNumber: false, dispensable: 8 },
  { column: 'requestSize', title: l10n.t('Request'), width: 68, isNumber: true, dispensable: 6 },
  { column: 'responseSize', title: l10n.t('Response'), width: 76, isNumber: true, dispensable: 3 },
  { column: 'duration', title: l10n.t('Duration'), width: 72, isNumber: true, dispensable: 4 },
  { column: 'comment', title: l10n.t('Comment'), width: 160, isNumber: false, dispensable: 10 },
  {
    column: 'waterfall',
    title: l10n.t('Connection’s Waterfall'),
    width: 200,
    isNumber: false,
    dispensable: 5,
  },
];

const leastWidth = 36;
/** Room for a status with its most severe badge. */
const leastStatus = 50;
const mostWidth = 1200;
/** Below this width a target is of no use. */
const leastTarget = 150;
/** Between columns, and at both ends. */
const gap = 10;

const byName = new Map<string, ColumnDescription>(columnDescriptions.map((one) => [one.column, one]));

/** Whether it names a column. */
export function isListColumn(value: unknown): value is ListColumn {
  return typeof value === 'string' && byName.has(value);
}

/** The columns that the user chose, and the widths of those whose borders were moved, in CSS pixels. */
export interface ColumnChoice {
  readonly shown: readonly ListColumn[];
  readonly widths: Readonly<Partial<Record<ListColumn, number>>>;
}

/** Before the user chose any: all but the comment, which most exchanges do not have. */
export const initialColumns: ColumnChoice = {
  shown: columnDescriptions.map(({ column }) => column).filter((column) => column !== 'comment'),
  widths: {},
};

/** CSS pixels of a column, within its limits. */
export function widthOf(column: ListColumn, { widths }: ColumnChoice): number {
  const width = widths[column] ?? byName.get(column)?.width ?? leastWidth;
  return Math.min(mostWidth, Math.max(column === 'status' ? leastStatus : leastWidth, width));
}

/** Those of the chosen columns that fit into `available` CSS pixels. */
export function fittingColumns(choice: ColumnChoice, available: number): readonly ColumnDescription[] {
  const columns = columnDescriptions.filter(({ column }) => choice.shown.includes(column));
  const needed = (of: readonly ColumnDescription[]) =>
    of.reduce(
      (sum, { column }) => sum + gap + (column === 'target' ? leastTarget : widthOf(column, choice)),
      gap,
    );
  while (needed(columns) > available) {
    const dispensable = Math.max(...columns.map((one) => one.dispensable));
    if (dispensable <= 0) break;
    columns.splice(
      columns.findIndex((one) => one.dispensable === dispensable),
      1,
    );
  }
  return columns;
}

/** How many badges fit beside a status: the class of a list where they do not all. */
export function statusFit(choice: ColumnChoice): 'narrow-status' | 'narrowest-status' | null {
  const width = widthOf('status', choice);
  return width < 90 ? 'narrowest-status' : width < 150 ? 'narrow-status' : null;
}

/** As the value of `grid-template-columns`. */
export function columnTracks(columns: readonly ColumnDescription[], choice: ColumnChoice): string {
  // Without a target, another column takes what is left.
  const flexible = columns.find(({ column }) => column === 'target') ?? columns.at(-1);
  return columns
    .map((one) => (one === flexible ? 'minmax(0, 1fr)' : `${widthOf(one.column, choice)}px`))
    .join(' ');
}
