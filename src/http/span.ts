/**
 * The grammar names that the parser reports, one for each kind of token of RFC 9112 (and RFC 9110 for fields).
 * Together the spans of a message tile it: they neither overlap nor leave a byte out.
 */
export type SpanName =
  /** Empty lines before a request line, which a server ignores (RFC 9112 section 2.2). */
  | 'empty-line'
  | 'method'
  | 'request-target'
  | 'HTTP-version'
  | 'status-code'
  | 'reason-phrase'
  /** The single space between the parts of a start line. */
  | 'SP'
  | 'CRLF'
  | 'field-name'
  /** The ":" between a field's name and its value. */
  | 'colon'
  /** Optional white space around a field value. */
  | 'OWS'
  | 'field-value'
  /** The CRLF that ends the header section. */
  | 'header-end'
  | 'message-body'
  | 'chunk-size'
  | 'chunk-ext'
  | 'chunk-data'
  /** The size line of zero that ends a chunked body. */
  | 'last-chunk'
  | 'trailer-name'
  | 'trailer-value'
  /** The CRLF that ends the trailer section, and with it the chunked body. */
  | 'trailer-end'
  /** Bytes from the first malformed one on, or of a token that never ended: nothing gave them a meaning. */
  | 'unparsed';

/**
 * What an observer of the parser is told. Offsets count bytes from the first byte of the message;
 * `start` is inclusive, `end` exclusive. A span is reported once, when it is complete, however the bytes were cut
 * into reads.
 */
export interface SpanObserver {
  span(name: SpanName, start: number, end: number): void;
}
