import type { MessageInput } from '../http/findings/exchangeFacts.ts';
import { ruleSource, rules } from '../http/rules.ts';
import type { SpanName } from '../http/span.ts';
import type { Violation } from '../http/violation.ts';
import { hex, looksLikeText, visiblePieces, visibleString } from '../http/visibleText.ts';
import { l10n } from '../l10n/l10n.ts';
import type { KeptBytes } from '../protocol/inspector.ts';
import type { ExportedExchange, ExportedMessage } from './exportExchange.ts';

/**
 * `whole`: offsets count from the first byte of the message. `compared`: from the first byte of the grammar element, and
 * what differs between any two exchanges (numbers, times) is left out, so that dumps differ only where messages do.
 */
export type DumpForm = 'whole' | 'compared';

const perRow = 16;
/** Rows of one line or body, and of one message. */
const mostOfLine = 4096;
const mostOfMessage = 16_384;
/** Bytes of a line that are written in one piece, and of a body that show whether it is text. */
const mostText = 4096;
const hexWidth = perRow * 3 - 1;

/** Bytes `start` (inclusive) to `end` (exclusive) of a message, which are one grammar element or a part of one. */
interface Piece {
  readonly name: SpanName;
  readonly start: number;
  readonly end: number;
}

/**
 * Request and response as text, for editors that cannot show bytes: each line of the message as text, and below it,
 * indented, rows of offset, hexadecimal digits, escaped text and the grammar element's name. In UTF-8, without any
 * character that a screen would interpret; bounded: what is left out is counted.
 */
export function exchangeDump(exchange: ExportedExchange, form: DumpForm): string {
  const { detail, request, response } = exchange;
  const { row } = detail;
  const lines: string[] = [];
  if (form === 'whole') {
    const server = visibleString(detail.serverName);
    lines.push(l10n.t('Exchange {0} on connection {1} of {2}', row.id, row.connection, server));
    if (row.comment !== '') lines.push(l10n.t('Comment: {0}', visibleString(row.comment)));
    lines.push('');
  }
  const titles = [
    l10n.t('Request, {0} bytes', count(request.detail.length)),
    l10n.t('Response, {0} bytes', count(response.detail.length)),
  ];
  lines.push(titles[0], ...messageDump(request, form), '', titles[1], ...messageDump(response, form));
  return `${lines.join('\n')}\n`;
}

function messageDump({ detail, facts }: ExportedMessage, form: DumpForm): string[] {
  if (detail.length === 0) return [l10n.t('(none)')];
  const dump = new MessageDump(facts.input, detail.kept, form);
  for (const line of linesOf(facts.input)) dump.addLine(line);
  return dump.finish();
}

class MessageDump {
  private readonly lines: string[];
  private readonly kept: readonly KeptBytes[];
  private readonly form: DumpForm;
  /** The rule that it breaks, until that has been written. */
  private broken: Violation | null;
  private rows = 0;
  private left = 0;

  constructor({ violation }: MessageInput, kept: readonly KeptBytes[], form: DumpForm) {
    this.kept = kept;
    this.form = form;
    this.broken = violation;
    this.lines = [`  ${'offset'.padEnd(8)}  ${'hex'.padEnd(hexWidth)}  ${'text'.padEnd(perRow)}  meaning`];
  }

  finish(): string[] {
    if (this.left > 0) this.lines.push(notShown(this.left));
    if (this.broken !== null) this.tellBroken(this.broken);
    return this.lines;
  }

  /** A line of the message; a body that is text is one of several. */
  addLine(pieces: readonly Piece[]): void {
    const [first] = pieces;
    const { name, start, end } = first;
    // What could not be parsed is mostly a header section, which has lines, whatever else is in it.
    if (name === 'unparsed') this.addText(first);
    else if (!isData(name)) this.addRows(pieces);
    else if (looksLikeText(this.keptFrom(start, Math.min(end, start + mostText)))) this.addText(first);
    else this.addRows(pieces, l10n.t('({0} bytes that are no text)', count(end - start)));
  }

  /** A line for each line of the text. */
  private addText({ name, start, end }: Piece): void {
    for (let from = start; from < end; ) {
      const found = this.keptFrom(from, end).indexOf(0x0a);
      const to = found < 0 ? end : from + found + 1;
      this.addRows([{ name, start: from, end: to }]);
      from = to;
      if (this.rows < mostOfMessage) continue;
      this.left += end - from;
      return;
    }
  }

