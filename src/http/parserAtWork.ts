/** The parser stopped within a message: what it has understood so far, and what rules the next byte is held to. */
import { CR } from './bytes.ts';
import { capturedLimits } from './captured.ts';
import { feed } from './dissect.ts';
import type { Framing } from './framing.ts';
import type { Limits } from './limits.ts';
import { MessageParser } from './parser.ts';
import type { RuleId } from './rules.ts';
import type { SpanName } from './span.ts';
import type { Violation } from './violation.ts';

/** Where the parser stands after the first bytes of a message. Offsets count from the first of them. */
export interface ParserStanding {
  /** The token that the next byte belongs to, unless it ends it; null where the parser reads no further. */
  readonly reading: SpanName | null;
  /** The token that was completed last; null before the first. */
  readonly lastToken: SpanName | null;
  readonly violation: Violation | null;
  readonly complete: boolean;
  /** Where the message begins that is being parsed: after interim responses. */
  readonly messageStart: number;
  /** Where the header section ended; 0 before that. */
  readonly headEnd: number;
  readonly fieldCount: number;
  /** How the body is delimited; null before the header section has ended. */
  readonly framing: Framing | null;
}

/** What has to be known of a message besides its bytes. */
export interface ParserAtWorkOptions {
  /** Method of the request that a response answers. */
  readonly requestMethod?: string;
  readonly limits?: Limits;
  /** Whether a request came over TLS. */
  readonly overTls?: boolean;
}

/** Feeds the first `fed` bytes of a message to a parser, and returns where it stands then. */
export function parserAfter(
  message: 'request' | 'response',
  bytes: Uint8Array,
  fed: number,
  { requestMethod = 'GET', limits = capturedLimits, overTls }: ParserAtWorkOptions = {},
): ParserStanding {
  let lastToken: SpanName | null = null;
  const observer = {
    span(name: SpanName): void {
      lastToken = name;
    },
  };
  const parser = new MessageParser({ message, limits, observer, overTls });
  parser.requestMethod = requestMethod;
  const messageStart = feed(parser, message, bytes.subarray(0, fed));
  const { violation, complete, headComplete, head } = parser;
  return {
    reading: violation === null ? readingOf(parser, bytes[fed - 1]) : null,
    lastToken,
    violation: violation && { rule: violation.rule, offset: messageStart + violation.offset },
    complete,
    messageStart,
    headEnd: headComplete ? messageStart + head.end : 0,
    fieldCount: head.fieldCount,
    framing: headComplete && violation === null ? parser.framing : null,
  };
}

/** How many bytes of a message the parser takes until it knows which rule they break; all of them if none. */
export function bytesUntilViolation(
  message: 'request' | 'response',
  bytes: Uint8Array,
  options: ParserAtWorkOptions = {},
): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parserAfter(message, bytes, middle, options).violation === null) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Before the request line, the next byte begins the method, unless an empty line has begun. */
function readingOf(parser: MessageParser, last: number | undefined): SpanName | null {
  const reading = parser.reading();
  return reading === 'empty-line' && last !== CR ? 'method' : reading;
}

const sectionRules = ['too-many-fields', 'header-section-too-large', 'bare-lf'] as const;
const nameRules = [
  'field-name-syntax',
  'space-before-colon',
  'field-colon-missing',
  'field-name-empty',
  'obs-fold',
  'space-before-first-field',
  ...sectionRules,
] as const;
const valueRules = ['field-value-control', 'header-section-too-large', 'bare-lf'] as const;
const bodyRules = ['request-incomplete', 'request-timeout'] as const;
const framingRules = [
  'content-length-syntax',
  'content-length-repeated',
  'content-length-with-transfer-encoding',
  'transfer-encoding-in-http-1.0',
  'transfer-encoding-syntax',
  'chunked-not-final',
  'chunked-parameters',
  'transfer-coding-unknown',
  'body-too-large',
] as const;
/** The rules that a request is held to as soon as its header section is complete. */
const headRules = [
  'host-missing',
  'host-repeated',
  'host-empty',
  'host-syntax',
  ...framingRules,
  'expectation-unknown',
  'target-form',
  'target-authority',
  'target-host-empty',
  'target-scheme',
  'target-percent-encoding',
  'target-encoded-nul',
  'target-asterisk',
  'target-connect',
] as const;

const requestRules: Readonly<Record<SpanName, readonly RuleId[]>> = {
  'empty-line': ['bare-cr', 'empty-lines'],
  method: ['method-syntax', 'method-too-long', 'empty-lines', 'request-line-too-long', 'bare-lf'],
  'request-target': [
    'target-syntax',
    'target-fragment',
    'version-missing',
    'request-line-too-long',
    'bare-lf',
  ],
  'HTTP-version': ['version-syntax', 'version-not-supported', 'request-line-too-long', 'bare-lf'],
  'status-code': [],
  'reason-phrase': [],
  SP: [],
  CRLF: ['bare-cr'],
  'field-name': nameRules,
  colon: [],
  OWS: valueRules,
  'field-value': valueRules,
  'header-end': [...headRules, 'bare-cr'],
  'message-body': bodyRules,
  'chunk-size': ['chunk-size-syntax', 'body-too-large', 'chunk-line-too-long', 'bare-lf'],
  'chunk-ext': ['chunk-extension-syntax', 'chunk-line-too-long', 'bare-lf'],
  'chunk-data': bodyRules,
  'last-chunk': [],
  'trailer-name': nameRules,
  'trailer-value': valueRules,
  'trailer-end': ['bare-cr'],
  unparsed: [],
};

/** Where they differ from those of a request. */
const responseRules: Partial<Readonly<Record<SpanName, readonly RuleId[]>>> = {
  'HTTP-version': ['status-line-version'],
  'status-code': ['status-code-syntax'],
  'reason-phrase': ['reason-phrase-syntax', 'bare-lf'],
  'header-end': [...framingRules, 'bare-cr'],
  'message-body': [],
  'chunk-data': [],
};

/** The rules that the next byte is held to, the most specific first. */
export function rulesAhead(
  message: 'request' | 'response',
  { reading, lastToken }: ParserStanding,
): readonly RuleId[] {
  if (reading === null) return [];
  if (reading === 'CRLF' && lastToken === 'chunk-data') return ['chunk-end'];
  return (message === 'response' ? responseRules[reading] : undefined) ?? requestRules[reading];
}
