/** What a client's request shows. */
import { brokenPercent, parametersOf, targetParts } from '../content/query.ts';
import { explainMethod } from '../explanations/explanation.ts';
import type { MessageFacts } from './exchangeFacts.ts';
import { type Check, check, found, inRequest, inResponse } from './finding.ts';

/** The checks of requests. */
export const requestChecks: readonly Check[] = [
  check('note', 'http-1.0', '9112#9.3', ({ request, isOld }) => {
    return (
      isOld &&
      found(
        'The client speaks HTTP/1.0: its connection ends after the answer unless it asks to keep it, and it knows no chunks.',
        inRequest(request.token('HTTP-version')),
      )
    );
  }),
  check('note', 'host-missing-in-http-1.0', '9112#3.2', ({ request, isOld }) => {
    if (!isOld || !request.hasHead || request.field('host')) return null;
    return found(
      'There is no Host field, which HTTP/1.0 allows: a server with several sites could not tell which is meant.',
      inRequest(request.token('request-target')),
    );
  }),
  check('warning', 'host-differs-from-target', '9112#3.2.2', ({ request }) => {
    const target = request.token('request-target');
    const host = request.field('host');
    if (target === null || host === null) return null;
    const { authority } = targetParts(request.input.bytes, target.start, target.end);
    if (authority === null) return null;
    if (
      request
        .text(authority)
        .replace(/^.*?:\/\//, '')
        .toLowerCase() === host.value.toLowerCase()
    )
      return null;
    return found(
      'The target names another host than the Host field; the target counts.',
      inRequest(authority),
      inRequest(host.valuePart),
    );
  }),
  check('note', 'target-is-absolute', '9112#3.2.2', ({ request }) => {
    const target = request.token('request-target');
    if (target === null) return null;
    const { authority } = targetParts(request.input.bytes, target.start, target.end);
    return (
      authority &&
      found('The target is a whole address, as clients send it to a proxy.', inRequest(authority))
    );
  }),
  check('warning', 'method-in-lower-case', '9110#9.1', ({ request, method }) => {
    if (explainMethod(method) !== null || explainMethod(method.toUpperCase()) === null) return null;
    return found(
      `Methods are case-sensitive: "${method}" is not ${method.toUpperCase()}.`,
      inRequest(request.token('method')),
    );
  }),
  check('note', 'method-not-registered', '9110#9.1', ({ request, method }) => {
    if (method === '' || explainMethod(method.toUpperCase()) !== null) return null;
    return found(
      'Nobody has registered this method; only client and server know what it means.',
      inRequest(request.token('method')),
    );
  }),
  check('warning', 'percent-encoding-broken', '3986#2.1', ({ request }) => {
    const target = request.token('request-target');
    const at = target === null ? -1 : brokenPercent(request.input.bytes, target.start, target.end);
    return (
      at >= 0 &&
      found(
        'A "%" in the target is not followed by two hexadecimal digits.',
        inRequest({ start: at, end: at + 1 }),
      )
    );
  }),
  check('note', 'target-not-encoded', '3986#2', ({ request, target }) => {
    const token = request.token('request-target');
    const at = target.search(/["<>\\^`{|}]/);
    if (token === null || at < 0) return null;
    return found(
      'The target holds a character that an address must percent-encode; servers differ in what they make of it.',
      inRequest({ start: token.start + at, end: token.start + at + 1 }),
    );
  }),
  check('warning', 'dot-segments', '3986#5.2.4', ({ request, target }) => {
    const token = request.token('request-target');
    const match = /(^|\/)(\.|%2e){1,2}(?=\/|\?|$)/i.exec(target);
    if (token === null || match === null || !/[/]/.test(match[0])) return null;
    return found(
      'The path climbs with "." or "..": browsers resolve these before they send, so this was written by hand or by an attacker.',
      inRequest({ start: token.start + match.index, end: token.start + match.index + match[0].length }),
    );
  }),
  check('note', 'query-parameter-repeated', '3986#3.4', ({ request }) => {
    const token = request.token('request-target');
    if (token === null) return null;
    const { query } = targetParts(request.input.bytes, token.start, token.end);
    if (query === null) return null;
    const seen = new Set<string>();
    for (const { name } of parametersOf(request.input.bytes, query.start, query.end, 200)) {
      const text = request.text(name);
      if (seen.has(text)) {
        return found(
          'A query parameter is given more than once; which one counts is up to the server.',
          inRequest(name),
        );
      }
      seen.add(text);
    }
    return null;
  }),
  check('warning', 'body-with-get', '9110#9.3.1', ({ request, method }) => {
    if (!['GET', 'HEAD'].includes(method) || request.bodyLength === 0) return null;
    return found(
      `A ${method} has a body. It means nothing there, and servers and proxies may refuse it or drop it.`,
      inRequest(request.data[0]),
    );
  }),
  check('note', 'empty-lines-before', '9112#2.2', ({ request }) => {
    const lines = request.input.spans.filter(({ name }) => name === 'empty-line');
    return (
      lines.length > 0 &&
      found(
        'An empty line comes before the request line, and is ignored: some old clients sent one too many.',
        ...lines.map(inRequest),
      )
    );
  }),
  check('note', 'expects-continue', '9110#10.1.1', ({ request, response }) => {
    const field = request.field('expect');
    if (field?.value.toLowerCase() !== '100-continue' || response.interim === 0) return null;
    return found(
      'The client asked whether its body is welcome, and "100 Continue" told it to go on.',
      inRequest(field.valuePart),
      inResponse({ start: 0, end: Math.min(25, response.input.length) }),
    );
  }),
  check('note', 'continue-not-awaited', '9110#10.1.1', ({ request }) => {
    const field = request.field('expect');
    if (field?.value.toLowerCase() !== '100-continue' || request.bodyLength === 0) return null;
    const [first] = request.input.transfers;
    if (first === undefined || first.end <= request.bodyStart) return null;
    return found(
      'The client asked whether its body is welcome, but sent it in one go without waiting for the answer.',
      inRequest(field.valuePart),
      inRequest(request.data[0]),
    );
  }),
  check('note', 'upgrade-not-taken', '9110#7.8', ({ request, status }) => {
    const field = request.field('upgrade');
    if (field === null || status === 0 || status === 101) return null;
    return found(
      `The client would go on with ${field.value}; the server stays with HTTP/1.1.`,
      inRequest(field.valuePart),
    );
  }),
  check('warning', 'password-in-the-clear', '7617#4', ({ request }) => {
    const field = request.field('authorization');
    if (field === null || !/^basic /i.test(field.value)) return null;
    return found(
      'Basic sends name and password merely base64-encoded: without TLS, anybody on the way can read them.',
      inRequest(field.valuePart),
    );
  }),
  check('note', 'came-through-a-proxy', '9110#7.6.3', ({ request }) => {
    const fields = ['via', 'forwarded', 'x-forwarded-for']
      .map((name) => request.field(name))
      .filter((field) => field !== null);
    return (
      fields.length > 0 &&
      found(
        'The request came through a proxy, which says so.',
        ...fields.map(({ namePart }) => inRequest(namePart)),
      )
    );
  }),
  check('note', 'asks-before-sending', '9110#9.3.7', ({ request, method }) => {
    const field = request.field('access-control-request-method');
    if (method !== 'OPTIONS' || field === null) return null;
    return found(
      `A browser asks on behalf of a page of another origin whether it may send a ${field.value}.`,
      inRequest(field.valuePart),
      inRequest(request.field('origin')?.valuePart),
    );
  }),
  check('note', 'not-ascii', '9110#5.5', ({ request, response }) => {
    const fields = notAscii(request);
    if (fields.length > 0) return found(notAsciiSentence, ...fields.map(inRequest));
    const others = notAscii(response);
    return others.length > 0 && found(notAsciiSentence, ...others.map(inResponse));
  }),
];

const notAsciiSentence =
  'A field value holds bytes beyond ASCII: what they mean is not defined, and recipients differ.';

function notAscii(message: MessageFacts) {
  return message.fields.filter(({ value }) => /[\x80-\xff]/.test(value)).map(({ valuePart }) => valuePart);
}
