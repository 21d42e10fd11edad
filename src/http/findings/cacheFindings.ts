/** What caches and validators make of an exchange. */
import type { ExchangeFacts } from './exchangeFacts.ts';
import { type Check, check, found, inRequest, inResponse } from './finding.ts';

/** The checks of caching and validators. */
export const cacheChecks: readonly Check[] = [
  check('note', 'validator-worked', '9110#13.1.2', ({ request, response, status }) => {
    const field = request.field('if-none-match');
    if (status !== 304 || field === null) return null;
    return found(
      'The client has this version already, as the entity tag shows: a short 304 took the place of the whole content.',
      inRequest(field.valuePart),
      inResponse(response.token('status-code')),
      inResponse(response.field('etag')?.valuePart),
    );
  }),
  check('note', 'date-validator-worked', '9110#13.1.3', ({ request, response, status }) => {
    const field = request.field('if-modified-since');
    if (status !== 304 || field === null || request.field('if-none-match')) return null;
    return found(
      'Nothing has changed since the time that the client names: a short 304 took the place of the whole content.',
      inRequest(field.valuePart),
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'changed-meanwhile', '9110#13.1.2', ({ request, response, status }) => {
    const field = request.field('if-none-match');
    const etag = response.field('etag');
    if (status !== 200 || field === null || etag === null || sameTag(field.value, etag.value)) return null;
    return found(
      'The client has an older version: its entity tag is another, so the content was sent anew.',
      inRequest(field.valuePart),
      inResponse(etag.valuePart),
    );
  }),
  check('warning', 'validator-ignored', '9110#13.1.2', ({ request, response, status, method }) => {
    const field = request.field('if-none-match');
    const etag = response.field('etag');
    if (status !== 200 || !['GET', 'HEAD'].includes(method)) return null;
    if (field === null || etag === null || !sameTag(field.value, etag.value)) return null;
    return found(
      'The client has this very version, and yet got it again: the server should have answered 304.',
      inRequest(field.valuePart),
      inResponse(etag.valuePart),
    );
  }),
  check('note', 'date-condition-not-used', '9110#13.1.3', ({ request }) => {
    const date = request.field('if-modified-since');
    if (date === null || !request.field('if-none-match')) return null;
    return found('If-None-Match is there, so If-Modified-Since is not looked at.', inRequest(date.namePart));
  }),
  check('note', 'precondition-failed', '9110#15.5.13', ({ request, response, status }) => {
    if (status !== 412) return null;
    const field =
      request.field('if-match') ?? request.field('if-unmodified-since') ?? request.field('if-none-match');
    return found(
      'The condition of the request does not hold any more, so nothing was done.',
      inRequest(field?.valuePart),
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'weak-validator', '9110#8.8.1', ({ response }) => {
    const etag = response.field('etag');
    if (etag === null || !etag.value.startsWith('W/')) return null;
    return found(
      'The entity tag is weak (W/): versions that it calls the same may differ in some bytes. It serves for 304, not for asking for parts.',
      inResponse(etag.valuePart),
    );
  }),
  check('warning', 'entity-tag-malformed', '9110#8.8.3', ({ response }) => {
    const etag = response.field('etag');
    if (etag === null || /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag.value)) return null;
    return found(
      'An entity tag stands in double quotes; this one will not be recognised.',
      inResponse(etag.valuePart),
    );
  }),
  check('note', 'no-validator', '9110#8.8', (exchange) => {
    const { response } = exchange;
    if (!cacheable(exchange) || response.field('etag') || response.field('last-modified')) return null;
    if (response.list('cache-control').includes('no-store')) return null;
    return found(
      'There is neither ETag nor Last-Modified: a client that has this cannot ask whether it has changed, and must fetch it whole.',
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'freshness-not-given', '9111#4.2.2', (exchange) => {
    const { response } = exchange;
    if (!cacheable(exchange) || response.field('cache-control') || response.field('expires')) return null;
    return found(
      'Nothing says how long this may be used again: a cache guesses, mostly from Last-Modified.',
      inResponse(response.token('status-code')),
    );
  }),
  check('warning', 'cache-directives-conflict', '9111#5.2.2', ({ response }) => {
    const field = response.field('cache-control');
    const directives = response.list('cache-control').map((directive) => directive.split('=')[0]);
    const conflict = conflicts.find(([one, other]) => directives.includes(one) && directives.includes(other));
    if (field === null || conflict === undefined) return null;
    return found(
      `Cache-Control says both "${conflict[0]}" and "${conflict[1]}"; the stricter one counts.`,
      inResponse(field.valuePart),
    );
  }),
  check('note', 'expires-not-used', '9111#5.3', ({ response }) => {
    const expires = response.field('expires');
    const overridden = response.list('cache-control').some((directive) => /^(s-)?max-?age=/.test(directive));
    return (
      expires !== null &&
      overridden &&
      found('Cache-Control gives an age, so Expires is not looked at.', inResponse(expires.namePart))
    );
  }),
  check('note', 'must-ask-again', '9111#5.2.2.4', ({ response }) => {
    const field = response.field('cache-control');
    if (field === null || !response.list('cache-control').includes('no-cache')) return null;
    return found(
      '"no-cache" does not forbid storing: it asks for a check with the server before each use.',
      inResponse(field.valuePart),
    );
  }),
  check('note', 'pragma', '9111#5.4', ({ request, response }) => {
    const asked = request.field('pragma');
    const answered = response.field('pragma');
    if (asked === null && answered === null) return null;
    return found(
      answered === null
        ? 'Pragma repeats for caches of HTTP/1.0 what Cache-Control says: the user has probably asked for a reload.'
        : 'Pragma has no meaning in an answer; Cache-Control is what counts.',
      inResponse(answered?.namePart),
      inRequest(asked?.namePart),
    );
  }),
  check('warning', 'vary-everything', '9110#12.5.5', ({ response }) => {
    const field = response.field('vary');
    if (field === null || !response.list('vary').includes('*')) return null;
    return found(
      '"Vary: *" means that the answer fits this one request only: no cache can ever use it again.',
      inResponse(field.valuePart),
    );
  }),
  check('warning', 'vary-lacks-accept-encoding', '9110#12.5.5', ({ response }) => {
    const field = response.field('content-encoding');
    const vary = response.list('vary');
    if (field === null || vary.includes('accept-encoding') || vary.includes('*')) return null;
    return found(
      'The body is compressed because this client takes that, but Vary does not say so: a cache may hand it to one that does not.',
      inResponse(field.valuePart),
    );
  }),
  check('warning', 'date-malformed', '9110#5.6.7', ({ request, response }) => {
    for (const [message, place] of [[request, inRequest] as const, [response, inResponse] as const]) {
      for (const name of dateFields) {
        const field = message.field(name);
        if (field === null || isDate(field.value) || (name === 'expires' && field.value === '0')) continue;
        return found(
          `${field.name} is no date of HTTP: it must look like "Mon, 21 Sep 2026 14:13:20 GMT".`,
          place(field.valuePart),
        );
      }
    }
    return null;
  }),
  check('warning', 'modified-in-the-future', '9110#8.8.2.1', ({ response }) => {
    const modified = response.field('last-modified');
    const date = Date.parse(response.value('date'));
    if (modified === null || !(Date.parse(modified.value) > date)) return null;
    return found(
      'Last-Modified is later than the answer itself; a clock is wrong, or the file was dated ahead.',
      inResponse(modified.valuePart),
    );
  }),
  check('note', 'date-missing', '9110#6.6.1', ({ response, status }) => {
    return (
      status >= 200 &&
      status < 500 &&
      response.field('date') === null &&
      found(
        'There is no Date field: a cache has to take the time at which the answer came.',
        inResponse(response.token('status-code')),
      )
    );
  }),
];

const conflicts = [
  ['no-store', 'max-age'],
  ['no-store', 'immutable'],
  ['private', 'public'],
  ['no-store', 'public'],
] as const;

const dateFields = ['date', 'last-modified', 'expires', 'if-modified-since', 'if-unmodified-since'];

/** IMF-fixdate, and the two older forms that recipients still read. */
function isDate(value: string): boolean {
  const forms =
    /^(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\w{6,9}, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;
  return forms.test(value) && !Number.isNaN(Date.parse(value));
}

function cacheable({ method, status }: ExchangeFacts): boolean {
  return method === 'GET' && (status === 200 || status === 203);
}

/** Weak comparison (RFC 9110 section 8.8.3.2). */
function sameTag(list: string, tag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '');
  return list.trim() === '*' || list.split(',').some((candidate) => bare(candidate) === bare(tag));
}
