/** What a body is, how it is coded, and which part of it was asked for. */
import { contentKind, contentType } from '../content/contentType.ts';
import type { ExchangeFacts, MessageFacts } from './exchangeFacts.ts';
import { type Check, check, found, inRequest, inResponse } from './finding.ts';
import { contentLength } from './lengthFindings.ts';

/** Bytes. Below this, compressing saves next to nothing: the body fits one packet anyway. */
const worthCompressing = 1400;

/** The checks of content and its coding. */
export const contentChecks: readonly Check[] = [
  check('warning', 'body-without-type', '9110#8.3', ({ request, response }) => {
    for (const [message, place] of [[request, inRequest] as const, [response, inResponse] as const]) {
      if (message.bodyLength === 0 || message.field('content-type')) continue;
      return found(
        'The body has no Content-Type: the recipient has to guess what it is.',
        place(message.data[0]),
      );
    }
    return null;
  }),
  check('note', 'charset-missing', '9110#8.3.2', ({ response }) => {
    const field = response.field('content-type');
    const parsed = contentType(field?.value ?? '');
    if (field === null || !parsed.type.startsWith('text/') || parsed.parameters.has('charset')) return null;
    return found(
      'Content-Type gives no charset: the browser guesses the character encoding of the text.',
      inResponse(field.valuePart),
    );
  }),
  check('warning', 'content-is-another-type', '9110#8.3', ({ response }) => {
    const field = response.field('content-type');
    if (field === null || response.field('content-encoding') || response.data.length === 0) return null;
    const claimed = contentKind(contentType(field.value));
    const beginning = response
      .text({ start: response.data[0].start, end: response.data[0].start + 16 })
      .trimStart()
      .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    const looksLike = signatures.find(([signature]) => beginning.startsWith(signature));
    if (looksLike === undefined || looksLike[1] === claimed || claimed === 'other') return null;
    return found(
      `Content-Type says ${contentType(field.value).type}, but the body begins like ${looksLike[2]}.`,
      inResponse(field.valuePart),
      inResponse({
        start: response.data[0].start,
        end: Math.min(response.data[0].end, response.data[0].start + 8),
      }),
    );
  }),
  check('note', 'compressed', '9110#8.4', ({ request, response }) => {
    const field = response.field('content-encoding');
    if (
      field === null ||
      !request.list('accept-encoding').some((offer) => offer.split(';')[0] === field.value.toLowerCase())
    )
      return null;
    return found(
      `Of the codings that the client offers, ${field.value} was chosen: the body is smaller on the wire than what it holds.`,
      inResponse(field.valuePart),
      inRequest(request.field('accept-encoding')?.valuePart),
    );
  }),
  check('warning', 'coding-not-offered', '9110#12.5.3', ({ request, response }) => {
    const field = response.field('content-encoding');
    if (field === null) return null;
    const offers = request.list('accept-encoding').map((offer) => offer.split(';')[0].trim());
    const taken = response
      .list('content-encoding')
      .every((coding) => offers.includes(coding) || offers.includes('*'));
    return (
      !taken &&
      found(
        'The body comes in a coding that the client did not offer to undo.',
        inResponse(field.valuePart),
        inRequest(request.field('accept-encoding')?.valuePart),
      )
    );
  }),
  check('note', 'compression-not-offered', '9110#12.5.3', (exchange) => {
    const { request, response } = exchange;
    if (request.field('accept-encoding') || !isCompressible(exchange)) return null;
    return found(
      'The client offers to undo no compression, so the text was sent as it is.',
      inRequest(request.token('method')),
      inResponse(response.field('content-type')?.valuePart),
    );
  }),
  check('note', 'sent-uncompressed', '9110#8.4', (exchange) => {
    const { request, response } = exchange;
    const field = request.field('accept-encoding');
    if (field === null || !isCompressible(exchange)) return null;
    return found(
      'The client would have taken the text compressed; it was sent as it is.',
      inResponse(response.field('content-type')?.valuePart),
      inRequest(field.valuePart),
    );
  }),
  check('note', 'part-answered', '9110#14.2', ({ request, response, status }) => {
    if (status !== 206) return null;
    return found(
      'The client asked for a part, and got that part alone.',
      inRequest(request.field('range')?.valuePart),
      inResponse(response.field('content-range')?.valuePart),
    );
  }),
  check('note', 'range-ignored', '9110#14.2', ({ request, response, status }) => {
    const range = request.field('range');
    if (status !== 200 || range === null || request.field('if-range')) return null;
    return found(
      'The client asked for a part, and got the whole: a server may ignore Range.',
      inRequest(range.valuePart),
      inResponse(response.token('status-code')),
    );
  }),
  check('note', 'range-outdated', '9110#13.1.5', ({ request, status }) => {
    const condition = request.field('if-range');
    if (status !== 200 || condition === null || !request.field('range')) return null;
    return found(
      'If-Range names another version than the present one, so the whole was sent in place of a part that would not fit.',
      inRequest(condition.valuePart),
    );
  }),
  check('note', 'range-beyond-end', '9110#15.5.17', ({ request, response, status }) => {
    if (status !== 416) return null;
    return found(
      'The part that was asked for does not exist; Content-Range says how large the whole is.',
      inRequest(request.field('range')?.valuePart),
      inResponse(response.field('content-range')?.valuePart),
    );
  }),
  check('note', 'several-ranges', '9110#14.2', ({ request }) => {
    const range = request.field('range');
    if (range === null || !range.value.includes(',')) return null;
    return found(
      'The client asks for several parts at once; they can come in one multipart body.',
      inRequest(range.valuePart),
    );
  }),
  check('error', 'part-has-wrong-length', '9110#14.4', ({ response, status }) => {
    const range = response.field('content-range');
    const length = contentLength(response);
    const [, first = '', last = ''] = /^bytes (\d+)-(\d+)\//.exec(range?.value ?? '') ?? [];
    if (status !== 206 || range === null || length === null || first === '') return null;
    const promised = Number(last) - Number(first) + 1;
    return (
      promised !== length &&
      found(
        `Content-Range speaks of ${promised} bytes, Content-Length of ${length}: the client cannot put the parts together.`,
        inResponse(range.valuePart),
        inResponse(response.field('content-length')?.valuePart),
      )
    );
  }),
  check('warning', 'type-malformed', '9110#8.3', ({ request, response }) => {
    for (const [message, place] of [[request, inRequest] as const, [response, inResponse] as const]) {
      const field = message.field('content-type');
      if (field === null || field.value === '' || contentType(field.value).type !== '') continue;
      return found('Content-Type holds no media type of the form "type/subtype".', place(field.valuePart));
    }
    return null;
  }),
];

const signatures = [
  ['<!doctype html', 'text', 'HTML'],
  ['<html', 'text', 'HTML'],
  ['\x89png', 'image', 'a PNG picture'],
  ['\xff\xd8\xff', 'image', 'a JPEG picture'],
  ['gif8', 'image', 'a GIF picture'],
  ['%pdf-', 'other', 'a PDF document'],
  ['pk\x03\x04', 'other', 'a ZIP archive'],
  ['\x1f\x8b', 'other', 'gzip data'],
] as const;

function isCompressible({ status, response }: ExchangeFacts): boolean {
  const kind = contentKind(contentType(response.value('content-type')));
  const length = bodySize(response);
  return (
    status === 200 &&
    (kind === 'text' || kind === 'json') &&
    !response.field('content-encoding') &&
    length >= worthCompressing
  );
}

/** What is on the way may not be kept: Content-Length counts. */
function bodySize(response: MessageFacts): number {
  return Math.max(contentLength(response) ?? 0, response.bodyLength);
}
