/** What reads, writes and times show of the connection. */
import type { Transfer } from './exchangeFacts.ts';
import { type Check, check, found, inRequest, inResponse } from './finding.ts';

/** Milliseconds between two reads that a person would notice. */
const longPause = 1000;
/** A delayed acknowledgement comes 40 to 200 ms late, on Linux and Windows: between these a held-back write shows. */
const delayedFrom = 35;
const delayedTo = 250;

/** The checks of reads, writes and times. */
export const connectionChecks: readonly Check[] = [
  check('note', 'connection-reused', '9112#9.3', ({ input, request }) => {
    return (
      input.exchangeNumber > 1 &&
      found(
        `The connection was kept: this is exchange ${input.exchangeNumber} on it, and no new one had to be opened.`,
        inRequest(request.token('method')),
      )
    );
  }),
  check('note', 'client-ends-connection', '9112#9.6', ({ request }) => {
    const field = request.field('connection');
    if (field === null || !request.list('connection').includes('close')) return null;
    return found('The client asks to end the connection after this answer.', inRequest(field.valuePart));
  }),
  check('note', 'keep-alive-refused', '9112#9.6', ({ request, response, isOld, closes }) => {
    if (!closes || request.list('connection').includes('close')) return null;
    const asked = request.list('connection').includes('keep-alive');
    if (isOld && !asked) return null;
    return found(
      'The client would have kept the connection; the server ends it with this answer, and the next request needs a new one.',
      inResponse(response.field('connection')?.valuePart),
      inRequest(request.field('connection')?.valuePart),
    );
  }),
  check('note', 'kept-for-http-1.0', '9112#C.2.2', ({ request, response, isOld }) => {
    if (!isOld || !request.list('connection').includes('keep-alive')) return null;
    const field = response.field('connection');
    if (field === null || !response.list('connection').includes('keep-alive')) return null;
    return found(
      'A client of HTTP/1.0 asked to keep the connection, and the server agrees.',
      inResponse(field.valuePart),
    );
  }),
  check('note', 'pipelined', '9112#9.3.2', ({ input, request }) => {
    if (!input.readWithPrevious || request.input.violation !== null) return null;
    return found(
      'The request came in one read with the end of the one before: the client did not wait for that answer (pipelining). Answers go out in order.',
      inRequest(request.token('method')),
    );
  }),
  check('note', 'request-in-pieces', '9112#2.2', ({ request }) => {
    const { transfers } = request.input;
    const head = transfers.filter(({ start }) => start > 0 && start < request.bodyStart);
    if (head.length === 0) return null;
    return found(
      `The head came in ${head.length + 1} reads: TCP carries bytes, not messages, and may cut them anywhere.`,
      ...head
        .slice(0, 20)
        .map((transfer) => inRequest({ start: transfer.start - 1, end: transfer.start + 1 })),
    );
  }),
  check('note', 'byte-by-byte', '9112#2.2', ({ request }) => {
    const { transfers, length } = request.input;
    if (transfers.length < 8 || length / transfers.length > 8) return null;
    return found(
      `The request trickled in by ${transfers.length} reads of ${Math.round(length / transfers.length) || 1} bytes on average. Many such clients at once are an attack (Slowloris), which time limits end.`,
      inRequest({ start: 0, end: length }),
    );
  }),
  check('note', 'pause-in-request', '9112#9.5', ({ request }) => {
    const pause = longestPause(request.input.transfers);
    if (pause === null || pause.time < longPause) return null;
    return found(
      `The client paused for ${(pause.time / 1000).toFixed(1)} s in the middle of its request.`,
      inRequest({ start: pause.offset - 1, end: pause.offset + 1 }),
    );
  }),
  check('note', 'held-back-write', '9293#3.7.4', ({ request }) => {
    const pause = longestPause(request.input.transfers);
    if (pause === null || pause.time < delayedFrom || pause.time > delayedTo) return null;
    return found(
      `The second part of the request came ${Math.round(pause.time)} ms after the first. So it looks when a client writes twice, and the kernel holds the second write back until the first is acknowledged (Nagle's algorithm): one write, or TCP_NODELAY, avoids it.`,
      inRequest({ start: pause.offset - 1, end: pause.offset + 1 }),
    );
  }),
  check('note', 'response-in-pieces', '9112#2.2', ({ response }) => {
    const { transfers } = response.input;
    return (
      transfers.length > 1 &&
      found(
        `The answer left in ${transfers.length} writes.`,
        ...transfers
          .slice(1, 20)
          .map(({ start }) => inResponse({ start: Math.max(0, start - 1), end: start + 1 })),
      )
    );
  }),
  check('note', 'answered-before-body', '9112#9.3', ({ input, request }) => {
    if (request.input.violation !== null || input.respondedAt === 0 || !request.hasHead) return null;
    const early = input.requestEndedAt === 0 || input.respondedAt < input.requestEndedAt;
    const announced = request.field('content-length') || request.field('transfer-encoding');
    if (!early || !announced || request.value('content-length') === '0') return null;
    return found(
      'The answer was given before the body had come: what was left of the body was not read, or read and thrown away.',
      inRequest(announced.valuePart),
    );
  }),
  check('warning', 'client-went-away', '9112#8', ({ input, response }) => {
    if (!input.aborted) return null;
    const when = response.input.length === 0 ? 'before an answer' : 'before the answer was out';
    return found(
      input.closeReason === ''
        ? `The connection ended ${when}.`
        : `The connection ended ${when}: ${input.closeReason}`,
      response.input.length === 0
        ? null
        : inResponse({ start: response.input.length - 1, end: response.input.length }),
    );
  }),
];

function longestPause(transfers: readonly Transfer[]): { time: number; offset: number } | null {
  let longest: { time: number; offset: number } | null = null;
  for (let i = 1; i < transfers.length; i++) {
    const time = transfers[i].time - transfers[i - 1].time;
    if (longest === null || time > longest.time) longest = { time, offset: transfers[i].start };
  }
  return longest;
}
