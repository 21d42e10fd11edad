/** What the parser does at a byte, in words. What came from the wire enters them as visible text. */
import type { Span } from '../../http/dissect.ts';
import type { ParserStanding } from '../../http/parserAtWork.ts';
import { rules } from '../../http/rules.ts';
import type { SpanName } from '../../http/span.ts';
import { octetName, visibleText } from '../../http/visibleText.ts';
import { counted, formatCount } from '../format.ts';
import type { MessageView } from '../messageView.ts';
import { firstEndingAfter, spanIndexAt } from '../spanIndex.ts';

/** Bytes of a token that are quoted, at most. */
const mostSaid = 40;
/** Fields that are named, at most. */
const mostFields = 12;

const names: Readonly<Record<SpanName, string>> = {
  'empty-line': 'empty line',
  method: 'method',
  'request-target': 'request target',
  'HTTP-version': 'HTTP version',
  'status-code': 'status code',
  'reason-phrase': 'reason phrase',
  SP: 'space',
  CRLF: 'end of the line',
  'field-name': 'field name',
  colon: 'colon',
  OWS: 'optional white space',
  'field-value': 'field value',
  'header-end': 'end of the header section',
  'message-body': 'body',
  'chunk-size': 'chunk size',
  'chunk-ext': 'chunk extension',
  'chunk-data': 'data of the chunk',
  'last-chunk': 'size of the last chunk',
  'trailer-name': 'trailer field name',
  'trailer-value': 'trailer field value',
  'trailer-end': 'end of the trailer section',
  unparsed: 'bytes without a meaning',
};

/** A thing that the parser knows by now. */
export interface Known {
  readonly name: string;
  readonly value: string;
}

/** What the last byte did. `fed`: bytes that the parser was given, the last one included. */
export function whatTheByteDid(message: MessageView, fed: number, standing: ParserStanding): string {
  if (fed === 0) return 'nothing is read yet';
  if (standing.violation !== null) return brokenBy(standing.violation.offset, fed - 1);
  const { spans } = message;
  const index = spanIndexAt(spans, fed - 1);
  if (index < 0) return 'no byte';
  const span = spans[index];
  const isLast = fed === span.end;
  const before = spans[index - 1];
  switch (span.name) {
    case 'SP':
    case 'colon':
      return before === undefined ? names[span.name] : `end of ${named(message, before)}`;
    case 'CRLF':
      if (isLast) return `end of ${lineEnded(message, index)}`;
      return before === undefined ? 'a line ends' : `end of ${named(message, lastToken(spans, index))}`;
    case 'empty-line':
      return 'an empty line, which is ignored';
    case 'header-end':
    case 'trailer-end':
      return isLast ? names[span.name] : 'an empty line begins';
    case 'message-body':
    case 'chunk-data':
      return isLast ? `last byte of the ${names[span.name]}` : `in the ${names[span.name]}`;
    case 'OWS':
      return 'optional white space, which is skipped';
    default:
      return fed - 1 === span.start ? `first byte of the ${names[span.name]}` : `in the ${names[span.name]}`;
  }
}

/** What the parser is about to do. */
export function whatItReads({ reading, complete, violation }: ParserStanding): string {
  if (violation !== null) return 'it reads no further';
  if (complete || reading === null) return 'the message is complete';
  return `reading the ${names[reading]}`;
}

/** All of it in a sentence, for the slider's screen reader text. */
export function standingSentence(message: MessageView, fed: number, standing: ParserStanding): string {
  const does = whatTheByteDid(message, fed, standing);
  const reads = whatItReads(standing);
  if (fed === 0) return `${does}; ${reads}`;
  const broken =
    standing.violation === null ? '' : `: ${rules[standing.violation.rule].sentence.replace(/\.$/, '')}`;
  return `byte ${fed - 1}, ${octetName(message.bytes.at(fed - 1))}: ${does}${broken}; ${reads}`;
}

