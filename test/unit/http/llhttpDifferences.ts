import type { RuleId } from '../../../src/http/rules.ts';
import type { Verdict } from './llhttp.ts';

/** What Spark refuses and llhttp lets through, with the reason to refuse it. */
export const llhttpLenient: Partial<Record<RuleId, string>> = {
  'bare-lf':
    'RFC 9112 2.2: only an empty line of CR and LF is ignored before a request; llhttp skips any LF.',
  'bare-cr': 'RFC 9112 2.2: a CR that stands alone is invalid; before a request llhttp skips any CR.',
  'empty-lines':
    'RFC 9112 2.2: one empty line is to be ignored; without a bound, a client could send them for ever.',
  'version-missing': 'RFC 9112 2.3: there is no HTTP/0.9 any more; llhttp still takes its requests.',
  'version-syntax':
    'RFC 9112 3: single spaces stand between the parts of a request line; llhttp skips several.',
  'version-not-supported':
    'RFC 9110 15.6.6: another major version is answered 505; llhttp leaves that to its user.',
  'target-syntax': 'RFC 9112 3: see version-syntax.',
  'target-form': 'RFC 9112 3.2: llhttp leaves the forms of a target to its user.',
  'target-fragment': 'RFC 9112 3.2: no form of a target has a fragment; llhttp lets it through.',
  'target-authority': 'RFC 9110 4.2: llhttp leaves the authority of a target to its user.',
  'target-host-empty': 'RFC 9110 4.2.1: see target-authority.',
  'target-scheme': 'RFC 9110 7.4: see target-form.',
  'target-asterisk': 'RFC 9112 3.2.4: see target-form.',
  'target-connect': 'RFC 9110 9.3.6: see target-form.',
  'target-percent-encoding': 'RFC 3986 2.1: llhttp leaves the encoding of a path to its user.',
  'target-encoded-nul': 'RFC 3986 7.3: see target-percent-encoding.',
  'host-missing': 'RFC 9112 3.2: llhttp leaves Host to its user.',
  'host-repeated': 'RFC 9112 3.2: see host-missing.',
  'host-empty': 'RFC 9110 4.2.1: see host-missing.',
  'host-syntax': 'RFC 9112 3.2: see host-missing.',
  'body-too-large': 'RFC 9110 15.5.14: llhttp leaves the limit to its user.',
  'expectation-unknown': 'RFC 9110 10.1.1: llhttp leaves expectations to its user.',
  'transfer-coding-unknown': 'RFC 9112 6.1: llhttp hands on what it cannot decode.',
  'transfer-encoding-in-http-1.0':
    'RFC 9112 6.1: the framing of such a message is faulty; llhttp decodes it.',
  'transfer-encoding-syntax':
    'RFC 9112 7: llhttp looks at the last coding of the list only, and takes none for no field.',
  'chunked-parameters':
    'RFC 9112 7.1: chunked has no parameters, and one that has some is an error; llhttp looks at the last coding only.',
  'chunked-not-final':
    'RFC 9112 6.1: chunked is applied once; llhttp does not know one again that a tab follows.',
  'chunk-extension-syntax': 'RFC 9112 7.1.1: after "=" comes a value; llhttp takes an empty one.',
};

/** What llhttp refuses and Spark lets through, with the reason to let it through. */
export const llhttpStricter: readonly {
  readonly error: string;
  readonly reason: string;
  when(spark: Verdict, request: string): boolean;
}[] = [
  {
    error: 'HPE_INVALID_METHOD',
    reason: 'RFC 9110 9.1: any token is a method, and an unknown one is answered 501; llhttp knows a list.',
    when: ({ method }) => method === '' || !llhttpMethods.has(method),
  },
  {
    error: 'HPE_INVALID_VERSION',
    reason: 'RFC 9110 2.5: a higher minor version is treated like 1.1.',
    when: (_, request) => /HTTP\/1\.[2-9]/.test(request),
  },
  ...['HPE_INVALID_CHUNK_SIZE', 'HPE_STRICT'].map((error) => ({
    error,
    reason:
      'RFC 9112 7.1.1: bad white space may stand around ";" and "=" of an extension, and has to be accepted.',
    when: (_: Verdict, request: string) => /\r\n[0-9a-f]+([ \t]|;[^\r]*[ \t])/i.test(request),
  })),
  {
    error: 'HPE_INVALID_TRANSFER_ENCODING',
    reason:
      'RFC 9110 5.6.1.2: empty elements of a list are ignored; llhttp finds no coding after the last comma.',
    when: (_, request) => /transfer-encoding:[^\r\n]*,[ \t]*(,|\r)/i.test(request),
  },
  ...['HPE_INVALID_CONTENT_LENGTH', 'HPE_INVALID_TRANSFER_ENCODING'].map((error) => ({
    error,
    reason: 'RFC 9110 5.6.3: a tab around a field value is white space, too; llhttp knows the space alone.',
    when: (_: Verdict, request: string) =>
      /\r\n(?:content-length|transfer-encoding):[^\r\n]*\t/i.test(request),
  })),
  ...['HPE_INVALID_CONTENT_LENGTH', 'HPE_UNEXPECTED_CONTENT_LENGTH', 'HPE_INVALID_TRANSFER_ENCODING'].map(
    (error) => ({
      error,
      reason:
        'RFC 9110 6.5.1: a trailer field is not merged with the header fields; llhttp reads it like one.',
      when: (_: Verdict, request: string) =>
        /\r\n0+[^\n]*\r\n[\s\S]*(content-length|transfer-encoding)[ \t]*:/i.test(request),
    }),
  ),
  ...[
    'HPE_INVALID_CONTENT_LENGTH',
    'HPE_UNEXPECTED_CONTENT_LENGTH',
    'HPE_INVALID_TRANSFER_ENCODING',
    'HPE_INVALID_URL',
  ].map((error) => ({
    error,
    reason:
      'RFC 9110 5.3: what the fields and the target mean is judged when the header section has arrived.',
    when: ({ outcome }: Verdict, request: string) =>
      // Empty lines may stand before the request line.
      outcome === 'incomplete' && !request.replace(/^(?:\r\n)+/, '').includes('\r\n\r\n'),
  })),
];

/** What both let through, but do not end at the same byte: why. */
export const llhttpEndsOtherwise: readonly {
  readonly reason: string;
  when(spark: Verdict): boolean;
}[] = [
  {
    reason:
      'RFC 9112 6: Content-Length or Transfer-Encoding signal a body, whatever the method; llhttp takes what is behind the header section of CONNECT for a tunnel, which here is never opened.',
    when: ({ method, fields }) =>
      method === 'CONNECT' && fields.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name)),
  },
];

/** RFC 9110 5.5: the white space behind a field value is no part of it; llhttp leaves it there. */
export function withoutTrailingSpace(fields: Verdict['fields']): Verdict['fields'] {
  return fields.map(([name, value]) => [name, value.replace(/[ \t]+$/, '')]);
}

/** Methods on both lists: for none of these may llhttp be the only one to refuse. */
const llhttpMethods = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);
