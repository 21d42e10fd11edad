/**
 * The rules that a message can break. One table serves as documentation, as test data and as the text the inspector
 * shows: each rule has an example that breaks it, and the offset at which that example does.
 */
export interface Rule {
  /** Which kind of message the example is; both kinds share the rules of fields and bodies. */
  readonly message: 'request' | 'response';
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  readonly rfc: 9110 | 9112;
  readonly section: string;
  /** Status of the answer; 0 for a rule of responses, which nobody answers. */
  readonly status: number;
  /** A message that breaks this rule and no other before it; null where bytes alone cannot (time, end of input). */
  readonly example: string | null;
  /** Offset of the offending byte in the example. */
  readonly offset: number;
}

/** The document and section a rule comes from. */
export function ruleSource(rule: Rule): { name: string; url: string } {
  return {
    name: `RFC ${rule.rfc} section ${rule.section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${rule.rfc}#section-${rule.section}`,
  };
}

function request(
  sentence: string,
  rfc: 9110 | 9112,
  section: string,
  status: number,
  example: string | null,
  offset: number,
): Rule {
  return { message: 'request', sentence, rfc, section, status, example, offset };
}

function response(sentence: string, section: string, example: string, offset: number): Rule {
  return { message: 'response', sentence, rfc: 9112, section, status: 0, example, offset };
}

const host = 'Host: a\r\n';
const get = 'GET / HTTP/1.1\r\n';
const post = `POST / HTTP/1.1\r\n${host}`;
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

