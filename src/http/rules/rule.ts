/** A rule that a message can break. */
export interface Rule {
  /** Which kind of message the example is; both kinds share the rules of fields and bodies. */
  readonly message: 'request' | 'response';
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  readonly rfc: 3986 | 9110 | 9112;
  readonly section: string;
  /** Status of the answer; 0 for a rule of responses, which nobody answers. */
  readonly status: number;
  /** A message that breaks this rule and no other before it; null where bytes alone cannot (time, end of input). */
  readonly example: string | null;
  /** Offset of the offending byte in the example. */
  readonly offset: number;
}

/** Parts of examples. */
export const host = 'Host: a\r\n';
export const get = 'GET / HTTP/1.1\r\n';
export const post = `POST / HTTP/1.1\r\n${host}`;
export const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

/** A rule that requests are held to; fields and bodies of responses too. */
export function request(
  sentence: string,
  rfc: Rule['rfc'],
  section: string,
  status: number,
  example: string | null,
  offset: number,
): Rule {
  return { message: 'request', sentence, rfc, section, status, example, offset };
}

/** A rule that only responses are held to, of RFC 9112. */
export function response(sentence: string, section: string, example: string, offset: number): Rule {
  return { message: 'response', sentence, rfc: 9112, section, status: 0, example, offset };
}
