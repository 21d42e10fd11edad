import type { Span } from '../http/dissect.ts';
import type { SpanName } from '../http/span.ts';

/** Kinds of lines that a message consists of. */
export type LineKind =
  | 'empty-lines'
  | 'start-line'
  | 'field'
  | 'header-end'
  | 'body'
  | 'trailer'
  | 'trailer-end'
  | 'unparsed';

/**
 * One line of what a message means: the bytes from `start` (inclusive) to `end` (exclusive), and the tokens in them
 * that are shown. The lines of a message tile it.
 */
export interface MeaningLine {
  readonly kind: LineKind;
  readonly start: number;
  readonly end: number;
  /** Start line: its three tokens. Field: name and, unless it is empty, value. Body: the data, chunk by chunk. */
  readonly tokens: readonly Span[];
}

interface OpenLine {
  kind: LineKind;
  start: number;
  end: number;
  tokens: Span[];
}

/** Groups the spans of a message, in order, into lines. */
export function meaningLines(spans: readonly Span[]): MeaningLine[] {
  const lines: OpenLine[] = [];
  let open: OpenLine | null = null;
  for (const span of spans) {
    const kind = lineKind(span.name, open);
    if (open === null || open.kind !== kind || startsLine(span.name)) {
      open = { kind, start: span.start, end: span.end, tokens: [] };
      lines.push(open);
    }
    open.end = span.end;
    if (isShown(span.name)) open.tokens.push(span);
    if (span.name === 'CRLF' && kind !== 'body') open = null;
  }
  return lines;
}

/** Where the line that holds `offset` stands in `lines`; -1 where none does. */
export function lineIndexAt(lines: readonly MeaningLine[], offset: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low < lines.length && lines[low].start <= offset ? low : -1;
}

function lineKind(name: SpanName, open: { kind: LineKind } | null): LineKind {
  switch (name) {
    case 'empty-line':
      return 'empty-lines';
    case 'method':
    case 'request-target':
    case 'HTTP-version':
    case 'status-code':
    case 'reason-phrase':
      return 'start-line';
    case 'field-name':
    case 'field-value':
      return 'field';
    case 'trailer-name':
    case 'trailer-value':
      return 'trailer';
    case 'SP':
    case 'CRLF':
    case 'colon':
    case 'OWS':
      return open?.kind ?? 'unparsed';
    case 'header-end':
      return 'header-end';
    case 'message-body':
    case 'chunk-size':
    case 'chunk-ext':
    case 'chunk-data':
    case 'last-chunk':
      return 'body';
    case 'trailer-end':
      return 'trailer-end';
    case 'unparsed':
      return 'unparsed';
  }
}

function startsLine(name: SpanName): boolean {
  return name === 'field-name' || name === 'trailer-name';
}

function isShown(name: SpanName): boolean {
  switch (name) {
    case 'SP':
    case 'CRLF':
    case 'colon':
    case 'OWS':
    case 'empty-line':
    case 'header-end':
    case 'trailer-end':
    case 'chunk-size':
    case 'chunk-ext':
    case 'last-chunk':
      return false;
    default:
      return true;
  }
}
