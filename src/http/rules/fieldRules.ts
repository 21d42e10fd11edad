import { get, host, type Rule, request } from './rule.ts';

/** Rules of field lines, in header and trailer sections (RFC 9112 section 5). */
export const fieldRules = {
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
} as const satisfies Record<string, Rule>;
