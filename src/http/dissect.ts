import { defaultLimits, type Limits } from './limits.ts';
import { MessageParser } from './parser.ts';
import type { SpanName } from './span.ts';
import type { Violation } from './violation.ts';

/** A labelled byte range of a message: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly name: SpanName;
  readonly start: number;
  readonly end: number;
}

/** What the bytes of a message mean. */
export interface Dissection {
  /** In order, without gaps or overlaps: together they cover all of the bytes. */
  readonly spans: readonly Span[];
  readonly violation: Violation | null;
  /** Whether the message ended within the bytes. */
  readonly complete: boolean;
}

/** What has to be known of a message besides its bytes. */
export interface DissectOptions {
  /** Method of the request that a response answers. */
  readonly requestMethod?: string;
  /** Whether the bytes end because the connection did, which completes a response without a length. */
  readonly connectionEnded?: boolean;
  readonly limits?: Limits;
  /** Whether a request came over TLS. */
  readonly overTls?: boolean;
}

/**
 * Parses a message and reports every token with its place. The bytes of a response may begin with interim responses
 * (RFC 9110 section 15.2); their tokens are reported like those of the final one.
 */
export function dissect(
  message: 'request' | 'response',
  bytes: Uint8Array,
  options: DissectOptions = {},
): Dissection {
  const spans: Span[] = [];
  let messageStart = 0;
  const observer = {
    span(name: SpanName, start: number, end: number): void {
      spans.push({ name, start: messageStart + start, end: messageStart + end });
    },
  };
  const { limits = defaultLimits, overTls } = options;
  const parser = new MessageParser({ message, limits, observer, overTls });
  parser.requestMethod = options.requestMethod ?? 'GET';
  feed(parser, message, bytes, (start) => {
    messageStart = start;
  });
  if (!parser.complete && parser.violation === null) parser.finish(options.connectionEnded === true);
  const parsed = spans.at(-1)?.end ?? 0;
  if (parsed < bytes.length) spans.push({ name: 'unparsed', start: parsed, end: bytes.length });
  const { violation } = parser;
  return {
    spans,
    violation: violation && { rule: violation.rule, offset: messageStart + violation.offset },
    complete: parser.complete,
  };
}

/**
 * Feeds the bytes of a message to a parser, until it takes no more. Returns where the message begins that it has reached:
 * after the interim responses. `next` is called after each of these, with the offset at which it ended.
 */
export function feed(
  parser: MessageParser,
  message: 'request' | 'response',
  bytes: Uint8Array,
  next: (start: number) => void = () => undefined,
): number {
  let messageStart = 0;
  let position = 0;
  while (position < bytes.length && parser.violation === null && !parser.complete) {
    position = parser.parse(bytes, position, bytes.length);
    if (
      message === 'response' &&
      parser.complete &&
      isInterim(parser.head.status) &&
      position < bytes.length
    ) {
      messageStart = position;
      next(position);
      parser.reset();
    }
  }
  return messageStart;
}

function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101;
}