const table = {
  // Request line
  'empty-lines': request(
    'Too many empty lines come before the request line.',
    9112,
    '2.2',
    400,
    '\r\n\r\n\r\n\r\n\r\n',
    8,
  ),
  'method-syntax': request(
    'The method must be a token: letters, digits and a few marks, then one space.',
    9112,
    '3.1',
    400,
    `GE(T / HTTP/1.1\r\n${host}\r\n`,
    2,
  ),
  'method-too-long': request(
    'The method is longer than any that is implemented.',
    9112,
    '3',
    501,
    `${'M'.repeat(40)} / HTTP/1.1\r\n${host}\r\n`,
    32,
  ),
  'target-syntax': request(
    'The request target must be one run of visible ASCII characters between two single spaces.',
    9112,
    '3.2',
    400,
    `GET  / HTTP/1.1\r\n${host}\r\n`,
    4,
  ),
  'target-fragment': request(
    'A request target has no fragment: "#" and what follows stay with the client.',
    9110,
    '7.1',
    400,
    `GET /#top HTTP/1.1\r\n${host}\r\n`,
    5,
  ),
  'request-line-too-long': request(
    'The request line is longer than this server reads.',
    9112,
    '3',
    414,
    `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${host}\r\n`,
    8194,
  ),
  'version-missing': request(
    'The request line ends without an HTTP version.',
    9112,
    '3',
    400,
    'GET /\r\n\r\n',
    5,
  ),
  'version-syntax': request(
    'The version must read "HTTP/" digit "." digit, in capitals, right before the end of the line.',
    9112,
    '2.3',
    400,
    `GET / http/1.1\r\n${host}\r\n`,
    6,
  ),
  'version-not-supported': request(
    'Only major version 1 of HTTP is spoken here.',
    9110,
    '15.6.6',
    505,
    `GET / HTTP/2.0\r\n${host}\r\n`,
    11,
  ),
  'bare-cr': request(
    'A CR stands alone; a line ends with CR and LF together.',
    9112,
    '2.2',
    400,
    `${get}Host: a\rb\r\n\r\n`,
    23,
  ),
  'bare-lf': request(
    'A line ends with LF alone; it must end with CR and LF together.',
    9112,
    '2.2',
    400,
    `GET / HTTP/1.1\n${host}\r\n`,
    14,
  ),
  // Target forms
  'target-form': request(
    'The target is neither a path, nor an absolute URI, nor "*".',
    9112,
    '3.2',
    400,
    `GET index.html HTTP/1.1\r\n${host}\r\n`,
    4,
  ),
  'target-authority': request(
    'The authority in the target must be a host with an optional port, without a user name.',
    9110,
    '4.2.4',
    400,
    `GET http://me@a/ HTTP/1.1\r\n${host}\r\n`,
    13,
  ),
  'target-host-empty': request(
    'An http URI needs a host.',
    9110,
    '4.2.1',
    400,
    `GET http:///x HTTP/1.1\r\n${host}\r\n`,
    11,
  ),
  'target-scheme': request(
    'The target names a scheme that this server does not serve.',
    9110,
    '7.4',
    421,
    `GET ftp://a/ HTTP/1.1\r\n${host}\r\n`,
    4,
  ),
  'target-asterisk': request(
    'The target "*" goes with OPTIONS only.',
    9112,
    '3.2.4',
    400,
    `GET * HTTP/1.1\r\n${host}\r\n`,
    4,
  ),
  'target-connect': request(
    'CONNECT needs a host and a port, and nothing else, as its target.',
    9110,
    '9.3.6',
    400,
    `CONNECT a:0x1 HTTP/1.1\r\n${host}\r\n`,
    11,
  ),
  // Field lines
  'space-before-first-field': request(
    'White space stands between the start line and the first field.',
    9112,
    '2.2',
    400,
    `${get} ${host}\r\n`,
    16,
  ),
  'obs-fold': request(
    'A field line starts with white space: folding a value over lines is obsolete.',
    9112,
    '5.2',
    400,
    `${get}${host}X: 1\r\n 2\r\n\r\n`,
    31,
  ),
  'field-name-syntax': request(
    'A field name must be a token: letters, digits and a few marks.',
    9110,
    '5.1',
    400,
    `${get}${host}X(Y: 1\r\n\r\n`,
    26,
  ),
  'field-name-empty': request('A field line has no name.', 9110, '5.1', 400, `${get}${host}: 1\r\n\r\n`, 25),
  'space-before-colon': request(
    'White space stands between a field name and its colon.',
    9112,
    '5.1',
    400,
    `${get}${host}X : 1\r\n\r\n`,
    26,
  ),
  'field-colon-missing': request('A field line has no colon.', 9112, '5', 400, `${get}${host}X\r\n\r\n`, 26),
  'field-value-control': request(
    'A field value holds a control character.',
    9110,
    '5.5',
    400,
    `${get}${host}X: a\0b\r\n\r\n`,
    29,
  ),
  'header-section-too-large': request(
    'The header or trailer section is larger than this server reads.',
    9110,
    '5.4',
    431,
    `${get}${host}X: ${'a'.repeat(66_000)}\r\n\r\n`,
    16 + 64 * 1024 + 2,
  ),
  'too-many-fields': request(
    'The message has more fields than this server reads.',
    9110,
    '5.4',
    431,
    `${get}${host}${'X: 1\r\n'.repeat(200)}\r\n`,
    16 + 9 + 199 * 6,
  ),
  // Host
  'host-missing': request('An HTTP/1.1 request must have a Host field.', 9112, '3.2', 400, `${get}\r\n`, 16),
  'host-repeated': request(
    'A request must have one Host field line only.',
    9112,
    '3.2',
    400,
    `${get}${host}${host}\r\n`,
    25,
  ),
  'host-empty': request(
    'The Host field is empty, but an http URI needs a host.',
    9110,
    '4.2.1',
    400,
    `${get}Host: \r\n\r\n`,
    22,
  ),
  'host-syntax': request(
    'The Host field must hold one host and an optional port, and nothing else.',
    9112,
    '3.2',
    400,
    `${get}Host: a/b\r\n\r\n`,
    23,
  ),
  // Framing
  'content-length-syntax': request(
    'Content-Length must be one run of digits.',
    9112,
    '6.3',
    400,
    `${post}Content-Length: 1x\r\n\r\n`,
    43,
  ),
  'content-length-repeated': request(
    'Content-Length is given more than once.',
    9112,
    '6.3',
    400,
    `${post}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
    45,
  ),
  'content-length-with-transfer-encoding': request(
    'Content-Length and Transfer-Encoding together leave it unclear where the message ends.',
    9112,
    '6.1',
    400,
    `${post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    45,
  ),
  'transfer-encoding-in-http-1.0': request(
    'HTTP/1.0 has no Transfer-Encoding.',
    9112,
    '6.1',
    400,
    `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n`,
    17,
  ),
  'transfer-encoding-syntax': request(
    'Transfer-Encoding must be a list of transfer codings.',
    9112,
    '7',
    400,
    `${post}Transfer-Encoding: \r\n\r\n`,
    45,
  ),
  'chunked-not-final': request(
    'The last transfer coding of a request must be chunked, once: else nobody can tell where it ends.',
    9112,
    '6.3',
    400,
    `${post}Transfer-Encoding: chunked, gzip\r\n\r\n`,
    54,
  ),
  'chunked-parameters': request(
    'The chunked coding has no parameters.',
    9112,
    '7.1',
    400,
    `${post}Transfer-Encoding: chunked;a=b\r\n\r\n`,
    52,
  ),
  'transfer-coding-unknown': request(
    'The message uses a transfer coding that is not implemented.',
    9112,
    '6.1',
    501,
    `${post}Transfer-Encoding: gzip, chunked\r\n\r\n`,
    45,
  ),
  'body-too-large': request(
    'The body is larger than this server reads.',
    9110,
    '15.5.14',
    413,
    `${post}Content-Length: 999999999999\r\n\r\n`,
    42,
  ),
  'expectation-unknown': request(
    'The only expectation that can be met is 100-continue.',
    9110,
    '10.1.1',
    417,
    `${get}${host}Expect: tea\r\n\r\n`,
    33,
  ),
  // Chunks
  'chunk-size-syntax': request(
    'A chunk starts with its size in hexadecimal digits.',
    9112,
    '7.1',
    400,
    `${chunked}x\r\n`,
    56,
  ),
  'chunk-extension-syntax': request(
    'After a chunk size only extensions of the form ";name=value" may follow.',
    9112,
    '7.1.1',
    400,
    `${chunked}5 \r\n`,
    58,
  ),
  'chunk-line-too-long': request(
    'A chunk size with its extensions is longer than this server reads.',
    9112,
    '7.1.1',
    400,
    `${chunked}1;${'a'.repeat(5000)}\r\n`,
    56 + 4096 + 2,
  ),
  'chunk-end': request(
    'CR and LF must follow the data of a chunk, right where its size says.',
    9112,
    '7.1',
    400,
    `${chunked}1\r\nxy\r\n`,
    60,
  ),
  // What only time or the end of the input shows
  'request-incomplete': request(
    'The connection was closed before the request was complete.',
    9112,
    '8',
    400,
    null,
    0,
  ),
  'request-timeout': request('The request did not arrive in time.', 9110, '15.5.9', 408, null, 0),
  // Responses
  'status-line-version': response(
    'The status line must start with "HTTP/" digit "." digit and a space.',
    '4',
    'HTTX/1.1 200 OK\r\n\r\n',
    3,
  ),
  'status-code-syntax': response(
    'The status code must be three digits between single spaces.',
    '4',
    'HTTP/1.1 20x OK\r\n\r\n',
    11,
  ),
  'reason-phrase-syntax': response(
    'The reason phrase holds a control character.',
    '4',
    'HTTP/1.1 200 O\0K\r\n\r\n',
    14,
  ),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof table;

export const rules: Readonly<Record<RuleId, Rule>> = table;
