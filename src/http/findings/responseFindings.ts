/** What a server's answer shows. */
import { setCookieOf } from '../content/cookies.ts';
import { statusRows } from '../explanations/statuses.ts';
import { reasonPhrases } from '../reasonPhrases.ts';
import type { FieldFact, MessageFacts } from './exchangeFacts.ts';
import { type Check, check, found, inRequest, inResponse } from './finding.ts';

/** The checks of responses. */
export const responseChecks: readonly Check[] = [
  check('note', 'interim-response', '9110#15.2', ({ response }) => {
    return (
      response.interim > 0 &&
      found(
        'An interim answer came first; the one that follows it is final.',
        inResponse({
          start: 0,
          end: response.input.spans.find(({ name }) => name === 'header-end')?.end ?? 0,
        }),
      )
    );
  }),
  check('note', 'status-not-registered', '9110#15', ({ response, status }) => {
    if (status === 0 || statusRows.some(([code]) => code === String(status))) return null;
    return found(
      'Nobody has registered this status code: clients go by its first digit.',
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'reason-phrase-unusual', '9112#4', ({ response, status }) => {
    const usual = reasonPhrases[status];
    const token = response.token('reason-phrase');
    if (usual === undefined || token === null || response.text(token) === usual) return null;
    return found(`The usual reason phrase is "${usual}"; nobody but people reads it.`, inResponse(token));
  }),
  check('note', 'redirect', '9110#15.4', ({ response, status }) => {
    const location = response.field('location');
    if (status < 300 || status >= 400 || status === 304 || location === null) return null;
    return found(
      'The client is sent elsewhere: what it wants is behind another request.',
      inResponse(location.valuePart),
    );
  }),
  check('warning', 'redirect-without-location', '9110#10.2.2', ({ response, status }) => {
    if (![301, 302, 303, 307, 308].includes(status) || response.field('location')) return null;
    return found(
      'The client is to go elsewhere, but there is no Location field that says where.',
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'method-not-allowed', '9110#15.5.6', ({ request, response, status }) => {
    const allow = response.field('allow');
    if (status !== 405 || allow === null) return null;
    return found(
      'The target does not take this method; Allow lists those that it takes.',
      inResponse(allow.valuePart),
      inRequest(request.token('method')),
    );
  }),
  check('warning', 'allow-missing', '9110#15.5.6', ({ response, status }) => {
    if (status !== 405 || response.field('allow')) return null;
    return found(
      'A 405 must list in an Allow field what the target takes.',
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'nobody-linked-here', '9110#15.5.5', ({ request, status, target }) => {
    const wanted = /^\/(favicon\.ico|apple-touch-icon[\w-]*\.png|robots\.txt|\.well-known\/[^?]*)(\?|$)/;
    if (status !== 404 || !wanted.test(target)) return null;
    return found(
      'Browsers and tools ask for this by themselves; no page has to link to it, and its absence does no harm.',
      inRequest(request.token('request-target')),
    );
  }),
  check('note', 'host-not-served', '9110#15.5.20', ({ request, status }) => {
    if (status !== 421) return null;
    return found(
      'The server does not answer for this host. A web page elsewhere could make a browser ask like this (DNS rebinding).',
      inRequest(request.field('host')?.valuePart),
    );
  }),
  check('warning', 'challenge-missing', '9110#15.5.2', ({ response, status }) => {
    if (status !== 401 || response.field('www-authenticate')) return null;
    return found(
      'A 401 must say in a WWW-Authenticate field how to sign in.',
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'cookie-sent', '6265#4.2', ({ request }) => {
    const cookie = request.field('cookie');
    return (
      cookie &&
      found(
        'The client gives cookies back. Those of localhost go to every port: servers on this machine share them.',
        inRequest(cookie.valuePart),
      )
    );
  }),
  check('note', 'cookie-unprotected', '6265#4.1.2', ({ response }) => {
    const bare = cookies(response).filter(
      ({ attributes }) => !attributes.has('httponly') || !attributes.has('samesite'),
    );
    return (
      bare.length > 0 &&
      found(
        'A cookie is set without HttpOnly or SameSite: scripts of the page can read it, or other sites can cause requests that carry it.',
        ...bare.map(({ field }) => inResponse(field.valuePart)),
      )
    );
  }),
  check('warning', 'cookie-same-site-none-insecure', '6265#4.1.2.5', ({ response }) => {
    const refused = cookies(response).find(
      ({ attributes }) => attributes.get('samesite') === 'none' && !attributes.has('secure'),
    );
    return (
      refused !== undefined &&
      found('"SameSite=None" needs Secure: browsers drop this cookie.', inResponse(refused.field.valuePart))
    );
  }),
  check('warning', 'cookie-too-large', '6265#6.1', ({ response }) => {
    const large = cookies(response).find(({ field }) => field.valuePart.end - field.valuePart.start > 4096);
    return (
      large !== undefined &&
      found(
        'Browsers keep cookies of 4096 bytes only; they drop a larger one.',
        inResponse(large.field.valuePart),
      )
    );
  }),
  check('warning', 'single-field-repeated', '9110#5.3', ({ request, response }) => {
    for (const [message, place] of [[request, inRequest] as const, [response, inResponse] as const]) {
      const repeated = repeatedFields(message, (name) => singletons.has(name));
      if (repeated.length > 0) {
        return found(
          `${repeated[0].name} must stand once only; recipients differ in which of several they use.`,
          ...repeated.map(({ namePart }) => place(namePart)),
        );
      }
    }
    return null;
  }),
  check('note', 'field-repeated', '9110#5.3', ({ request, response }) => {
    for (const [message, place] of [[request, inRequest] as const, [response, inResponse] as const]) {
      const repeated = repeatedFields(message, (name) => !singletons.has(name) && name !== 'set-cookie');
      if (repeated.length > 0) {
        return found(
          `${repeated[0].name} stands more than once; it means the same as one field with the values joined by commas, in this order.`,
          ...repeated.map(({ namePart }) => place(namePart)),
        );
      }
    }
    return null;
  }),
];

/** Fields whose value is one thing, not a list. */
const singletons: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-range',
  'content-location',
  'date',
  'etag',
  'expires',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'range',
  'referer',
  'retry-after',
  'server',
  'user-agent',
  'authorization',
  'origin',
]);

function repeatedFields(message: MessageFacts, counts: (name: string) => boolean): readonly FieldFact[] {
  const seen = new Map<string, FieldFact[]>();
  for (const field of message.fields) {
    const name = field.name.toLowerCase();
    seen.set(name, [...(seen.get(name) ?? []), field]);
  }
  return [...seen].find(([name, fields]) => fields.length > 1 && counts(name))?.[1] ?? [];
}

function cookies(response: MessageFacts) {
  return response.all('set-cookie').map((field) => {
    const { start, end } = field.valuePart;
    const { attributes } = setCookieOf(response.input.bytes, start, end);
    return {
      field,
      attributes: new Map(
        attributes.map(({ name, value }) => [
          response.text(name).toLowerCase(),
          response.text(value).toLowerCase(),
        ]),
      ),
    };
  });
}
