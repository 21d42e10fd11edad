/**
 * Which part of a message the next byte belongs to. The parts, in the order of the wire:
 *
 *     HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]      RFC 9112 section 2.1
 *     chunked-body = *chunk last-chunk trailer-section CRLF                          section 7.1
 *     chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
 *     last-chunk   = 1*("0") [ chunk-ext ] CRLF
 *
 * A message has one body of three kinds, or none, and which one is known when its header section has ended (section 6.3).
 */
export type MessagePart =
  /** request-line (section 3) or status-line (section 4), with its CRLF and the empty lines before a request's (section 2.2). */
  | 'start-line'
  /** Field lines, up to and with the empty line that ends them (section 5). */
  | 'header-section'
  /** As many bytes as Content-Length says (section 6.2). */
  | 'body-by-length'
  /** Whatever comes until the connection ends: of responses only (section 6.3, rule 8). */
  | 'body-until-close'
  /** chunk-size, extensions and CRLF; where the size is 0, it is the last-chunk (section 7.1). */
  | 'chunk-line'
  /** As many bytes as the chunk-size says. */
  | 'chunk-data'
  /** The CRLF behind chunk-data, byte by byte: the network may cut it in two. */
  | 'chunk-cr'
  | 'chunk-lf'
  /** Field lines behind the last chunk, up to and with the empty line that ends the message (section 7.1.2). */
  | 'trailer-section'
  | 'complete';
