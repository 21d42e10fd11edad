/** Where a message ends, and whether that is where it should. */
import type { ExchangeFacts, MessageFacts } from './exchangeFacts.ts';
import { type Check, check, found, inRequest, inResponse, type Place } from './finding.ts';

/** The checks of message lengths. */
export const lengthChecks: readonly Check[] = [
  check('error', 'response-shorter-than-content-length', '9112#8', (exchange) => {
    const { response, input } = exchange;
    const length = contentLength(response);
    if (length === null || !hasBody(exchange) || input.endedAt === 0) return null;
    const came = response.input.length - response.bodyStart;
    if (came >= length) return null;
    return found(
      `Content-Length promises ${bytes(length)}, but only ${bytes(came)} of body were sent before the connection ended: the client takes the answer as cut off, and shows nothing or a part. Whoever makes the answer has to count the very bytes that it sends, or to leave Content-Length to the server.`,
      lengthValue(response, inResponse),
      behind(response, inResponse),
    );
  }),
  check('error', 'response-longer-than-content-length', '9112#6.3', (exchange) => {
    const { response } = exchange;
    const length = contentLength(response);
    const rest = response.input.spans.find(({ name }) => name === 'unparsed');
    if (length === null || response.input.violation !== null || rest === undefined) return null;
    return found(
      `Content-Length says ${bytes(length)}, but ${bytes(rest.end - rest.start)} more follow: the client cuts the body off there, and takes the rest for the beginning of the next answer. Count bytes, not characters.`,
      lengthValue(response, inResponse),
      inResponse(rest),
    );
  }),
  check('error', 'request-shorter-than-content-length', '9112#8', (exchange) => {
    const { request, input } = exchange;
    const length = contentLength(request);
    if (length === null || request.input.complete || input.endedAt === 0) return null;
    const came = request.input.length - request.bodyStart;
    if (came >= length || !request.hasHead) return null;
    return found(
      `Content-Length promises ${bytes(length)} of body, but only ${bytes(came)} came: the server waited for the missing ${bytes(length - came)}, and gave up. Send as many bytes as announced, or announce as many as are sent.`,
      lengthValue(request, inRequest),
      behind(request, inRequest),
    );
  }),
  check('warning', 'bytes-behind-request-body', '9112#6.3', (exchange) => {
    const { request, input } = exchange;
    const length = contentLength(request);
    if (!input.readWithNext || length === null || length === 0) return null;
    return found(
      `More bytes came in one read behind the ${bytes(length)} that Content-Length announces; they were taken for the next request. If they belong to this body, Content-Length is too small.`,
      lengthValue(request, inRequest),
    );
  }),
  check('warning', 'begins-where-a-body-ended', '9112#6.3', ({ request, input }) => {
    if (!input.readWithPrevious || request.input.violation === null) return null;
    return found(
      'This came in one read with the end of the request before it. If that had a body, its Content-Length may be too small, and this is what was left of it.',
      inRequest({ start: 0, end: Math.min(request.input.length, request.input.violation.offset + 1) }),
    );
  }),
  check('warning', 'length-where-no-body-can-be', '9110#8.6', ({ response, status }) => {
    if (status !== 204 && !(status >= 100 && status < 200)) return null;
    const field = response.field('content-length');
    return (
      field &&
      found(`An answer ${status} has no body, and must not carry Content-Length.`, inResponse(field.namePart))
    );
  }),
  check('note', 'ends-with-the-connection', '9112#6.3', (exchange) => {
    const { response } = exchange;
    if (!hasBody(exchange) || !response.hasHead || exchange.status === 101) return null;
    if (response.field('content-length') || response.field('transfer-encoding')) return null;
    return found(
      'The answer says neither how long it is nor that it comes in chunks: its body ends where the connection does, and one that breaks off looks complete.',
      behind(response, inResponse),
    );
  }),
  check('note', 'head-answered-without-body', '9110#9.3.2', ({ method, response }) => {
    if (method !== 'HEAD' || response.bodyLength > 0) return null;
    const field = response.field('content-length');
    return (
      field &&
      found(
        'Content-Length tells what a GET would bring; the answer to a HEAD has no body.',
        inResponse(field.valuePart),
      )
    );
  }),
  check('note', 'chunked', '9112#7.1', ({ request, response }) => {
    const message = response.chunkSizes.length > 0 ? response : request;
    if (message.chunkSizes.length === 0) return null;
    const place = message === response ? inResponse : inRequest;
    const count = message.chunkSizes.length;
    return found(
      `The body comes in ${count === 1 ? 'one chunk' : `${count} chunks`}, each with its size before it: so it could be sent before its whole length was known.`,
      place(message.chunkSizes[0]),
      place(message.field('transfer-encoding')?.valuePart),
    );
  }),
  check('note', 'tiny-chunks', '9112#7.1', ({ request, response }) => {
    for (const [message, place] of sides(request, response)) {
      const count = message.chunkSizes.length;
      if (count < 4 || message.bodyLength / count >= 32) continue;
      const around = message.input.length - message.bodyStart - message.bodyLength;
      return found(
        `The chunks hold ${Math.round(message.bodyLength / count)} bytes on average: ${around} bytes were spent on delimiting ${message.bodyLength}.`,
        ...message.chunkSizes.slice(0, 20).map(place),
      );
    }
    return null;
  }),
  check('note', 'chunk-extensions', '9112#7.1.1', ({ request, response }) => {
    for (const [message, place] of sides(request, response)) {
      const extensions = message.input.spans.filter(({ name }) => name === 'chunk-ext');
      if (extensions.length > 0) {
        return found(
          'Chunk sizes carry extensions; a recipient ignores those that it does not know.',
          ...extensions.slice(0, 20).map(place),
        );
      }
    }
    return null;
  }),
  check('note', 'trailers', '9112#7.1.2', ({ request, response }) => {
    for (const [message, place] of sides(request, response)) {
      if (message.trailers.length > 0) {
        return found(
          'Fields follow after the body: what could only be known once it was sent, such as a checksum.',
          ...message.trailers.map(({ namePart }) => place(namePart)),
        );
      }
    }
    return null;
  }),
  check('note', 'trailer-not-announced', '9110#6.6.2', ({ request, response }) => {
    for (const [message, place] of sides(request, response)) {
      const announced = message.list('trailer');
      const surprise = message.trailers.filter(({ name }) => !announced.includes(name.toLowerCase()));
      if (surprise.length > 0) {
        return found(
          'The Trailer field does not announce a field that follows after the body.',
          ...surprise.map(({ namePart }) => place(namePart)),
        );
      }
    }
    return null;
  }),
  check('note', 'post-without-length', '9110#8.6', ({ method, request }) => {
    if (!['POST', 'PUT', 'PATCH'].includes(method) || !request.hasHead) return null;
    if (request.field('content-length') || request.field('transfer-encoding')) return null;
    return found(
      `A ${method} without Content-Length and Transfer-Encoding has no body; a client should say so with "Content-Length: 0".`,
      inRequest(request.token('method')),
    );
  }),
];

type PlaceOf = typeof inRequest;

function sides(request: MessageFacts, response: MessageFacts): readonly (readonly [MessageFacts, PlaceOf])[] {
  return [
    [request, inRequest],
    [response, inResponse],
  ];
}

/** The number in Content-Length; null where there is none, or the body is chunked. */
export function contentLength(message: MessageFacts): number | null {
  const value = message.value('content-length');
  return /^\d{1,15}$/.test(value) && !message.field('transfer-encoding') ? Number(value) : null;
}

/** Whether an answer to this request, with this status, may have a body (RFC 9112 section 6.3). */
function hasBody({ method, status }: ExchangeFacts): boolean {
  return method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
}

function lengthValue(message: MessageFacts, place: PlaceOf): Place | null {
  return place(message.field('content-length')?.valuePart);
}

function behind(message: MessageFacts, place: PlaceOf): Place | null {
  const { length } = message.input;
  return length > message.bodyStart ? place({ start: message.bodyStart, end: length }) : null;
}

function bytes(count: number): string {
  return `${new Intl.NumberFormat('en').format(count)} ${count === 1 ? 'byte' : 'bytes'}`;
}
