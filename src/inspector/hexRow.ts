import { visibleString } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { FileBytes } from '../protocol/inspector.ts';
import { counted, formatCount } from './format.ts';
import type { HexRow } from './hexLayout.ts';

/**
 * Where everything stands in a row of the hex view, in characters of a fixed width:
 *
 *     0010  48 54 54 50 2F 31 2E 31  20 32 30 30 20 4F 4B 0D  HTTP/1.1 200 OK·
 */
export interface HexColumns {
  /** Bytes in a full row. */
  readonly columns: number;
  /** Digits of the offset. */
  readonly digits: number;
  readonly hexStart: number;
  readonly textStart: number;
  /** Characters of a full row. */
  readonly width: number;
}

const widths: readonly number[] = [16, 8, 4];

/** `length`: of the message, which decides how many digits its offsets have. */
export function hexColumns(columns: number, length: number): HexColumns {
  const digits = Math.max(4, Math.max(0, length - 1).toString(16).length);
  const hexStart = digits + 2;
  const textStart = hexStart + columns * 3 + (columns > 8 ? 1 : 0) + 1;
  return { columns, digits, hexStart, textStart, width: textStart + columns };
}

/** The widest row that fits into `available` characters. */
export function fittingColumns(available: number, length: number): HexColumns {
  for (const columns of widths) {
    const candidate = hexColumns(columns, length);
    if (candidate.width <= available) return candidate;
  }
  return hexColumns(4, length);
}

/** First character of the two hex digits of a column. */
export function hexCharacter(layout: HexColumns, column: number): number {
  return layout.hexStart + column * 3 + (column >= 8 ? 1 : 0);
}

const digitPairs: readonly string[] = Array.from({ length: 256 }, (_, octet) =>
  octet.toString(16).toUpperCase().padStart(2, '0'),
);

/** Stands for every byte that is no visible ASCII character. Unlike "␍", every font of fixed width has it. */
const placeholder = '·';

/** What the text column shows for white space and controls, if it is to; fonts of fixed width have these characters. */
export const controlGlyphs: Readonly<Record<number, string>> = {
  0: 'Ø',
  9: '→',
  10: '↓',
  13: '←',
  32: '·',
};

/** As `controlGlyphs`, for every other byte that is no visible ASCII character. */
export const otherGlyph = '×';

function glyphOf(octet: number, showsControls: boolean): string {
  if (showsControls)
    return controlGlyphs[octet] ?? (isVisible(octet) ? String.fromCharCode(octet) : otherGlyph);
  return isVisible(octet) ? String.fromCharCode(octet) : placeholder;
}

function sentFrom({ start, end }: HexRow, file: FileBytes, missing: string): string {
  return l10n.t(
    '{0} not captured: sent from {1}, offset {2}, length {3}',
    missing,
    visibleString(file.path),
    formatCount(file.offset + start - file.start),
    formatCount(end - start),
  );
}

/** The text in place of bytes that were not kept. */
export function gapText(row: HexRow): string {
  const missing = counted(row.end - row.start, 'byte');
  return row.file === undefined ? l10n.t('{0} not kept', missing) : sentFrom(row, row.file, missing);
}

/** A row as it is drawn. `showsControls`: the text column tells CR, LF, NUL, TAB and SP apart. */
export function hexRowText(row: HexRow, layout: HexColumns, showsControls = false): string {
  const { start, column, bytes } = row;
  const offset = (start - column).toString(16).toUpperCase().padStart(layout.digits, '0');
  if (bytes === null) return `${offset}  ${gapText(row)}`;
  let hex = '';
  let text = '';
  for (let i = 0; i < layout.columns; i++) {
    if (i === 8) hex += ' ';
    const octet = bytes[i - column];
    if (i < column || octet === undefined) {
      hex += '   ';
      text += ' ';
    } else {
      hex += `${digitPairs[octet]} `;
      text += glyphOf(octet, showsControls);
    }
  }
  return `${offset}  ${hex} ${text}`;
}

/** Whether the text column shows a byte as itself. */
export function isVisible(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}

/** Which column of bytes a character position belongs to, in either part; -1 outside both. */
function columnAt(character: number, layout: HexColumns): number {
  if (character >= layout.textStart) {
    const column = character - layout.textStart;
    return column < layout.columns ? column : -1;
  }
  const position = character - layout.hexStart;
  if (position < 0) return -1;
  // Every space belongs to the byte before it.
  const beforeWiderSpace = position > 24 ? position - 1 : Math.min(position, 23);
  return Math.min(Math.floor(beforeWiderSpace / 3), layout.columns - 1);
}

/** The byte of a row at a character position; -1 where none stands there. */
export function offsetAt(character: number, row: HexRow, layout: HexColumns): number {
  if (row.bytes === null) return -1;
  const column = columnAt(character, layout);
  const offset = row.start - row.column + column;
  return column >= 0 && offset >= row.start && offset < row.end ? offset : -1;
}

/** Character ranges (start inclusive, end exclusive), one in each part, that show bytes `start` to `end` of a row. */
export interface HexRun {
  readonly hexStart: number;
  readonly hexEnd: number;
  readonly textStart: number;
  readonly textEnd: number;
}

/** Null where the row shows none of the bytes. */
export function runInRow(row: HexRow, layout: HexColumns, start: number, end: number): HexRun | null {
  if (row.bytes === null) return null;
  const from = Math.max(start, row.start);
  const to = Math.min(end, row.end);
  if (from >= to) return null;
  const base = row.start - row.column;
  return {
    hexStart: hexCharacter(layout, from - base),
    hexEnd: hexCharacter(layout, to - 1 - base) + 2,
    textStart: layout.textStart + from - base,
    textEnd: layout.textStart + to - base,
  };
}
