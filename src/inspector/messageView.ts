import { type CapturedMeaning, capturedRequest, capturedResponse } from '../http/captured.ts';
import type { Span } from '../http/dissect.ts';
import { MessageFacts, type MessageInput } from '../http/findings/exchangeFacts.ts';
import type { Finding } from '../http/findings/finding.ts';
import { findingsOf } from '../http/findings/findings.ts';
import type { Violation } from '../http/violation.ts';
import type { Direction } from '../protocol/capture.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';
import { isFromProxy } from './fromProxy.ts';
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

/** The selected exchange with both of its messages parsed, and what was found in them. */
export interface ExchangeView {
  readonly detail: ExchangeDetail;
  readonly received: MessageView;
  readonly sent: MessageView;
  /** Errors first, then warnings, then notes. */
  readonly findings: readonly Finding[];
  /** Whether the request's bytes are those of a proxy in front, and not of the client. */
  readonly isFromProxy: boolean;
}

export function viewExchange(detail: ExchangeDetail): ExchangeView {
  const { row } = detail;
  const refused = row.rule === '' ? null : { rule: row.rule, offset: detail.ruleOffset };
  const received = viewRequest(detail.request, refused);
  const sent = viewResponse(detail.response, row.method);
  const { times, connection } = detail;
  const request = inputOf(received);
  const findings = findingsOf({
    request,
    response: inputOf(sent),
    ...times,
    aborted: row.aborted,
    exchangeNumber: connection.exchangeNumber,
    readWithPrevious: connection.readWithPrevious,
    readWithNext: connection.readWithNext,
    closeReason: connection.closeReason,
  });
  return { detail, received, sent, findings, isFromProxy: isFromProxy(new MessageFacts(request), detail) };
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
  const bytes = new MessageBytes(detail.kept, detail.length, detail.files);
  return view(detail, bytes, capturedRequest(firstKept(bytes), bytes.length, refused));
}

function viewResponse(detail: MessageDetail, requestMethod: string): MessageView {
  const bytes = new MessageBytes(detail.kept, detail.length, detail.files);
  return view(
    detail,
    bytes,
    capturedResponse(firstKept(bytes), bytes.length, requestMethod, detail.complete),
  );
}

function view(
  detail: MessageDetail,
  bytes: MessageBytes,
  { spans, violation }: CapturedMeaning,
): MessageView {
  return { direction: detail.direction, detail, bytes, spans, lines: meaningLines(spans), violation };
}

/** The parser gets the bytes up to the first gap, since nothing can be parsed across it. */
function firstKept(bytes: MessageBytes): Uint8Array {
  return bytes.stretches[0]?.bytes ?? new Uint8Array(0);
}
