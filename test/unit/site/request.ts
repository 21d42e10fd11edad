import type { Request } from '../../../src/http/message.ts';

/** A request for `target`; names of `fields` in lower case. */
export function request(
  target: string,
  fields: Readonly<Record<string, string>> = {},
  method = 'GET',
  host = 'localhost',
  minorVersion = 1,
): Request {
  const question = target.indexOf('?');
  return {
    method,
    target,
    form: target === '*' ? 'asterisk' : 'origin',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? null : target.slice(question + 1),
    host,
    minorVersion,
    field: (name) => fields[name],
    hasBody: false,
    fields: () => Object.entries(fields),
  };
}
