/** Header fields that the settings add to answers, by the path of the request. */
import type { Response } from '../http/message.ts';
import type { HeaderRule } from '../protocol/server.ts';
import { pathPattern } from './pathPattern.ts';

type Fields = Response['fields'];

/** Fields that describe a file's content: they do not apply to the error page that is sent instead. */
const ofContent = /^(?:cache-control|content-.*|expires|link)$/i;

/** The rules of `spark.headers`, in their order. */
export class ExtraFields {
  private readonly rules: readonly { readonly pattern: RegExp; readonly fields: Fields }[];

  constructor(rules: readonly HeaderRule[]) {
    this.rules = rules.map(({ pattern, fields }) => ({ pattern: pathPattern(pattern), fields }));
  }

  get none(): boolean {
    return this.rules.length === 0;
  }

  /**
   * The response with the fields for a decoded path; of two rules with the same field, the later one applies. Fields about
   * a file's content are left out of errors and redirects, which must not be cached like it.
   */
  addedTo(response: Response, path: string): Response {
    let { fields } = response;
    for (const rule of this.rules) {
      if (!rule.pattern.test(path)) continue;
      for (const [name, value] of rule.fields) fields = withField(fields, name, value, response);
    }
    return fields === response.fields ? response : { ...response, fields, encoded: undefined };
  }
}

function withField(fields: Fields, name: string, value: string, { status, fields: own }: Response): Fields {
  if (name.toLowerCase() === 'vary') return withVary(fields, value);
  if (ofContent.test(name) && status >= 300 && status !== 304) return fields;
  // The parts of a multipart answer have the file's type; it says itself where they begin.
  const isMultipart = status === 206 && !own.some(([one]) => one === 'Content-Range');
  return isMultipart && name.toLowerCase() === 'content-type' ? fields : withFields(fields, [[name, value]]);
}

/** `fields` with `others`, which replace those of the same name. */
export function withFields(fields: Fields, others: Fields): Fields {
  const names = new Set(others.map(([name]) => name.toLowerCase()));
  return [...fields.filter(([name]) => !names.has(name.toLowerCase())), ...others];
}

/** `fields` with one more name in Vary (RFC 9110 section 12.5.5). */
export function withVary(fields: Fields, name: string): Fields {
  const vary = fields.find(([field]) => field.toLowerCase() === 'vary')?.[1];
  if (vary === undefined) return [...fields, ['Vary', name]];
  const names = vary.split(',').map((one) => one.trim().toLowerCase());
  if (names.includes('*') || names.includes(name.toLowerCase())) return fields;
  return withFields(fields, [['Vary', `${vary}, ${name}`]]);
}
