/** The meaning of captured messages, of which bytes may be missing. */
import { type Dissection, dissect, type Span } from './dissect.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { SpanName } from './span.ts';
import type { Violation } from './violation.ts';

/** Wide, since what was captured has passed the server's own limits, whatever they were. */
export const capturedLimits: Limits = {
  ...defaultLimits,
  requestLine: 1024 * 1024,
  headerSection: 16 * 1024 * 1024,
  fieldCount: 4096,
  body: Number.MAX_SAFE_INTEGER,
};

/** What the bytes of a captured message mean. */
export interface CapturedMeaning {
  /** They tile the whole message, kept or not. */
  readonly spans: readonly Span[];
  readonly violation: Violation | null;
}

/**
 * The meaning of a request. `first`: what was kept from the first byte on, up to the first gap, across which nothing can
 * be parsed. `length`: of the whole message. `refused`: the server's verdict, which takes precedence.
 */
export function capturedRequest(
  first: Uint8Array,
  length: number,
  refused: Violation | null,
): CapturedMeaning {
  // Bytes do not show whether they came over TLS: an https resource is refused where they did not.
  const overTls = refused?.rule !== 'target-scheme';
  let dissection = dissect('request', first, { limits: capturedLimits, overTls });
  // What the server refused for other reasons than bytes (limits, time) is parsed as far as the server had read.
  if (refused !== null && dissection.violation?.rule !== refused.rule) {
    dissection = dissect('request', first.subarray(0, refused.offset), { limits: capturedLimits, overTls });
  }
  return { spans: withRest(dissection, length), violation: refused ?? dissection.violation };
}

/** As `capturedRequest`. `complete`: the response ends where the bytes do. */
export function capturedResponse(
  first: Uint8Array,
  length: number,
  requestMethod: string,
  complete: boolean,
): CapturedMeaning {
  const dissection = dissect('response', first, {
    requestMethod,
    connectionEnded: complete,
    limits: capturedLimits,
  });
  return { spans: withRest(dissection, length), violation: dissection.violation };
}

/** Adds what lies behind the parsed bytes: the rest of a body that runs on, or bytes without a meaning. */
function withRest({ spans, complete, violation }: Dissection, length: number): readonly Span[] {
  const last = spans.at(-1);
  const parsed = last?.end ?? 0;
  if (parsed >= length) return spans;
  const runsOn = !complete && violation === null && last !== undefined && bodyGoesOn(last.name, spans);
  const name: SpanName = runsOn ? 'message-body' : 'unparsed';
  if (last?.name === name) return [...spans.slice(0, -1), { name, start: last.start, end: length }];
  return [...spans, { name, start: parsed, end: length }];
}

/** A body delimited by length or by the end of the connection is one run of bytes; a chunked one is not. */
function bodyGoesOn(last: SpanName, spans: readonly Span[]): boolean {
  if (last === 'message-body') return true;
  return last === 'header-end' && !spans.some((span) => span.name === 'chunk-size');
}
