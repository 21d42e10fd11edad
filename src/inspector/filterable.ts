/** Which term of the filter language (src/capture/filterOperators.ts) a place in a message stands for. */
import { contentType } from '../http/content/contentType.ts';
import { targetParts } from '../http/content/query.ts';
import type { FilterableValue } from './exchangeCells.ts';
import type { Mark } from './inspectorState.ts';
import { lineIndexAt, type MeaningLine } from './meaning.ts';
import { type ExchangeView, type MessageView, messageOf } from './messageView.ts';
import type { ByteRange } from './spanIndex.ts';

/** Characters of a value that are compared; of a longer one, only the beginning is. */
const mostOfValue = 200;

/** The term to filter by for bytes of an exchange; null where there is no operator for what they are. */
export function filterableAt(view: ExchangeView, mark: Mark): FilterableValue | null {
  const message = messageOf(view, mark.direction);
  const index = lineIndexAt(message.lines, mark.start);
  if (index < 0) return null;
  const line = message.lines[index];
  switch (line.kind) {
    case 'start-line':
      return ofStartLine(view, message, line, mark);
    case 'field':
      return ofField(message, line, mark);
    default:
      return null;
  }
}

function ofStartLine(
  { detail: { row } }: ExchangeView,
  message: MessageView,
  line: MeaningLine,
  mark: Mark,
): FilterableValue | null {
  const token = line.tokens.find(({ start, end }) => mark.start >= start && mark.start < end);
  switch (token?.name) {
    case 'method':
      return { operator: 'method', value: row.method };
    case 'request-target':
      return ofTarget(message, token, mark);
    case 'status-code':
    case 'reason-phrase':
      return { operator: 'status', value: String(row.status) };
    default:
      return null;
  }
}

/** The whole target, its path, or one of its parameters. */
function ofTarget(message: MessageView, target: ByteRange, mark: Mark): FilterableValue {
  const bytes = message.bytes.slice(target.start, target.end);
  const whole = { operator: 'target', value: latin1(bytes) };
  if (mark.start === target.start && mark.end === target.end) return whole;
  const { path, query } = targetParts(bytes, 0, bytes.length);
  const start = mark.start - target.start;
  const end = mark.end - target.start;
  if (query !== null && start >= query.start)
    return { operator: 'query', value: latin1(bytes.subarray(start, end)) };
  if (start === path.start && end === path.end)
    return { operator: 'path', value: latin1(bytes.subarray(start, end)) };
  return whole;
}

/** For a field's name, that the field is there; for its value or a part of it, that it has this value. */
function ofField(message: MessageView, line: MeaningLine, mark: Mark): FilterableValue | null {
  const [nameSpan, valueSpan] = line.tokens;
  if (nameSpan?.name !== 'field-name') return null;
  const name = textOf(message, nameSpan).toLowerCase();
  if (valueSpan === undefined || mark.start < valueSpan.start) return { operator: 'field', value: name };
  const value = textOf(message, valueSpan);
  const isWhole = mark.start === valueSpan.start && mark.end === valueSpan.end;
  if (!isWhole) return { operator: 'field', value: `${name}:${textOf(message, mark)}` };
  if (name === 'host') return { operator: 'host', value };
  const { type } = contentType(value);
  if (name === 'content-type' && message.direction === 'sent' && type !== '')
    return { operator: 'type', value: type };
  const isCut = valueSpan.end - valueSpan.start > mostOfValue;
  return { operator: 'field', value: `${name}:${isCut ? '' : '='}${value}` };
}

function textOf({ bytes }: MessageView, { start, end }: ByteRange): string {
  return latin1(bytes.slice(start, end, mostOfValue));
}

/** Text as the filter compares it: one character for each byte. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, mostOfValue));
}
