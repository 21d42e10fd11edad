import { type Dissection, dissect, type Span } from '../http/dissect.ts';
import type { MessageInput } from '../http/findings/exchangeFacts.ts';
import type { Finding } from '../http/findings/finding.ts';
import { findingsOf } from '../http/findings/findings.ts';
import { defaultLimits, type Limits } from '../http/limits.ts';
import type { RuleId } from '../http/rules.ts';
import type { SpanName } from '../http/span.ts';
import type { Violation } from '../http/violation.ts';
import type { Direction } from '../protocol/capture.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';
import { type MeaningLine, meaningLines } from './meaning.ts';
import { MessageBytes } from './messageBytes.ts';

/** One message of the selected exchange, its bytes and what they mean. */
export interface MessageView {
  readonly direction: Direction;
  readonly detail: MessageDetail;
  readonly bytes: MessageBytes;
  readonly spans: readonly Span[];
  readonly lines: readonly MeaningLine[];
  readonly violation: Violation | null;
}

export interface ExchangeView {
  readonly detail: ExchangeDetail;
  readonly received: MessageView;
  readonly sent: MessageView;
  /** Errors first, then warnings, then notes. */
  readonly findings: readonly Finding[];
}

/** What was captured has passed the server's own limits, whatever they were. */
const capturedLimits: Limits = {
  ...defaultLimits,
  requestLine: 1024 * 1024,
  headerSection: 16 * 1024 * 1024,
  fieldCount: 4096,
  body: Number.MAX_SAFE_INTEGER,
};

export function viewExchange(detail: ExchangeDetail): ExchangeView {
  const { row } = detail;
  const refused = row.rule === '' ? null : { rule: row.rule, offset: detail.ruleOffset };
  const received = viewRequest(detail.request, refused);
  const sent = viewResponse(detail.response, row.method);
  const { times, connection } = detail;
  const findings = findingsOf({
    request: inputOf(received),
    response: inputOf(sent),
    ...times,
    aborted: row.aborted,
    exchangeNumber: connection.exchangeNumber,
    readWithPrevious: connection.readWithPrevious,
    readWithNext: connection.readWithNext,
    closeReason: connection.closeReason,
  });
  return { detail, received, sent, findings };
}

function inputOf({ bytes, detail, spans, violation }: MessageView): MessageInput {
  const { length, complete, segments } = detail;
  return { bytes: firstKept(bytes), length, complete, spans, violation, transfers: segments };
}

export function messageOf(view: ExchangeView, direction: Direction): MessageView {
  switch (direction) {
    case 'received':
      return view.received;
    case 'sent':
      return view.sent;
  }
}

function viewRequest(detail: MessageDetail, refused: Violation | null): MessageView {
  const bytes = new MessageBytes(detail.kept, detail.length);
  const first = firstKept(bytes);
  let dissection = dissect('request', first, { limits: capturedLimits });
  // The server's own verdict counts. Where bytes alone do not show it (limits, time), it read this far.
  if (refused !== null && dissection.violation?.rule !== refused.rule) {
    dissection = dissect('request', first.subarray(0, refused.offset), { limits: capturedLimits });
  }
  return view(detail, bytes, dissection, refused ?? dissection.violation);
}

function viewResponse(detail: MessageDetail, requestMethod: string): MessageView {
  const bytes = new MessageBytes(detail.kept, detail.length);
  const dissection = dissect('response', firstKept(bytes), {
    requestMethod,
    connectionEnded: detail.complete,
    limits: capturedLimits,
  });
  return view(detail, bytes, dissection, dissection.violation);
}

function view(
  detail: MessageDetail,
  bytes: MessageBytes,
  dissection: Dissection,
  violation: Violation | null,
): MessageView {
  const spans = withRest(dissection, bytes);
  return {
    direction: detail.direction,
    detail,
    bytes,
    spans,
    lines: meaningLines(spans),
    violation,
  };
}

/** The parser sees what was kept from the first byte on; nothing can be parsed across a gap. */
function firstKept(bytes: MessageBytes): Uint8Array {
  return bytes.stretches[0]?.bytes ?? new Uint8Array(0);
}

/** Adds what lies behind the parsed bytes: the rest of a body that runs on, or bytes without a meaning. */
function withRest({ spans, complete, violation }: Dissection, bytes: MessageBytes): readonly Span[] {
  const last = spans.at(-1);
  const parsed = last?.end ?? 0;
  if (parsed >= bytes.length) return spans;
  const runsOn = !complete && violation === null && last !== undefined && bodyGoesOn(last.name, spans);
  const name: SpanName = runsOn ? 'message-body' : 'unparsed';
  if (last?.name === name) return [...spans.slice(0, -1), { name, start: last.start, end: bytes.length }];
  return [...spans, { name, start: parsed, end: bytes.length }];
}

/** A body delimited by length or by the end of the connection is one run of bytes; a chunked one is not. */
function bodyGoesOn(last: SpanName, spans: readonly Span[]): boolean {
  if (last === 'message-body') return true;
  return last === 'header-end' && !spans.some((span) => span.name === 'chunk-size');
}

/** Names the rule of a message, or an empty string. */
export function ruleOf(message: MessageView): RuleId | '' {
  return message.violation?.rule ?? '';
}
