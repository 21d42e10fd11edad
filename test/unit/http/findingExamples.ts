import { dissect } from '../../../src/http/dissect.ts';
import type { ExchangeInput, Transfer } from '../../../src/http/findings/exchangeFacts.ts';

/** An exchange in words. `after` of a transfer: milliseconds after the first. */
export interface Example {
  readonly request?: string;
  readonly response?: string;
  readonly reads?: readonly { readonly end: number; readonly after: number }[];
  readonly writes?: readonly number[];
  readonly facts?: Partial<ExchangeInput>;
  readonly requestComplete?: boolean;
}

const startedAt = 1_790_000_000_000;
const date = 'Date: Mon, 21 Sep 2026 14:13:20 GMT';
const host = 'Host: a';

/** A request line with fields and a body; Host and Content-Length come by themselves. */
export function ask(line: string, fields: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const bare = fields.includes('-Host');
  const all = [...(bare ? [] : [host]), ...fields.filter((field) => field !== '-Host'), ...length];
  return `${line.includes(' HTTP/') ? line : `${line} HTTP/1.1`}\r\n${all.map((field) => `${field}\r\n`).join('')}\r\n${body}`;
}

/** An answer with a Date field; Content-Length comes by itself unless a field says how long it is. */
export function answer(line: string, fields: readonly string[] = [], body = ''): string {
  const told = fields.some((field) => /^(content-length|transfer-encoding|-length)/i.test(field));
  const length = told || /^(204|304|1)/.test(line) ? [] : [`Content-Length: ${body.length}`];
  const bare = fields.includes('-Date') ? [] : [date];
  const all = [...bare, ...fields.filter((field) => !field.startsWith('-')), ...length];
  return `HTTP/1.1 ${line}\r\n${all.map((field) => `${field}\r\n`).join('')}\r\n${body}`;
}

export function chunked(...pieces: readonly string[]): string {
  return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
}

export const page = '<!doctype html><title>a</title>';
export const html = 'Content-Type: text/html; charset=utf-8';
export const tag = 'ETag: "1"';
export const cached = 'Cache-Control: no-store';

/** What findings look at. */
export function exchangeOf(example: Example): ExchangeInput {
  const request = bytesOf(example.request ?? ask('GET /'));
  const response = bytesOf(example.response ?? answer('200 OK', [html, tag, cached], page));
  const dissectedRequest = dissect('request', request);
  const method = /^[^ ]*/.exec(example.request ?? 'GET')?.[0];
  const dissectedResponse = dissect('response', response, {
    requestMethod: method,
    connectionEnded: true,
  });
  const reads = example.reads ?? [{ end: request.length, after: 0 }];
  return {
    request: {
      bytes: request,
      length: request.length,
      complete: example.requestComplete ?? dissectedRequest.complete,
      spans: dissectedRequest.spans,
      violation: dissectedRequest.complete
        ? null
        : dissectedRequest.violation?.rule === 'request-incomplete'
          ? null
          : dissectedRequest.violation,
      transfers: reads.map(({ end, after }, index) => ({
        start: index === 0 ? 0 : reads[index - 1].end,
        end,
        time: startedAt + after,
      })),
    },
    response: {
      bytes: response,
      length: response.length,
      complete: true,
      spans: dissectedResponse.spans,
      violation: null,
      transfers: transfersOf(example.writes ?? [response.length]),
    },
    startedAt,
    requestEndedAt: startedAt,
    respondedAt: startedAt + 1,
    endedAt: startedAt + 2,
    aborted: false,
    exchangeNumber: 1,
    readWithPrevious: false,
    readWithNext: false,
    closeReason: '',
    ...example.facts,
  };
}

function transfersOf(ends: readonly number[]): Transfer[] {
  return ends.map((end, index) => ({
    start: index === 0 ? 0 : ends[index - 1],
    end,
    time: startedAt + 1 + index,
  }));
}

/** One character per byte. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