/** What the parser knows by now, in the order in which it learned it. */
export function knownSoFar(message: MessageView, fed: number, standing: ParserStanding): Known[] {
  const known: Known[] = [];
  const { spans } = message;
  const first = firstEndingAfter(spans, standing.messageStart);
  const fields: string[] = [];
  for (let i = first; i < spans.length && spans[i].start < fed; i++) {
    const { name, end } = spans[i];
    if (name === 'header-end') break;
    if (name === 'field-name' && end <= fed) {
      if (fields.length < mostFields) fields.push(textOf(message, spans[i], fed));
    } else if (isOfStartLine(name)) {
      known.push({
        name: title(names[name]),
        value: textOf(message, spans[i], fed) + (end > fed ? ' …' : ''),
      });
    }
  }
  const { fieldCount, framing } = standing;
  const more = fieldCount > fields.length ? ' …' : '';
  if (fieldCount > 0)
    known.push({ name: 'Fields', value: `${fieldCount}: ${fields.slice(0, fieldCount).join(', ')}${more}` });
  known.push({ name: 'Framing', value: framingOf(standing) });
  if (framing !== null && framing.kind !== 'none') {
    known.push({ name: 'Body', value: bodySoFar(message, fed, standing) });
  }
  return known;
}

function framingOf({ framing, violation }: ParserStanding): string {
  if (framing === null) return violation === null ? 'not decided yet' : 'never decided';
  switch (framing.kind) {
    case 'none':
      return 'no body follows';
    case 'length':
      return `Content-Length: ${counted(framing.length, 'byte')} of body follow`;
    case 'chunked':
      return 'Transfer-Encoding: chunks follow, each with its size';
    case 'untilClose':
      return 'the body goes on until the connection ends';
  }
}

function bodySoFar({ spans }: MessageView, fed: number, { framing, headEnd }: ParserStanding): string {
  if (framing?.kind === 'length')
    return `${formatCount(fed - headEnd)} of ${counted(framing.length, 'byte')} counted`;
  if (framing?.kind !== 'chunked') return `${counted(fed - headEnd, 'byte')} counted`;
  let bytes = 0;
  let chunks = 0;
  for (let i = firstEndingAfter(spans, headEnd); i < spans.length && spans[i].start < fed; i++) {
    if (spans[i].name !== 'chunk-data') continue;
    bytes += Math.min(fed, spans[i].end) - spans[i].start;
    chunks++;
  }
  return `${counted(bytes, 'byte')} counted, in ${counted(chunks, 'chunk')}`;
}

function brokenBy(offset: number, last: number): string {
  if (offset === last) return 'it breaks a rule';
  return `it shows that byte ${offset} broke a rule`;
}

function named(message: MessageView, span: Span | undefined): string {
  if (span === undefined) return 'the line';
  if (span.name === 'colon' || span.name === 'OWS') return 'an empty field value';
  const isData = span.name === 'message-body' || span.name === 'chunk-data';
  return isData
    ? `the ${names[span.name]}`
    : `${names[span.name]} ${visibleText(message.bytes.slice(span.start, span.end, mostSaid))}`;
}

/** The token before a line's end, white space left out. */
function lastToken(spans: readonly Span[], index: number): Span | undefined {
  const before = spans[index - 1];
  return before?.name === 'OWS' && spans[index - 2]?.name !== 'colon' ? spans[index - 2] : before;
}

function lineEnded(message: MessageView, index: number): string {
  const { spans } = message;
  for (let i = index - 1; i >= 0 && spans[i].name !== 'CRLF'; i--) {
    switch (spans[i].name) {
      case 'field-name':
      case 'trailer-name':
        return `the field ${visibleText(message.bytes.slice(spans[i].start, spans[i].end, mostSaid))}`;
      case 'method':
        return 'the request line';
      case 'status-code':
        return 'the status line';
      case 'chunk-data':
        return 'the chunk';
      case 'chunk-size':
      case 'last-chunk':
        return 'the line with the chunk’s size';
    }
  }
  return 'the line';
}

function isOfStartLine(name: SpanName): boolean {
  return (
    name === 'method' ||
    name === 'request-target' ||
    name === 'HTTP-version' ||
    name === 'status-code' ||
    name === 'reason-phrase'
  );
}

function textOf({ bytes }: MessageView, { start, end }: Span, fed: number): string {
  const to = Math.min(end, fed);
  return visibleText(bytes.slice(start, to, mostSaid)) + (to - start > mostSaid ? '…' : '');
}

function title(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
