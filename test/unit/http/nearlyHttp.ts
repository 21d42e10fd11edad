import fc from 'fast-check';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { acceptedRequests, refusedRequests } from './requestCases.ts';

const pieces = [
  'GET',
  'POST',
  ' ',
  '/',
  '/a?b',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  '\r\n',
  '\r',
  '\n',
  '\t',
  ':',
  ';',
  ',',
  '=',
  '"',
  'Host: a\r\n',
  'Host: b:80\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip\r\n',
  'Connection: close\r\n',
  'Upgrade: x\r\n',
  'chunked',
  'X: y z \r\n',
  'GET / HTTP/1.1\r\nHost: a\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\n',
  '3\r\nabc\r\n',
  '0\r\n',
  ';n="v"',
  '5 ;a\r\n',
  'ffffffffffffffff\r\n',
  '\r\n\r\n',
];

const fewBytes = fc.uint8Array({ maxLength: 4 }).map((bytes) => latin1(bytes, 0, bytes.length));

/** Messages near enough to HTTP to reach every state, and far enough from it to break every rule. */
export const nearlyHttp = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fewBytes), { maxLength: 14 })
  .map((parts) => bytesOf(parts.join('')));

const seeds = [
  ...acceptedRequests.map(([request]) => request),
  ...refusedRequests.map(([, marked]) => marked.replace('§', '')),
];

interface Change {
  readonly at: number;
  readonly removed: number;
  readonly put: string;
}

const change = fc.record({
  at: fc.nat({ max: 200 }),
  removed: fc.nat({ max: 3 }),
  put: fc.oneof(fc.constant(''), fc.constantFrom(...pieces), fewBytes),
});

/** Whole requests of all kinds, with a change here and there. */
export const changedRequest = fc
  .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 3 }))
  .map(([request, changes]) => bytesOf(changes.reduce(changed, request)));

function changed(request: string, { at, removed, put }: Change): string {
  const start = at % (request.length + 1);
  return request.slice(0, start) + put + request.slice(start + removed);
}

/** How long properties are tried, and from where: more, and elsewhere, in `npm run test:fuzz`. */
export function effort(runs: number): { numRuns: number; seed: number } {
  const { SPARK_FUZZ_TIMES, SPARK_FUZZ_SEED } = process.env;
  return { numRuns: runs * Number(SPARK_FUZZ_TIMES ?? 1), seed: Number(SPARK_FUZZ_SEED ?? 1) };
}