  private addRows(pieces: readonly Piece[], title?: string): void {
    const start = pieces[0].start;
    const end = pieces[pieces.length - 1].end;
    if (this.rows >= mostOfMessage) {
      this.left += end - start;
      return;
    }
    this.lines.push('', title ?? this.textOf(start, end));
    const most = Math.min(this.rows + mostOfLine, mostOfMessage);
    for (const piece of pieces) {
      let at = piece.start;
      while (at < piece.end && this.rows < most) at = this.addRow(piece, at);
      if (at >= piece.end) continue;
      this.lines.push(notShown(end - at));
      return;
    }
  }

  /** Writes the row that begins at a byte, and gives where the next one begins. */
  private addRow({ name, start, end }: Piece, at: number): number {
    this.rows++;
    const offset = hex(this.form === 'whole' ? at : at - start, 8);
    const found = this.keptFrom(at, Math.min(at + perRow, end));
    if (found.length === 0) {
      const next = this.nextKept(at, end);
      this.lines.push(`  ${offset}  ${l10n.t('({0} bytes not kept)', count(next - at))}`);
      return next;
    }
    const row =
      at + found.length < end
        ? found.subarray(0, wholeCharacters(found, this.byteAt(at + found.length)))
        : found;
    const digits = Array.from(row, (octet) => hex(octet, 2)).join(' ');
    const text = escapedText(row).padEnd(perRow);
    this.lines.push(
      `  ${offset}  ${digits.padEnd(hexWidth)}  ${text}  ${at === start ? name : ''}`.trimEnd(),
    );
    const next = at + row.length;
    if (this.broken !== null && this.broken.offset >= at && this.broken.offset < next)
      this.tellBroken(this.broken);
    return next;
  }

  private tellBroken({ rule }: Violation): void {
    this.broken = null;
    this.lines.push(`  ► ${rules[rule].sentence} (${rule}, ${ruleSource(rules[rule]).name})`);
  }

  private textOf(start: number, end: number): string {
    const found = this.keptFrom(start, Math.min(end, start + mostText));
    return `${escapedText(found)}${start + found.length < end ? ' …' : ''}`;
  }

  /** What was kept from a byte on, without a gap, up to `end` (exclusive). Belongs to the message. */
  private keptFrom(start: number, end: number): Uint8Array {
    const run = this.kept.find(({ offset, bytes }) => start >= offset && start < offset + bytes.length);
    return run?.bytes.subarray(start - run.offset, end - run.offset) ?? new Uint8Array(0);
  }

  private byteAt(offset: number): number {
    return this.keptFrom(offset, offset + 1)[0] ?? 0;
  }

  private nextKept(from: number, end: number): number {
    return Math.min(end, this.kept.find(({ offset }) => offset > from)?.offset ?? end);
  }
}

/** The tokens of each line of a message together; a body, or a chunk of one, stands alone. */
function linesOf({ spans }: MessageInput): Piece[][] {
  const lines: Piece[][] = [];
  let isOpen = false;
  for (const span of spans) {
    if (span.start === span.end) continue;
    const alone = isData(span.name) || span.name === 'unparsed';
    if (isOpen && !alone) lines[lines.length - 1].push(span);
    else lines.push([span]);
    isOpen = !alone && !endsLine.has(span.name);
  }
  return lines;
}

function isData(name: SpanName): boolean {
  return name === 'message-body' || name === 'chunk-data';
}

const endsLine: ReadonlySet<SpanName> = new Set([
  'CRLF',
  'empty-line',
  'header-end',
  'last-chunk',
  'trailer-end',
]);

/** How many of these bytes to take, so that the byte behind them begins a character of UTF-8. */
function wholeCharacters(row: Uint8Array, next: number): number {
  if (!isContinuation(next)) return row.length;
  for (let at = row.length - 1; at >= Math.max(1, row.length - 3); at--) {
    if (!isContinuation(row[at])) return row[at] >= 0xc2 ? at : row.length;
  }
  return row.length;
}

function isContinuation(octet: number): boolean {
  return (octet & 0xc0) === 0x80;
}

/** Bytes as text that is safe to show; different bytes give different text. */
export function escapedText(octets: Uint8Array): string {
  return visiblePieces(octets)
    .map(({ text, escaped }) => (escaped ? text : text.replaceAll('\\', '\\\\')))
    .join('');
}

function notShown(left: number): string {
  const text = l10n.t(
    '{0} bytes more: too many for a text, the Hex Editor and Save Bytes As have them',
    count(left),
  );
  return `  … ${text}`;
}

function count(number: number): string {
  return number.toLocaleString(l10n.language);
}
