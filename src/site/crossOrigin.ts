/** Cross-origin sharing (https://fetch.spec.whatwg.org/#http-cors-protocol): which other sites' scripts may read answers. */
import type { Request, Response } from '../http/message.ts';
import { withFields, withVary } from './extraFields.ts';
import { servedMethods } from './refusals.ts';

/** Seconds that a browser may remember a preflight's answer. */
const rememberedFor = '600';
/** Fields that scripts may read besides those that they always may. */
const exposed = 'Accept-Ranges, Content-Encoding, Content-Range, Date, ETag';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The CORS policy of a site. */
export class CrossOrigin {
  /** Whether methods other than a site's own are answered: then a preflight is allowed whichever it asks for. */
  anyMethod = false;
  private readonly any: boolean;
  private readonly origins: ReadonlySet<string>;

  /** `origins` as a browser writes them (`https://example.com:8080`); `*` = any. */
  constructor(origins: readonly string[]) {
    this.any = origins.includes('*');
    this.origins = new Set(origins.map((origin) => origin.toLowerCase()));
  }

  get none(): boolean {
    return !this.any && this.origins.size === 0;
  }

  /** The response with the fields that let the request's origin read it, where it may. */
  addedTo(response: Response, request: Request): Response {
    const allowed = this.allowedOrigin(request);
    // A response that depends on the origin must not be reused for others from a cache.
    const varied = this.any ? response.fields : withVary(response.fields, 'Origin');
    if (allowed === null) return { ...response, fields: varied, encoded: undefined };
    const fields = withFields(varied, [
      ['Access-Control-Allow-Origin', allowed],
      ['Access-Control-Expose-Headers', exposed],
    ]);
    return { ...response, fields: [...fields, ...this.preflightFields(request)], encoded: undefined };
  }

  /** Whether the scripts of the page that a request comes from may read the answer. */
  allows(request: Request): boolean {
    return this.allowedOrigin(request) !== null;
  }

  private allowedOrigin(request: Request): string | null {
    if (this.any) return '*';
    const origin = request.field('origin');
    return origin !== undefined && this.origins.has(origin.toLowerCase()) ? origin : null;
  }

  /** A browser asks before it sends what a form could not: the answer says what it may send. */
  private preflightFields(request: Request): Response['fields'] {
    const method = request.field('access-control-request-method');
    if (request.method !== 'OPTIONS' || method === undefined) return [];
    const other = this.anyMethod && token.test(method) && !servedMethods.includes(method);
    const fields: [string, string][] = [
      ['Access-Control-Allow-Methods', [...servedMethods, ...(other ? [method] : [])].join(', ')],
      ['Access-Control-Max-Age', rememberedFor],
    ];
    const names = request.field('access-control-request-headers');
    if (names !== undefined && /^[!#$%&'*+\-.^_`|~0-9A-Za-z, \t]+$/.test(names))
      fields.push(['Access-Control-Allow-Headers', names]);
    if (request.field('access-control-request-private-network') === 'true')
      fields.push(['Access-Control-Allow-Private-Network', 'true']);
    return fields;
  }
}
