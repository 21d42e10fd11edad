import { type Rule, response } from './rule.ts';

/** Rules of the status line (RFC 9112 section 4). */
export const statusLineRules = {
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
